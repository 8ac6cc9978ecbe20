"""The sealer: positions without gaps, in the order of commits; one at a time."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections

from anju.foundation.events.commands import draft, seal_once, tell, tell_all
from anju.foundation.events.commands.sealing import CHANNEL, LOCK
from anju.foundation.events.models import Event, EventValue, Inbox, Position, Seal
from anju.foundation.events.queries import journal, seal_lag
from anju.foundation.events.testing import as_owner, seal_all, some_events, verified
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.across import across
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def test_events_get_the_next_positions_in_their_order(actor, other_actor):
    seal_all()
    first = some_events(actor, 3)
    theirs = some_events(other_actor, 2)
    assert seal_once() == 5
    second = some_events(actor, 2)
    assert seal_once() == 2
    with acting(actor):
        placed = Position.objects.order_by("n").values_list("n", "event_id")
        assert list(placed) == list(enumerate((e.id for e in [*first, *second]), 1))
        seals = Seal.objects.order_by("n")
        assert [(s.n, s.first, s.last) for s in seals] == [(1, 1, 3), (2, 4, 5)]
        assert bytes(seals[1].previous) == bytes(seals[0].digest)
        assert not Inbox.objects.exists()
        assert [e.position for e in journal(actor, after=3)] == [4, 5]
    with acting(other_actor):
        assert list(Position.objects.order_by("n").values_list("n", "event_id")) == [
            (1, theirs[0].id),
            (2, theirs[1].id),
        ]
    assert verified(actor.company_id).problems == []


def test_an_event_that_commits_later_gets_a_later_position(actor):
    seal_all()
    opened, go_on = Barrier(2), Barrier(2)

    def slow():
        with acting(actor):
            tell("test.slow", subject=("test", uuid4()), actor=actor)
            opened.wait(10)
            go_on.wait(10)
        connection.close()

    thread = Thread(target=slow)
    thread.start()
    opened.wait(10)
    (fast,) = some_events(actor, 1)  # begun later, committed earlier
    assert seal_once() == 1
    go_on.wait(10)
    thread.join(10)
    assert seal_once() == 1
    with acting(actor):
        placed = dict(Position.objects.values_list("event_id", "n"))
        assert placed.pop(fast.id) == 1
        assert list(placed.values()) == [2]


def test_of_two_sealers_one_works_and_the_other_skips(actor):
    seal_all()
    some_events(actor, 2)
    with psycopg.connect(**connections["owner"].get_connection_params()) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        assert seal_once() == 0
        other.rollback()
    assert seal_once() == 2


def test_many_sealers_at_once_leave_no_gap_and_no_double(actor):
    some_events(actor, 60)
    sealed = []

    def work():
        for _ in range(30):
            sealed.append(seal_once(limit=3))
        connections["ticker"].close()

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    seal_all()
    with acting(actor):
        assert list(Position.objects.order_by("n").values_list("n", flat=True)) == [*range(1, 61)]
    assert verified(actor.company_id).problems == []


def test_a_refused_command_leaves_nothing_to_seal(actor):
    seal_all()
    with pytest.raises(RuntimeError), acting(actor):
        tell("test.refused", subject=("test", uuid4()), actor=actor)
        raise RuntimeError
    assert seal_once() == 0


def test_stray_and_doubled_inbox_rows_do_not_stop_the_sealer(actor):
    (event,) = some_events(actor, 1)
    with acting(actor):
        Inbox.objects.bulk_create(
            [
                Inbox(company_id=actor.company_id, event_id=event.id),
                Inbox(company_id=actor.company_id, event_id=uuid4()),
            ]
        )
    seal_all()
    with acting(actor):
        Inbox.objects.create(company_id=actor.company_id, event_id=event.id)
    assert seal_once() == 0
    some_events(actor, 1)
    assert seal_once() == 1
    assert verified(actor.company_id).problems == []


def test_the_wake_up_call_names_the_companies(actor):
    seal_all()
    with psycopg.connect(
        **connections["owner"].get_connection_params(), autocommit=True
    ) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        some_events(actor, 3)
        seal_once()
        (call,) = listener.notifies(timeout=5, stop_after=1)
    assert call.payload == str(actor.company_id)


def test_the_lag_is_the_age_of_the_oldest_event_that_waits(actor):
    seal_all()
    assert seal_lag() == 0.0
    some_events(actor, 2)
    with frozen(now() + timedelta(seconds=90)):
        assert 90 <= seal_lag() < 100
    seal_all()
    assert seal_lag() == 0.0


@pytest.mark.parametrize("table", ["event", "position", "seal"])
@pytest.mark.parametrize("act", ["UPDATE events_{} SET id = id", "DELETE FROM events_{}"])
def test_the_application_cannot_change_what_happened(actor, table, act):
    with pytest.raises(ProgrammingError, match="permission denied"), acting(actor):
        with connection.cursor() as cursor:
            cursor.execute(act.format(table))


def test_the_ticker_sees_leaves_and_never_what_was_said():
    with pytest.raises(ProgrammingError, match="permission denied"):
        with across("ticker", "it may not read the events themselves") as cursor:
            cursor.execute("SELECT said FROM events_event")


def test_a_batch_of_events_is_as_good_as_one_by_one(actor):
    subject = ("test", uuid4())
    drafts = [
        draft("test.many", subject=subject, actor=actor, said={"n": n}, values={"name": f"张{n}"})
        for n in range(50)
    ]
    with acting(actor):
        assert tell_all(drafts, actor=actor) == 50
    seal_all()
    with acting(actor):
        assert [e.said["n"] for e in journal(actor)] == [*range(50)]
        assert EventValue.objects.count() == 50
        assert [e.said["n"] for e in Event.objects.about(*subject)] == [*range(50)]
    report = verified(actor.company_id)
    assert (report.events, report.values, report.problems) == (50, 50, [])


def test_a_long_inbox_is_sealed_in_batches(actor):
    seal_all()
    drafts = [draft("test.load", subject=("test", uuid4()), actor=actor) for _ in range(10_000)]
    with acting(actor):
        tell_all(drafts, actor=actor)
    batches = []
    while sealed := seal_once(limit=2_000):
        batches.append(sealed)
    assert batches == [2_000] * 5


def test_the_journal_is_closed_to_who_may_not_see_it(actor):
    some_events(actor, 1)
    seal_all()
    nobody = Actor.of(actor.company_id, "nobody", ["case.see"])
    with acting(nobody):
        assert journal(nobody) == []
        assert not Event.objects.seen_by(nobody).exists()
        assert Event.objects.seen_by(actor).exists()


def test_positions_survive_only_with_their_event(actor):
    seal_all()
    some_events(actor, 1)
    seal_all()
    with pytest.raises(Exception, match="violates foreign key"):
        as_owner("DELETE FROM events_event WHERE company_id = %s", [actor.company_id])
