"""A plan as a form."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.rounds.shipped import Shelved, subjects_for
from anju.engine.plans.commands import Planned
from anju.engine.plans.document import Trigger
from anju.engine.plans.models import CATCH_UP_NAMES, Plan
from anju.faces.console.planned.rhythm_form import RhythmForm, number, rhythm_initial
from anju.foundation.people.models import Post
from anju.foundation.places.models import Asset, Place, under
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refusal
from anju.foundation.texts import plain

MOST_SUBJECTS = 500


class PlanForm(RhythmForm):
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
    labour = number(gettext_lazy("Minutes of work each time"), 0, max_value=10_000)
    early = number(gettext_lazy("Minutes before, in time"), 0, max_value=10_080)
    late = number(gettext_lazy("Minutes after, in time"), 60, max_value=10_080)
    make_up = number(gettext_lazy("Then minutes to make it up"), 0, max_value=10_080)
    catch_up = forms.ChoiceField(
        label=gettext_lazy("After the house stood still"), choices=CATCH_UP_NAMES
    )
    carries = forms.MultipleChoiceField(
        label=gettext_lazy("Carries out of the library"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        posts: Sequence[tuple[str, str]],
        standards: Sequence[tuple[str, str]],
        calendars: Sequence[tuple[str, str]],
        facts: Sequence[tuple[str, str]] = (),
        kept: Trigger | None = None,
        **kwargs: Any,
    ) -> None:
        """The choices of the community; `facts`: of the library, by their keys. `kept`: what the
        plan says now; its single times more or less stay as they are, and its code was chosen
        once."""
        super().__init__(*args, **kwargs)
        self.kept = kept
        for name, choices in (("post", posts), ("standard", standards)):
            self.fields[name].choices = [("", "—"), *choices]  # type: ignore[attr-defined]  # a choice field's own
        self.fields["calendar"].choices = calendars  # type: ignore[attr-defined]  # a choice field's own
        self.fields["carries"].choices = facts  # type: ignore[attr-defined]  # a choice field's own
        if kept is not None:
            del self.fields["code"]

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
            carries=given["carries"],
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


def initial_of(plan: Plan, subjects: Sequence[tuple[Place, Asset | None]]) -> dict[str, Any]:
    """What the form shows of a plan."""
    return rhythm_initial(plan.trigger) | {
        "name": plan.name,
        "subjects": "\n".join(a.code if a else place.full_code for place, a in subjects),
        "post": str(plan.post_id or ""),
        "standard": plan.standard,
        "labour": plan.labour,
        "carries": plan.carries,
        "calendar": plan.calendar,
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
    """What a plan of the shelf begins with in a community, from a day on; of what was made of the
    library the name is as its reader writes."""
    early, late, make_up = one.window
    said = Plan(
        name=one.name, when=plain(one.dated(day.isoformat())), calendar=one.calendar,
        early=early, late=late, make_up=make_up, labour=one.labour, standard=one.standard,
        carries=list(one.carries),
    )  # fmt: skip
    posts = Post.objects.seen_by(actor).filter(under([place.path], "place__path"))
    usual = posts.filter(code__startswith=one.post).first() if one.post else None
    initial = initial_of(said, subjects_for(one, place, actor))
    return initial | {"code": one.code, "post": str(usual.id) if usual else "", "version": ""}
