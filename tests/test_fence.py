"""The fence: one company inside, nothing outside."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.db.utils import ProgrammingError

from anju.foundation.events.commands import leaf_of, tell
from anju.foundation.events.models import Event
from anju.foundation.tenancy.acting import acting, company_inside
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import OutsideFence, Refused


def test_a_query_outside_the_fence_raises(actor: Actor) -> None:
    with pytest.raises(OutsideFence):
        Event.objects.count()


def test_an_event_is_seen_in_its_own_company_only(actor: Actor, other_actor: Actor) -> None:
    with acting(actor):
        event = tell("test.happened", subject=("test", uuid4()), actor=actor, said={"n": 1})
    with acting(actor):
        assert list(Event.objects.all()) == [event]
        assert leaf_of(Event.objects.get()) == bytes(event.leaf)
    with acting(other_actor):
        assert Event.objects.count() == 0


def test_raw_sql_with_the_filter_forgotten_sees_nothing_foreign(
    actor: Actor, other_actor: Actor
) -> None:
    with acting(actor):
        tell("test.happened", subject=("test", uuid4()), actor=actor)
    with acting(other_actor), connection.cursor() as cursor:
        cursor.execute("select count(*) from events_event")
        assert cursor.fetchone() == (0,)


def test_a_row_for_another_company_is_refused(actor: Actor, other_actor: Actor) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), acting(actor):
        tell("test.happened", subject=("test", uuid4()), actor=other_actor)


def test_a_foreign_key_cannot_point_into_another_company(actor: Actor, other_actor: Actor) -> None:
    with acting(other_actor):
        theirs = tell("test.happened", subject=("test", uuid4()), actor=other_actor)
    with pytest.raises(IntegrityError), acting(actor), connection.cursor() as cursor:
        cursor.execute(
            "insert into events_eventvalue (id, company_id, event_id, name, salt, text)"
            " values (%s, %s, %s, 'x', '', '')",
            [uuid4(), actor.company_id, theirs.id],
        )


@pytest.mark.parametrize("verb", ["update events_event set name = 'x'", "delete from events_event"])
def test_the_application_cannot_rewrite_history(actor: Actor, verb: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), acting(actor):
        with connection.cursor() as cursor:
            cursor.execute(verb)


def test_acting_joins_the_same_company_and_undoes_a_refused_inner_step(actor: Actor) -> None:
    with acting(actor):
        with pytest.raises(Refused), acting(actor):
            tell("test.inner", subject=("test", uuid4()), actor=actor)
            raise Refused("no")
        tell("test.outer", subject=("test", uuid4()), actor=actor)
        assert company_inside() == actor.company_id
    with acting(actor):
        assert [e.name for e in Event.objects.all()] == ["test.outer"]
    assert company_inside() is None


def test_acting_for_two_companies_at_once_raises(actor: Actor, other_actor: Actor) -> None:
    with acting(actor), pytest.raises(OutsideFence), acting(other_actor):
        pass


def test_an_actor_may_only_what_is_granted_below_its_place() -> None:
    guard = Actor.of(uuid4(), "guard", ["case.see"], "1.2.")
    assert guard.may("case.see", "1.2.7.")
    assert not guard.may("case.see", "1.20.")
    assert not guard.may("case.move", "1.2.")
    with pytest.raises(Refused):
        guard.require("case.see", "1.3.")
