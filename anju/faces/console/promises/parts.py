"""What the pages of this package share: refusals and codes."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from anju.domains.promises.rules import ContractState, Verdict
from anju.foundation.kit.forms import show_refusal
from anju.foundation.tenancy.errors import Conflict, Refusal

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
