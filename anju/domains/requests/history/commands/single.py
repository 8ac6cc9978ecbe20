"""One past case through the ordinary doors: models, `tell`. The bulk path must equal this one."""

from uuid import UUID

from anju.domains.requests.history.models import HistoryKey
from anju.domains.requests.history.past import TOLD, Past, PastCase, PastClock
from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def import_case(past: Past, *, batch: UUID, source: str, actor: Actor) -> Case:
    """Write one judged past case with its clocks, its event and its ledger entry.

    Sends no message and leaves nothing for the ticker. Refuses (`Refused`) without `import.run`;
    raises IntegrityError, and writes nothing, when the source's key is taken.
    """
    actor.require("import.run")
    company, row = actor.company_id, past.row
    with acting(actor):
        case = _case(past.case, company)
        case.save(force_insert=True)
        clocks = Clock.objects.bulk_create(_clock(clock, company) for clock in past.clocks)
        tell(
            TOLD,
            subject=("case", case.id),
            actor=actor,
            at=case.at,
            said=past.said,
            wrote=written(case, *clocks),
            values=past.values,
        )
        HistoryKey.objects.create(
            id=case.id,
            company_id=company,
            batch_id=batch,
            source=source,
            key=row.key,
            content=row.content,
            row=row.row,
        )
    return case


def _case(row: PastCase, company: UUID) -> Case:
    return Case(
        id=UUID(row.id),
        company_id=company,
        number=row.number,
        kind=row.kind,
        category=row.category,
        title=row.title,
        text=row.text,
        urgency=row.urgency,
        place_id=row.place_id,
        channel=row.channel,
        standard_id=row.standard_id,
        state=row.state,
        at=row.at,
        noted_at=now(),
        day=row.day,
        told_at=row.told_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        history=True,
    )


def _clock(clock: PastClock, company: UUID) -> Clock:
    one = clock.settled
    return Clock(
        id=UUID(clock.id),
        company_id=company,
        case_id=UUID(clock.case_id),
        kind=one.kind,
        state=one.state,
        minutes=one.minutes,
        calendar=one.calendar,
        started_at=one.started_at,
        due_at=one.due_at,
        stopped_at=one.stopped_at,
        days=one.days,
    )
