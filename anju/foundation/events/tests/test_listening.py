"""Listeners: each event once and in order, a bad one never stops the others."""

from datetime import timedelta
from threading import Event as Flag
from threading import Thread
from uuid import uuid4

import pytest
from django.db import OperationalError, connection

from anju.foundation.events import registry
from anju.foundation.events.commands import advance, drop_letter, retry_letter, tell
from anju.foundation.events.commands.listening import TRIES
from anju.foundation.events.models import Cursor, DeadLetter, Event
from anju.foundation.events.queries import SKIMMED, listeners_behind
from anju.foundation.events.registry import Listener, listen
from anju.foundation.events.tasks import read_on
from anju.foundation.events.testing import seal_all, some_events
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown


class Heard:
    """A handler that notes what it was given, and fails on what it is told to fail on."""

    def __init__(self, poison=(), error=ValueError):
        self.batches = []
        self.companies = []
        self.poison = set(poison)
        self.error = error

    def __call__(self, actor, events):
        for event in events:
            if event.position in self.poison:
                raise self.error("王芳 must not be quoted")
        self.batches.append([event.position for event in events])
        self.companies.append(actor.company_id)

    @property
    def all(self):
        return [n for batch in self.batches for n in batch]


def a_listener(handler, names=()):
    return Listener(f"test-{uuid4().hex[:8]}", handler, tuple(names))


def cursor_of(actor, listener):
    with acting(actor):
        return Cursor.objects.get(listener=listener.name)


def test_each_event_is_handed_over_once_and_in_order(actor):
    some_events(actor, 5)
    seal_all()
    heard = Heard()
    listener = a_listener(heard)
    assert [advance(listener, actor.company_id, 2) for _ in range(4)] == [2, 2, 1, 0]
    assert heard.batches == [[1, 2], [3, 4], [5]]
    some_events(actor, 1)
    assert advance(listener, actor.company_id) == 0  # not sealed yet
    seal_all()
    assert advance(listener, actor.company_id) == 1
    assert heard.all == [1, 2, 3, 4, 5, 6]


def test_a_listener_of_some_names_passes_over_the_others(actor):
    some_events(actor, 3)
    with acting(actor):
        tell("test.wanted", subject=("test", uuid4()), actor=actor)
    some_events(actor, 2)
    seal_all()
    heard = Heard()
    listener = a_listener(heard, ["test.wanted"])
    assert advance(listener, actor.company_id) == 6
    assert heard.batches == [[4]]
    assert cursor_of(actor, listener).n == 6


def test_the_handlers_writes_and_the_cursor_stand_or_fall_together(actor):
    some_events(actor, 1)
    seal_all()
    subject = ("test", uuid4())

    def writes_then_fails(machine, events):
        tell("test.echo", subject=subject, actor=machine)
        raise RuntimeError

    listener = a_listener(writes_then_fails)
    assert advance(listener, actor.company_id) == 0
    with acting(actor):
        assert not Event.objects.about(*subject).exists()
    assert (cursor_of(actor, listener).n, cursor_of(actor, listener).tries) == (0, 1)


def test_a_bad_event_is_tried_with_pauses_then_left_behind(actor):
    some_events(actor, 5)
    seal_all()
    heard = Heard(poison={3})
    listener = a_listener(heard)
    assert advance(listener, actor.company_id) == 2
    assert heard.all == [1, 2]
    assert advance(listener, actor.company_id) == 0  # it backs off
    at = now()
    for attempt in range(2, TRIES + 1):
        assert cursor_of(actor, listener).tries == attempt - 1
        at += timedelta(seconds=200)
        with frozen(at):
            advance(listener, actor.company_id)
    assert advance(listener, actor.company_id) == 2
    assert heard.all == [1, 2, 4, 5]
    with acting(actor):
        (letter,) = DeadLetter.objects.seen_by(actor).open()
        assert (letter.n, letter.tries, letter.listener) == (3, TRIES, listener.name)
        assert letter.error.startswith("ValueError in test_listening.py:")
        assert "王芳" not in letter.error


def test_an_event_that_fails_for_a_while_is_handled_when_it_can_be(actor):
    some_events(actor, 3)
    seal_all()
    heard = Heard(poison={2})
    listener = a_listener(heard)
    advance(listener, actor.company_id)
    heard.poison.clear()
    with frozen(now() + timedelta(seconds=6)):
        assert advance(listener, actor.company_id) == 1
        assert advance(listener, actor.company_id) == 1
    assert heard.all == [1, 2, 3]
    assert cursor_of(actor, listener).tries == 0


def test_a_database_that_fails_is_no_ones_fault(actor):
    some_events(actor, 1)
    seal_all()
    listener = a_listener(Heard(poison={1}, error=OperationalError))
    with pytest.raises(OperationalError):
        advance(listener, actor.company_id)
    with acting(actor):
        assert not Cursor.objects.filter(listener=listener.name).exists()


def test_of_two_processes_one_reads_and_the_other_goes_on(actor):
    some_events(actor, 2)
    seal_all()
    inside, go_on = Flag(), Flag()
    heard = Heard()

    def slow(machine, events):
        heard(machine, events)
        inside.set()
        go_on.wait(10)

    listener = a_listener(slow)
    with acting(actor):
        Cursor.objects.create(company_id=actor.company_id, listener=listener.name)

    def run():
        advance(listener, actor.company_id)
        connection.close()

    thread = Thread(target=run)
    thread.start()
    assert inside.wait(10)
    assert advance(listener, actor.company_id) == 0
    go_on.set()
    thread.join(10)
    assert heard.all == [1, 2]


def test_a_listener_sees_its_own_company_only(actor, other_actor):
    some_events(actor, 1)
    some_events(other_actor, 1)
    seal_all()
    seen = []

    def look(machine, events):
        seen.append((machine.company_id, set(Event.objects.values_list("company_id", flat=True))))

    advance(a_listener(look), other_actor.company_id)
    assert seen == [(other_actor.company_id, {other_actor.company_id})]


@pytest.fixture
def registered(monkeypatch):
    """No listeners but the test's own."""
    registry.listeners()  # what registers itself at first need does so before, and stays
    monkeypatch.setattr(registry, "_listeners", {})
    return registry._listeners


def test_the_ticker_finds_who_is_behind_and_brings_all_up_to_date(actor, registered):
    heard, failing = Heard(), Heard(poison={1}, error=OperationalError)
    name, broken = f"test-{uuid4().hex[:8]}", f"test-{uuid4().hex[:8]}"
    listen(name, heard)
    listen(broken, failing)
    listen(name, heard)  # the same once more is the same
    with pytest.raises(ValueError, match="two listeners"):
        listen(name, Heard())
    some_events(actor, 3)
    seal_all()
    mine = [b for b in listeners_behind([name]) if b.company == actor.company_id]
    assert [(b.listener, b.events) for b in mine] == [(name, 3)]
    assert read_on(stopping=lambda: True) == 0  # asked to stop it begins no batch
    assert heard.all == []
    assert read_on() >= 3  # one that cannot work does not stop the other
    assert [b for b in listeners_behind([name]) if b.company == actor.company_id] == []
    batches = zip(heard.companies, heard.batches, strict=True)  # in whatever order of companies
    assert [batch for company, batch in batches if company == actor.company_id] == [[1, 2, 3]]


def a_dead_letter(actor, listener):
    some_events(actor, 1)
    seal_all()
    at = now()
    for _ in range(TRIES):
        at += timedelta(seconds=200)
        with frozen(at):
            advance(listener, actor.company_id)
    with acting(actor):
        return DeadLetter.objects.get(listener=listener.name)


def test_a_dead_letter_can_be_handled_later(actor, registered):
    heard = Heard(poison={1})
    listener = a_listener(heard)
    letter = a_dead_letter(actor, listener)
    with pytest.raises(NotYet):
        retry_letter(letter.id, actor=actor)  # nothing listens under this name
    listen(listener.name, heard)
    with pytest.raises(ValueError, match="quoted"):
        retry_letter(letter.id, actor=actor)
    with acting(actor):
        assert DeadLetter.objects.open().count() == 1
    heard.poison.clear()
    retry_letter(letter.id, actor=actor)
    assert heard.all == [1]
    with pytest.raises(Conflict):
        retry_letter(letter.id, actor=actor)
    with acting(actor):
        assert not DeadLetter.objects.open().exists()
        assert DeadLetter.objects.exists()


def test_a_dead_letter_can_be_dropped_by_who_may(actor, other_actor):
    letter = a_dead_letter(actor, a_listener(Heard(poison={1})))
    with pytest.raises(Refused):
        drop_letter(letter.id, actor=Actor.of(actor.company_id, "nobody", ["case.see"]))
    with pytest.raises(Unknown):
        drop_letter(letter.id, actor=other_actor)
    drop_letter(letter.id, actor=actor)
    with pytest.raises(Conflict):
        drop_letter(letter.id, actor=actor)
    with acting(actor):
        assert not DeadLetter.objects.seen_by(actor).open().exists()


def test_a_reader_of_few_names_skims_far_but_gets_no_more_than_its_limit(actor):
    heard = Heard()
    listener = a_listener(heard, ["test.wanted"])
    for _ in range(5):
        some_events(actor, 7)
        with acting(actor):
            tell("test.wanted", subject=("test", uuid4()), actor=actor)
    seal_all()
    moved = [advance(listener, actor.company_id, 2) for _ in range(4)]
    assert heard.batches == [[8, 16], [24, 32], [40]]
    assert sum(moved) == 40
    assert moved[0] <= 2 * SKIMMED


def test_what_nobody_heeds_is_passed_over_and_what_comes_after_is_heard(actor):
    heard, heeding = Heard(), []
    listener = Listener(f"test-{uuid4().hex[:8]}", heard, (), lambda _actor: bool(heeding))
    some_events(actor, 3 * SKIMMED)
    seal_all()
    assert advance(listener, actor.company_id, 2) == 2 * SKIMMED
    assert advance(listener, actor.company_id, 2) == SKIMMED
    assert heard.batches == []
    heeding.append(True)
    some_events(actor, 3)
    seal_all()
    advance(listener, actor.company_id, 2)
    assert heard.all == [3 * SKIMMED + 1, 3 * SKIMMED + 2]
