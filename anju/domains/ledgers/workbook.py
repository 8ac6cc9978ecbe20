"""A ledger filled from a workbook: its lines as one more list of the registry's imports.

A row is about the line whose number it gives, else about the one that says the same in all that is
needed (of plants: species, kind and spot); else it is a new line. A running number (序号), as lists
have one, is not the number of a line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from anju.domains.ledgers.commands import Said, add_to_line, write_line
from anju.domains.ledgers.models import Ledger, Line
from anju.domains.ledgers.queries import form_of, typed_of_lines
from anju.domains.ledgers.rules import lacking, parts_of, value_name
from anju.engine.forms.models import Form as Paper
from anju.engine.forms.rules import FILED, Form, Item, answer_of
from anju.engine.loop.models import VERDICT_NAMES
from anju.foundation.events.models import EventValue
from anju.foundation.lib import given_id, now
from anju.foundation.registry.references import places
from anju.foundation.registry.rules import BadCell, choice, day, header, whole
from anju.foundation.registry.sheet import Column, Problem, Rows, Sheet
from anju.foundation.registry.sheet import Line as Row
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today, zone_of_company
from anju.foundation.tenancy.errors import NotYet
from anju.foundation.tenancy.rows import only

KIND = "ledger"
MOST = 2_000  # rows of one workbook: each becomes a line with its own event
NUMBER, DAY, PLACE, FOUND = "line.n", "line.at", "line.place", "line.found"
BESIDE = {
    NUMBER: gettext_lazy("Ledger no."),
    DAY: pgettext_lazy("line", "When"),
    PLACE: pgettext_lazy("line", "Where"),
}
TYPED = ("text", "scan")
NOON = time(12)


def list_of(ledger: Ledger) -> str:
    """What the list of its lines is called."""
    return f"{KIND}-{ledger.id.hex}"


def sheet_given(which: str, actor: Actor) -> Sheet | None:
    """The list of the lines of a ledger, by its id; None where the actor may not see it."""
    seen = Ledger.objects.seen_by(actor).select_related("place")
    ledger = only(seen.filter(id=given_id(which)))
    if ledger is None:
        return None
    form = form_of(ledger.form, actor)
    items = form.sheet.items if form else ()
    needed = _needed(form.sheet, ledger) if form and not _why_not(ledger, form) else set()
    return Sheet(
        list_of(ledger), ledger.name, tuple(columns_of(items, needed)),
        help=_("A row without a number is a new line, unless one says the same already."),
        rows=Rows(partial(_match, ledger), partial(_write, ledger)),
    )  # fmt: skip


def _in_a_cell(item: Item) -> bool:
    return item.kind not in FILED and item.kind != "table" and not item.evidence


def _needed(form: Form, ledger: Ledger) -> set[str]:
    return {item.code for item in parts_of(form, ledger.ends_with).now if item.required}


def titles_beside(items: Sequence[Item]) -> dict[str, Any]:
    """What the number, the time and the place of a line are called beside what its form asks: none
    of them as an item is, in any language."""
    asked = {header(item.text) for item in items}
    return {
        key: format_lazy("{}: {}", gettext_lazy("Ledger"), title)
        if asked & Column(key, title, str).headers() else title
        for key, title in BESIDE.items()
    }  # fmt: skip


def columns_of(items: Sequence[Item], needed: set[str]) -> list[Column]:
    """The columns of a ledger that asks these items."""
    titles = titles_beside(items)
    number = Column(NUMBER, titles[NUMBER], whole)
    asked = [
        Column(
            item.code, item.text, partial(_answer, item), required=item.code in needed,
            example=_example(item), choices=tuple((one, one) for one in item.choices),
        )
        for item in items
        if _in_a_cell(item)
    ]  # fmt: skip
    when = Column(DAY, titles[DAY], _past_day)
    where = Column(PLACE, titles[PLACE], lambda cell: cell, refers=places)
    return [number, *asked, when, where]


def _example(item: Item) -> str:
    return item.choices[0] if item.choices else "1" if item.kind == "number" else _("text")


def _answer(item: Item, cell: str) -> Said:
    """What a cell answers to an item. Raises `BadCell`."""
    if item.kind == "pass":
        return Said(choice(VERDICT_NAMES)(cell))
    if item.kind == "number":
        plain = cell.replace(",", "").replace("，", "").removesuffix(item.unit).strip()
        given, wrong = answer_of(item, "", {"number": plain})
    else:
        said = choice([(one, one) for one in item.choices])(cell) if item.choices else cell
        given, wrong = answer_of(item, "", {"text": said})
    if wrong:
        raise BadCell(wrong)
    return Said(value=dict(given.value or {}))


def _past_day(cell: str) -> date:
    return day(cell.partition(" ")[0])


@dataclass
class _Held:
    """The lines that the rows of a workbook may be about, each answer as a cell would say it.
    `keys`: what tells lines apart, by item; `taken`: the row that is about a line, or new."""

    form: Form
    keys: Sequence[Item]
    by_number: dict[int, Line] = field(default_factory=dict)
    by_key: dict[tuple[str, ...], list[Line]] = field(default_factory=dict)
    answers: dict[UUID, dict[str, str]] = field(default_factory=dict)
    taken: dict[tuple[Any, ...], int] = field(default_factory=dict)


def _match(ledger: Ledger, rows: Sequence[Row], actor: Actor) -> None:
    form = _open(ledger, actor)
    if len(rows) > MOST:
        words = _("At most %(most)s rows fit into a ledger at once. Split the file.")
        raise NotYet(words % {"most": f"{MOST:,}"})
    company = ledger.company_id
    for row in rows:
        place = row.get(PLACE)
        if place is not None and not place.path.startswith(ledger.place.path):
            _wrong(row, PLACE, _("This place does not belong to the community of the ledger."))
        if row.get(DAY) is not None and row.get(DAY) > today(company):
            _wrong(row, DAY, _("This time has not come yet."))
    fine = [row for row in rows if not row.problems]
    held = _held(ledger, form, fine)
    for row in fine:
        _settle(row, held, ledger)


def _why_not(ledger: Ledger, form: Paper | None) -> str:
    """Why it cannot be filled by rows; empty where it can."""
    if ledger.state == "ended":
        return _("This ledger has ended. Nothing can be changed in it any more.")
    if form is None:
        return _("The form of this ledger is not in force any more. Put it in force again.")
    if ledger.personal:
        return _("This ledger names people, so its lines are written one by one.")
    needed = _needed(form.sheet, ledger)
    if not all(_in_a_cell(item) for item in form.sheet.items if item.code in needed):
        return _("Lines of this ledger need a picture or a table, which no row of a file holds.")
    return ""


def _open(ledger: Ledger, actor: Actor) -> Form:
    """The form by which its rows are read. Refuses what cannot be filled by rows."""
    actor.require("ledger.keep", ledger.place.path)
    form = form_of(ledger.form, actor)
    words = _why_not(ledger, form)
    if words or form is None:
        raise NotYet(words)
    return form.sheet


def fits(ledger: Ledger, form: Paper | None, actor: Actor) -> bool:
    """Whether the actor can bring its lines by a workbook; `form`: its form in force."""
    may = actor.may("ledger.keep", ledger.place.path) and actor.may("import.run")
    return may and not _why_not(ledger, form)


def _held(ledger: Ledger, form: Form, rows: Sequence[Row]) -> _Held:
    needed = _needed(form, ledger)
    cells = [item for item in form.items if _in_a_cell(item)]
    named = [i for i in cells if i.code in needed and i.kind in (*TYPED, "choice")]
    held = _Held(form, named or cells)
    lines = list(_lines_meant(ledger, held.keys, rows))
    typed = typed_of_lines(lines)
    for line in lines:
        said = {i.code: _said_in(line, typed.get(line.id, {}), i) for i in line.form.sheet.items}
        held.by_number[line.n], held.answers[line.id] = line, said
        held.by_key.setdefault(tuple(said.get(i.code, "") for i in held.keys), []).append(line)
    return held


def _lines_meant(ledger: Ledger, keys: Sequence[Item], rows: Sequence[Row]) -> QuerySet[Line]:
    """The lines that the rows may be about: by their numbers, else by what they say in each key."""
    numbers = {row.get(NUMBER) for row in rows} - {None}
    others = [row for row in rows if row.get(NUMBER) is None]
    alike = Q() if others else Q(pk__in=[])
    lines = ledger.lines.select_related("form").order_by("n")
    for n, item in enumerate(keys):
        said = {_said(row.get(item.code)) for row in others}
        one = KeyTransform(item.code, "answers")
        kinds = [KeyTextTransform(kind, one) for kind in ("number", "text", "verdict")]
        cell = Coalesce(*kinds, Value(""), output_field=TextField())
        lines = lines.alias(**{f"said_{n}": cell})
        says = Q(**{f"said_{n}__in": said})
        alike &= says | Q(id__in=_typed(ledger, said)) if item.kind in TYPED else says
    return lines.filter(Q(n__in=numbers) | alike)


def _typed(ledger: Ledger, texts: set[str]) -> QuerySet[Any, Any]:
    """The ids of the lines in which one of these texts was typed."""
    values = EventValue.objects.filter(
        company_id=ledger.company_id, event__subject_kind="line", text__in=texts,
        event__subject_id__in=ledger.lines.values("id"),
    )  # fmt: skip
    return values.values("event__subject_id")


def _said_in(line: Line, typed: Mapping[str, str], item: Item) -> str:
    one: Mapping[str, Any] = line.answers.get(item.code, {})
    told = typed.get(value_name(line.form.sheet, item.code, "text"), "")
    return str(one.get("number") or one.get("text") or told or one.get("verdict", ""))


def _said(given: Said | None) -> str:
    if given is None:
        return ""
    return str(given.value.get("number") or given.value.get("text") or given.verdict)


def _key(row: Row, held: _Held) -> tuple[str, ...]:
    return tuple(_said(row.get(item.code)) for item in held.keys)


def _settle(row: Row, held: _Held, ledger: Ledger) -> None:
    """Which line a row is about, and what of it would change."""
    found = _meant(row, held, ledger)
    if row.problems:
        return
    key = _key(row, held)
    mark = (found.n,) if found else ("", row.get(DAY), *key)
    first = held.taken.setdefault(mark, row.number)
    if first != row.number:
        words = _("Row %(row)d is about the same entry. Keep one of the two rows.")
        _wrong(row, None, words % {"row": first}, conflict=True)
    elif found is None:
        row.verdict = "new"
        _whole(row, held, ledger)
    else:
        row.values[FOUND] = found
        row.there = f"{found.id} {found.version}"
        _compare(row, found, held)


def _meant(row: Row, held: _Held, ledger: Ledger) -> Line | None:
    number, when, place = row.get(NUMBER), row.get(DAY), row.get(PLACE)
    zone = zone_of_company(ledger.company_id)
    if number is not None:
        found = held.by_number.get(number)
        if found is None:
            words = _("The ledger has no line %(n)d. Leave the number empty for a new line.")
            _wrong(row, NUMBER, words % {"n": number})
    else:
        hits = held.by_key.get(_key(row, held), [])
        hits = [one for one in hits if when in (None, one.at.astimezone(zone).date())]
        hits = [one for one in hits if place is None or place.id == one.place_id]
        if len(hits) > 1:
            numbers = "、".join(str(one.n) for one in hits[:5])
            words = _("Lines %(n)s say this. Write the number of the one that is meant.")
            _wrong(row, NUMBER, words % {"n": numbers}, conflict=True)
        found = hits[0] if len(hits) == 1 else None
    if found is not None:
        moved = place is not None and place.id != found.place_id
        if moved or when not in (None, found.at.astimezone(zone).date()):
            words = _("Where and when a line was written does not change. Leave both empty.")
            _wrong(row, PLACE if moved else DAY, words, conflict=True)
        if number is not None:
            _same_thing(row, found, held)
    return found


def _same_thing(row: Row, found: Line, held: _Held) -> None:
    """Refuse a row whose number fits a line of something else: nothing that is typed to tell lines
    apart agrees. A choice may agree by chance; it counts where nothing is typed."""
    old = held.answers[found.id]
    keys = [item for item in held.keys if item.kind in TYPED] or held.keys
    both = [(_said(row.get(item.code)), old.get(item.code, "")) for item in keys]
    both = [(new, there) for new, there in both if new and there]
    if both and all(new != there for new, there in both):
        words = _(
            "Line %(n)d of the ledger is something else: %(said)s. Leave the number empty for a "
            "new line; what is wrong in line %(n)d is put right on its page."
        )
        said = "、".join(str(_shown(there)) for _new, there in both)
        _wrong(row, NUMBER, words % {"n": found.n, "said": said}, conflict=True)


def _whole(row: Row, held: _Held, ledger: Ledger) -> None:
    """A line that ends at once needs all that is asked as it ends."""
    if not ledger.ends_with or row.get(ledger.ends_with) is None:
        return
    for item in lacking(parts_of(held.form, ledger.ends_with).later, row.values):
        words = _("Please fill in “%(column)s”, for example %(example)s.")
        _wrong(row, item.code, words % {"column": item.text, "example": _example(item)})


def _compare(row: Row, found: Line, held: _Held) -> None:
    asked = {item.code for item in found.form.sheet.items}
    for item in held.form.items:
        new, old = _said(row.get(item.code)), held.answers[found.id].get(item.code, "")
        if not new or new == old:
            continue
        if item.code not in asked:
            words = _("Line %(n)d was written before “%(item)s” was asked. Leave it empty.")
            _wrong(row, item.code, words % {"n": found.n, "item": item.text})
        row.differences.append((item.text, _shown(old), _shown(new)))
    row.verdict = "changed" if row.differences else "same"


def _shown(said: str) -> Any:
    return dict(VERDICT_NAMES).get(said, said)


def _write(ledger: Ledger, rows: Sequence[Row], actor: Actor) -> None:
    zone = zone_of_company(ledger.company_id)
    form = _open(ledger, actor)
    for row in rows:
        given = {i.code: row.values[i.code] for i in form.items if i.code in row.values}
        found: Line | None = row.get(FOUND)
        if row.verdict == "new":
            when: date | None = row.get(DAY)
            at = min(datetime.combine(when, NOON, zone), now()) if when else None
            write_line(ledger.id, given, actor=actor, place=row.get(PLACE), at=at)
        elif row.verdict == "changed" and found is not None:
            texts = {text for text, _old, _new in row.differences}
            changed = {i.code: given[i.code] for i in form.items if i.text in texts}
            add_to_line(
                found.id, changed, actor=actor, version=found.version,
                reason=_("Brought by a workbook"),
            )  # fmt: skip


def _wrong(row: Row, column: str | None, words: str, *, conflict: bool = False) -> None:
    row.problems.append(Problem(column, words, conflict))
