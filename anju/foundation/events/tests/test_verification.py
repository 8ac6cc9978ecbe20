"""Verification of what the tampering harness does not touch: deletions that were told, rows that
are written once, other apps' verifiers, anchors as text, and a long record in little memory."""

import re
import tracemalloc
from types import SimpleNamespace
from uuid import uuid4

import pytest

from anju.foundation.events import registry, sealed
from anju.foundation.events.commands import draft, tell, tell_all
from anju.foundation.events.problems import SENTENCES, Problem
from anju.foundation.events.registry import verifies
from anju.foundation.events.rules import GONE, plain, row_digest
from anju.foundation.events.sealed import deleted, row_key, written
from anju.foundation.events.testing import as_owner, codes, seal_all, some_events, verified
from anju.foundation.events.verification import last_seals, rows, streams, verify
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.models import Company

TABLE = "events_test_note"


class Note:
    """A sealed row of a table made for the test: looks to the verifier like a model's."""

    append_only = False

    def __init__(self, id, text):
        self.pk, self.text = id, text
        self._meta = SimpleNamespace(db_table=TABLE)

    def sealed_fields(self):
        return {"text": self.text}


@pytest.fixture
def notes(monkeypatch):
    """The rows of the test's table, by id; the verifier reads them instead of a model's."""
    stored = {}
    model = SimpleNamespace(_meta=SimpleNamespace(db_table=TABLE), append_only=False)
    monkeypatch.setattr(rows, "sealed_models", lambda: [model])
    monkeypatch.setattr(
        rows.Rows,
        "_rows_of",
        lambda _self, _m: iter(sorted(stored.values(), key=lambda n: str(n.pk))),
    )
    return SimpleNamespace(stored=stored, model=model)


def write(actor, notes, id, text):
    notes.stored[id] = Note(id, text)
    with acting(actor):
        tell("note.written", subject=("note", id), actor=actor, wrote=written(notes.stored[id]))


def test_the_last_event_that_wrote_a_row_counts_sealed_or_waiting(actor, notes):
    ids = [uuid4() for _ in range(5)]
    for id in ids:
        write(actor, notes, id, "one")
    seal_all()
    write(actor, notes, ids[0], "two")
    seal_all()
    write(actor, notes, ids[1], "three")  # still waits for its seal
    write(actor, notes, ids[1], "four")
    report = verified(actor.company_id)
    assert (report.problems, report.rows, report.waiting) == ([], 5, 2)
    notes.stored[ids[0]].text = "one"  # as an earlier event wrote it
    assert [str(p.where) for p in verified(actor.company_id).problems] == [f"{TABLE}:{ids[0]}"]


def test_a_deletion_that_was_told_is_no_loss_and_its_return_is_found(actor, notes):
    id = uuid4()
    write(actor, notes, id, "one")
    with acting(actor):
        note = notes.stored.pop(id)
        tell("note.deleted", subject=("note", id), actor=actor, wrote=deleted(note))
    seal_all()
    assert verified(actor.company_id).problems == []
    notes.stored[id] = note
    assert codes(verified(actor.company_id)) == {"row.back"}


def test_a_row_that_is_written_once_may_not_be_written_again(actor, notes):
    id = uuid4()
    write(actor, notes, id, "one")
    write(actor, notes, id, "two")
    assert verified(actor.company_id).problems == []
    notes.model.append_only = True
    assert codes(verified(actor.company_id)) == {"row.rewritten"}


def test_rows_nobody_told_of_and_tables_nobody_knows_are_found(actor, notes):
    notes.stored[uuid4()] = Note(uuid4(), "x")
    with acting(actor):
        tell("x", subject=("x", uuid4()), actor=actor, wrote={"other_table:1": "00", "z:1": "00"})
    report = verified(actor.company_id)
    assert sorted((p.code, p.where.split(":")[0]) for p in report.problems) == [
        ("row.table", "other_table"), ("row.table", "z"), ("row.unknown", TABLE),
    ]  # fmt: skip


def test_the_registry_is_every_model_with_sealed_fields():
    names = [model._meta.db_table for model in sealed.sealed_models()]
    assert "files_storedfile" in names
    assert names == sorted(names)
    assert "events_event" not in names  # the events are sealed themselves


def test_a_row_is_named_by_table_and_id():
    note = Note(uuid4(), "x")
    assert row_key(note) == f"{TABLE}:{note.pk}"
    assert written(note) == {row_key(note): row_digest({"text": "x"})}
    assert deleted(note) == {row_key(note): GONE}
    assert plain({"a": (1,)}) == {"a": [1]}


def test_another_apps_verifier_is_asked_and_may_break_without_ending_the_rest(actor, monkeypatch):
    monkeypatch.setattr(registry, "_verifiers", {})
    some_events(actor, 1)

    @verifies("due")
    def due(scope):
        yield Problem("clock.due", "clock 7", facts={"stored": 1})

    @verifies("broken")
    def broken(scope):
        as_owner("SELECT no_such_column")
        yield Problem("never", "")

    report = verified(actor.company_id)
    assert codes(report) == {"clock.due", "verifier.failed"}
    assert report.events + report.waiting == 1
    (unknown,) = [p for p in report.problems if p.code == "clock.due"]
    assert str(unknown) == "clock.due clock 7 {'stored': 1}"


def test_all_companies_are_verified_on_one_snapshot(actor, other_actor):
    some_events(actor, 2)
    some_events(other_actor, 1)
    seal_all()
    seen = []
    with acting(actor):
        both = [actor.company_id, other_actor.company_id]
        codes = [company.code for company in Company.objects.filter(id__in=both)]
    report = verify(codes=codes, progress=lambda c: seen.append(c.company), quick=True)
    mine = {c.company: c.events for c in report.companies}
    assert (mine[actor.company_id], mine[other_actor.company_id]) == (2, 1)
    assert sorted(seen) == sorted(both)


def test_an_anchor_can_be_read_by_eye(actor):
    some_events(actor, 1)
    seal_all()
    anchor = last_seals()
    mine = next(seal for seal in anchor.seals if seal.company == actor.company_id)
    text = anchor.as_text()
    assert mine.code in text
    assert mine.digest.hex()[:8] in text
    assert mine.digest.hex() in text.replace(" ", "")


def test_every_sentence_can_be_said():
    for code, sentence in SENTENCES.items():
        facts = dict.fromkeys(re.findall(r"%\((\w+)\)", sentence), "x")
        said = str(Problem(code, "here", facts=facts))
        assert "%(" not in said
        assert said != code


def test_a_long_record_is_verified_in_little_memory(actor, monkeypatch):
    monkeypatch.setattr(streams, "BATCH", 100)
    drafts = [
        draft("x", subject=("x", uuid4()), actor=actor, said={"text": "水" * 1_000})
        for _ in range(2_500)
    ]
    with acting(actor):
        tell_all(drafts, actor=actor)
    del drafts
    seal_all()
    tracemalloc.start()
    report = verified(actor.company_id)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (report.events, report.problems) == (2_500, [])
    assert peak < 3 * 1024 * 1024  # the events themselves are 7 MB of text
