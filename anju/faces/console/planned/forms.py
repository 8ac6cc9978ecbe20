"""A plan as a form."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from anju.domains.rounds.rhythm import (
    DAY_OFF_NAMES,
    DAYS,
    MONTH_END_NAMES,
    REPEAT_NAMES,
    Rhythm,
    rhythm_of,
)
from anju.domains.rounds.shipped import Shelved, subjects_for
from anju.engine.plans.commands import Planned
from anju.engine.plans.document import When
from anju.engine.plans.models import CATCH_UP_NAMES, Plan
from anju.foundation.kit.forms import KitForm
from anju.foundation.people.models import Post
from anju.foundation.places.models import Asset, Place, under
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refusal
from anju.foundation.texts import plain

MOST_SUBJECTS = 500
_PARTED = re.compile(r"[\s,，、;；]+")
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")
_SEASON = re.compile(r"(\d\d?)-(\d\d?) *(?:to|-|–|—|~|至|到| ) *(\d\d?)-(\d\d?)")


def _number(label: Any, initial: int, **more: Any) -> forms.IntegerField:
    attrs = {"inputmode": "numeric"}
    return forms.IntegerField(
        label=label, initial=initial, min_value=0, widget=forms.TextInput(attrs=attrs), **more
    )


class PlanForm(KitForm):
    """What is done, where, by whom, how often, and when it counts as in time."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=16,
        help_text=gettext_lazy(
            "Letters, digits, hyphens: it begins the number of each work order."
        ),
    )
    name = forms.CharField(label=gettext_lazy("What is done"), max_length=120)
    subjects = forms.CharField(
        label=gettext_lazy("Places and equipment"),
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line, by code: 3-2-1201, or the code of a lift or a pump."),
    )
    post = forms.ChoiceField(label=gettext_lazy("Post that does it"), required=False)
    standard = forms.ChoiceField(
        label=gettext_lazy("Standard it keeps"),
        required=False,
        help_text=gettext_lazy("Its items are asked each time, in the version in force then."),
    )
    labour = _number(gettext_lazy("Minutes of work each time"), 0, max_value=10_000)
    start = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    repeat = forms.ChoiceField(label=gettext_lazy("Repeats"), choices=REPEAT_NAMES, initial="day")
    interval = forms.IntegerField(
        label=gettext_lazy("Every so many"), initial=1, min_value=1, max_value=366, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=gettext_lazy("1: each; 2: every other."),
    )  # fmt: skip
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Days of the week"), choices=DAYS, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    days = forms.CharField(
        label=gettext_lazy("Days of the month"), max_length=120, required=False,
        help_text=gettext_lazy("1, 15; from the end: -1 for the last."),
    )  # fmt: skip
    months = forms.CharField(
        label=gettext_lazy("Only in these months"), max_length=40, required=False,
        help_text=gettext_lazy("3, 9; empty for all."),
    )  # fmt: skip
    workday = forms.IntegerField(
        label=gettext_lazy("Which working day"), required=False, min_value=-23, max_value=23,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=gettext_lazy("1 for the first of the month, -1 for the last."),
    )  # fmt: skip
    rule = forms.CharField(
        label=gettext_lazy("Rule"), max_length=400, required=False,
        help_text=gettext_lazy("FREQ=MONTHLY;BYDAY=2TU, as other calendars write it."),
    )  # fmt: skip
    times = forms.CharField(
        label=gettext_lazy("At these times"), max_length=400, required=False,
        help_text=gettext_lazy("09:00, 15:00"),
    )  # fmt: skip
    every = forms.CharField(
        label=gettext_lazy("Or every"), max_length=12, required=False,
        help_text=gettext_lazy("2h or 30min"),
    )  # fmt: skip
    between = forms.CharField(
        label=gettext_lazy("Between"), max_length=20, required=False,
        help_text=gettext_lazy("08:00-20:00, both times count"),
    )  # fmt: skip
    seasons = forms.CharField(
        label=gettext_lazy("Seasons"), max_length=200, required=False,
        help_text=gettext_lazy("03-15 to 11-15; empty for the whole year."),
    )  # fmt: skip
    calendar = forms.ChoiceField(label=gettext_lazy("Days off by"))
    day_off = forms.ChoiceField(label=gettext_lazy("On a day off"), choices=DAY_OFF_NAMES)
    month_end = forms.ChoiceField(
        label=gettext_lazy("A day the month does not have"), choices=MONTH_END_NAMES
    )
    early = _number(gettext_lazy("Minutes before, in time"), 0, max_value=10_080)
    late = _number(gettext_lazy("Minutes after, in time"), 60, max_value=10_080)
    make_up = _number(gettext_lazy("Then minutes to make it up"), 0, max_value=10_080)
    catch_up = forms.ChoiceField(
        label=gettext_lazy("After the house stood still"), choices=CATCH_UP_NAMES
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        posts: Sequence[tuple[str, str]],
        standards: Sequence[tuple[str, str]],
        calendars: Sequence[tuple[str, str]],
        kept: When | None = None,
        **kwargs: Any,
    ) -> None:
        """The choices of the community. `kept`: what the plan says now; its single times more or
        less stay as they are, and its code was chosen once."""
        super().__init__(*args, **kwargs)
        self.kept = kept
        for name, choices in (("post", posts), ("standard", standards)):
            self.fields[name].choices = [("", "—"), *choices]  # type: ignore[attr-defined]  # a choice field's own
        self.fields["calendar"].choices = calendars  # type: ignore[attr-defined]  # a choice field's own
        if kept is not None:
            del self.fields["code"]

    def clean_days(self) -> tuple[int, ...]:
        """Numbers of days, not zero."""
        return _integers(self.cleaned_data["days"], -31, 31)

    def clean_months(self) -> tuple[int, ...]:
        """Numbers of months."""
        return _integers(self.cleaned_data["months"], 1, 12)

    def clean_times(self) -> tuple[str, ...]:
        """Times of day."""
        said = _PARTED.sub(" ", self.cleaned_data["times"].replace("：", ":")).split()
        if not all(_TIME.fullmatch(one) for one in said):
            raise forms.ValidationError(_("Write times as 09:00, 15:00."))
        return tuple(said)

    def clean_between(self) -> tuple[str, ...]:
        """The first and the last time."""
        said = self.cleaned_data["between"].replace("：", ":")
        found = re.findall(r"\d?\d:\d\d", said)
        if said.strip() and len(found) != 2:
            raise forms.ValidationError(_("Write the first and the last time: 08:00-20:00."))
        return tuple(found)

    def clean_seasons(self) -> tuple[tuple[str, str], ...]:
        """First and last day of each."""
        said = self.cleaned_data["seasons"]
        found = _SEASON.findall(said)
        if _PARTED.sub("", _SEASON.sub("", said)):
            raise forms.ValidationError(_("Write a season as 03-15 to 11-15."))
        return tuple((f"{a:0>2}-{b:0>2}", f"{c:0>2}-{d:0>2}") for a, b, c, d in found)

    def clean(self) -> dict[str, Any]:
        """What it says together: `when`."""
        given = super().clean() or {}
        if not self.errors:
            self._put_together(given)
        return given

    def _put_together(self, given: dict[str, Any]) -> None:
        rhythm = Rhythm(
            given["repeat"],
            given["interval"] or 1,
            tuple(given["weekdays"]),
            given["days"],
            given["months"],
            given["workday"] or 0,
            given["rule"],
        )
        if rhythm.repeat == "workday" and not rhythm.workday:
            self.add_error("workday", _("Say which one: 1 for the first, -1 for the last."))
            return
        try:
            given["when"] = When(
                start=given["start"].isoformat(),
                rule=rhythm.written,
                every=given["every"],
                between=given["between"],
                times=given["times"],
                workday=rhythm.workday if rhythm.repeat == "workday" else 0,
                month_end=given["month_end"],
                seasons=given["seasons"],
                day_off=given["day_off"],
                also=self.kept.also if self.kept else (),
                never=self.kept.never if self.kept else (),
            )
        except ValidationError as wrong:
            for fault in wrong.errors():
                name = str(fault["loc"][0]) if fault["loc"] else ""
                words = _("This cannot be read. Write times as 09:00 and days as 03-15.")
                self.add_error(name if name in self.fields else "rule", words)

    def planned(self, place: Place, *, actor: Actor) -> Planned:
        """What the plan is to say. Raises the refusal of a line that names nothing."""
        given = self.cleaned_data
        posts = Post.objects.seen_by(actor)
        return Planned(
            name=given["name"],
            when=given["when"],
            subjects=self.found(place, actor=actor),
            post=posts.get(id=given["post"]) if given["post"] else None,
            standard=given["standard"],
            calendar=given["calendar"],
            early=given["early"],
            late=given["late"],
            make_up=given["make_up"],
            catch_up=given["catch_up"],
            labour=given["labour"],
        )

    def found(self, place: Place, *, actor: Actor) -> list[tuple[Place, Asset | None]]:
        """The places and things its lines name; what names nothing is said beside the field."""
        lines = [one.strip() for one in self.cleaned_data["subjects"].splitlines() if one.strip()]
        inside = Asset.objects.seen_by(actor).filter(under([place.path], "place__path"))
        known = inside.filter(code__in=lines).select_related("place")
        assets = {one.code: one for one in known}
        if len(lines) > MOST_SUBJECTS:
            words = _("At most %(n)d places and pieces of equipment belong to one plan.")
            self.add_error("subjects", words % {"n": MOST_SUBJECTS})
            return []
        result: list[tuple[Place, Asset | None]] = []
        for line in lines:
            if line in assets:
                result.append((assets[line].place, assets[line]))
                continue
            try:
                named = place if line == place.code else place_named(line, actor=actor, at=place)
            except Refusal as refusal:
                self.add_error("subjects", str(refusal.message))
            else:
                result.append((named, None))
        return list(dict.fromkeys(result))


def _integers(text: str, least: int, most: int) -> tuple[int, ...]:
    words = [word for word in _PARTED.split(text.strip()) if word]
    try:
        found = tuple(int(word) for word in words)
    except ValueError:
        found = (0,)
    if any(n == 0 or not least <= n <= most for n in found):
        raise forms.ValidationError(
            _("Write numbers from %(least)d to %(most)d with commas between.")
            % {"least": least, "most": most}
        )
    return found


def initial_of(plan: Plan, subjects: Sequence[tuple[Place, Asset | None]]) -> dict[str, Any]:
    """What the form shows of a plan."""
    when = When.model_validate(plan.when)
    rhythm = rhythm_of(when)
    return {
        "name": plan.name,
        "subjects": "\n".join(a.code if a else place.full_code for place, a in subjects),
        "post": str(plan.post_id or ""),
        "standard": plan.standard,
        "labour": plan.labour,
        "start": when.start[:10],
        "repeat": rhythm.repeat,
        "interval": rhythm.interval,
        "weekdays": rhythm.weekdays,
        "days": ", ".join(map(str, rhythm.days)),
        "months": ", ".join(map(str, rhythm.months)),
        "workday": rhythm.workday or "",
        "rule": rhythm.rule,
        "times": ", ".join(when.times or (() if when.every else (when.start[11:16] or "00:00",))),
        "every": when.every,
        "between": "-".join(when.between),
        "seasons": ", ".join(f"{first} to {last}" for first, last in when.seasons),
        "calendar": plan.calendar,
        "day_off": when.day_off,
        "month_end": when.month_end,
        "early": plan.early,
        "late": plan.late,
        "make_up": plan.make_up,
        "catch_up": plan.catch_up,
        "version": plan.version,
    }


def new_initial(day: date) -> dict[str, Any]:
    """What a new plan begins with."""
    return {"start": day.isoformat(), "times": "09:00", "calendar": "always"}


def shelved_initial(one: Shelved, place: Place, day: date, *, actor: Actor) -> dict[str, Any]:
    """What a plan of the shelf begins with in a community, from a day on."""
    early, late, make_up = one.window
    said = Plan(
        name=one.name, when=plain(one.dated(day.isoformat())), calendar=one.calendar,
        early=early, late=late, make_up=make_up, labour=one.labour,
    )  # fmt: skip
    posts = Post.objects.seen_by(actor).filter(under([place.path], "place__path"))
    usual = posts.filter(code__startswith=one.post).first() if one.post else None
    initial = initial_of(said, subjects_for(one, place, actor))
    return initial | {"code": one.code, "post": str(usual.id) if usual else "", "version": ""}
