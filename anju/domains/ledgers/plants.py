"""Which plants stand where, by the ledgers of plants (绿化台账)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from anju.domains.ledgers.models import Ledger, Line
from anju.domains.ledgers.queries import typed_of_lines
from anju.domains.ledgers.rules import value_name
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.actor import Actor

FORM = "greening-ledger"
MOST = 5_000  # lines that are read of one community


@dataclass(frozen=True)
class Plant:
    """A species of a community: how many, how many square metres, and where. `places`: where its
    lines were written; `spots`: in words."""

    species: str
    kind: str
    count: Decimal
    area: Decimal
    spots: tuple[str, ...]
    places: tuple[Place, ...]


def plants_at(community: Place, actor: Actor) -> list[Plant]:
    """By kind and species. Three queries."""
    kept = Ledger.objects.seen_by(actor).filter(
        under([community.path], "place__path"), form=FORM, state="active"
    )
    found = Line.objects.filter(company_id=actor.company_id, ledger__in=kept)
    lines = list(found.select_related("form", "place").order_by("id")[:MOST])
    typed = typed_of_lines(lines)
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        species = _typed(line, typed, "species")
        kind = str(line.answers.get("kind", {}).get("text", ""))
        if species:
            groups.setdefault((kind, species), []).append(line)
    return [
        Plant(
            species, kind, _sum(some, "count"), _sum(some, "area"),
            tuple(dict.fromkeys(spot for one in some if (spot := _typed(one, typed, "spot")))),
            tuple({one.place_id: one.place for one in some}.values()),
        )
        for (kind, species), some in sorted(groups.items())
    ]  # fmt: skip


def _typed(line: Line, typed: Mapping[UUID, Mapping[str, str]], code: str) -> str:
    if line.form.sheet.item(code) is None:
        return ""
    held = typed.get(line.id, {})
    return held.get(value_name(line.form.sheet, code, "text"), "")


def _sum(lines: list[Line], code: str) -> Decimal:
    return sum((Decimal(one.answers.get(code, {}).get("number", 0)) for one in lines), Decimal(0))
