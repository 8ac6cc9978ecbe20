"""Forms with tables: a field `table-N-part` for each part of row N; an empty row is left out."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.forms.utils import ErrorDict

from anju.foundation.kit.forms import IDEMPOTENCY_KEY, KitForm

MOST_ROWS = 200
NUMERIC = {"inputmode": "decimal"}
_FIELD = re.compile(r"([a-z]+)-(\d{1,3})-(\w+)")


class RowsForm(KitForm):
    """A form with tables of rows. `known`: the rows of each table as they stand.

    `do`: a row is added below, moved up or taken out ("step:add:3", "step:up:3", "step:drop:3"):
    what was typed is drawn anew that way, and nothing is checked.
    """

    spare: ClassVar[int] = 2  # empty rows to write new lines into
    silent: ClassVar[Collection[str]] = ()  # what is never empty says nothing by itself
    coded: ClassVar[Mapping[str, str]] = {}  # rows with a hidden code, and how new ones begin

    def __init__(
        self, data: Any = None, *args: Any, known: Mapping[str, Sequence[Mapping[str, Any]]],
        do: str = "", **kwargs: Any,
    ) -> None:  # fmt: skip
        self.drawn_anew = bool(do)
        super().__init__(turned(data, do) if data and do else data, *args, **kwargs)
        self.known = known
        self.counts = {name: range(self._count(name, rows)) for name, rows in known.items()}
        self._give_codes()
        for name, rows in known.items():
            for n in self.counts[name]:
                row = rows[n] if n < len(rows) else {}
                for part, field in self.parts(name, n).items():
                    begun, field.initial = field.initial, row.get(part, field.initial)
                    self.fields[f"{name}-{n}-{part}"] = field
                    if do == f"{name}:add:{n - 1}" and not field.widget.is_hidden:
                        field.widget.attrs["autofocus"], do = True, ""
                    if self.drawn_anew and begun and f"{name}-{n}-{part}" not in self.data:
                        self.data[f"{name}-{n}-{part}"] = begun  # of the row that is new

    def parts(self, table: str, n: int) -> Mapping[str, forms.Field]:
        """The fields of row `n` of a table."""
        raise NotImplementedError  # each form says its own

    def _count(self, table: str, rows: Sequence[Any]) -> int:
        found = (_FIELD.fullmatch(key) for key in self.data)
        typed = [int(m[2]) + 1 for m in found if m and m[1] == table]
        return min(MOST_ROWS, max(typed)) if typed else len(rows) + self.spare

    def _give_codes(self) -> None:
        """New rows get a code nobody has, so that others can point at them before they are kept."""
        for table, head in self.coded.items():
            rows = self.known[table]
            taken = {str(row["code"]) for row in rows}
            taken |= {str(self.data.get(f"{table}-{n}-code", "")) for n in self.counts[table]}
            fresh = (f"{head}{i}" for i in range(1, 2000) if f"{head}{i}" not in taken)
            codes = []
            for n in self.counts[table]:
                given = self.data.get(f"{table}-{n}-code", "") if self.is_bound else ""
                stands = rows[n]["code"] if not self.is_bound and n < len(rows) else ""
                codes.append(given or stands or next(fresh))
            self.codes = {**getattr(self, "codes", {}), table: codes}
            if self.is_bound:
                self.data = self.data.copy()
                for n, code in enumerate(codes):
                    self.data[f"{table}-{n}-code"] = code

    def full_clean(self) -> None:
        """Check what was sent; what is only drawn anew is not checked yet."""
        if self.drawn_anew:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The fields of one table, row by row, by their parts."""
        return [
            {part: self[f"{table}-{n}-{part}"] for part in self.parts(table, n)}
            for n in self.counts[table]
        ]

    def written(self, table: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The rows of one table in which something is written, with where they stand."""
        given = self.cleaned_data
        for n in self.counts[table]:
            row = {part: given.get(f"{table}-{n}-{part}") for part in self.parts(table, n)}
            said = {part: v for part, v in row.items() if v not in ("", None)}
            if any(part not in self.silent for part in said):
                yield n, said


def turned(data: Any, do: str) -> Any:
    """What was typed, with a row of one table added below, moved up or taken out, and under a key
    of its own: it is no act yet."""
    typed = data.copy()
    typed.pop(IDEMPOTENCY_KEY, None)
    table, _sep, rest = do.partition(":")
    verb, _sep, at = rest.partition(":")
    if verb not in _TURNS or not at.isdecimal() or len(at) > 3:
        return typed
    rows: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for key in list(typed):
        match = _FIELD.fullmatch(key)
        if match and match[1] == table:
            rows[int(match[2])][match[3]] = typed.pop(key)
    listed = [rows[n] for n in sorted(rows)]
    _TURNS[verb](listed, min(int(at), len(listed) - 1))
    for n, row in enumerate(listed):
        for part, values in row.items():
            typed.setlist(f"{table}-{n}-{part}", values)
    return typed


def _up(rows: list[Any], at: int) -> None:
    if at > 0:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]


def _drop(rows: list[Any], at: int) -> None:
    if len(rows) > 1:
        del rows[at]


def _add(rows: list[Any], at: int) -> None:
    if len(rows) < MOST_ROWS:
        rows.insert(at + 1, {"code": [""]})


_TURNS: Mapping[str, Callable[[list[Any], int], None]] = {
    "add": _add,
    "up": _up,
    "drop": _drop,
}


def text(label: Any, most: int, **attrs: Any) -> forms.CharField:
    """A line, or with `rows` several."""
    widget = forms.Textarea if "rows" in attrs else forms.TextInput
    return forms.CharField(label=label, required=False, max_length=most, widget=widget(attrs=attrs))


def number(label: Any, *, whole: bool = False, **limits: Any) -> forms.Field:
    """A number without arrows."""
    field = forms.IntegerField if whole else forms.FloatField
    return field(label=label, required=False, widget=forms.TextInput(attrs=NUMERIC), **limits)


def choice(label: Any, choices: Sequence[tuple[str, Any]]) -> forms.ChoiceField:
    """One of a list."""
    return forms.ChoiceField(label=label, required=False, choices=choices)


def shown(value: Any) -> Any:
    """A number without its needless point; nothing as an empty text."""
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return "" if value is None else value
