"""What lets a plan fall due, as fields of a form."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from anju.domains.rounds.rhythm import (
    DAY_OFF_NAMES,
    DAYS,
    EVENT_NAMES,
    MONTH_END_NAMES,
    REPEAT_NAMES,
    Rhythm,
    rhythm_of,
)
from anju.engine.loop.models import KIND_NAMES
from anju.engine.plans.document import Trigger, When, trigger_of
from anju.engine.plans.triggers import After, Meter, OnEvent
from anju.foundation.kit.forms import KitForm

_PARTED = re.compile(r"[\s,，、;；]+")
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")
_SEASON = re.compile(r"(\d\d?)-(\d\d?) *(?:to|-|–|—|~|至|到| ) *(\d\d?)-(\d\d?)")
_BY_CALENDAR = ("day", "week", "month", "workday", "rule")
# Which field of the form says which part of a trigger, where they are called otherwise.
_FIELDS = {"days": "after", "every": "units", "base": "counted_from"}


def number(label: Any, initial: int, **more: Any) -> forms.IntegerField:
    """A field for a whole number that is not below nothing."""
    attrs = {"inputmode": "numeric"}
    return forms.IntegerField(
        label=label, initial=initial, min_value=0, widget=forms.TextInput(attrs=attrs), **more
    )


class RhythmForm(KitForm):
    """How often, or after what. `kept`: what the plan says now; its single times stay."""

    kept: Trigger | None = None
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
    after = forms.IntegerField(
        label=gettext_lazy("Days after the last was done"), initial=15, min_value=1,
        max_value=3_660, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    units = forms.DecimalField(
        label=gettext_lazy("Whenever so many more are counted"), min_value=0, max_value=10**9,
        required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=gettext_lazy("500 running hours, 10000 km."),
    )  # fmt: skip
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=12, required=False, initial="h")
    counted_from = forms.DecimalField(
        label=gettext_lazy("Counted from"), min_value=0, max_value=10**12, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=gettext_lazy("What it showed when this was last done; empty for 0."),
    )  # fmt: skip
    counter = forms.CharField(
        label=gettext_lazy("Counter"), max_length=24, required=False, initial="hours",
        help_text=gettext_lazy(
            "Its code: hours, km. An item of this code in work at the equipment is a reading too."
        ),
    )  # fmt: skip
    event = forms.ChoiceField(label=gettext_lazy("Whenever"), choices=EVENT_NAMES, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Of this kind"),
        choices=[("", gettext_lazy("any")), *KIND_NAMES], required=False,
    )  # fmt: skip
    category = forms.CharField(
        label=gettext_lazy("Of this category"), max_length=120, required=False,
        help_text=gettext_lazy("As it is written in cases, for example 天气预警; empty for any."),
    )  # fmt: skip

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
        """What it says together: `when`, whatever else of the form is still missing."""
        given = super().clean() or {}
        if not set(self.errors) & set(RhythmForm.base_fields):
            self._put_together(given)
        return given

    def _put_together(self, given: dict[str, Any]) -> None:
        by_calendar = given["repeat"] in _BY_CALENDAR
        if by_calendar and given["repeat"] == "workday" and not given["workday"]:
            self.add_error("workday", _("Say which one: 1 for the first, -1 for the last."))
            return
        try:
            given["when"] = self._by_calendar(given) if by_calendar else _otherwise(given)
        except ValidationError as wrong:
            for fault in wrong.errors():
                names = [str(part) for part in fault["loc"]]
                self._unreadable(names, by_calendar=by_calendar)

    def _unreadable(self, names: Sequence[str], *, by_calendar: bool) -> None:
        """Say it beside the field that says this part."""
        if by_calendar:
            words = _("This cannot be read. Write times as 09:00 and days as 03-15.")
        elif "counter" in names:
            words = _("A code has small letters, digits, - and _ only, for example hours or km.")
        else:
            words = _("This is needed: say how many, above nothing.")
        known = [name if by_calendar else _FIELDS.get(name, name) for name in names]
        self.add_error(next((name for name in known if name in self.fields), "repeat"), words)

    def _by_calendar(self, given: dict[str, Any]) -> When:
        rhythm = Rhythm(
            given["repeat"],
            given["interval"] or 1,
            tuple(given["weekdays"]),
            given["days"],
            given["months"],
            given["workday"] or 0,
            given["rule"],
        )
        kept = self.kept if isinstance(self.kept, When) else None
        return When(
            start=given["start"].isoformat(),
            rule=rhythm.written,
            every=given["every"],
            between=given["between"],
            times=given["times"],
            workday=rhythm.workday if rhythm.repeat == "workday" else 0,
            month_end=given["month_end"],
            seasons=given["seasons"],
            day_off=given["day_off"],
            also=kept.also if kept else (),
            never=kept.never if kept else (),
        )


def _otherwise(given: dict[str, Any]) -> Trigger:
    """What was chosen other than the calendar. Raises ValidationError."""
    said: dict[str, Any] = {"by": given["repeat"]}
    if given["repeat"] == "after":
        time = given["times"][0].zfill(5) if given["times"] else "09:00"
        # What is owed next is never left out: it is done on the next day that is worked.
        day_off = "after" if given["day_off"] == "skip" else given["day_off"]
        said |= {"days": given["after"], "start": f"{given['start'].isoformat()}T{time}"}
        said["day_off"] = day_off
    elif given["repeat"] == "meter":
        said |= {"every": _number(given["units"]), "base": _number(given["counted_from"] or 0)}
        said |= {name: given[name] for name in ("unit", "counter") if given[name]}
    elif given["repeat"] == "event":
        said |= {name: given[name] for name in ("event", "kind", "category")}
    return trigger_of(said)


def _number(given: Decimal | int | None) -> int | float | None:
    if given is None:
        return None
    return int(given) if given == int(given) else float(given)


def rhythm_initial(trigger: Trigger) -> dict[str, Any]:
    """What the fields show of it."""
    if isinstance(trigger, When):
        return _calendar_initial(trigger)
    shown: dict[str, Any] = {"repeat": trigger.by}
    if isinstance(trigger, After):
        time = trigger.start.partition("T")[2][:5] or "00:00"
        shown |= {"after": trigger.days, "start": trigger.start[:10], "times": time}
        shown["day_off"] = trigger.day_off
    elif isinstance(trigger, Meter):
        shown |= {"units": trigger.every, "counted_from": trigger.base, "unit": trigger.unit}
        shown["counter"] = trigger.counter
    elif isinstance(trigger, OnEvent):
        shown |= {"event": trigger.event, "kind": trigger.kind, "category": trigger.category}
    return shown


def _calendar_initial(when: When) -> dict[str, Any]:
    rhythm = rhythm_of(when)
    return {
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
        "day_off": when.day_off,
        "month_end": when.month_end,
    }


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
