"""Contradictions and overlaps, within a standard and with those in force. Pure."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from anju.engine.standards.document import Document, Requirement
from anju.engine.standards.rules import Limit, within
from anju.engine.standards.smart.findings import Finding, place_of
from anju.engine.standards.smart.measures import Figure, about, figure_of
from anju.engine.standards.smart.parts import at
from anju.engine.standards.smart.world import World, key_of

Facts = dict[str, Any]
# Clocks that begin when a case is opened, each after those it cannot come before (docs/clocks.md).
AFTER: dict[str, tuple[str, ...]] = {
    "arrive": ("respond", "dispatch"),
    "finish": ("respond", "dispatch", "arrive"),
}


def clock_of(one: Requirement) -> str:
    """The clock a requirement is measured by; empty where it is none."""
    head, _dot, clock = one.metric.partition(".")
    return clock if head == "clock" else ""


def limits_of(one: Requirement, limits: Iterable[Limit]) -> list[Limit]:
    """The limits that bind what a requirement speaks of: those as wide or wider, the closest
    first; else the narrower ones, all of them."""
    scope = one.scope
    mine = [limit for limit in limits if limit.clock == clock_of(one)]
    wide = [
        limit
        for limit in mine
        if limit.urgency in (None, scope.urgency)
        and (not limit.category or within(scope.category, limit.category))
        and scope.place.startswith(limit.place)
    ]
    if wide:
        rank = max(_rank(limit) for limit in wide)
        return [limit for limit in wide if _rank(limit) == rank]
    return [
        limit
        for limit in mine
        if (scope.urgency is None or limit.urgency in (None, scope.urgency))
        and (not scope.category or not limit.category or within(limit.category, scope.category))
        and (not scope.place or not limit.place or limit.place.startswith(scope.place))
    ]


def _rank(limit: Limit) -> tuple[int, bool, bool]:
    return len(limit.place), bool(limit.category), limit.urgency is not None


def within_itself(document: Document, world: World) -> Iterator[Finding]:
    """What the standard says against itself."""
    yield from _words_against_clocks(document)
    yield from _pairs(document)
    yield from _orders(document.limits)
    for limit in document.limits:
        if limit.clock == "feedback" and (limit.calendar != "always" or limit.pause_cap):
            yield Finding("feedback-paused", place_of(limit))
        yield from _warnings(limit)


def _words_against_clocks(document: Document) -> Iterator[Finding]:
    for one in document.requirements:
        figure = figure_of(one)
        if not clock_of(one) or figure is None or figure.unit != "min":
            continue
        for limit in limits_of(one, document.limits):
            if _stricter(limit, one, figure):
                continue
            if not figure.same_as(Figure(figure.sign, limit.minutes, "min")):
                facts: Facts = {"text": one.text, "value": f"{one.value:g} {one.unit}"}
                facts |= {"time": limit.minutes, "limit": place_of(limit)}
                yield Finding("contradiction", at(document, one), "limit", facts)
                break


def _stricter(limit: Limit, one: Requirement, figure: Figure) -> bool:
    """Whether the clock promises more to a part of what the requirement speaks of: it keeps it."""
    part = (
        (limit.urgency is not None and one.scope.urgency is None)
        or len(limit.category) > len(one.scope.category)
        or len(limit.place) > len(one.scope.place)
    )
    return part and figure.sign == -1 and limit.minutes <= figure.value


def _pairs(document: Document) -> Iterator[Finding]:
    for first, second in combinations(document.requirements, 2):
        if about(first) != about(second) or not first.metric:
            continue
        if (kind := _clash(figure_of(first), figure_of(second))) and kind != "same":
            facts = {"text": second.text, "other": first.text}
            yield Finding("contradiction", at(document, second), kind, facts)


def _clash(one: Figure | None, other: Figure | None) -> str:
    """How two figures of one thing stand: "same", "inside" (two figures), "range", or "" (well)."""
    if one is None or other is None or one.unit != other.unit:
        return ""
    if one.range_with(other):
        return "" if one.holds_with(other) else "range"
    return "same" if one.same_as(other) else "inside"


def _orders(limits: Iterable[Limit]) -> Iterator[Finding]:
    for one, other in combinations(limits, 2):
        if (one.category, one.place, one.calendar) != (other.category, other.place, other.calendar):
            continue
        for late, early in ((one, other), (other, one)):
            if (
                early.clock in AFTER.get(late.clock, ())
                and early.urgency == late.urgency
                and late.minutes < early.minutes
            ):
                facts: Facts = {"clock": late.clock, "time": late.minutes}
                facts |= {"after": early.clock, "longer": early.minutes}
                yield Finding("contradiction", place_of(late), "order", facts)
        if one.clock == other.clock and one.urgency and other.urgency:
            urgent, normal = sorted((one, other), key=lambda limit: limit.urgency or 0)
            if urgent.minutes > normal.minutes and urgent.urgency != normal.urgency:
                facts = {"clock": urgent.clock, "urgency": urgent.urgency, "time": urgent.minutes}
                facts |= {"other": normal.urgency, "shorter": normal.minutes}
                yield Finding("contradiction", place_of(urgent), "urgency", facts)


def _warnings(limit: Limit) -> Iterator[Finding]:
    steps = [step.after for step in limit.ladder]
    if steps and min(steps) > 0:
        facts = {"clock": limit.clock, "minutes": min(steps)}
        yield Finding("warning", place_of(limit), "late", facts)
    elif steps and -min(steps) >= limit.minutes:
        facts = {"clock": limit.clock, "minutes": -min(steps), "time": limit.minutes}
        yield Finding("warning", place_of(limit), "early", facts)


def with_others(document: Document, world: World) -> Iterator[Finding]:
    """What standards in force under another code say of the same."""
    for other in world.in_force:
        if other.code == document.code:
            continue
        found = list(_ruled_twice(document, other))
        yield from found
        ties = bool(set(document.kinds) & set(other.kinds)) and document.scope.ties_with(
            other.scope
        )
        if ties and not found:
            yield Finding("overlap", "scope", "scope", {"standard": other.name})


def _ruled_twice(document: Document, other: Document) -> Iterator[Finding]:
    shared = bool(set(document.kinds) & set(other.kinds)) or not (document.kinds or other.kinds)
    if not shared or not document.scope.ties_with(other.scope):
        return
    theirs = {key_of(limit): limit for limit in other.limits}
    for limit in document.limits:
        if twin := theirs.get(key_of(limit)):
            yield _limits_met(limit, twin, other)
    rows = {about(one): one for one in other.requirements if one.metric and not clock_of(one)}
    for one in document.requirements:
        if twice := rows.get(about(one)):
            facts = {"text": one.text, "other": twice.text, "standard": other.name}
            match _clash(figure_of(one), figure_of(twice)):
                case "same":
                    yield Finding("overlap", at(document, one), "", facts)
                case "inside" | "range":
                    yield Finding("contradiction", at(document, one), "standard", facts)


def _limits_met(limit: Limit, twin: Limit, other: Document) -> Finding:
    facts: Facts = {"standard": other.name, "clock": limit.clock, "time": limit.minutes}
    if (limit.minutes, limit.calendar) == (twin.minutes, twin.calendar):
        return Finding("overlap", place_of(limit), "limits", facts)
    facts |= {"longer": twin.minutes}
    return Finding("contradiction", place_of(limit), "limits", facts)
