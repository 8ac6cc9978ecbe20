"""What the pages of this package share: refusals, and lists written one row a line."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.promises.rules import ContractState, Verdict
from anju.foundation.kit.forms import show_refusal
from anju.foundation.tenancy.errors import Conflict, Refusal

BAR = "|"
STATES: Mapping[ContractState, Any] = {
    "coming": gettext_lazy("not in force yet"),
    "in_force": gettext_lazy("in force"),
    "over": gettext_lazy("over"),
}
LOOKS: Mapping[Verdict, str] = {
    "kept": "ok", "broken": "warn", "unclear": "", "unmeasured": "", "nothing": "edge",
}  # fmt: skip


def refused(form: forms.BaseForm, refusal: Refusal, newest: int) -> None:
    """Show what was refused. Where somebody was faster, what was typed can then be saved on top of
    what stands (`newest`: its edition)."""
    show_refusal(form, refusal)
    if isinstance(refusal, Conflict):
        typed: Any = form.data
        typed = typed.copy()
        typed["edited"] = str(newest)
        form.data = typed


def split(text: str) -> tuple[str, ...]:
    """Codes with commas or blanks between them."""
    return tuple(text.replace("，", ",").replace("、", ",").replace(",", " ").split())


def rows_of(text: str, most: int, least: int) -> list[list[str]]:
    """Lines with bars between their parts, filled up with empty parts to `most`. An empty line is
    left out. Raises `ValidationError` naming the line that has too few or too many."""
    found = []
    for n, line in enumerate(text.splitlines(), start=1):
        parts = [part.strip() for part in line.replace("｜", BAR).split(BAR)]
        if not any(parts):
            continue
        if not least <= len(parts) <= most:
            raise forms.ValidationError(
                _("Line %(n)s cannot be read. Put a | between its parts, as in the example."),
                params={"n": n},
            )
        found.append(parts + [""] * (most - len(parts)))
    return found


def lines(rows: Iterable[Sequence[object]]) -> str:
    """The inverse of `rows_of`."""
    return "\n".join(f" {BAR} ".join(map(str, row)).rstrip(f" {BAR}") for row in rows)
