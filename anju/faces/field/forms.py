"""What somebody on foot says: one tap each, as little typing as possible."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.foundation.kit.forms import KitForm

# Why work stands still: sign, label, and the reasons under it.
HOLDS = (
    ("lock", _("Cannot enter"), ("#nobody_home", "#another_time", "#not_let_in")),
    ("cube", _("Needs parts"), ("#part_in_store", "#part_ordered", "#resident_buys")),
    (
        "users",
        _("Needs help"),
        ("#second_person", "#another_trade", "#certified", "#supplier"),
    ),
    ("clock", _("Another visit"), ("#dry_first", "#shut_off_first", "#desk_decides")),
)
RESULTS = (
    ("fixed", _("Repaired")),
    ("for_now", _("Repaired for now")),
    ("no_fault", _("No fault found")),
)
NO_PHOTO = (
    ("", "—"),
    ("refused", _("The resident does not want photos")),
    ("nothing", _("There is nothing to see")),
    ("camera", _("The camera does not work")),
)
WHY = ("cause", "prevention")
SIGNER_NAMES = (
    ("reporter", _("Whoever reported it")),
    ("household", _("Somebody of the household")),
    ("staff", _("Staff of the community")),
)
UNITS = ("个", "米", "套", "卷", "瓶")


class PhotoField(forms.FileField):
    """One photo, taken now: the telephone opens its camera."""

    def __init__(self, **more: Any) -> None:
        attrs = {"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}
        super().__init__(required=False, widget=forms.FileInput(attrs=attrs), **more)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """As it came: what is wrong with it is said when it is kept."""
        return data or None


class CodeForm(KitForm):
    """The code of a label: read by the camera or typed in. An address is taken for its end."""

    label = forms.CharField(
        label=_("Letters under the square"),
        max_length=200,
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        ),
    )

    def clean_label(self) -> str:
        """The code alone."""
        given = str(self.cleaned_data["label"]).strip().rstrip("/")
        return given.rpartition("/")[2].partition("?")[0].upper()


class FinishForm(KitForm):
    """The end of a piece of work: before, after, result."""

    before = PhotoField(label=_("Before"))
    after = PhotoField(label=_("After"))
    without = forms.ChoiceField(label=_("Why no photo"), choices=NO_PHOTO, required=False)
    result = forms.ChoiceField(
        label=_("Result"),
        choices=RESULTS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the result: one tap.")},
    )
    remark = forms.CharField(
        label=_("Remark"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    cause = forms.CharField(
        label=_("Root cause"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Why the reporter was not satisfied the first time."),
    )
    prevention = forms.CharField(
        label=_("So that it does not happen again"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, explain: bool, **kwargs: Any) -> None:
        """`explain`: the reporter was not satisfied, so it is asked why it had failed."""
        super().__init__(*args, **kwargs)
        for name in () if explain else WHY:
            del self.fields[name]

    def said(self) -> dict[str, str]:
        """What the step is told."""
        why = {name: self.cleaned_data[name] for name in WHY if name in self.cleaned_data}
        return {"result": self.words(), **why}

    def words(self) -> str:
        """The result in words, with the remark."""
        said = dict(RESULTS)[self.cleaned_data["result"]]
        why = dict(NO_PHOTO).get(self.cleaned_data.get("without") or "", "")
        told = _("No photo: %(why)s") % {"why": why} if self.cleaned_data.get("without") else ""
        return " · ".join(str(p) for p in (said, self.cleaned_data.get("remark"), told) if p)


class DoneForm(KitForm):
    """Planned work is done: a photo where there is something to see, a word where it helps."""

    photo = PhotoField(label=_("Photo"))
    remark = forms.CharField(
        label=_("Remark"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    label = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)


class SeenForm(KitForm):
    """Something seen on the way."""

    photo = PhotoField(label=_("Photo"))
    words = forms.CharField(
        label=_("What is wrong?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    place = forms.ChoiceField(label=_("Where?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        """`places`: where they may be, the likeliest first; none where a label says it."""
        super().__init__(*args, **kwargs)
        if places:
            self.fields["place"].choices = places  # type: ignore[attr-defined]  # a choice field's own
            self.fields["place"].initial = places[0][0]
        else:
            del self.fields["place"]


class MaterialForm(KitForm):
    """One line of materials."""

    name = forms.CharField(label=_("Material"), max_length=80)
    quantity = forms.DecimalField(
        label=_("Quantity"),
        initial=1,
        max_digits=9,
        decimal_places=3,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    unit = forms.CharField(
        label=_("Unit"),
        max_length=12,
        required=False,
        initial=UNITS[0],
        widget=forms.TextInput(attrs={"list": "units"}),
    )
    price = forms.DecimalField(
        label=_("Price for one, yuan"),
        initial=0,
        required=False,
        max_digits=9,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class MinutesForm(KitForm):
    """How long it took."""

    minutes = forms.IntegerField(
        label=_("Working time, minutes"), widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )


class SignForm(KitForm):
    """A signature drawn with the finger, or why there is none."""

    signer = forms.ChoiceField(
        label=_("Who signs"), choices=SIGNER_NAMES, initial="reporter", required=False
    )
    signature = forms.FileField(required=False, label=_("Signature"))
