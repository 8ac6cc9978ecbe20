from uuid import RFC_4122, UUID

from anju.foundation.lib import ids, uuid7, uuid7_texts


def test_ids_made_one_by_one_and_in_bulk_increase_together():
    made = [str(uuid7()) for _ in range(100)]
    made += uuid7_texts(5000)
    made += [str(uuid7()) for _ in range(100)]
    made += uuid7_texts(1)
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_are_version_7_in_their_common_form():
    for text in [str(uuid7()), *uuid7_texts(3)]:
        id = UUID(text)
        assert (id.version, id.variant, str(id)) == (7, RFC_4122, text)


def test_ids_in_bulk_are_those_made_one_by_one_where_the_low_part_runs_over(monkeypatch):
    border = (5 << 62) - 3
    monkeypatch.setattr(ids, "_fresh", lambda room: border)
    monkeypatch.setattr(ids.os, "urandom", bytes)
    one_by_one = [str(UUID(int=ids._formed(border + n))) for n in range(6)]
    assert uuid7_texts(6) == one_by_one
