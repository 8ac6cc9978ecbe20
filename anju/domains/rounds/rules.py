"""How a piece of planned work stands to its window. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

Standing = Literal[
    "ahead", "open", "late", "missed", "early", "on_time", "made_up", "too_late", "void",
    "passed_over",
]  # fmt: skip
STANDING_NAMES: Mapping[str, Any] = {
    "ahead": _("ahead"),
    "open": _("to be done now"),
    "late": _("late, can be made up"),
    "missed": _("missed and not made up"),
    "early": _("done early"),
    "on_time": _("done in time"),
    "made_up": _("made up"),
    "too_late": _("done too late"),
    "void": _("not needed"),
    "passed_over": _("passed over"),
}
TONES: Mapping[str, str] = {
    "open": "blue", "late": "warn", "missed": "bad", "early": "warn", "on_time": "ok",
    "made_up": "warn", "too_late": "bad",
}  # fmt: skip
BEGUN = frozenset({"arrived", "doing", "held"})


@dataclass(frozen=True)
class Window:
    """When it may be done: from, in time until, made up until (all aware)."""

    opens_at: datetime
    closes_at: datetime
    lapses_at: datetime


def standing(window: Window, state: str, done_at: datetime | None, moment: datetime) -> Standing:
    """How it stands at `moment`. `state`: of the work order, "" where none was made. What somebody
    has begun is never missed; what is done is judged by when it was done, not by when it was
    heard of. The instant at which a window closes still belongs to it."""
    if not state:
        return "passed_over"
    if state == "void":
        return "void"
    if done_at is not None:
        return _done(window, done_at)
    if moment < window.opens_at:
        return "ahead"
    if moment <= window.closes_at:
        return "open"
    return "late" if moment <= window.lapses_at or state in BEGUN else "missed"


def _done(window: Window, at: datetime) -> Standing:
    if at < window.opens_at:
        return "early"
    if at <= window.closes_at:
        return "on_time"
    return "made_up" if at <= window.lapses_at else "too_late"
