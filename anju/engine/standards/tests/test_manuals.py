"""The manual of standards is made once, by whoever is there, and kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connections

from anju.engine.standards.commands import install_defaults, move_standard
from anju.engine.standards.commands.manuals import (
    LEASE,
    TRIES,
    ask_manual,
    keep_manual,
    note_progress,
    take_manual,
)
from anju.engine.standards.models import Manual, Standard
from anju.engine.standards.queries import waiting_for_manuals
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.files.models import StoredFile
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused

PDF = b"%PDF-1.7 manual"


@pytest.fixture(autouse=True)
def standing(actor: Actor) -> list[Standard]:
    return install_defaults(actor=actor)


def asked(actor: Actor, language: str = "en") -> Manual:
    return ask_manual(actor=actor, language=language, zone="Asia/Shanghai")


def kept(manual: Manual, actor: Actor) -> Manual:
    return keep_manual(manual, PDF, actor=actor, name="manual.pdf")


def test_asked_by_several_at_once_it_is_one_and_made_by_one(actor: Actor) -> None:
    def ask(_n: int) -> UUID:
        try:
            return asked(actor).id
        finally:
            connections.close_all()

    def take(_n: int) -> Manual | None:
        try:
            return take_manual(actor=actor)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        (id,) = set(pool.map(ask, range(12)))
        assert actor.company_id in waiting_for_manuals()
        (taken,) = [one for one in pool.map(take, range(6)) if one]
    assert actor.company_id not in waiting_for_manuals()
    assert taken.id == id
    note_progress(taken, 1, actor=actor)
    made = kept(taken, actor)
    assert (made.state, made.done, made.total) == ("made", 3, 3)
    with acting(actor):
        assert StoredFile.objects.get(id=made.file_id).size == len(PDF)
        names = list(Event.objects.about("manual", id).values_list("name", flat=True))
    assert names == ["manual.asked", "manual.made"]
    assert asked(actor).id == id
    assert take_manual(actor=actor) is None
    seal_all()
    assert codes(verified(actor.company_id)) == set()


def test_another_day_language_or_version_is_another_manual(
    actor: Actor, standing: list[Standard]
) -> None:
    first = asked(actor)
    others = {asked(actor, "zh-hans").id}
    with frozen(now() + timedelta(days=1)):
        others.add(asked(actor).id)
    move_standard(standing[0].id, "retire", actor=actor, why="不再需要")
    others.add(asked(actor).id)
    assert len(others - {first.id}) == 3
    move_standard(standing[1].id, "retire", actor=actor, why="不再需要")
    with pytest.raises(NotYet):
        asked(actor)


def test_whoever_stops_over_it_leaves_it_to_the_next(actor: Actor) -> None:
    asked(actor)
    first = take_manual(actor=actor)
    assert first
    with frozen(now() + LEASE / 2):
        note_progress(first, 1, actor=actor)  # a sign of life
    with frozen(now() + LEASE):
        assert take_manual(actor=actor) is None
    with frozen(now() + 2 * LEASE):
        second = take_manual(actor=actor)
        assert second
        assert (second.id, second.tries, second.done) == (first.id, 2, 0)
        for too_late in (lambda: note_progress(first, 2, actor=actor), lambda: kept(first, actor)):
            with pytest.raises(Conflict):
                too_late()
        assert kept(second, actor).state == "made"
    with acting(actor):
        assert StoredFile.objects.count() == 1


def test_what_never_gets_done_is_given_up_and_can_be_asked_for_again(actor: Actor) -> None:
    id = asked(actor).id
    for n in range(TRIES):
        with frozen(now() + 2 * n * LEASE):
            assert take_manual(actor=actor)
    with frozen(now() + 2 * TRIES * LEASE):
        assert take_manual(actor=actor) is None
        with acting(actor):
            assert Manual.objects.get(id=id).state == "failed"
            assert Event.objects.about("manual", id).last().name == "manual.failed"  # type: ignore[union-attr]  # there are two
        assert (asked(actor).id, asked(actor).state) == (id, "waiting")
        assert take_manual(actor=actor)


def test_only_who_sees_standards_asks_and_only_the_company_sees(
    actor: Actor, other_actor: Actor
) -> None:
    with pytest.raises(Refused):
        asked(Actor.of(actor.company_id, "guest", ["case.see"]))
    asked(actor)
    with acting(other_actor):
        assert not Manual.objects.seen_by(other_actor).exists()
    assert take_manual(actor=other_actor) is None


def test_it_holds_the_versions_of_when_it_was_asked(actor: Actor, standing: list[Standard]) -> None:
    manual = asked(actor)
    with frozen(now() + timedelta(minutes=5)):
        move_standard(standing[0].id, "retire", actor=actor, why="不再提供")
        with acting(actor):
            mine = Standard.objects.filter(company_id=actor.company_id)
            then = mine.in_force_at(manual.asked_at).values_list("id", flat=True)
            assert set(then) == {one.id for one in standing}
            assert standing[0].id not in mine.in_force().values_list("id", flat=True)
            assert list(mine.in_force_at(now())) == list(mine.in_force())
