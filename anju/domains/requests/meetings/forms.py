"""What is asked for minutes, and for each item of them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.domains.requests.forms import URGENCY_NAMES, PlaceField
from anju.domains.requests.meetings.commands import Chosen
from anju.domains.requests.meetings.queries import Proposed
from anju.engine.loop.models import KIND_NAMES
from anju.foundation.kit.forms import KitForm

KINDS = KIND_NAMES[:5]  # what somebody may ask for at a meeting


class MinutesForm(KitForm):
    """The minutes of a meeting, pasted or as a file."""

    title = forms.CharField(
        label=_("Meeting"), max_length=120, widget=forms.TextInput(attrs={"autofocus": True})
    )
    held_on = forms.DateField(
        label=_("Held on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    place = forms.ChoiceField(label=_("Community"))
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("Word (.docx) or plain text (.txt), at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".docx,.txt"}),
    )
    text = forms.CharField(
        label=_("The minutes"),
        required=False,
        help_text=_("Or paste them here. Each item becomes a proposal; nothing is opened yet."),
        widget=forms.Textarea(attrs={"rows": 12}),
    )

    def __init__(self, *args: Any, communities: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = list(communities.items())  # type: ignore[attr-defined]  # a ChoiceField


class ItemForm(KitForm):
    """One item: kept or dropped, and what its case will say. What is dropped is not checked."""

    keep = forms.BooleanField(label=_("Open a case"), required=False)
    title = forms.CharField(label=_("Matter"), max_length=300)
    place = PlaceField(label=_("Place"))
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    urgency = forms.TypedChoiceField(label=_("Urgency"), choices=URGENCY_NAMES, coerce=int)
    category = forms.CharField(
        label=_("Category"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "categories"}),
    )
    text = forms.CharField(
        label=_("Details"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, proposed: Proposed, *, data: Any = None) -> None:
        draft = proposed.draft
        super().__init__(
            data,
            prefix=str(proposed.item.n),
            initial={
                "keep": True, "title": draft.title, "text": draft.text, "kind": draft.kind,
                "urgency": draft.urgency, "place": proposed.place, "category": proposed.category,
            },
        )  # fmt: skip
        self.item, self.why = proposed.item, draft.why
        if data is not None and not self.kept:
            for field in self.fields.values():
                field.required = False

    @property
    def kept(self) -> bool:
        """Whether a case is asked for."""
        return bool(self.data.get(f"{self.prefix}-keep"))

    def chosen(self) -> Chosen:
        """What was filled in."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "keep"}
        return Chosen(n=self.item.n, **given)
