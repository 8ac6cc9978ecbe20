"""What the set-up asks for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from anju.faces.furnishing import JOBS, Hand
from anju.foundation.access.rules import ROLE_NAMES
from anju.foundation.kit.forms import KitForm, filled
from anju.foundation.people.rules import plain_phone
from anju.foundation.places.layout import MOST_ROOMS, Layout

ROWS = 6
FIRST = ("desk", "technician", "technician", "guard", "cleaner", "manager")


def _count(label: Any, most: int, initial: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=most, initial=initial)


class CommunityForm(KitForm):
    """A community of equal buildings."""

    name = forms.CharField(
        label=_("Name of the community"),
        max_length=120,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    code = forms.CharField(
        label=_("Short code"),
        max_length=8,
        required=False,
        help_text=_("Stands in case numbers, for example DH1. Empty: initials of the name."),
    )
    use = forms.CharField(label=_("Use"), max_length=40, initial="住宅")
    phone = forms.CharField(
        label=_("Telephone of the service desk"),
        max_length=20,
        required=False,
        help_text=_("Stands on labels and on the residents' pages."),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    buildings = _count(_("Buildings"), 99, 1)
    units = _count(_("Units of a building"), 20, 2)
    floors = _count(_("Floors of a unit"), 60, 18)
    rooms = _count(_("Rooms of a floor"), 40, 4)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and self.layout.count > MOST_ROOMS:
            self.add_error(
                "buildings",
                filled(
                    _("That would be %(n)s rooms; %(most)s at once is the limit. Import a list."),
                    n=self.layout.count,
                    most=MOST_ROOMS,
                ),
            )
        return given

    @property
    def layout(self) -> Layout:
        """Its buildings, once they are valid."""
        given = self.cleaned_data
        numbers = (given[name] for name in ("buildings", "units", "floors", "rooms"))
        return Layout(*numbers, use=given["use"])


class PeopleForm(KitForm):
    """A few people by hand, one line each: name, telephone, what they do."""

    community = forms.ChoiceField(label=_("Community"))
    on_duty = forms.BooleanField(
        label=_("On duty from now, for twelve hours"), required=False, initial=True
    )

    def __init__(self, *args: Any, communities: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].choices = list(communities.items())  # type: ignore[attr-defined]  # a ChoiceField's
        if len(communities) == 1:
            self.fields["community"].widget = forms.HiddenInput()
            self.initial["community"] = next(iter(communities))
        jobs = [(role, ROLE_NAMES[role]) for role in JOBS]
        for n in range(ROWS):
            self.fields[f"name_{n}"] = forms.CharField(
                label=_("Name"), max_length=80, required=False
            )
            self.fields[f"phone_{n}"] = forms.CharField(
                label=_("Telephone"),
                max_length=20,
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "tel"}),
            )
            self.fields[f"job_{n}"] = forms.ChoiceField(
                label=_("Role"), choices=jobs, initial=FIRST[n], required=False
            )
        self.fields["name_0"].widget.attrs["autofocus"] = True

    def rows(self) -> Iterator[tuple[BoundField, BoundField, BoundField]]:
        """The lines as they are drawn."""
        for n in range(ROWS):
            yield self[f"name_{n}"], self[f"phone_{n}"], self[f"job_{n}"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for n in range(ROWS):
            name, phone = given.get(f"name_{n}", ""), given.get(f"phone_{n}", "")
            if phone and not name:
                self.add_error(f"name_{n}", _("Whose telephone is this? Write the name."))
            try:
                plain_phone(phone)
            except ValueError:
                self.add_error(f"phone_{n}", _("This is no telephone number. Write only digits."))
        if not self.errors and not self.hands():
            self.add_error("name_0", _("Write at least one name, or skip this step."))
        return given

    def hands(self) -> list[Hand]:
        """Who was written down, once it is valid."""
        given = self.cleaned_data
        return [
            Hand(given[f"name_{n}"], given[f"phone_{n}"], given[f"job_{n}"] or FIRST[n])
            for n in range(ROWS)
            if given.get(f"name_{n}")
        ]


class BlanksForm(KitForm):
    """What the first answers leave open, each blank once."""

    def __init__(self, *args: Any, blanks: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {f"blank_{n}": name for n, name in enumerate(blanks)}
        for field, name in self.names.items():
            self.fields[field] = forms.CharField(label=name, max_length=200, required=False)
            if len(self.fields) == 1:
                self.fields[field].widget.attrs["autofocus"] = True

    def filled(self) -> dict[str, str]:
        """Blank -> what is put in its place."""
        return {name: self.cleaned_data[field] for field, name in self.names.items()}
