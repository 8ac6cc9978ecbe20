"""Wording of clocks and of time: pure functions of values, `now` and a zone.

All instants are aware; `zone` is the zone of the company or project whose page is drawn. Words are
returned in the active language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

State = Literal["waiting", "running", "paused", "kept", "broken", "unknown"]
Face = Literal["wait", "run", "risk", "over", "pause", "kept", "late", "unknown"]

RISK_SHARE = 0.25
RISK_WITHOUT_LIMIT = timedelta(minutes=15)
SPOKEN_AS_REST = timedelta(hours=2)
SPOKEN_AS_DURATION = timedelta(minutes=15)
ICONS: dict[Face, str] = {
    "wait": "clock",
    "run": "clock",
    "risk": "clock",
    "over": "warn",
    "pause": "pause",
    "kept": "check",
    "late": "warn",
    "unknown": "info",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """One promise as a page needs it.

    `limit` and `left` are working time. `left` is what remains at the moment the view was made
    (negative when overdue); None lets wall-clock time until `due_at` stand for it. `reason` says
    why a clock is paused or cannot be judged. `seen_at`: the instant of the past it is looked at,
    None for now.
    """

    kind: str
    label: str
    state: State
    due_at: datetime | None = None
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    limit: timedelta | None = None
    left: timedelta | None = None
    reason: str = ""
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """What a chip or a step of the promise line shows: a face, an icon and words."""

    face: Face
    icon: str
    text: str
    label: str
    detail: str = ""

    @property
    def said(self) -> str:
        """The chip in one phrase, for screen readers and titles."""
        return _("%(promise)s: %(state)s") % {"promise": self.label, "state": self.text}


def duration(span: timedelta) -> str:
    """Length of `span` in at most two units, rounded down; the sign is dropped."""
    minutes = int(abs(span).total_seconds()) // 60
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        if not hours:
            return _("%(days)d d") % {"days": days}
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours:
        if not minutes:
            return _("%(hours)d h") % {"hours": hours}
        return _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}
    if not minutes:
        return _("under 1 min")
    return _("%(minutes)d min") % {"minutes": minutes}


def day(at: datetime, *, now: datetime, zone: tzinfo) -> str:
    """The day of `at` as people say it: today, tomorrow, 11-23, 2025-11-23."""
    there, here = at.astimezone(zone), now.astimezone(zone)
    match (there.date() - here.date()).days:
        case 0:
            return _("today")
        case 1:
            return _("tomorrow")
        case -1:
            return _("yesterday")
    return f"{there:%m-%d}" if there.year == here.year else f"{there:%Y-%m-%d}"


def moment(at: datetime, *, now: datetime, zone: tzinfo) -> str:
    """Day and time of `at`: "today 16:30"."""
    return f"{day(at, now=now, zone=zone)} {at.astimezone(zone):%H:%M}"


def short_moment(at: datetime, *, now: datetime, zone: tzinfo) -> str:
    """The time alone when `at` is today, else the day alone."""
    there = at.astimezone(zone)
    if there.date() == now.astimezone(zone).date():
        return f"{there:%H:%M}"
    return day(at, now=now, zone=zone)


def deadline(at: datetime, *, now: datetime, zone: tzinfo) -> str:
    """A deadline with what is left of it: "by today 16:30 (48 min left)"."""
    words = {"moment": moment(at, now=now, zone=zone), "time": duration(at - now)}
    if at >= now:
        return _("by %(moment)s (%(time)s left)") % words
    return _("by %(moment)s (%(time)s over)") % words


def ago(at: datetime, *, now: datetime, zone: tzinfo) -> str:
    """Relative and absolute: "12 minutes ago · 14:32"; other days by day and time."""
    there, seconds = at.astimezone(zone), (now - at).total_seconds()
    if there.date() != now.astimezone(zone).date() or seconds < 0:
        return moment(at, now=now, zone=zone)
    if seconds < 60:
        relative = _("just now")
    elif seconds < 3600:
        n = int(seconds // 60)
        relative = ngettext("%(n)d minute ago", "%(n)d minutes ago", n) % {"n": n}
    else:
        n = int(seconds // 3600)
        relative = ngettext("%(n)d hour ago", "%(n)d hours ago", n) % {"n": n}
    return f"{relative} · {there:%H:%M}"


def time_left(clock: ClockView, *, now: datetime) -> timedelta | None:
    """What remains of a running promise; negative when overdue, None when it cannot be said."""
    if clock.left is not None:
        return clock.left
    return clock.due_at - now if clock.due_at else None


def at_risk(clock: ClockView, left: timedelta) -> bool:
    """Whether a quarter or less of the promised time remains (15 minutes without a limit)."""
    limit = clock.limit
    if limit is None and clock.due_at and clock.started_at:
        limit = clock.due_at - clock.started_at
    return left <= (RISK_WITHOUT_LIMIT if limit is None else limit * RISK_SHARE)


def overrun(clock: ClockView) -> timedelta | None:
    """By how much a stopped promise was missed, in wall-clock time unless `left` says it."""
    if clock.left is not None:
        return clock.left
    return clock.stopped_at - clock.due_at if clock.stopped_at and clock.due_at else None


def chip(clock: ClockView, *, now: datetime, zone: tzinfo) -> Chip:
    """The clock as a chip: which face it has now and the words on it."""
    face, text = _face_and_text(clock, now=now, zone=zone)
    detail = _detail(clock, face, text, now=now, zone=zone)
    return Chip(face, ICONS[face], text, clock.label, detail)


def _face_and_text(clock: ClockView, *, now: datetime, zone: tzinfo) -> tuple[Face, str]:
    match clock.state:
        case "waiting":
            return "wait", _("not started")
        case "paused":
            return "pause", _with(_("paused"), clock.reason)
        case "kept":
            return "kept", _("on time")
        case "unknown":
            return "unknown", _with(_("not judgeable"), clock.reason)
        case "broken" if clock.stopped_at:
            late = overrun(clock)
            return "late", _("%(time)s over") % {"time": duration(late)} if late else _("late")
    left = time_left(clock, now=now)
    if left is None:
        return ("over", _("late")) if clock.state == "broken" else ("run", _("running"))
    if left < timedelta(0) or clock.state == "broken":
        return "over", _("%(time)s over") % {"time": duration(left)}
    if left > SPOKEN_AS_REST and clock.due_at:
        words = moment(clock.due_at, now=now, zone=zone)
    else:
        words = _("%(time)s left") % {"time": duration(left)}
    return ("risk" if at_risk(clock, left) else "run"), words


def _detail(clock: ClockView, face: Face, text: str, *, now: datetime, zone: tzinfo) -> str:
    """The second line of a step: what it took against its limit, what is left, or until when."""
    if face == "wait":
        if clock.due_at:
            return _("by %(moment)s") % {"moment": moment(clock.due_at, now=now, zone=zone)}
        return _("limit %(limit)s") % {"limit": duration(clock.limit)} if clock.limit else ""
    if not clock.stopped_at or face not in {"kept", "late"}:
        return clock.reason if face in {"pause", "unknown"} and clock.reason else text
    lasted = clock.stopped_at - clock.started_at if clock.started_at else None
    short = clock.limit is not None and clock.limit <= SPOKEN_AS_DURATION
    # Where the night or a pause lay between, the minutes of the wall would speak against the face.
    alike = lasted is not None and clock.limit and (lasted > clock.limit) == (face == "late")
    if short and alike and lasted is not None and clock.limit:
        took, limit = duration(lasted), duration(clock.limit)
        if took == limit and face == "late":  # by seconds: "5 min · limit 5 min" would not say why
            return text
    elif clock.due_at:
        took, limit = _pair(clock.stopped_at, clock.due_at, now=now, zone=zone)
    else:
        return short_moment(clock.stopped_at, now=now, zone=zone)
    return _("%(took)s · limit %(limit)s") % {"took": took, "limit": limit}


def _pair(stopped: datetime, due: datetime, *, now: datetime, zone: tzinfo) -> tuple[str, str]:
    """When it was done and until when it was promised, so that the two can be compared: days that
    say nothing are left out ("16:02", "16:30"; "yesterday 16:02", "16:30")."""
    one, other = stopped.astimezone(zone), due.astimezone(zone)
    today = now.astimezone(zone).date()
    if one.date() == today:
        return f"{one:%H:%M}", short_moment(due, now=now, zone=zone)
    done = moment(stopped, now=now, zone=zone)
    if one.date() == other.date():
        return done, f"{other:%H:%M}"
    return done, day(due, now=now, zone=zone)


def _with(word: str, reason: str) -> str:
    return f"{word} · {reason}" if reason else word


def promise_words(chips: Sequence[Chip]) -> str:
    """The whole promise line in one sentence, for screen readers."""
    return _("; ").join(chip.said for chip in chips)
