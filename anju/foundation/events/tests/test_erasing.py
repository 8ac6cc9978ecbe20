"""Erasing: the values are gone everywhere, the seals still hold."""

from uuid import uuid4

from django.apps import apps

from anju.foundation.events.commands import erase_values, tell
from anju.foundation.events.models import Event, EventValue
from anju.foundation.events.testing import as_owner, codes, seal_all, verified
from anju.foundation.tenancy.acting import acting


def told_of(actor, whose=None, name="王芳", phone="13800138000"):
    with acting(actor):
        return tell(
            "test.reported",
            subject=("test", uuid4()),
            actor=actor,
            values={"name": name, "phone": phone},
            whose=whose,
        )


def found_anywhere(text):
    """The tables in which `text` stands, as one who owns the database sees them."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if as_owner(f"SELECT 1 FROM {table} t WHERE t::text LIKE %s LIMIT 1", [f"%{text}%"]):
            found.add(table)
    return found


def test_an_erased_person_is_nowhere_and_the_seals_verify(actor):
    person, other = uuid4(), uuid4()
    name, phone = f"王{uuid4().hex[:8]}", f"138{uuid4().int % 10**8:08}"
    told_of(actor, person, name, phone)
    seal_all()
    told_of(actor, person, name, phone)
    kept = told_of(actor, other)
    assert found_anywhere(name) == found_anywhere(phone) == {"events_eventvalue"}
    assert erase_values(actor=actor, persons=[person]) == 4
    assert found_anywhere(name) == found_anywhere(phone) == set()
    seal_all()
    report = verified(actor.company_id)
    assert (report.problems, report.values, report.erased) == ([], 2, 4)
    with acting(actor):
        assert EventValue.objects.filter(event_id=kept.id).count() == 2


def test_erasing_by_event_is_told_once_and_names_no_value(actor):
    events = [told_of(actor) for _ in range(3)]
    assert erase_values(actor=actor, events=[e.id for e in events[:2]]) == 4
    assert erase_values(actor=actor, events=[e.id for e in events[:2]]) == 0
    with acting(actor):
        (erased,) = Event.objects.filter(name="values.erased")
        assert erased.said == {"of": {str(e.id): ["name", "phone"] for e in events[:2]}}


def test_many_events_are_told_in_several_records(actor):
    person = uuid4()
    for _ in range(12):
        told_of(actor, person)
    from anju.foundation.events.commands import erasing  # to make its records small here

    size, erasing.EVENTS_PER_RECORD = erasing.EVENTS_PER_RECORD, 5
    try:
        erase_values(actor=actor, persons=[person])
    finally:
        erasing.EVENTS_PER_RECORD = size
    with acting(actor):
        told = Event.objects.filter(name="values.erased").order_by("id")
        assert [len(e.said["of"]) for e in told] == [5, 5, 2]
    seal_all()
    assert verified(actor.company_id).problems == []


def test_another_companys_values_are_out_of_reach(actor, other_actor):
    theirs = told_of(other_actor)
    assert erase_values(actor=actor, events=[theirs.id]) == 0
    seal_all()
    assert verified(other_actor.company_id).values == 2


def test_a_value_taken_away_without_a_word_is_found(actor):
    event = told_of(actor)
    seal_all()
    as_owner("DELETE FROM events_eventvalue WHERE event_id = %s AND name = 'phone'", [event.id])
    assert codes(verified(actor.company_id)) == {"value.missing"}


def test_a_value_changed_or_put_in_is_found(actor):
    event = told_of(actor)
    seal_all()
    as_owner("UPDATE events_eventvalue SET text = '李强' WHERE event_id = %s", [event.id])
    assert codes(verified(actor.company_id)) == {"value.changed"}
