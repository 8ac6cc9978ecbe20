"""What people type at the portal: as little as can be."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.engine.loop.models import KIND_NAMES
from anju.foundation.kit.forms import FilesField, KitForm

PICTURES = "image/jpeg,image/png,image/webp"
KINDS = KIND_NAMES[:5]


class WholeForm(KitForm):
    """A form whose last field says that all of it arrived: an upload cut off in the middle has
    lost it, and with it the photo before."""

    def clean(self) -> dict[str, Any]:
        """Refuse a form that was cut off; the browser still has all of it."""
        given = super().clean() or {}
        if "end" not in self.data:
            raise forms.ValidationError(
                _(
                    "The connection broke while this was being sent, so nothing was received. "
                    "Your words and photos are still on this device: send them again."
                )
            )
        return given


class TellForm(WholeForm):
    """What is wrong: a photo, a sentence."""

    photos = FilesField(accept=PICTURES, label=_("Photo"))
    words = forms.CharField(
        label=_("What is wrong?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SayForm(TellForm):
    """A word more about a matter."""

    words = forms.CharField(
        label=_("What would you like to say?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class LabelForm(TellForm):
    """The same without an account: who wants to be called leaves a number."""

    name = forms.CharField(label=_("Your name"), max_length=80, required=False)
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )


class PhoneForm(KitForm):
    """Where the code goes."""

    phone = forms.CharField(
        label=_("Your mobile number"),
        max_length=32,
        widget=forms.TextInput(
            attrs={"inputmode": "tel", "autocomplete": "tel", "autofocus": True}
        ),
    )


class CodeForm(KitForm):
    """The six digits; a telephone offers them out of the message."""

    code = forms.CharField(
        label=_("The six digits"),
        max_length=12,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "autofocus": True,
                "class": "digits",
            }
        ),
    )


class WishForm(TellForm):
    """What a resident reports; at home unless said otherwise."""

    kind = forms.ChoiceField(
        label=_("What is it?"), choices=KINDS, widget=forms.RadioSelect(attrs={"look": "seg"})
    )
    place = forms.ChoiceField(label=_("Where?"), widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places  # type: ignore[attr-defined]  # a choice field's own


class HelperForm(KitForm):
    """A family member who may act for me."""

    name = forms.CharField(label=_("Name"), max_length=80)
    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=32,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )


class ReasonForm(KitForm):
    """Why: one of the words offered, or one's own."""

    reason = forms.CharField(
        label=_("In your own words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    preset = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)

    def said(self) -> str:
        """Both, as one text."""
        given = self.cleaned_data
        return " ".join(filter(None, [given["preset"].strip(), given["reason"].strip()]))
