"""Reported cases as a part of a person's data."""

from django.utils.translation import gettext_lazy as _

from anju.engine.loop.commands.erasing import erase_reporter, erase_signatures
from anju.engine.loop.models import Case
from anju.engine.loop.receiving import signatures_of
from anju.foundation.events.models import EventValue
from anju.foundation.people.models import Person
from anju.foundation.people.parts import Exported, Part, contribute
from anju.foundation.tenancy.actor import Actor


def contribute_cases() -> None:
    """Join the export and the erasure of a person."""
    contribute(
        Part(
            name="cases",
            title=_("What you reported, and what you were told"),
            export=_export,
            erase=lambda person, actor: erase_reporter(person, actor=actor),
        )
    )

    contribute(
        Part(
            name="answers",
            title=_("What was written down while we worked for you"),
            export=_answers,  # erased with the values of events
        )
    )

    contribute(
        Part(
            name="signatures",
            title=_("What you signed for"),
            export=_signed,
            erase=lambda person, actor: erase_signatures(person, actor=actor),
        )
    )


def _export(person: Person, actor: Actor) -> Exported:
    """Whoever may export the person may export what the person reported. Two queries."""
    mine = Case.objects.filter(company_id=actor.company_id, reporter_id=person.id)
    cases = list(mine.select_related("place").order_by("at", "id"))
    told: dict[object, list[str]] = {}
    texts = EventValue.objects.filter(
        event__name__in=("case.tell", "case.told_along", "case.merge"),
        event__subject_kind="case",
        event__subject_id__in=[case.id for case in cases],
        name="text",
    )
    for value in texts.select_related("event").order_by("event__at"):
        told.setdefault(value.event.subject_id, []).append(value.text)
    return Exported(
        [
            {
                "number": case.number,
                "kind": case.kind,
                "title": case.title,
                "text": case.text,
                "place": str(case.place) if case.place else "",
                "at": case.at,
                "state": case.state,
                "closed_at": case.closed_at,
                "told": "\n".join(told.get(case.id, [])),
            }
            for case in cases
        ]
    )


def _answers(person: Person, actor: Actor) -> Exported:
    """What people on the spot typed as answers at the person's cases. One query."""
    held = EventValue.objects.filter(
        company_id=actor.company_id, person_id=person.id, event__name="record.made"
    )
    rows = held.select_related("event").order_by("event__at", "event_id", "name")
    return Exported(
        [{"at": v.event.at, "item": v.event.said.get("item", ""), "text": v.text} for v in rows]
    )


def _signed(person: Person, actor: Actor) -> Exported:
    """The work a person received. Three queries."""
    rows = signatures_of(person).select_related("work__place").order_by("at", "id")
    return Exported(
        [
            {
                "at": one.at,
                "work": one.work.number if one.work else "",
                "title": one.work.title if one.work else "",
                "place": str(one.work.place or "") if one.work else "",
                "as": one.value.get("by", ""),
            }
            for one in rows
        ]
    )
