"""Holding a clock: pauses with a reason and a cap, after which it runs on by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from anju.engine.clocks.rules.promise import BY_THE_WALL, Promise
from anju.foundation.tenancy.errors import NotYet

Hold = tuple[datetime, datetime, str]

_NONE = timedelta(0)


@dataclass(frozen=True)
class Pause:
    """The clock held from `at` until `until` (None: still), for a stated reason."""

    at: datetime
    until: datetime | None
    reason: str


def holds(started: datetime, promise: Promise, pauses: Iterable[Pause]) -> list[Hold]:
    """What the pauses really hold: (from, until, reason), in order, apart, within the cap."""
    if promise.kind in BY_THE_WALL:
        return []
    left, end = timedelta(minutes=promise.pause_cap), started
    spans = []
    for one in sorted(pauses, key=lambda p: p.at)[: promise.pause_max_count]:
        begin = max(one.at, end)
        until = begin + left if one.until is None else min(one.until, begin + left)
        if begin < until:
            spans.append((begin, until, one.reason))
            left -= until - begin
            end = until
    return spans


def pause(
    pauses: Sequence[Pause], promise: Promise, *, at: datetime, reason: str
) -> tuple[Pause, ...]:
    """Hold the clock from `at` on. Raises NotYet, whose code says why not:

    not_pausable, reason_missing, already_paused, before_last_pause, too_many_pauses, cap_reached.
    """
    if not promise.pause_cap:
        raise NotYet(
            _("This time limit is never paused. It runs on. Tell the person who waits instead."),
            code="not_pausable",
        )
    if not reason.strip():
        text = _("Say why the time limit is paused: the person who waits will read it.")
        raise NotYet(text, code="reason_missing", fields={"reason": text})
    if promise.pause_max_count is not None and len(pauses) >= promise.pause_max_count:
        raise NotYet(
            _("This time limit was paused as often as is allowed. It runs on."),
            code="too_many_pauses",
        )
    spans = holds(min(p.at for p in pauses), promise, pauses) if pauses else []
    if spans and pauses[-1].until is None and at < spans[-1][1]:
        raise NotYet(
            _("This time limit is paused already. Resume it first."), code="already_paused"
        )
    if sum((b - a for a, b, _reason in spans), _NONE) >= timedelta(minutes=promise.pause_cap):
        raise NotYet(
            _("The pauses of this time limit have used all the time allowed. It runs on."),
            code="cap_reached",
        )
    if pauses and at < (pauses[-1].until or pauses[-1].at):
        raise NotYet(
            _("The last pause ended after that time. Choose a later time."),
            code="before_last_pause",
        )
    return (*pauses, Pause(at, None, reason.strip()))


def resume(pauses: Sequence[Pause], *, at: datetime) -> tuple[Pause, ...]:
    """Let the clock run on from `at`; unchanged when not held. Raises NotYet (before_pause)."""
    if not pauses or pauses[-1].until is not None:
        return tuple(pauses)
    if at < pauses[-1].at:
        raise NotYet(
            _("The pause began after that time. Choose a later time."), code="before_pause"
        )
    return (*pauses[:-1], replace(pauses[-1], until=at))


def pauses_to_json(pauses: Iterable[Pause]) -> list[list[str | None]]:
    """[[from, until or null, reason], ...] in UTC ISO form, as a clock's row keeps them."""
    return [
        [
            p.at.astimezone(UTC).isoformat(),
            p.until.astimezone(UTC).isoformat() if p.until else None,
            p.reason,
        ]
        for p in pauses
    ]


def pauses_from_json(rows: Iterable[Sequence[str | None]]) -> tuple[Pause, ...]:
    """The inverse of `pauses_to_json`."""
    return tuple(
        Pause(
            datetime.fromisoformat(at or ""),
            datetime.fromisoformat(until) if until else None,
            reason or "",
        )
        for at, until, reason in rows
    )
