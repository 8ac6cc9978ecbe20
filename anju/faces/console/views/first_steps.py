"""What a company that has just been founded still lacks, in the order in which one thing needs the
other. Gone for good with its first case."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from anju.engine.loop.models import Case
from anju.foundation.access.models import Account
from anju.foundation.people.models import Duty, Person, Post
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor


@dataclass(frozen=True)
class Step:
    """One thing to do, why, and where. `look`: "done", "current" (the first open one), or ""."""

    label: Any
    why: Any
    url: str
    done: bool
    look: str = ""


def first_steps(actor: Actor) -> list[Step]:
    """The steps for who may take them; none once the company has a case."""
    if not actor.may("import.run") or Case.objects.seen_by(actor).exists():
        return []
    steps = list(_steps(actor))
    first = next((n for n, step in enumerate(steps) if not step.done), len(steps))
    looks = (
        "done" if step.done else "current" if n == first else "" for n, step in enumerate(steps)
    )
    return [Step(s.label, s.why, s.url, s.done, look) for s, look in zip(steps, looks, strict=True)]


def _steps(actor: Actor) -> list[Step]:
    def any_of(model: Any, **which: Any) -> bool:
        return bool(model.objects.seen_by(actor).filter(**which).exists())

    return [
        Step(
            _("Import the rooms"),
            _("Every case happens at a place."),
            reverse("registry:upload", args=["places"]),
            any_of(Place),
        ),
        Step(
            _("Import the residents"),
            _("A call is then found by name, room or telephone."),
            reverse("registry:upload", args=["residents"]),
            any_of(Person, kind__in=["owner", "tenant", "family"]),
        ),
        Step(
            _("Enter teams, posts and staff"),
            _("Work is dispatched to people at posts."),
            reverse("registry:posts"),
            any_of(Post),
        ),
        Step(
            _("Put people on duty"),
            _("The dispatch board suggests who is there."),
            reverse("registry:duties"),
            any_of(Duty),
        ),
        *(
            [
                Step(
                    _("Create users"),
                    _("Everybody signs in with an account of their own."),
                    reverse("account:users"),
                    Account.objects.seen_by(actor).count() > 1,
                )
            ]
            if actor.may("user.edit")
            else []
        ),
        Step(
            _("Receive the first case"),
            _("From then on this list gives way to what is due."),
            reverse("requests:new_case"),
            False,
        ),
    ]
