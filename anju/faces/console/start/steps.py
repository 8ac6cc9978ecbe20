"""What a company that has just been founded still lacks, in the order in which one thing needs the
other. What is done is read from the facts: nothing is ticked off, nothing can be forgotten."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anju.domains.answers.queries import blanks_left
from anju.domains.emergency.queries import numbers_left
from anju.domains.promises.models import Contract
from anju.engine.loop.models import Case, WorkOrder
from anju.foundation.messages.models import Gateway
from anju.foundation.messages.queries import last_through
from anju.foundation.people.models import Assignment
from anju.foundation.places.models import Label, Place
from anju.foundation.tenancy.actor import Actor

NAMES = ("community", "people", "contract", "wording", "channels", "labels", "case")


@dataclass(frozen=True)
class Step:
    """One thing to do, why, and how far it is. `look`: "done", "current" (the first open one), or
    ""."""

    name: str
    label: Any
    why: Any
    note: Any
    done: bool
    look: str = ""

    @property
    def url(self) -> str:
        """Where it is taken."""
        return reverse("start:step", args=[self.name])


def first_steps(actor: Actor) -> list[Step]:
    """The steps for who may take them; none once the company has a case."""
    if not actor.may("import.run") or Case.objects.seen_by(actor).exists():
        return []
    return steps(actor)


def steps(actor: Actor) -> list[Step]:
    """All steps as they stand. Ten queries."""
    found = [_community(actor), _people(actor), _contract(actor), _wording(actor),
             _channels(actor), _labels(actor), _case(actor)]  # fmt: skip
    first = next((n for n, step in enumerate(found) if not step.done), len(found))
    return [
        Step(s.name, s.label, s.why, s.note, s.done,
             "done" if s.done else "current" if n == first else "")
        for n, s in enumerate(found)
    ]  # fmt: skip


def _community(actor: Actor) -> Step:
    n = Place.objects.seen_by(actor).standing().filter(kind="room").count()
    return Step(
        "community",
        _("Community and buildings"),
        _("Every case happens at a place."),
        ngettext("%(n)d room", "%(n)d rooms", n) % {"n": n} if n else "",
        n > 0,
    )


def _people(actor: Actor) -> Step:
    n = Assignment.objects.seen_by(actor).values("person_id").distinct().count()
    return Step(
        "people",
        _("Posts, teams, people"),
        _("Work is dispatched to people at posts."),
        ngettext("%(n)d person at a post", "%(n)d people at posts", n) % {"n": n} if n else "",
        n > 0,
    )


def _contract(actor: Actor) -> Step:
    n = Contract.objects.seen_by(actor).count()
    return Step(
        "contract",
        _("Contract and standards"),
        _("What was promised sets the clocks and is measured."),
        ngettext("%(n)d contract", "%(n)d contracts", n) % {"n": n} if n else "",
        n > 0,
    )


def _wording(actor: Actor) -> Step:
    n = len(blanks_left(actor)) + len(numbers_left(actor))
    return Step(
        "wording",
        _("Wording"),
        _("Answers and announcements to begin with."),
        ngettext("%(n)d blank to fill in", "%(n)d blanks to fill in", n) % {"n": n} if n else "",
        n == 0,
    )


def _channels(actor: Actor) -> Step:
    last = last_through(list(Gateway.objects.seen_by(actor)), actor=actor)
    n = sum(message.sent_at is not None for message in last.values())
    return Step(
        "channels",
        _("Channels"),
        _("Who must know is told outside of Anju too."),
        ngettext("%(n)d channel works", "%(n)d channels work", n) % {"n": n} if n else "",
        n > 0,
    )


def _labels(actor: Actor) -> Step:
    n = Label.objects.seen_by(actor).count()
    return Step(
        "labels",
        _("QR labels"),
        _("Whoever stands before it reports it, without an account."),
        ngettext("%(n)d label printed", "%(n)d labels printed", n) % {"n": n} if n else "",
        n > 0,
    )


def _case(actor: Actor) -> Step:
    sent = WorkOrder.objects.seen_by(actor).exclude(person=None).exists()
    return Step(
        "case",
        _("The first case"),
        _("From then on this list gives way to what is due."),
        "",
        sent,
    )
