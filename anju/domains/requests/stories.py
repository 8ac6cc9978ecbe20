"""The facts and the story of a case, in words."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.requests.acts import waiting_for
from anju.domains.requests.forms import (
    HEARD_NAMES,
    OUTCOME_NAMES,
    SUBSTANCE_NAMES,
    TOLD_BY,
    URGENCY_NAMES,
)
from anju.domains.requests.meetings.queries import minutes_of
from anju.domains.requests.paying import PAYER_NAMES, REPAIRER_NAMES
from anju.domains.requests.promises import CLIMBS, LABELS
from anju.engine.clocks.models import Clock
from anju.engine.loop.models import CHANNEL_NAMES, KIND_NAMES, VERDICT_NAMES, Case, WorkOrder
from anju.engine.loop.presets import in_words
from anju.engine.loop.queries import Effort, effort_of
from anju.engine.offline.rules import LATE
from anju.foundation.access.queries import names_of, who_did
from anju.foundation.events.models import Event, EventValue
from anju.foundation.kit.parts import Entry
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.people.models import Person
from anju.foundation.tenancy.actor import Actor

MOST = 200
Look = Literal["", "key", "done", "miss"]
# Every event that can stand in a case's journal, as it reads afterwards.
TOLD: Mapping[str, tuple[Look, Any]] = {
    "case.reported": ("", gettext_lazy("Received: %(title)s")),
    "case.imported": ("", gettext_lazy("Taken over from history: %(title)s")),
    "case.respond": ("done", gettext_lazy("Receipt confirmed")),
    "case.tell": ("done", gettext_lazy("The reporter was told %(substance)s")),
    "case.note": ("", gettext_lazy("Note")),
    "case.classify": ("", gettext_lazy("Category or urgency changed")),
    "case.answer": ("done", gettext_lazy("Answered without work")),
    "case.waive": ("", gettext_lazy("The check was waived")),
    "case.ring": ("", gettext_lazy("Called, nobody was reached: %(heard)s")),
    "case.callback": ("done", gettext_lazy("Called back: %(outcome)s")),
    "case.close": ("done", gettext_lazy("Closed")),
    "case.reopen": ("miss", gettext_lazy("Opened again")),
    "case.void": ("", gettext_lazy("Declared void")),
    "case.merge": ("done", gettext_lazy("Merged into %(to)s, and the reporter was told")),
    "case.told_along": ("done", gettext_lazy("The reporter was told with that of %(to)s")),
    "case.link": ("", gettext_lazy("Linked with %(to)s")),
    "case.split": ("", gettext_lazy("A second matter was split off: %(to)s")),
    "case.problem": ("miss", gettext_lazy("It recurs: problem record %(to)s")),
    "case.cause": ("key", gettext_lazy("Root cause, as it is known")),
    "case.settle": ("", gettext_lazy("Who pays: %(payer)s; who repairs: %(repairer)s")),
    "case.owned": ("key", gettext_lazy("Now owned by %(person)s: %(owned)s")),
    "case.own": ("key", gettext_lazy("Took the case over")),
    "case.urge": ("key", gettext_lazy("Urged")),
    "case.escalate": ("miss", gettext_lazy("Escalated to %(to)s")),
    "case.deadline": ("key", gettext_lazy("Wanted outside by %(due)s")),
    "case.extension": ("", gettext_lazy("Extension asked for, until %(until)s")),
    "case.reply": ("done", gettext_lazy("Reply sent back")),
    "case.exported": ("", gettext_lazy("The archive was exported")),
    "case.erased": ("", gettext_lazy("The reporter's words were erased on request")),
    "case.urged": ("key", gettext_lazy("The resident urges")),
    "case.rated": ("", gettext_lazy("The resident answered: %(rating)s")),
    "case.complained": (
        "miss",
        gettext_lazy("The resident complained one level up: %(complaint)s"),
    ),
    "emergency.started": ("miss", gettext_lazy("Emergency started, %(count)s called out")),
    "emergency.step": ("done", gettext_lazy("Emergency: step %(step)s is done")),
    "emergency.called": ("", gettext_lazy("Emergency: somebody was called")),
    "emergency.coming": ("", gettext_lazy("Emergency: on the way")),
    "link.made": ("", gettext_lazy("The reporter got a link to follow")),
    "link.revoked": ("", gettext_lazy("The link was ended")),
    "work.assign": ("done", gettext_lazy("Dispatched to %(person)s")),
    "work.accept": ("done", gettext_lazy("Accepted")),
    "work.claim": ("done", gettext_lazy("Taken on")),
    "work.hand_back": ("", gettext_lazy("Handed back")),
    "work.arrive": ("done", gettext_lazy("Arrived")),
    "work.start": ("", gettext_lazy("Work started")),
    "work.hold": ("", gettext_lazy("Put on hold")),
    "work.resume": ("", gettext_lazy("Work goes on")),
    "work.finish": ("done", gettext_lazy("Work finished")),
    "work.pass": ("done", gettext_lazy("Verified: passed")),
    "work.fail": ("miss", gettext_lazy("Verified: not passed")),
    "work.void": ("", gettext_lazy("Work order declared void")),
    "record.made": ("", gettext_lazy("Evidence added: %(record)s")),
    "device.odd": ("", gettext_lazy("The clock or the sign-in of the telephone was off")),
    "device.waived": ("miss", gettext_lazy("Photos that are lost with their telephone: waived")),
    "clock.warned": ("", gettext_lazy("%(clock)s: the deadline is near")),
    "clock.broken": ("miss", gettext_lazy("%(clock)s: the deadline has passed")),
    "clock.escalated": ("miss", gettext_lazy("%(clock)s: reported to %(to)s")),
}
_RECORDS: Mapping[str, Any] = {
    "photo": gettext_lazy("photos"),
    "video": gettext_lazy("videos"),
    "audio": gettext_lazy("sound recordings"),
    "document": gettext_lazy("documents"),
    "answer": gettext_lazy("an item was answered"),
    "check": gettext_lazy("an item was judged"),
    "material": gettext_lazy("material"),
    "labour": gettext_lazy("working time"),
    "taken_back": gettext_lazy("a line of materials or time was taken back"),
    "signature": gettext_lazy("signature, or why there is none"),
    "aside": gettext_lazy("brought when it fitted no more, kept beside"),
}
# Why a case has another owner.
OWNED_NAMES: Mapping[str, Any] = {
    "opened": gettext_lazy("on duty for this place"),
    "unanswered": gettext_lazy("nobody had answered in time"),
    "shift": gettext_lazy("the shift has changed"),
}
# As whom somebody signs for work; the first where somebody reported it.
SIGNER_NAMES = (
    ("reporter", gettext_lazy("Whoever reported it")),
    ("household", gettext_lazy("Somebody of the household")),
    ("tenant", gettext_lazy("The tenant")),
    ("client", gettext_lazy("The client")),
    ("staff", gettext_lazy("Staff of the community")),
)
# Why nobody signed for the work.
ABSENT_NAMES: Mapping[str, Any] = {
    "nobody_home": gettext_lazy("Resident absent"),
    "declined": gettext_lazy("Does not want to sign"),
    "public_area": gettext_lazy("Public area: nobody signs"),
}


def facts_about(case: Case, actor: Actor) -> list[tuple[Any, Any]]:
    """The facts panel; the telephone is masked (revealing it asks for a reason elsewhere). One
    query, one more for a case of a meeting."""
    effort = effort_of(case)
    reporter = "—"
    if case.reporter:
        parts = [case.reporter.name_for(actor), case.reporter.masked_phone]
        reporter = " · ".join(p for p in parts if p)
    pairs = [
        (_("Reporter"), reporter),
        (_("Place"), str(case.place) if case.place else _("not recorded")),
        (_("Thing"), str(case.asset) if case.asset else ""),
        (_("Details"), case.text),
        (_("Category"), case.category.replace("/", " › ")),
        (
            _("Urgency"),
            " · ".join(filter(None, [str(dict(URGENCY_NAMES)[case.urgency]), case.urgency_reason])),
        ),
        (_("Source"), _source(case, actor)),
        (_("Received"), tags.when(case.at)),
        (_("Standard"), _standard(case)),
        (_("Reopened"), case.reopened or ""),
        (_("Callback"), OUTCOME_NAMES.get(case.outcome, "")),
        (_("Materials"), _materials(effort)),
        (_("Working time"), _("%(n)d min") % {"n": effort.minutes} if effort.minutes else ""),
        (_("Signature"), signature_said(effort)),
    ]
    return [(term, said) for term, said in pairs if said != ""]


def _source(case: Case, actor: Actor) -> Any:
    """The channel; for a meeting, the minutes it came from."""
    minutes = minutes_of(case, actor)
    if minutes is None:
        return dict(CHANNEL_NAMES)[case.channel]
    url = reverse("requests:meeting", args=[minutes.id])
    return format_html('<a href="{}">{}</a> · {}', url, minutes.title, minutes.held_on)


def _materials(effort: Effort) -> str:
    """Line by line, and what they cost together."""
    if not effort.used:
        return ""
    lines = [f"{line.name} {line.quantity:f} {line.unit}".strip() for line in effort.used]
    return _("%(lines)s; together ¥%(total)s") % {
        "lines": " · ".join(lines),
        "total": effort.total,
    }


def signature_said(effort: Effort) -> str:
    """Whether somebody signed for the work, and if not why; empty where nobody was asked."""
    if effort.signature is None:
        return ""
    return str(ABSENT_NAMES.get(effort.signature.value.get("absent", ""), _("signed")))


def _standard(case: Case) -> str:
    if case.standard is None:
        return _("none in force")
    return _("%(standard)s, in force when it was received") % {"standard": case.standard}


def story(
    case: Case,
    work: Iterable[WorkOrder],
    clocks: Iterable[Clock],
    *,
    actor: Actor,
    until: datetime | None = None,
) -> list[Entry]:
    """What happened, newest first, with the texts still held; on top what the case waits for.
    `until`: only what was known by then."""
    about = Event.objects.about("case", case.id)
    known = about.filter(noted_at__lte=until) if until else about
    events = list(known.reverse()[:MOST])
    texts, names = texts_of(events), names_in(events, actor)
    told = [_entry(event, texts.get(event.id, {}), names) for event in events]
    if case.state not in ("open", "answered"):
        return told
    words = _("Then: %(what)s") if until else _("Now: %(what)s")
    return [Entry(title=words % {"what": waiting_for(case, work, clocks)}, look="key"), *told]


def texts_of(events: Iterable[Event]) -> dict[UUID, dict[str, str]]:
    """The texts still held of events the caller may see, by event and name. One query."""
    found: dict[UUID, dict[str, str]] = {}
    ids = [e.id for e in events]
    for event_id, name, text in EventValue.objects.filter(event_id__in=ids).values_list(
        "event_id", "name", "text"
    ):
        found.setdefault(event_id, {})[name] = text
    return found


def names_in(events: Iterable[Event], actor: Actor) -> dict[str, str]:
    """Who did it and who was sent: accounts and staff by id; whoever is neither is the house."""
    ids = {e.by for e in events}
    named_in = ("work.assign", "case.owned")  # checked there
    sent = (e.said.get("person") for e in events if e.name in named_in)
    ids |= {UUID(str(person)) for person in sent if person}
    ids |= {UUID(e.said["written_by"]) for e in events if e.said.get("written_by")}
    named = names_of(ids, actor=actor)
    named.update(Person.objects.filter(id__in=ids, kind="staff").values_list("id", "name"))
    return {str(id): name for id, name in named.items()}


def _entry(event: Event, texts: Mapping[str, str], names: Mapping[str, str]) -> Entry:
    look, words = TOLD.get(event.name, ("", gettext_lazy("Another change")))
    said = said_in(event, texts, names)
    return Entry(
        title=str(words) % said,
        at=event.at,
        look="miss" if said["outcome"] == OUTCOME_NAMES["dissatisfied"] else look,
        text="\n".join(in_words(text) for name, text in texts.items() if name != "title"),
        note=" · ".join(filter(None, [_who(event, names), *_aside(event)])),
    )


def said_in(event: Event, texts: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    """What the words of an entry may name."""
    said, kind = event.said, str(event.said.get("kind", ""))
    count = f"{said['count']} " if said.get("count") else ""
    verdict = dict(VERDICT_NAMES).get(str(said.get("verdict")), "")
    return {
        "title": texts.get("title", "—"),
        "rating": _("good") if said.get("good") else _("not good"),
        "complaint": said.get("complaint", "—"),
        "clock": LABELS.get(str(said.get("clock")), "—"),
        "to": CLIMBS.get(str(said.get("to")), said.get("to", "—")),
        "person": names.get(str(said.get("person")), "—"),
        "count": said.get("told", 0),
        "step": said.get("step", "—"),
        "owned": OWNED_NAMES.get(str(said.get("why")), "—"),
        "payer": PAYER_NAMES.get(said.get("payer", ""), "—"),
        "repairer": REPAIRER_NAMES.get(said.get("repairer", ""), "—"),
        "substance": dict(SUBSTANCE_NAMES).get(str(said.get("substance")), ""),
        "heard": HEARD_NAMES.get(str(said.get("heard")), "—"),
        "outcome": OUTCOME_NAMES.get(str(said.get("outcome")), "—"),
        "due": _day(said.get("due")),
        "until": _day(said.get("until")),
        "record": " ".join(filter(None, [f"{count}{_RECORDS.get(kind, kind)}", str(verdict)])),
    }


def _day(given: Any) -> str:
    """Day and time of an instant as an event keeps it."""
    return (
        f"{timezone.localtime(datetime.fromisoformat(str(given))):%Y-%m-%d %H:%M}" if given else "—"
    )


def _who(event: Event, names: Mapping[str, str]) -> str:
    if event.name.startswith("clock."):
        return ""
    return who_did(str(event.by), event.said.get("written_by"), names) or _("the house")


def _aside(event: Event) -> list[str]:
    """How it was said, and what it was before."""
    said = event.said
    found = []
    later = event.noted_at - event.at
    if later >= LATE and event.name.startswith(("work.", "record.")):
        found.append(_("brought later, by %(n)d min") % {"n": later // timedelta(minutes=1)})
    if event.name in ("case.reported", "case.tell", "case.imported"):
        names = {**dict(CHANNEL_NAMES), **(dict(TOLD_BY) if event.name == "case.tell" else {})}
        found.append(str(names.get(said.get("channel"), "")))
    if said.get("by"):
        found.append(str(said["by"]))
    if event.name == "case.reported":
        found.append(str(dict(KIND_NAMES).get(said.get("kind"), "")))
    was = said.get("was") or {}
    if was.get("urgency") and str(was["urgency"]) != str(said.get("urgency") or was["urgency"]):
        found.append(f"P{was['urgency']} → P{said['urgency']}")
    if said.get("category") and was and was.get("category") != said["category"]:
        found.append(f"{was.get('category') or '—'} → {said['category']}")
    return found
