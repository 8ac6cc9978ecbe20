"""A small working house for tests: calendars, standards, a community with rooms and people."""

from dataclasses import dataclass
from uuid import uuid4

from anju.engine.loop.commands.opening import Opened, Report, report
from anju.engine.standards.asking import Asking
from anju.engine.standards.commands import install_defaults, put_in_force
from anju.engine.standards.defaults import DEFAULTS
from anju.foundation.calendars.commands import ship_calendars
from anju.foundation.people.models import Person
from anju.foundation.people.testing import a_person, a_worker
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_community, a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@dataclass(frozen=True)
class House:
    """What most tests of the loop need. `doer` and `judge` are two people with every right."""

    actor: Actor
    community: Place
    room: Place
    resident: Person
    worker: Person
    doer: Actor
    judge: Actor


def a_house(actor: Actor) -> House:
    """Calendars and standards shipped, one room with its owner, one worker."""
    with acting(actor):
        ship_calendars(actor=actor)
        everybody_is_asked(actor)
        install_defaults(actor=actor)
        community = a_community(actor)
        room = a_place(actor, community=community)
        worker = a_worker(actor, place=community)
        return House(
            actor=actor,
            community=community,
            room=room,
            resident=a_person(actor, lives_at=room),
            worker=worker,
            doer=everyone(actor, "doer", worker),
            judge=everyone(actor, "judge"),
        )


def everybody_is_asked(actor: Actor) -> None:
    """The shipped standards without their draw: a test that is not about it calls everybody."""
    for one in DEFAULTS:
        everybody = one.model_copy(update={"asking": Asking()})
        put_in_force(everybody, actor=actor, why="for tests")


def everyone(actor: Actor, name: str, person: Person | None = None) -> Actor:
    """A person with every right in the company, apart from any other of that kind."""
    return Actor(
        id=uuid4(),
        name=name,
        company_id=actor.company_id,
        grants=actor.grants,
        person_id=person.id if person else None,
    )


def a_case(house: House, *, kind: str = "repair", urgency: int = 3, **more: object) -> Opened:
    """A leak reported by the resident, unless `more` says otherwise."""
    said: dict[str, object] = {
        "title": "卫生间漏水",
        "text": "楼下也渗水",
        "place": house.room,
        "reporter": house.resident,
        "channel": "phone",
        **more,
    }
    report_of = Report(kind=kind, urgency=urgency, **said)  # type: ignore[arg-type]  # any field
    return report(report_of, actor=house.actor)
