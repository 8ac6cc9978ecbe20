"""The bulk path and the single path write the same rows."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.domains.requests.history.commands import bulk, import_case
from anju.domains.requests.history.judging import Ground
from anju.domains.requests.history.models import HistoryBatch, HistoryKey
from anju.domains.requests.history.past import fresh_ids, past
from anju.domains.requests.history.queries import ground_of
from anju.domains.requests.history.rows import HistoricCase
from anju.domains.requests.history.testing import a_mapping
from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case
from anju.engine.standards.commands import install_defaults
from anju.foundation.events.models import Event, EventValue, Inbox
from anju.foundation.events.rules import leaf_of
from anju.foundation.places.commands import add_place
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting


@pytest.fixture(autouse=True)
def _standards(actor):
    install_defaults(actor=actor)


moments = st.one_of(
    st.datetimes(datetime(2023, 1, 1), datetime(2025, 12, 31)).map(lambda d: d.replace(tzinfo=UTC)),
    st.dates(date(2023, 1, 1), date(2025, 12, 31)),
)
texts = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=40
)
clocks = st.sampled_from(
    ["respond", "dispatch", "accept", "finish", "feedback", "verify", "callback"]
)
pasts = st.builds(
    HistoricCase,
    row=st.integers(2, 10**6),
    key=st.just(""),
    content=st.binary(min_size=32, max_size=32),
    kind=st.sampled_from(["complaint", "enquiry"]),
    category=texts,
    title=texts,
    text=texts,
    channel=st.sampled_from(["", "phone"]),
    urgency=st.sampled_from(["", "P1", "P4"]),
    place=st.just(()),
    opened=moments,
    stops=st.dictionaries(clocks, moments, max_size=4),
    replies=st.lists(texts, max_size=2).map(tuple),
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(pasts, min_size=1, max_size=4))
def test_the_bulk_path_writes_what_the_single_path_writes(actor, rows):
    with acting(actor):
        ground: Ground = ground_of(a_mapping(), actor=actor)
        batch = a_batch(actor, ground)
    stamp = bulk.Stamp(
        actor=actor,
        batch=batch,
        source="bulk",
        standard=ground.standard,
        noted_at=datetime.now(UTC),
    )
    ids = fresh_ids()
    lines = bulk.Lines(ids)
    singles = []
    for row in (replace(row, key=uuid4().hex) for row in rows):
        made = past(
            row,
            ground,
            number=f"b{row.key[:30]}",
            place_id=None,
            path="",
            source="bulk",
            home=ground.zone,
            ids=ids,
        )
        lines.add(made, stamp)
        other = past(
            replace(row),
            ground,
            number=f"s{row.key[:30]}",
            place_id=None,
            path="",
            source="bulk",
            home=ground.zone,
            ids=ids,
        )
        singles.append((made, other))
    with acting(actor):
        bulk.write(lines, stamp, actor=actor)
    for made, other in singles:
        case = import_case(other, batch=batch, source="single", actor=actor)
        with acting(actor):
            told = Event.objects.get(subject_id=case.id)
        assert told.wrote == other.wrote()  # the models' own digests, of the rows as they stand
        assert stored(made.case.id, actor) == stored(other.case.id, actor)


def a_batch(actor, ground):
    root = Place.objects.filter(parent=None).first() or add_place(
        actor=actor, kind="community", code="R", name="R"
    )
    return HistoryBatch.objects.create(
        company_id=actor.company_id, source="x", file="x", digest="", mapping={},
        standard_id=ground.standard, calendar="always", zone="Asia/Shanghai", root=root,
        by=actor.id, at=datetime.now(UTC),
    ).id  # fmt: skip


def stored(case_id, actor):
    """Everything in the database about a case, ids, salts and the moment of writing left out."""
    gone = {
        "id",
        "number",
        "noted_at",
        "case_id",
        "subject_id",
        "leaf",
        "wrote",
        "values",
        "source",
    }
    with acting(actor):
        event = Event.objects.get(subject_id=case_id)
        assert bytes(event.leaf) == leaf_of(event)
        assert set(event.wrote) == {
            f"loop_case:{case_id}",
            *[
                f"clocks_clock:{i}"
                for i in Clock.objects.filter(case_id=case_id).values_list("id", flat=True)
            ],
        }
        assert Inbox.objects.filter(event_id=event.id).exists()
        rows = [
            *Case.objects.filter(id=case_id).values(),
            *Clock.objects.filter(case_id=case_id).order_by("kind").values(),
            *Event.objects.filter(id=event.id).values(),
            *EventValue.objects.filter(event=event)
            .order_by("name")
            .values("name", "text", "person_id"),
            *[
                {**row, "content": bytes(row["content"])}
                for row in HistoryKey.objects.filter(id=case_id).values()
            ],
        ]
    for row in rows:
        if "said" in row:
            row["said"].pop("number")
            row["at"] = row["at"].replace(microsecond=row["at"].microsecond)
    return [{k: v for k, v in row.items() if k not in gone} for row in rows]
