"""What an authority outside asked (12345 and the like): number, deadlines, and a reply drafted from
what the case knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anju.domains.requests.promises import view_of
from anju.domains.requests.stories import names_in, said_in, texts_of
from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case, Record
from anju.foundation.events.models import Event
from anju.foundation.kit.rules import ClockView
from anju.foundation.tenancy.actor import Actor

ASKED = frozenset({"deadline", "extension", "reply"})  # offered in the panel
REPLYING = ASKED - {"deadline"}  # only where somebody waits
_KINDS = ("outside", "extension", "reply")
# What a reply tells of a case, step by step. What is not here stays in the house.
_TOLD: Mapping[str, Any] = {
    "case.reported": gettext_lazy("received"),
    "work.assign": gettext_lazy("given to %(person)s"),
    "work.claim": gettext_lazy("taken on by %(who)s"),
    "work.arrive": gettext_lazy("%(who)s on site"),
    "work.finish": gettext_lazy("done by %(who)s: %(text)s"),
    "work.pass": gettext_lazy("checked by %(who)s: passed"),
    "case.answer": gettext_lazy("answered: %(text)s"),
    "case.tell": gettext_lazy("the reporter was told: %(text)s"),
    "case.callback": gettext_lazy("called back: %(outcome)s"),
}
_TEXTS = ("result", "text")


@dataclass
class Outside:
    """The panel: their number, how long there is, and how the deadline moved (oldest first)."""

    number: str = ""
    clock: ClockView | None = None
    lines: list[tuple[Any, datetime, datetime | None]] = field(default_factory=list)
    owed: bool = False


def outside_of(case: Case, clocks: Iterable[Clock]) -> Outside | None:
    """What is owed outside for a case; None where nobody asked. One query where somebody did."""
    replies = [c for c in clocks if c.kind == "reply" and c.state != "void"]
    if not replies:
        return None
    shown = Outside(clock=view_of(replies[-1]), owed=replies[-1].live)
    for record in case.records.filter(kind__in=_KINDS).order_by("noted_at", "id"):
        shown.number = record.value.get("number") or shown.number
        shown.lines.append(_line(record, first=not shown.lines))
    return shown


def _line(record: Record, *, first: bool) -> tuple[Any, datetime, datetime | None]:
    """What happened, when, and the day it names."""
    match record.kind:
        case "outside":
            words = _("asked, with the deadline") if first else _("the deadline is now")
            return words, record.at, datetime.fromisoformat(record.value["due"])
        case "extension":
            until = datetime.fromisoformat(record.value["until"])
            return _("extension asked for, until"), record.at, until
        case _:
            return _("reply sent back"), record.at, None


def drafted_reply(case: Case, actor: Actor) -> str:
    """A reply from the facts of the case: what was done, when, by whom, with how many photos. A
    person edits it before it goes. Five queries."""
    events = [e for e in Event.objects.about("case", case.id) if e.name in _TOLD]
    texts, names = texts_of(events), names_in(events, actor)
    asked = case.records.filter(kind="outside").order_by("-noted_at", "-id").first()
    head = {
        "number": (asked and asked.value.get("number")) or case.number,
        "title": case.title,
        "place": str(case.place or "—"),
    }
    lines = [_("On %(number)s (%(title)s, %(place)s) we report:") % head]
    for event in events:
        held = texts.get(event.id, {})
        said = said_in(event, held, names) | {
            "who": names.get(str(event.by), _("the house")),
            "text": " ".join(held[name] for name in _TEXTS if name in held) or "—",
        }
        at = timezone.localtime(event.at)
        lines.append(f"{at:%Y-%m-%d %H:%M} {str(_TOLD[event.name]) % said}")
    photos = case.records.filter(kind="photo").count()
    if photos:
        lines.append(
            ngettext(
                "%(n)s photo of the place is kept with the case.",
                "%(n)s photos of the place are kept with the case.",
                photos,
            )
            % {"n": photos}
        )
    return "\n".join(lines)
