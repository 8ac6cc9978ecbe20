"""What is asked for when a roster is made, and when somebody asks for leave."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.domains.staff.rules import PATTERNS, USUAL_NAMES
from anju.foundation.kit.forms import KitForm

DAY = {"type": "date"}
TIME = {"type": "time"}


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A day."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **more
    )


def _time(label: Any, **more: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs=TIME, format="%H:%M"), **more)


class LayForm(KitForm):
    """A pattern over the people of a post."""

    title = _("Lay a pattern over a post")
    post = forms.ChoiceField(label=_("Post"))
    pattern = forms.ChoiceField(label=_("Pattern"))
    first = day_field(_("From"))
    last = day_field(_("Until"), help_text=_("At most 31 days at once."))

    def __init__(self, *args: Any, posts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].choices = posts  # type: ignore[attr-defined]  # a choice field
        self.fields["pattern"].choices = [(p.code, p.name) for p in PATTERNS]  # type: ignore[attr-defined]  # as above


class CopyForm(KitForm):
    """A week into a later one."""

    title = _("Copy a week")
    monday = day_field(_("Week from"))
    into = day_field(_("Into the week from"))

    def clean_monday(self) -> date:
        """Any day of the week names it."""
        return _monday(self.cleaned_data["monday"])

    def clean_into(self) -> date:
        """As above."""
        return _monday(self.cleaned_data["into"])


def _monday(day: date) -> date:
    return date.fromordinal(day.toordinal() - day.weekday())


class ShiftForm(KitForm):
    """A shift of a post."""

    code = forms.CharField(label=_("Letter"), max_length=2, help_text=_("Stands in the roster."))
    name = forms.CharField(label=_("Name of the shift"), max_length=30)
    begins = _time(_("Begins"))
    ends = _time(_("Ends"), help_text=_("An end before the beginning is on the next day."))
    needed = forms.IntegerField(label=_("Persons needed"), min_value=0, max_value=99, initial=1)


class UsualForm(KitForm):
    """A set of shifts."""

    usual = forms.ChoiceField(label=_("Usual shifts"), choices=USUAL_NAMES)
