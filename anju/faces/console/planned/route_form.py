"""A route as a form: its head, and a row for each point that is filled by keyboard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.rounds.commands import PointSaid, RouteSaid
from anju.domains.rounds.models import Route, RoutePoint
from anju.domains.rounds.rules import ORDER_NAMES, PROOF_NAMES
from anju.domains.rounds.walking import spots_of, walking_order
from anju.faces.console.planned.rhythm_form import number
from anju.foundation.kit.forms import KitForm
from anju.foundation.places.models import Asset, Place, under
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refusal

CELLS = ("code", "name", "where", "proof", "low", "high", "unit", "walk", "dwell", "minute")
BLANK, MOST = 4, 220  # empty rows below the filled ones; rows that are read


class RouteForm(KitForm):
    """Whose rounds, which way, in which order."""

    plan = forms.ChoiceField(label=gettext_lazy("Plan whose rounds walk it"))
    code = forms.CharField(label=gettext_lazy("Code"), max_length=16)
    name = forms.CharField(label=gettext_lazy("Which way"), max_length=120)
    order = forms.ChoiceField(label=gettext_lazy("Order"), choices=ORDER_NAMES)
    slack = number(gettext_lazy("Minutes around a planned minute"), 5, max_value=1440)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, plans: Sequence[tuple[str, str]], kept: bool = False, **kwargs: Any
    ) -> None:
        """`plans` that have no route yet; `kept`: the route stands, so does whose it is."""
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = plans  # type: ignore[attr-defined]  # a choice field's own
        for name in ("plan", "code") if kept else ():
            del self.fields[name]


@dataclass
class PointRow:
    """One row as it was typed, and what is wrong with it."""

    said: Mapping[str, str] = field(default_factory=dict)
    wrong: Any = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed that says anything."""
        return not any(self.said.get(name, "") for name in CELLS if name != "proof")

    @property
    def proofs(self) -> list[tuple[str, Any, bool]]:
        """The choices of its proof, and which one is chosen."""
        chosen = self.said.get("proof", PROOF_NAMES[0][0])
        return [(code, name, code == chosen) for code, name in PROOF_NAMES]


def rows_typed(data: QueryDict) -> list[PointRow]:
    """The rows of a posted form, in the order of their turns; empty ones are left out."""
    turns = data.getlist("p-n")
    columns = [data.getlist(f"p-{name}")[:MOST] for name in CELLS]
    count = max(map(len, columns), default=0)
    typed = [
        PointRow(
            {
                name: column[n].strip()[:120] if n < len(column) else ""
                for name, column in zip(CELLS, columns, strict=True)
            }
        )
        for n in range(count)
    ]
    order = sorted(range(count), key=lambda n: _turn(turns[n] if n < len(turns) else "", n + 1))
    return [typed[n] for n in order if not typed[n].empty]


def _turn(said: str, at: int) -> tuple[int, int]:
    """What a row is sorted by: one that is moved up goes before whichever has that turn, one that
    is moved down behind it."""
    turn = int(said) if said.isascii() and said.isdigit() and len(said) < 5 else at
    return turn, (turn > at) - (turn < at)


def as_walked(rows: Sequence[PointRow], community: Place, *, actor: Actor) -> list[PointRow]:
    """The rows by building and floor, as a guard walks; those whose place cannot be read, which
    say so, at the end. A least way holds for the point before alone, so it is left empty where that
    is another one now; minutes go to the rows that have some in their order."""
    read = [_point(row, n, community, actor) for n, row in enumerate(rows, 1)]
    known = [(row, one) for row, one in zip(rows, read, strict=True) if one is not None]
    spots = spots_of([(one.place, one.name) for _row, one in known], actor)
    found = [known[n][0] for n in walking_order(spots)]
    found += [row for row, one in zip(rows, read, strict=True) if one is None]
    before = {id(row): above for above, row in zip([None, *rows], rows, strict=False)}
    minutes = sorted((m for row in rows if (m := row.said["minute"])), key=lambda m: (len(m), m))
    for above, row in zip([None, *found], found, strict=False):
        kept = before[id(row)] is above
        minute = minutes.pop(0) if row.said["minute"] else ""
        walk = row.said["walk"] if kept else ""
        row.said = {**row.said, "walk": walk, "minute": minute}
    return found


def rows_of(points: Sequence[RoutePoint]) -> list[PointRow]:
    """The rows of a route as it stands."""
    return [
        PointRow(
            {
                "code": one.code, "name": one.name,
                "where": one.asset.code if one.asset else one.place.full_code,
                "proof": one.proof, "low": _plain(one.low), "high": _plain(one.high),
                "unit": one.unit, "walk": str(one.walk or ""), "dwell": str(one.dwell or ""),
                "minute": "" if one.minute is None else str(one.minute),
            }
        )
        for one in points
    ]  # fmt: skip


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def route_said(
    form: RouteForm, rows: Sequence[PointRow], community: Place, *, actor: Actor
) -> RouteSaid | None:
    """What the route is to say; None where a row cannot be read, which says so itself."""
    points = [_point(row, n, community, actor) for n, row in enumerate(rows, 1)]
    given = form.cleaned_data
    found = [one for one in points if one is not None]
    if len(found) < len(points):
        return None
    return RouteSaid(given["name"], found, given["order"], given["slack"])


def _point(row: PointRow, n: int, community: Place, actor: Actor) -> PointSaid | None:
    said = row.said
    try:
        place, asset = _where(said["where"], community, actor)
        return PointSaid(
            code=said["code"] or f"P{n}",
            name=said["name"] or str(asset or place),
            place=place,
            asset=asset,
            proof=said["proof"],
            low=_number(said["low"]),
            high=_number(said["high"]),
            unit=said["unit"][:12],
            walk=_whole(said["walk"]) or 0,
            dwell=_whole(said["dwell"]) or 0,
            minute=_whole(said["minute"]),
        )
    except (InvalidOperation, ValueError):
        row.wrong = _("Write numbers: limits as 0.35, seconds and minutes as 90.")
    except Refusal as refusal:
        row.wrong = refusal.message
    return None


def _where(said: str, community: Place, actor: Actor) -> tuple[Place, Asset | None]:
    inside = Asset.objects.seen_by(actor).filter(under([community.path], "place__path"))
    asset = inside.filter(code=said).select_related("place").first()
    if asset is not None:
        return asset.place, asset
    if said in ("", community.code):
        return community, None
    return place_named(said, actor=actor, at=community), None


def _number(text: str) -> Decimal | None:
    if not text:
        return None
    value = Decimal(text.replace("，", "."))
    if not value.is_finite() or abs(value) >= Decimal(10) ** 9:
        raise ValueError(text)
    return value


def _whole(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise ValueError(text)
    return int(text)


def initial_of(route: Route) -> dict[str, Any]:
    """What the head shows of a route."""
    return {
        "name": route.name, "order": route.order, "slack": route.slack, "version": route.version,
    }  # fmt: skip
