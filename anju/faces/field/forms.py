"""What somebody on foot says: one tap each, as little typing as possible."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.domains.requests.stories import SIGNER_NAMES
from anju.engine.loop import presets
from anju.engine.loop.commands.evidence import Given
from anju.foundation.kit.forms import KitForm
from anju.foundation.places.rules import code_in

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
RESULTS = tuple(presets.RESULTS.items())
NO_PHOTO = (("", "—"), *presets.NO_PHOTO.items())
WHY = ("cause", "prevention")
UNITS = ("个", "米", "套", "卷", "瓶")


class PhotoField(forms.FileField):
    """One photo, taken now: the telephone opens its camera."""

    def __init__(self, *, stage: str = "", **more: Any) -> None:
        """`stage`: kept on the phone by itself the moment it is taken, as this."""
        attrs = {"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}
        if stage:
            attrs |= {"data-do": "photo", "data-stage": stage, "data-label": more["label"]}
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

    how = forms.CharField(max_length=4, required=False, widget=forms.HiddenInput)

    def clean_label(self) -> str:
        """The code alone."""
        return code_in(str(self.cleaned_data["label"]))


class FinishForm(KitForm):
    """The end of a piece of work: before, after, result."""

    before = PhotoField(label=_("Before"), stage="before")
    after = PhotoField(label=_("After"), stage="after")
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
        given = {name: str(value or "") for name, value in self.cleaned_data.items()}
        words = presets.result_in_words(
            given["result"], remark=given["remark"], without=given["without"]
        )
        why = {name: given[name] for name in WHY if name in given}
        return {"result": words, "without": given["without"], **why}


class DoneForm(KitForm):
    """Planned work is done: a photo where there is something to see, a word where it helps."""

    before = PhotoField(label=_("Before"), stage="before")
    after = PhotoField(label=_("Photo"), stage="after")
    without = forms.ChoiceField(label=_("Why no photo"), choices=NO_PHOTO, required=False)
    remark = forms.CharField(
        label=_("Remark"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    label = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)

    def photos(self) -> list[Given]:
        """What was taken."""
        taken = ((stage, self.cleaned_data.get(stage)) for stage in ("before", "after"))
        return [Given(f"{stage}.jpg", file, stage) for stage, file in taken if file]


class PointForm(KitForm):
    """A point of a round: a photo, a reading, a word where it helps; the press says how it is."""

    photo = PhotoField(label=_("Photo"))
    value = forms.CharField(
        label=_("Reading"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Remark"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    label = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    how = forms.ChoiceField(
        choices=[(name, name) for name in ("", "qr", "nfc")], required=False,
        widget=forms.HiddenInput,
    )  # fmt: skip


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

    signer = forms.ChoiceField(label=_("Who signs"), choices=SIGNER_NAMES, required=False)
    person = forms.ChoiceField(label=_("Who of the household"), required=False)
    name = forms.CharField(
        label=_("Name of who signs"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    signature = forms.FileField(required=False, label=_("Signature"))

    def __init__(
        self, *args: Any, reported: bool, named: bool, people: Sequence[tuple[str, str]], **kw: Any
    ) -> None:
        """`reported`: somebody did; `named`: the work is handed over, so it is asked to whom;
        `people`: who lives there."""
        super().__init__(*args, **kw)
        somebody = [("", _("somebody else, by name")), *people]
        self.fields["person"].choices = somebody  # type: ignore[attr-defined]  # a choice field's own
        if not people:
            del self.fields["person"]
        offered = SIGNER_NAMES if reported else SIGNER_NAMES[1:]
        self.fields["signer"].choices = list(offered)  # type: ignore[attr-defined]  # a choice field's own
        self.fields["signer"].initial = offered[0][0]
        self.named = named
        self.fields["name"].required = named and not people

    def clean(self) -> dict[str, Any]:
        """Who receives the work is chosen, or named."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if self.named and not said.get("person") and not said.get("name"):
            if "name" not in self.errors:
                self.add_error("name", _("Choose who signs, or write the name."))
        return said
