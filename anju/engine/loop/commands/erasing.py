"""What cases hold of their reporter, photos too, goes with the person (trust.md P22)."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from anju.engine.clocks.commands import save_clocks
from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.loop.receiving import signatures_of
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.files.commands import erase_file
from anju.foundation.files.models import StoredFile
from anju.foundation.people.models import Person
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

ERASED = "—"  # a title is shown and linked everywhere, so it is never empty


def erase_reporter(person: Person, *, actor: Actor) -> int:
    """Erase the cases a person reported, as `erase_cases` does; what events hold is erased by
    `erase_person`, which also asks whether the actor may. How many cases and files."""
    with acting(actor):
        ids = list(Case.objects.filter(reporter_id=person.id).values_list("id", flat=True))
        return erase_cases(ids, actor=actor)


def erase_cases(cases: Iterable[UUID], *, actor: Actor) -> int:
    """Blank every text of these cases: title, details, reasons; and erase their files, whoever took
    them: a photo of the work shows the home. How many cases and files.

    States, times, places and verdicts stay, so figures and seals stand; the values of their events
    are for the caller, as is the question whether the actor may. Done again, it finds nothing.
    """
    with acting(actor):
        ids = list(cases)
        # In the order in which a step takes them, so that neither waits for the other in a ring.
        clocks = list(Clock.objects.select_for_update().filter(case_id__in=ids).order_by("id"))
        held = list(
            Case.objects.select_for_update().filter(id__in=ids).exclude(title=ERASED).order_by("id")
        )
        works = list(WorkOrder.objects.select_for_update().filter(case_id__in=ids).order_by("id"))
        for clock in clocks:
            clock.pauses = [[*pause[:2], ""] for pause in clock.pauses]
        for case in held:
            case.title, case.text, case.urgency_reason = ERASED, "", ""
        for work in works:
            work.title, work.held_reason = ERASED, ""
        save_clocks(clocks)
        Case.objects.bulk_update(held, ["title", "text", "urgency_reason"])
        WorkOrder.objects.bulk_update(works, ["title", "held_reason"])
        for case in held:
            wrote = written(
                case,
                *(work for work in works if work.case_id == case.id),
                *(clock for clock in clocks if clock.case_id == case.id),
            )
            tell("case.erased", subject=("case", case.id), actor=actor, wrote=wrote)
        return len(held) + _erase_files(ids, actor)


def erase_signatures(person: Person, *, actor: Actor) -> int:
    """Erase what a person drew who received work, at whosever case or by whichever plan; the name
    goes with the values of events, by `erase_person`. How many pictures."""
    with acting(actor):
        return _erase_held(signatures_of(person), actor, "whoever signed was erased")


def _erase_files(cases: Iterable[UUID], actor: Actor) -> int:
    of_them = Q(case_id__in=cases) | Q(work__case_id__in=cases)  # a finding's too
    return _erase_held(Record.objects.filter(of_them), actor, "the reporter was erased")


def _erase_held(records: QuerySet[Record], actor: Actor, reason: str) -> int:
    """The contents go from the disk when the erasure has been committed."""
    held = records.filter(file_id__isnull=False)
    files = StoredFile.objects.filter(id__in=held.values("file_id"), erased_at=None).order_by("id")
    ids = list(files.values_list("id", flat=True))
    for id in ids:
        erase_file(id, actor=actor, reason=reason)
    return len(ids)
