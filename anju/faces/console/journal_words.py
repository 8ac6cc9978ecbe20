"""The journal in words: every event and the facts it states.

The names of events are part of the API and of the seals, and never shown alone. What has no word
here (ids, paths, digests) stays out of the page; an exported file holds it as it was told.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anju.domains.requests.forms import OUTCOME_NAMES, SUBSTANCE_NAMES
from anju.domains.requests.promises import CLIMBS
from anju.engine.clocks.models import KINDS as CLOCK_NAMES
from anju.engine.loop import models as loop
from anju.faces.console.documents.words import DOCUMENT_WORDS
from anju.faces.console.registry.words import EVENT_WORDS
from anju.foundation.access.rules import ROLE_NAMES
from anju.foundation.events.models import Event
from anju.foundation.kit.rules import moment
from anju.foundation.lib import now
from anju.foundation.people.models import residents
from anju.foundation.places import models as places

TOLD: Mapping[str, Any] = MappingProxyType(
    {
        **EVENT_WORDS,
        **DOCUMENT_WORDS,
        "emergency.planned": _("Emergency plan written"),
        "emergency.started": _("Emergency started"),
        "emergency.step": _("Emergency: a step is done"),
        "emergency.called": _("Emergency: somebody was called"),
        "emergency.coming": _("Emergency: somebody is on the way"),
        "plan.made": _("Plan made"),
        "plan.changed": _("Plan changed"),
        "plan.begun": _("Plan begun by hand"),
        "plan.expanded": _("Work made of a plan"),
        "plan.opened": _("Windows of planned work opened"),
        "plan.missed": _("Planned work missed"),
        "plan.pause": _("Plan paused"),
        "plan.resume": _("Plan goes on"),
        "plan.end": _("Plan ended"),
        "route.made": _("Route made"),
        "route.changed": _("Route changed"),
        "route.laid": _("Points of rounds laid"),
        "route.passed": _("Point of a round passed"),
        "route.left_out": _("Points of a round left out"),
        "route.judged": _("Points of a round judged again"),
        "ledger.opened": _("Ledger begun"),
        "ledger.changed": _("Ledger kept otherwise"),
        "ledger.ended": _("Ledger ended"),
        "ledger.reviewed": _("Month of a ledger looked through"),
        "line.written": _("Line written in a ledger"),
        "line.added": _("Added to a line of a ledger"),
        "line.signed": _("Line of a ledger signed"),
        "service_plan.published": _("Service plan published to residents"),
        "need.written": _("Need of customers written"),
        "service.written": _("Service catalogue written"),
        "contract.written": _("Contract written"),
        "contract.told": _("Managers reminded of a contract date"),
        "answer.published": _("Answer published"),
        "answer.retired": _("Answer withdrawn"),
        "answer.checked": _("An answer told was checked"),
        "answer.used": _("Answered from the answer base"),
        "case.reported": _("Case received"),
        "case.imported": _("Case taken over from history"),
        "case.respond": _("Receipt confirmed"),
        "case.tell": _("Reporter told"),
        "case.note": _("Note written"),
        "case.classify": _("Category or urgency changed"),
        "case.answer": _("Answered without work"),
        "case.waive": _("The check was waived"),
        "case.ring": _("Called in vain"),
        "case.callback": _("Reporter called back"),
        "case.close": _("Case closed"),
        "case.reopen": _("Case opened again"),
        "case.void": _("Case declared void"),
        "case.merge": _("Case merged into another"),
        "case.told_along": _("Reporter of a merged case told"),
        "case.link": _("Cases linked"),
        "case.split": _("Case split"),
        "case.problem": _("Problem record opened"),
        "case.cause": _("Root cause stated"),
        "case.settle": _("Decided who pays"),
        "case.owned": _("Case has another owner"),
        "case.own": _("Case taken over"),
        "case.urge": _("Urged by its owner"),
        "case.escalate": _("Escalated by hand"),
        "case.deadline": _("Outside deadline set"),
        "case.extension": _("Extension asked for"),
        "case.reply": _("Reply sent back"),
        "case.exported": _("The archive was exported"),
        "case.erased": _("The reporter's words were erased on request"),
        "case.urged": _("The resident urges"),
        "case.rated": _("The resident rated"),
        "case.complained": _("The resident complained one level up"),
        "link.made": _("Link to a case given"),
        "link.revoked": _("Link to a case ended"),
        "account.link": _("One-time link made"),
        "notice.drafted": _("Announcement waits for approval"),
        "notice.published": _("Announcement published"),
        "notice.begun": _("Announced work has begun"),
        "notice.ended": _("Announced work is over"),
        "notice.moved": _("Announced work was moved"),
        "notice.off": _("Announced work does not take place"),
        "notice.texting": _("Text messages about announced work go on"),
        "telling.set": _("Planned work announced to residents"),
        "telling.ended": _("Planned work announced no more"),
        "notice.withdrawn": _("Announcement withdrawn"),
        "notice.rule": _("Approval of announcements changed"),
        "notice.posted": _("Announcement hung at a board"),
        "notice.taken_down": _("Announcement taken down"),
        "minutes.kept": _("Minutes kept"),
        "minutes.opened": _("Cases opened from minutes"),
        "minutes.erased": _("Words of minutes erased"),
        "handover.given": _("Shift handed over"),
        "handover.taken": _("Shift taken over"),
        "handover.objected": _("Shift taken over with an objection"),
        "handover.late": _("Shift not handed over yet"),
        "handover.missing": _("Shift not handed over"),
        "handover.erased": _("Words of a handover were erased on request"),
        "work.assign": _("Work order dispatched"),
        "work.accept": _("Work order accepted"),
        "work.claim": _("Work order taken on"),
        "work.hand_back": _("Work order handed back"),
        "work.arrive": _("Arrived on site"),
        "work.start": _("Work started"),
        "work.hold": _("Work put on hold"),
        "work.resume": _("Work goes on"),
        "work.finish": _("Work finished"),
        "work.pass": _("Verified: passed"),
        "work.fail": _("Verified: not passed"),
        "work.void": _("Work order declared void"),
        "record.made": _("Evidence added"),
        "clock.warned": _("Deadline near"),
        "clock.broken": _("Deadline passed"),
        "clock.escalated": _("Delay reported upwards"),
        "standard.drafted": _("Standard drafted"),
        "standard.edited": _("Draft of a standard saved"),
        "standard.submitted": _("Standard submitted for review"),
        "standard.sent_back": _("Standard sent back"),
        "standard.tried": _("Standard on trial"),
        "standard.confirmed": _("Standard reviewed, stays"),
        "standard.published": _("Standard published"),
        "standard.retired": _("Standard withdrawn"),
        "standard.review_told": _("Reminded of the review of a standard"),
        "manual.asked": _("Manual of standards asked for"),
        "manual.made": _("Manual of standards made"),
        "manual.failed": _("Manual of standards could not be made"),
        "form.drafted": _("Draft of a form saved"),
        "form.published": _("Form published"),
        "form.retired": _("Form withdrawn"),
        "procedure.drafted": _("Draft of a procedure saved"),
        "procedure.published": _("Procedure published"),
        "procedure.confirmed": _("Procedure reviewed, stays"),
        "procedure.retired": _("Procedure withdrawn"),
        "procedure.review_told": _("Reminded of the review of a procedure"),
        "library.installed": _("Piece of the library taken over"),
        "library.adopted": _("Fact of the library adopted"),
        "library.graded": _("Grade of the library promised"),
        "calendar.founded": _("Calendar set up"),
        "calendar.changed": _("Calendar changed"),
        "history.begun": _("Import of history begun"),
        "history.finished": _("Import of history finished"),
        "list.export": _("List exported"),
        "import.staged": _("File uploaded for import"),
        "import.confirmed": _("Import carried out"),
        "import.undone": _("Import undone"),
        "import.dropped": _("Import dropped"),
        "account.create": _("User created"),
        "account.close": _("User closed"),
        "account.open": _("User opened again"),
        "account.forget": _("User's personal data erased"),
        "account.pin": _("PIN for shared phones set"),
        "account.pin_off": _("PIN for shared phones taken away"),
        "account.badge": _("Badge made"),
        "account.badge_off": _("Badge ended"),
        "phone.share": _("Phone made a shared one"),
        "phone.join": _("Shared phone joined"),
        "phone.end": _("Phone no longer shared"),
        "account.reset": _("Way to a new password given"),
        "account.password": _("Password set"),
        "account.second_factor": _("Second factor set up"),
        "account.sign_in": _("Sign-in"),
        "account.sign_out": _("Sign-out"),
        "account.locked": _("Sign-in locked after wrong passwords"),
        "account.grant": _("Role given"),
        "account.revoke": _("Role taken away"),
        "device.revoke": _("Device signed out"),
        "device.odd": _("A device brought a step, its clock or its sign-in was off"),
        "device.lost": _("Phone reported lost"),
        "device.waived": _("Photos of a lost device waived"),
        "token.create": _("API token made"),
        "token.revoke": _("API token withdrawn"),
        "address.set": _("Email address set"),
        "address.removed": _("Email address removed"),
        "message.queued": _("Messages put in the outbox"),
        "message.sent": _("Message sent"),
        "message.unknown": _("Message perhaps sent"),
        "message.dropped": _("Message no longer sent"),
        "message.dead": _("Message given up"),
        "message.read": _("Message read"),
        "message.retried": _("Message sent again by hand"),
        "message.discarded": _("Message discarded"),
        "message.forgotten": _("Old messages deleted"),
        "webhook.added": _("Webhook added"),
        "webhook.changed": _("Webhook changed"),
        "webhook.rotated": _("Webhook secret changed"),
        "webhook.tried": _("Webhook tried out"),
        "source.added": _("Source added"),
        "source.changed": _("Source changed"),
        "source.rotated": _("Source secret changed"),
        "arrival.kept": _("A message could not be understood and waits"),
        "arrival.settled": _("A message that waited was settled"),
        "call.rang": _("The telephone rang"),
        "call.answered": _("A call was answered"),
        "call.missed": _("A call was missed"),
        "channel.added": _("Channel set up"),
        "channel.changed": _("Channel changed"),
        "channel.tried": _("Channel tried out"),
        "file.kept": _("File stored"),
        "file.erased": _("File erased"),
        "values.erased": _("Personal values erased"),
        "post.added": _("Post set up"),
        "post.changed": _("Post set up anew"),
        "team.added": _("Team set up"),
        "team.changed": _("Team changed"),
        "deputy.changed": _("Deputy changed"),
        "duty.changed": _("Duty changed"),
        "duty.asked": _("Leave or swap asked for"),
        "duty.agreed": _("Swap agreed to"),
        "duty.approved": _("Leave or swap approved"),
        "duty.refused": _("Leave or swap refused"),
        "duty.ended": _("Leave ended early"),
        "duty.withdrawn": _("Leave or swap withdrawn"),
        "team_plan.sent": _("Plan of a team sent for approval"),
        "team_plan.approved": _("Plan of a team approved"),
        "team_plan.returned": _("Plan of a team returned"),
        "shift.added": _("Shift added to a post"),
        "shift.changed": _("Shift of a post changed"),
        "vehicle.erased": _("Plate erased"),
        "qualification.erased": _("Certificate erased"),
    }
)

FACTS: Mapping[str, Any] = MappingProxyType(
    {
        "number": _("Number"),
        "kind": _("Kind"),
        "urgency": _("Urgency"),
        "category": _("Category"),
        "channel": _("Channel"),
        "substance": _("Told"),
        "outcome": _("Callback"),
        "clock": _("Promise"),
        "to": _("Reported to"),
        "due_at": _("Due"),
        "by": _("Planned for"),
        "reason": _("Reason"),
        "count": _("Count"),
        "item": _("Item"),
        "verdict": _("Verdict"),
        "role": _("Role"),
        "until": _("Until"),
        "minutes": _("Minutes"),
        "second_factor": _("Second factor"),
        "own": _("Own device"),
        "code": _("Code"),
        "name": pgettext_lazy("thing", "Name"),
        "use": _("Use"),
        "system": _("System"),
        "status": _("State"),
        "type": _("Type"),
        "area": _("Area (m²)"),
        "headcount": _("Headcount"),
        "since": _("Since"),
        "starts_at": _("Begins"),
        "ends_at": _("Ends"),
        "issued_on": _("Issued on"),
        "expires_on": _("Valid until"),
        "retired_on": _("Retired on"),
        "zone": _("Time zone"),
        "climate": _("Climate zone"),
        "days": _("Days"),
        "rows": _("Rows"),
        "file": _("File"),
        "source": _("Source"),
        "format": _("Format"),
    }
)

_VALUES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "kind": {
            **dict(loop.KIND_NAMES),
            **dict(places.KIND_NAMES),
            **dict(residents.KIND_NAMES),
        },
        "channel": dict(loop.CHANNEL_NAMES),
        "substance": dict(SUBSTANCE_NAMES),
        "outcome": dict(OUTCOME_NAMES),
        "clock": dict(CLOCK_NAMES),
        "to": CLIMBS,
        "role": {**ROLE_NAMES, **dict(residents.ROLE_NAMES)},
        "verdict": dict(loop.VERDICT_NAMES),
        "system": dict(places.SYSTEM_NAMES),
        "status": dict(places.ASSET_STATE_NAMES),
        "urgency": {n: f"P{n}" for n in range(1, 5)},
    }
)


def event_words(name: str) -> str:
    """An event as people say it; of what an import took back, that it was taken back."""
    if name in TOLD:
        return str(TOLD[name])
    return str(TOLD["place.struck"]) if name.endswith(".struck") else name


def named_like(words: str) -> list[str]:
    """The events whose words hold these, or whose name begins with them."""
    return [
        name
        for name, told in TOLD.items()
        if words.casefold() in str(told).casefold() or name.startswith(words)
    ]


def facts_words(event: Event) -> str:
    """What an event states, as far as it has words: "Kind repair · Urgency P2"."""
    new, old = event.said.get("new"), event.said.get("old")
    if isinstance(new, dict) and isinstance(old, dict):
        return " · ".join(_changes(old, new))
    pairs = ((k, _value(k, value)) for k, value in event.said.items() if k != "number")
    return " · ".join(f"{FACTS[k]} {said}" for k, said in pairs if k in FACTS and said)


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for key in {**old, **new}:
        if key in FACTS:
            was, becomes = _value(key, old.get(key)) or "—", _value(key, new.get(key)) or "—"
            yield f"{FACTS[key]} {was} → {becomes}"


def _value(key: str, value: Any) -> str:
    """One value; "" for what is no plain value."""
    if isinstance(value, bool):
        return _now("yes") if value else _now("no")
    if value is None or isinstance(value, (dict, list)):
        return ""
    known = _VALUES.get(key, {})
    if value in known:
        return str(known[value])
    return _instant(value) if isinstance(value, str) else str(value)


def _instant(value: str) -> str:
    """An instant in the reader's time; anything else as it is."""
    if "T" not in value:
        return value
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    aware = at.tzinfo is not None
    return moment(at, now=now(), zone=timezone.get_current_timezone()) if aware else value
