"""A small working house for tests: calendars, standards, a community with rooms and people."""

from dataclasses import dataclass
from uuid import uuid4

from anju.engine.loop.commands.opening import Opened, Report, report
from anju.engine.standards.asking import Asking
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.defaults import DEFAULTS
from anju.engine.standards.document import Document
from anju.engine.standards.models import TEXT, Standard
from anju.foundation.calendars.commands import ship_calendars
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import months_after, now
from anju.foundation.people.models import Person
from anju.foundation.people.testing import a_person, a_worker
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_community, a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today
from anju.foundation.texts import plain


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
    """The shipped standards in force without their draw and their photos: a test that is not about
    it calls everybody, and takes none. Where there are none yet, they skip the steps to there."""
    have = set(Standard.objects.filter(company_id=actor.company_id).values_list("code", flat=True))
    for one in DEFAULTS:
        bare = one.method.model_copy(update={"photos": ()})
        everybody = one.model_copy(update={"asking": Asking(), "method": bare})
        if one.code in have:
            put_in_force(everybody, actor=actor, why="for tests")
        else:
            _stands(everybody, actor)


def _stands(document: Document, actor: Actor) -> None:
    said = plain(document)
    standard = Standard(
        company_id=actor.company_id, version=1, state="published", published_at=now(),
        **{name: said[name] for name in TEXT if name in said},
    )  # fmt: skip
    standard.review_on = months_after(today(actor.company_id), standard.review_months)
    standard.save(force_insert=True)
    tell(
        "standard.published", subject=("standard", standard.id), actor=actor,
        said={"code": document.code, "version": 1}, wrote=written(standard),
    )  # fmt: skip


def photos_are_asked(actor: Actor) -> None:
    """From now on repairs ask for their photos, or why there are none, as shipped."""
    repair = DEFAULTS[0].model_copy(update={"asking": Asking()})
    with acting(actor):
        put_in_force(repair, actor=actor, why="for tests")


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
