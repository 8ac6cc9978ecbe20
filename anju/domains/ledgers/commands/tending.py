"""What the ticker asks of ledgers: who is told of lines that should have ended, and what was typed
long enough ago is erased."""

from datetime import timedelta

from anju.domains.ledgers.models import Ledger, Line
from anju.foundation.events.commands import erase_values
from anju.foundation.events.models import Event
from anju.foundation.files.commands import erase_file
from anju.foundation.files.models import StoredFile
from anju.foundation.lib import now
from anju.foundation.messages.commands import Note, queue_messages
from anju.foundation.messages.queries import present_at_posts, staff
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import zone_of_company

ROLE = "leader"
MOST = 500


def tell_overdue(*, actor: Actor) -> int:
    """Tell who keeps a ledger, and the leader, of each line that should have ended, once; how many
    lines. Safe to repeat."""
    moment = now()
    with acting(actor):
        late = Line.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            company_id=actor.company_id, told_at=None
        )
        found = list(
            late.overdue(moment).select_related("ledger__place", "place").order_by("due_at")[:MOST]
        )
        if not found:
            return 0
        keepers = present_at_posts(
            {one.ledger.post_id for one in found if one.ledger.post_id}, actor=actor
        )
        known, zone = staff({ROLE}, actor=actor), zone_of_company(actor.company_id)
        for line in found:
            path = line.ledger.place.path
            told = {id: {"why": "role"} for id in known.holding(ROLE, path)}
            held = keepers.get(line.ledger.post_id, []) if line.ledger.post_id else []
            told |= {id: {"why": "post"} for id in known.of_persons(held)}
            due = line.due_at or moment
            facts = {
                "ledger": line.ledger.name, "n": line.n, "place": str(line.place),
                "due": f"{due.astimezone(zone):%m-%d %H:%M}",
            }  # fmt: skip
            queue_messages(
                (
                    Note(
                        key=f"line:{line.id}", kind="ledger.overdue", account=account,
                        subject=("line", line.id), facts={**facts, **because}, at=due, path=path,
                    )
                    for account, because in told.items()
                ),
                actor=actor,
            )  # fmt: skip
        Line.objects.filter(id__in=[one.id for one in found]).update(told_at=moment)
    return len(found)


def erase_old_lines(*, actor: Actor) -> int:
    """Erase what was typed and pictured in lines of ledgers that name people, once it was kept as
    long as the ledger says and the line has ended; how many lines. What is judged and counted
    stays, and so do the seals. A transaction for each ledger. Safe to repeat."""
    with acting(actor):
        personal = Ledger.objects.filter(
            company_id=actor.company_id, personal=True, keep_days__gt=0
        )
        ledgers = list(personal.order_by("id"))
    return sum(_erase_old(ledger, actor) for ledger in ledgers)


def _erase_old(ledger: Ledger, actor: Actor) -> int:
    before = now() - timedelta(days=ledger.keep_days)
    with acting(actor):
        old = ledger.lines.filter(erased_at=None, at__lt=before).exclude(ended_at=None)
        lines = list(old.select_for_update(of=("self",)).order_by("id")[:MOST])
        events = Event.objects.filter(
            company_id=actor.company_id, subject_kind="line",
            subject_id__in=[line.id for line in lines],
        )  # fmt: skip
        erase_values(actor=actor, events=list(events.values_list("id", flat=True)))
        files = StoredFile.objects.filter(
            company_id=actor.company_id, erased_at=None,
            id__in={file for line in lines for file in line.files},
        )  # fmt: skip
        for file in files.order_by("id"):
            erase_file(file.id, actor=actor, reason=ledger.name)
        ledger.lines.filter(id__in=[line.id for line in lines]).update(erased_at=now())
    return len(lines)
