"""The search index: its function, its rows, its speed."""

import os
from uuid import UUID, uuid4

from django.db import connection, connections

from anju.foundation.entries.commands import index_for_search
from anju.foundation.entries.models import SearchRow
from anju.foundation.entries.queries import Found, found, show_found
from anju.foundation.lib import uuid7
from anju.foundation.lib.search import phones, words
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

MANY = int(os.environ.get("ANJU_DEEP_SIZE", "100000"))  # make test-deep: a million


def ids(text: str, actor: Actor) -> set[UUID]:
    return {hit.id for hit in found(text, actor=actor)}


def test_other_floors_register_their_rows(actor: Actor) -> None:
    case = uuid4()
    show_found(
        "test-case",
        lambda ids, actor: {id: Found("test-case", id, "DH1-261120-0042") for id in ids},
    )
    with acting(actor):
        index_for_search(
            "test-case", case, words("DH1-261120-0042", "卫生间漏水"), phones("13800138000"),
            actor=actor,
        )  # fmt: skip
        for text in ("DH1-261120-0042", "0042", "漏水", "8000"):
            assert ids(text, actor) == {case}
        index_for_search("test-case", case, actor=actor)
        assert ids("漏水", actor) == set()
        assert not SearchRow.objects.filter(subject_id=case).exists()


def test_the_index_answers_under_the_policies(actor: Actor) -> None:
    """At a hundred thousand rows, as the application's role: the function uses the index."""
    fill = """
        INSERT INTO entries_searchrow (company_id, id, kind, subject_id, tokens)
        SELECT %s, gen_random_uuid(), 'place', gen_random_uuid(),
               array_to_tsvector(ARRAY['room' || n, (n %% 30000)::text, 'common'])
          FROM generate_series(1, %s) n"""
    with connections["owner"].cursor() as cursor:
        cursor.execute(fill, [actor.company_id, MANY])
        cursor.execute("ANALYZE entries_searchrow")
        cursor.execute("SELECT pg_stat_force_next_flush()")
    target = uuid7()
    with acting(actor):
        index_for_search("place", target, ["needle4711"], actor=actor)

    def scans() -> tuple[int, int]:
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                """SELECT (SELECT idx_scan FROM pg_stat_user_indexes
                            WHERE indexrelname = 'search_tokens'),
                          (SELECT seq_scan FROM pg_stat_user_tables
                            WHERE relname = 'entries_searchrow')"""
            )
            index, table = cursor.fetchone()
            return int(index), int(table)

    before = scans()
    with acting(actor), connection.cursor() as cursor:
        for query in ("'needle4711'", "'room4242'", "'needle47':*", "'common' & 'room77'"):
            cursor.execute("SELECT * FROM anju_search(%s, %s, 200)", [actor.company_id, query])
            assert len(cursor.fetchall()) == 1
        cursor.execute("SELECT pg_stat_force_next_flush()")
    after = scans()
    assert after[0] >= before[0] + 4
    assert after[1] == before[1]
    body = """EXPLAIN SELECT r.kind, r.subject_id FROM entries_searchrow r
              WHERE r.tokens @@ 'needle4711'::tsquery
                AND r.company_id IS NOT DISTINCT FROM %s LIMIT 200"""
    with connections["owner"].cursor() as cursor:
        cursor.execute(body, [actor.company_id])
        assert "search_tokens" in str(cursor.fetchall())
