"""What the set-up asks for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from anju.domains.promises.commands.contracts import ContractText
from anju.domains.promises.rules import NoticeDate
from anju.engine.library.grading import Part, parts_of
from anju.engine.library.reading import library
from anju.engine.library.script import in_script
from anju.engine.library.words import said
from anju.faces.console.views.library import script_of
from anju.faces.furnishing import JOBS, Hand
from anju.foundation.access.rules import ROLE_NAMES
from anju.foundation.kit.forms import KitForm, filled
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.people.rules import plain_phone
from anju.foundation.places.layout import MOST_ROOMS, Layout

ROWS = 6
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
FIRST_PIECE = "grade-2004"
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


class PromiseForm(KitForm):
    """The contract of a community and what of its grade is promised. Everything has a default; what
    the paper says otherwise is typed over."""

    grade = forms.ChoiceField(
        label=_("Grade of service"), widget=forms.Select(attrs={"autofocus": True})
    )
    parts = forms.MultipleChoiceField(
        label=_("What is promised"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one part, or skip this step.")},
    )
    number = forms.CharField(label=_("Contract number"), max_length=40)
    client = forms.CharField(label=_("Client of the contract"), max_length=120)
    provider = forms.CharField(label=_("Service company"), max_length=120)
    fee_basis = forms.CharField(label=_("Fee basis"), max_length=300, required=False)
    first = forms.DateField(label=_("First day"), widget=DAY)
    last = forms.DateField(label=_("Last day"), widget=DAY)
    notice = forms.IntegerField(
        label=_("Days before its end to say whether it is renewed"),
        min_value=0,
        max_value=366,
        required=False,
        help_text=_("Managers are told 30 days before that day. Empty: nobody is told."),
    )

    def __init__(self, *args: Any, grade: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = grades_on_offer()  # type: ignore[attr-defined]  # a ChoiceField's
        self.fields["parts"].choices = [  # type: ignore[attr-defined]  # a MultipleChoiceField's
            (part.code, part_words(part)) for part in parts_at(grade)
        ]

    def said(self) -> ContractText:
        """The contract as it was written; its clauses follow from the parts."""
        given = self.cleaned_data
        names = ("number", "client", "provider", "fee_basis", "first", "last", "grade")
        dates = ()
        if given["notice"] is not None:
            day = given["last"] - timedelta(days=given["notice"])
            dates = (NoticeDate(day, str(_("Say in writing whether it is renewed"))),)
        return ContractText(**{name: given[name] for name in names}, notices=dates)


def parts_at(grade: str) -> list[Part]:
    """The parts of "piece/level"; none where there is no such grade."""
    code, _slash, level = grade.partition("/")
    piece = library().pieces.get(code)
    return parts_of(piece, level) if piece else []


def grades_on_offer() -> list[tuple[str, str]]:
    """The grades of the library that ask something, in the reader's script; the usual first."""
    script = script_of()
    return [
        (f"{piece.code}/{level}", in_script(f"{piece.title} · {level}", script))
        for piece in sorted(library().pieces.values(), key=lambda one: one.code != FIRST_PIECE)
        for level in piece.levels
        if parts_of(piece, level)
    ]


def part_words(part: Part) -> SafeString:
    """A part with how much of it can be promised, and what that is."""
    script, sure = script_of(), part.confirmed
    n = len(part.pairs) - len(sure)
    marks = [tags.tag(_("sets clocks"), "blue", "clock")] if part.clocks else []
    if sure:
        words = ngettext("%(n)d promise", "%(n)d promises", len(sure)) % {"n": len(sure)}
        marks.append(tags.tag(words, "ok"))
    if n:
        words = ngettext("%(n)d suggestion", "%(n)d suggestions", n) % {"n": n}
        marks.append(tags.tag(words, "edge"))
    facts = "；".join(f"{item.title}：{said(value)}" for item, value in sure or part.pairs)
    return format_html(
        "<b>{}</b> {}<small>{}</small>",
        in_script(part.title, script),
        format_html_join(" ", "{}", ((mark,) for mark in marks)),
        in_script(facts, script),
    )


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
