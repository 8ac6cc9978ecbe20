"""What the lines of a ledger are asked, and where a line stands. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from anju.engine.forms.rules import Form, Item

STATE_NAMES = (
    ("active", pgettext_lazy("ledger", "kept")),
    ("ended", pgettext_lazy("ledger", "ended")),
)
Standing = Literal["whole", "open", "overdue", "unsigned", "faulty"]
STANDING_NAMES: Mapping[Standing, Any] = {
    "whole": pgettext_lazy("line", "complete"),
    "open": pgettext_lazy("line", "still open"),
    "overdue": pgettext_lazy("line", "overdue"),
    "unsigned": pgettext_lazy("line", "waits for the second signature"),
    "faulty": pgettext_lazy("line", "something is not right"),
}
TONES: Mapping[Standing, str] = {
    "open": "info",
    "overdue": "bad",
    "unsigned": "warn",
    "faulty": "warn",
}


@dataclass(frozen=True)
class Parts:
    """The items of a form in two: what is filled in as the line is written, and what once it
    ends: from the item that ends it on, in the order of the form."""

    now: tuple[Item, ...]
    later: tuple[Item, ...] = ()


def parts_of(form: Form, ends_with: str) -> Parts:
    """Where the form has no such item, all of it is filled in at once."""
    codes = [item.code for item in form.items]
    cut = codes.index(ends_with) if ends_with in codes else len(codes)
    return Parts(form.items[:cut], form.items[cut:])


def lacking(items: Collection[Item], answered: Collection[str]) -> list[Item]:
    """What is needed and has no answer."""
    return [item for item in items if item.required and item.code not in answered]


def standing_of(
    *,
    failed: bool,
    waits: bool,
    signed: bool,
    due: datetime | None,
    moment: datetime,
) -> Standing:
    """Where a line stands: `waits` for its end, `due` when it has to be there at the latest,
    `signed` by everybody who has to, `failed`: an answer says that something is not right."""
    if waits:
        return "overdue" if due is not None and moment > due else "open"
    if not signed:
        return "unsigned"
    return "faulty" if failed else "whole"


def due_of(at: datetime, within: int) -> datetime | None:
    """When a line has to have ended; None where it has all the time."""
    return at + timedelta(minutes=within) if within else None


def settings_faults(form: Form | None, ends_with: str, signers: int, within: int) -> dict[str, Any]:
    """What is wrong with how a ledger is kept, by field; empty when it can be kept so."""
    wrong: dict[str, Any] = {}
    if form is None:
        wrong["form"] = _(
            "There is no form of this code in force. Publish it, or choose another one."
        )
    elif ends_with and form.item(ends_with) is None:
        wrong["ends_with"] = _("The form has no item “%(code)s”. Choose one of its items.") % {
            "code": ends_with
        }
    elif form.items and ends_with == form.items[0].code:
        wrong["ends_with"] = _("The first item begins a line; choose a later one that ends it.")
    if within and not ends_with:
        wrong["within"] = _("Say which item ends a line, or leave the minutes empty.")
    if signers not in (1, 2):
        wrong["signers"] = _("One or two persons sign a line.")
    return wrong


def value_name(form: Form, code: str, kind: str) -> str:
    """What a typed answer is called beside its event: by where its item stands in the form, since
    names there are short."""
    n = next(n for n, item in enumerate(form.items) if item.code == code)
    return f"{n} {kind}"


def field_name(code: str) -> str:
    """What the answer to an item is called where something is wrong with it."""
    return f"answers.{code}"
