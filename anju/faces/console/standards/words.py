"""How the parts of a standard are called and shown, here and beside each other."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.promises.models import Need
from anju.engine.clocks.models import KINDS
from anju.engine.indicators.figures import BY_CODE
from anju.engine.loop.models import KIND_NAMES
from anju.engine.standards.comparing import Difference
from anju.engine.standards.document import Document, Requirement
from anju.engine.standards.models import MOVE_NAMES, Standard
from anju.engine.standards.rules import Limit
from anju.foundation.calendars.models import Calendar
from anju.foundation.kit.templatetags.kit import length
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor

CASE_NAMES = dict(KIND_NAMES)
PARTS: Mapping[str, Any] = {
    "code": gettext_lazy("Code"),
    "name": gettext_lazy("Name of the standard"),
    "kinds": gettext_lazy("Kinds of case it rules"),
    "scope": gettext_lazy("Where it rules"),
    "audience": gettext_lazy("Audience"),
    "item": gettext_lazy("Service item"),
    "requirements": gettext_lazy("Quality requirements"),
    "limits": gettext_lazy("Time limits"),
    "items": gettext_lazy("Questions to the work"),
    "provider": gettext_lazy("Provider"),
    "method": gettext_lazy("Method and tools"),
    "evaluation": gettext_lazy("Evaluation"),
    "verify": gettext_lazy("Checked by someone else"),
    "callback": gettext_lazy("Reporters are called back"),
    "asking": gettext_lazy("Who is called afterwards"),
    "basis": gettext_lazy("Basis"),
    "review_months": gettext_lazy("Months between reviews"),
}
PHOTOS: Mapping[str, Any] = {"before": gettext_lazy("Before"), "after": gettext_lazy("After")}
GROUNDS: Mapping[str, Any] = {
    "law": gettext_lazy("law"),
    "national": gettext_lazy("national standard"),
    "industry": gettext_lazy("industry standard"),
    "local": gettext_lazy("local rule"),
    "contract": gettext_lazy("contract"),
    "practice": gettext_lazy("practice"),
}
MOVES = dict(MOVE_NAMES)


OPS: Mapping[str, Any] = {
    "<=": "≤",
    ">=": "≥",
    "==": "=",
    "every": gettext_lazy("every"),
}
UNITS: Mapping[str, Any] = {"min": gettext_lazy("min")}
PERIODS: Mapping[str, Any] = {
    "each": gettext_lazy("each time"),
    "event": gettext_lazy("each time"),
    "hour": gettext_lazy("an hour"),
    "shift": gettext_lazy("a shift"),
    "day": gettext_lazy("a day"),
    "week": gettext_lazy("a week"),
    "half_month": gettext_lazy("half a month"),
    "month": gettext_lazy("a month"),
    "two_months": gettext_lazy("two months"),
    "quarter": gettext_lazy("a quarter"),
    "half_year": gettext_lazy("half a year"),
    "year": gettext_lazy("a year"),
}


def measured(one: Requirement) -> str:
    """What a requirement measures, as a formula: "arrive ≤ 30 min · each time"; empty without one.
    What is not the product's own word stands as it was written."""
    if not one.metric and one.value is None:
        return ""
    value = "" if one.value is None else f"{one.value:g}"
    parts = [_metric(one.metric), OPS.get(one.op, one.op), value, UNITS.get(one.unit, one.unit)]
    said = " ".join(str(part) for part in parts if part)
    return " · ".join(str(part) for part in (said, PERIODS.get(one.period, one.period)) if part)


def _metric(name: str) -> Any:
    kind, _dot, code = name.partition(".")
    if kind == "clock":
        return dict(KINDS).get(code, name)
    return BY_CODE[code].label if kind == "indicator" and code in BY_CODE else name


def limit_rows(limits: Sequence[Limit], actor: Actor) -> list[dict[str, Any]]:
    """One row per clock, category and place; a limit without urgency holds for all four."""
    kinds = dict(KINDS)
    names = dict(Calendar.objects.seen_by(actor).values_list("code", "name"))
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for limit in limits:
        key = (limit.clock, limit.category, limit.place)
        row = rows.setdefault(
            key, {"clock": kinds[limit.clock], "where": limit.category, "by": {}, "calendars": []}
        )
        row["by"][limit.urgency] = timedelta(minutes=limit.minutes)
        name = names.get(limit.calendar, limit.calendar)
        if name not in row["calendars"]:
            row["calendars"].append(name)
    for row in rows.values():
        every = row["by"].get(None)
        row["cells"] = [row["by"].get(n, every) for n in (1, 2, 3, 4)]
    return list(rows.values())


def ruled(standard: Standard, actor: Actor) -> str:
    """Which cases it rules, in a line: kinds, places, categories, urgencies."""
    scope = standard.where
    kinds = _(", ").join(str(CASE_NAMES.get(kind, kind)) for kind in standard.kinds)
    places = place_names(scope.places, actor)
    parts = [
        kinds or _("planned work only"),
        *places,
        *scope.categories,
        *(f"P{n}" for n in scope.urgencies),
    ]
    return " · ".join(parts)


def place_names(paths: Sequence[str], actor: Actor) -> list[str]:
    """Places by their paths, as people call them."""
    if not paths:
        return []
    known = {p.path: str(p) for p in Place.objects.seen_by(actor).filter(path__in=paths)}
    return [known.get(path, path) for path in paths]


def effort(document: Document) -> list[tuple[str, str]]:
    """What one piece of such work takes, line by line."""
    method, minutes = document.method, _("%(n)s min")
    lines = [
        (one.post, minutes % {"n": f"{one.minutes:g}"} + f" × {one.people}" * (one.people > 1))
        for one in method.labour
    ]
    lines += [(one.name, f"{one.quantity:g} {one.unit}".strip()) for one in method.materials]
    if method.times_a_year:
        lines.append((_("Times a year"), f"{method.times_a_year:g}"))
    return lines


def line_of(difference: Difference) -> str:
    """Which line of its part differs, in words; empty where both sides say it anyway."""
    part, line = difference.part, difference.line
    if part == "requirements":
        return ""
    if part != "limits":
        return line
    clock, *rest = line.split(" · ")
    return " · ".join([str(dict(KINDS).get(clock, clock)), *rest])


Names = Mapping[str, Mapping[str, str]]


def called(actor: Actor) -> Names:
    """What a standard names by its code, as people call it: needs and calendars."""
    return {
        "needs": dict(Need.objects.seen_by(actor).values_list("code", "text")),
        "calendars": dict(Calendar.objects.seen_by(actor).values_list("code", "name")),
    }


def side(part: str, value: Any, names: Names) -> str:
    """One side of a difference, in words."""
    if value is None:
        return "—"
    if part == "limits":
        calendar = value.get("calendar", "always")
        said = names["calendars"].get(calendar, calendar)
        return str(length(timedelta(minutes=value["minutes"]))) + (
            f" · {said}" if calendar != "always" else ""
        )
    if part == "requirements":
        one = Requirement.model_validate(value if isinstance(value, dict) else {"text": value})
        named = [names["needs"].get(code, code) for code in one.needs]
        needs = _("answers %(needs)s") % {"needs": _(", ").join(named)} if named else ""
        return " · ".join(filter(None, [one.text, measured(one), needs]))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return " · ".join(_plain(v) for v in value.values() if v not in ("", None, [], {}))
    if isinstance(value, list):
        return "; ".join(map(_plain, value)) or "—"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
