"""Forms and checklists (检查表): items that ask, what answers them, how that is scored. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from anju.engine.forms.shapes import Basis, Fault, Number, Paper, Part, PartCode, read_paper, refuse
from anju.foundation.texts import schema_of, write_text
from anju.foundation.texts.writing import plain

KIND = "form/1"
ON_A_LINE = ("basis", "items")

ItemKind = Literal["pass", "number", "choice", "text", "photo", "signature", "scan", "table"]
OnFail = Literal["case", "note", "nothing"]
KIND_NAMES = {
    "pass": gettext_lazy("pass or fail"),
    "number": gettext_lazy("number"),
    "choice": gettext_lazy("one of several"),
    "text": gettext_lazy("words"),
    "photo": gettext_lazy("photo"),
    "signature": gettext_lazy("signature"),
    "scan": gettext_lazy("scanned label"),
    "table": gettext_lazy("table"),
}
FILED = ("photo", "signature")  # what is answered by a picture
LONGEST = 2_000
MOST_ROWS = 100
DECIMALS = 12
TENTH = Decimal("0.1")
_JUDGED = {"pass": "deduct", "number": "number", "choice": "text"}  # of a value, by kind


class Item(Part):
    """A question asked of the work; a record answers it. `required`: work is not done without.

    `kind`: how it is answered. `min` and `max` bound a number that is fine, in `unit`. `weight`:
    points lost where it fails; `veto`: its failing caps the whole form. `evidence`: pictures an
    answer needs, unless it does not apply. `on_fail`: whether a failing verdict opens a case, is
    noted, or means nothing by itself. `method`: how it is found out.
    """

    code: PartCode
    text: Annotated[str, Field(min_length=1, max_length=200)]
    kind: ItemKind = "pass"
    weight: Annotated[Number, Field(ge=0, le=1000)] = 0
    veto: bool = False
    required: bool = False
    evidence: tuple[Literal["photo", "signature"], ...] = ()
    min: Number | None = None
    max: Number | None = None
    unit: Annotated[str, Field(max_length=12)] = ""
    choices: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=60)], ...], Field(max_length=30)
    ] = ()
    columns: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=40)], ...], Field(max_length=12)
    ] = ()
    on_fail: OnFail = "nothing"
    method: Literal["look", "ask", "record", "test", ""] = ""

    @property
    def judged(self) -> bool:
        """Whether it can fail: so it may have a weight, a veto and a consequence."""
        return self.kind == "pass" or (self.kind == "number" and self.bounded)

    @property
    def bounded(self) -> bool:
        """Whether a number has limits."""
        return self.min is not None or self.max is not None

    @property
    def kind_name(self) -> str:
        """How it is answered, in the language of whoever reads it."""
        return str(KIND_NAMES[self.kind])

    @property
    def limits_said(self) -> str:
        """What a number may be, with its unit."""
        low, high = ("" if n is None else f"{n:g}" for n in (self.min, self.max))
        said = f"{low}–{high}" if low and high else f"≥ {low}" if low else high and f"≤ {high}"
        return f"{said} {self.unit}".strip()


class Form(Paper):
    """The questions of one sheet. `total`: points without fault; `veto_cap`: most points where a
    veto item fails."""

    anju: Literal["form/1"] = "form/1"
    note: Annotated[str, Field(max_length=2000)] = ""
    total: Annotated[Number, Field(gt=0, le=10_000)] | None = None
    veto_cap: Annotated[Number, Field(ge=0, le=10_000)] | None = None
    basis: Annotated[tuple[Basis, ...], Field(max_length=20)] = ()
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=200)]

    def item(self, code: str) -> Item | None:
        """The item of this code."""
        return next((item for item in self.items if item.code == code), None)

    @property
    def points(self) -> float:
        """What a form without fault gives: its total, else the sum of its weights."""
        return self.total or sum(item.weight for item in self.items)


def items_to_json(items: Iterable[Item]) -> list[dict[str, Any]]:
    """Plain values for the table; what is at its default is left out."""
    return [plain(item) for item in items]


def items_from_json(rows: Iterable[Mapping[str, Any]]) -> tuple[Item, ...]:
    """The inverse of `items_to_json`."""
    return tuple(Item(**row) for row in rows)


def write_form(form: Form) -> str:
    """The one way this form is written."""
    return write_text(form, head={"anju": KIND}, on_a_line=ON_A_LINE)


def read_form(text: str | bytes, *, file: str = "form.yaml") -> Form:
    """A form as somebody wrote it. Raises `BadText` with the line: what is no plain YAML, is not
    known, or does not add up."""
    read = read_paper(text, Form, file=file)
    refuse(read, form_faults(read.said))
    return read.said


def form_schema() -> dict[str, Any]:
    """The published JSON Schema of a form."""
    return schema_of(Form, "Anju form")


def form_faults(form: Form) -> list[Fault]:
    """Why this form cannot be used, though each part is well formed; empty when it can."""
    faults: list[Fault] = []
    codes = Counter(item.code for item in form.items)
    for n, item in enumerate(form.items):
        if codes[item.code] > 1:
            words = _("There are several items with the code “%(code)s”. Each needs its own.")
            faults.append(Fault(("items", n, "code"), "code_twice", words % {"code": item.code}))
        for name, code, words in _item_faults(item):
            faults.append(Fault(("items", n, name), code, words % {"item": item.text}))
    return faults + [Fault((name,), code, words) for name, code, words in _sums(form)]


def _item_faults(item: Item) -> list[tuple[str, str, str]]:
    faults = []
    if item.kind == "choice" and not item.choices:
        faults.append(
            ("kind", "no_choices", _("“%(item)s” is a choice of nothing. Write `choices`."))
        )
    if item.kind != "choice" and item.choices:
        faults.append(("choices", "not_a_choice", _("“%(item)s” has choices, but is no choice.")))
    if item.kind == "table" and not item.columns:
        faults.append(("kind", "no_columns", _("“%(item)s” is a table without `columns`.")))
    if item.kind != "table" and item.columns:
        faults.append(("columns", "not_a_table", _("“%(item)s” has columns, but is no table.")))
    if item.bounded and item.kind != "number":
        faults.append(("kind", "not_a_number", _("“%(item)s” has limits, but is no number.")))
    if item.min is not None and item.max is not None and item.min > item.max:
        faults.append(("min", "limits_crossed", _("“%(item)s”: the least is more than the most.")))
    for name in ("weight", "veto", "on_fail"):
        if getattr(item, name) not in (0, False, "nothing") and not item.judged:
            faults.append((name, "never_fails", _(
                "“%(item)s” can never fail, so it has no points, no veto and no consequence. "
                "Make it pass or fail, or a number with limits."
            )))  # fmt: skip
    return faults


def _sums(form: Form) -> list[tuple[str, str, str]]:
    faults = []
    added = sum(Decimal(str(item.weight)) for item in form.items)
    if form.total is not None and added != Decimal(str(form.total)):
        words = _("The weights add up to %(added)s, not to %(total)s. Mend them or the total.")
        said = {"added": f"{added.normalize():f}" if added else "0", "total": f"{form.total:g}"}
        faults.append(("total", "sum", words % said))
    vetoed = any(item.veto for item in form.items)
    if form.veto_cap is not None and not vetoed:
        faults.append(("veto_cap", "no_veto", _("There is a cap for vetoes, but no item has one.")))
    if form.veto_cap is not None and form.veto_cap >= form.points:
        faults.append(("veto_cap", "cap_too_high", _("The cap of a veto is below the total.")))
    if vetoed and form.veto_cap is None:
        words = _("An item has a veto, but `veto_cap` does not say what it caps the points at.")
        faults.append(("items", "no_cap", words))
    return faults


@dataclass(frozen=True)
class Given:
    """One answer: its verdict ("" where the item has none) and its value as plain data."""

    verdict: str = ""
    value: Mapping[str, Any] | None = None


def parted(item: Item, given: Given) -> tuple[dict[str, Any], dict[str, str]]:
    """An answer in two: what is judged or counted and stands for ever, and what somebody typed
    freely, which may name a person and so can be erased. Rows of a table: a line each, its cells
    parted by tabs (`rows_of`)."""
    value = given.value or {}
    judged = _JUDGED.get(item.kind, "") if given.verdict != "na" else ""
    kept = {judged: value[judged]} if value.get(judged) is not None else {}
    told = {**value, "rows": "\n".join("\t".join(row) for row in value.get("rows", ()))}
    typed = {n: str(told[n]) for n in ("note", "text", "rows") if told.get(n) and n != judged}
    return kept, typed


def rows_of(typed: str) -> list[list[str]]:
    """The rows of a table as `parted` wrote them."""
    return [line.split("\t") for line in typed.split("\n")] if typed else []


@dataclass(frozen=True)
class Score:
    """What the answers come to: `points` of `total` with one decimal; None until every item with a
    weight is answered, or where none applies. `before_veto`: without the cap. `vetoed`, `missing`:
    texts of items."""

    points: Decimal | None
    before_veto: Decimal | None
    total: float
    vetoed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def score(form: Form, answers: Mapping[str, Given]) -> Score | None:
    """The points of a filled form; None for a form without weights.

    A failing item loses its weight, or as much as was deducted. What does not apply is taken out
    and the rest scaled to the total. A failing veto item caps the sum.
    """
    weighed = [item for item in form.items if item.weight]
    if not weighed:
        return None
    given = {item.code: answers.get(item.code, Given()) for item in form.items}
    missing = tuple(item.text for item in weighed if not given[item.code].verdict)
    vetoed = tuple(i.text for i in form.items if i.veto and given[i.code].verdict == "fail")
    apply = [item for item in weighed if given[item.code].verdict != "na"]
    weight = sum((Decimal(str(item.weight)) for item in apply), Decimal(0))
    if missing or not weight:
        return Score(None, None, form.points, vetoed, missing)
    got = sum((_got(item, given[item.code]) for item in apply), Decimal(0))
    plain = got * Decimal(str(form.points)) / weight
    capped = (
        min(plain, Decimal(str(form.veto_cap))) if vetoed and form.veto_cap is not None else plain
    )
    return Score(_tenth(capped), _tenth(plain), form.points, vetoed)


def _got(item: Item, given: Given) -> Decimal:
    weight = Decimal(str(item.weight))
    if given.verdict == "pass":
        return weight
    lost = (given.value or {}).get("deduct")
    return max(Decimal(0), weight - Decimal(str(lost))) if lost is not None else Decimal(0)


def _tenth(points: Decimal) -> Decimal:
    return points.quantize(TENTH, ROUND_HALF_UP)


def answer_of(item: Item, verdict: str, value: Mapping[str, Any]) -> tuple[Given, str]:
    """An answer as it is kept, and what is wrong with it in words ("" when nothing is).

    The verdict of a number follows from its limits; only pass or fail takes one from outside.
    """
    if verdict == "na":
        return Given("na", _note(value)), ""
    if item.kind == "pass":
        return _verdict(item, verdict, value)
    if item.kind == "number":
        return _number(item, value)
    if item.kind == "table":
        return _table(item, value)
    if item.kind in FILED:
        return Given("", dict(value)), ""
    text = str(value.get("text", "")).strip()
    if not text or len(text) > LONGEST:
        return Given(), _("Write something, at most %(most)s characters.") % {"most": LONGEST}
    if item.kind == "choice" and text not in item.choices:
        return Given(), _("Choose one of: %(choices)s.") % {"choices": ", ".join(item.choices)}
    return Given("", {**_note(value), "text": text}), ""


def _note(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"note": value["note"]} if value.get("note") else {}


def _verdict(item: Item, verdict: str, value: Mapping[str, Any]) -> tuple[Given, str]:
    if verdict not in ("pass", "fail"):
        return Given(), _("The verdict is pass, fail or not applicable.")
    deduct = value.get("deduct")
    if deduct is None:
        return Given(verdict, dict(value)), ""
    most = Decimal(str(item.weight))
    number = _decimal(deduct)
    if verdict != "fail" or number is None or not 0 < number <= most:
        words = _("What is deducted lies above 0 and is at most %(most)s, where it fails.")
        return Given(), words % {"most": f"{item.weight:g}"}
    return Given(verdict, {**value, "deduct": float(number)}), ""


def _number(item: Item, value: Mapping[str, Any]) -> tuple[Given, str]:
    number = _decimal(value.get("number"))
    if number is None or abs(number) > 10**12 or _finer(number):
        return Given(), _("Write a number, for example 0.42.")
    kept = {**value, "number": f"{number.normalize():f}"}
    if not item.bounded:
        return Given("", kept), ""
    low = item.min is not None and number < Decimal(str(item.min))
    high = item.max is not None and number > Decimal(str(item.max))
    return Given("fail" if low or high else "pass", kept), ""


def _finer(number: Decimal) -> bool:
    """Whether it has more decimals than a record keeps: "1e-999999" is a million characters."""
    exponent = number.as_tuple().exponent
    return not isinstance(exponent, int) or exponent < -DECIMALS


def _decimal(given: Any) -> Decimal | None:
    try:
        number = Decimal(str(given).strip())
    except ArithmeticError:
        return None
    return number if number.is_finite() else None


def _table(item: Item, value: Mapping[str, Any]) -> tuple[Given, str]:
    rows = value.get("rows")
    width = len(item.columns)
    if not _rows_fit(rows, width):
        words = _("Write 1 to %(most)s rows of %(width)s cells, each cell at most 200 characters.")
        return Given(), words % {"most": MOST_ROWS, "width": width}
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]  # type: ignore[union-attr]  # `_rows_fit` looked
    return Given("", {**_note(value), "rows": cells}), ""


def _rows_fit(rows: Any, width: int) -> bool:
    return (
        isinstance(rows, list)
        and 0 < len(rows) <= MOST_ROWS
        and all(
            isinstance(row, list)
            and len(row) == width
            and all(isinstance(cell, str) and len(cell) <= 200 for cell in row)
            for row in rows
        )
    )
