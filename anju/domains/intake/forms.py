"""What the pages about sources ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.domains.intake.models import SOURCE_KINDS
from anju.foundation.kit.forms import KitForm


class SourceForm(KitForm):
    """A system outside that may tell us."""

    name = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("For example: telephone exchange.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=SOURCE_KINDS)
    place = forms.ChoiceField(
        label=_("Community"), help_text=_("Where a matter stands that names no place.")
    )
    mailbox = forms.CharField(
        label=_("Mailbox"),
        required=False,
        max_length=400,
        help_text=_("Only for a mailbox: imaps://user:password@imap.example.com/INBOX"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    receiver = forms.CharField(
        label=_("CorpID"),
        required=False,
        max_length=64,
        help_text=_("Only for WeCom: the id of the enterprise, such as ww1a2b3c4d5e."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    on = forms.BooleanField(label=_("Switched on"), required=False, initial=True)

    def __init__(self, *args: Any, communities: dict[str, str], kind: str, **kwargs: Any) -> None:
        """`kind`: of the source that is changed; "" for a new one."""
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = list(communities.items())  # type: ignore[attr-defined]  # a ChoiceField
        del self.fields["kind" if kind else "on"]
        if kind not in ("", "wecom"):
            del self.fields["receiver"]
        if kind == "email":
            self.fields["mailbox"].help_text = _("Left empty, it stays as it is.")
        elif kind:
            del self.fields["mailbox"]
