"""Who is on duty when: the one way in which the roster is written."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from anju.foundation.entries.commands import Change
from anju.foundation.lib import now
from anju.foundation.people.commands.staff import add_staff_rows, edit_staff_rows
from anju.foundation.people.models import Duty, Person, Post
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


def put_on_duty(
    person: Person, *, post: Post, starts_at: datetime, ends_at: datetime, actor: Actor
) -> Duty:
    """The person is on duty at the post between two instants (aware)."""
    draft = Duty(person=person, post=post, starts_at=starts_at, ends_at=ends_at)
    return add_staff_rows([draft], actor=actor)[0]


def change_roster(*, off: Iterable[Duty] = (), on: Sequence[Duty] = (), actor: Actor) -> list[Duty]:
    """Take duties off and put drafts on, all or nothing; returns those put on.

    Whatever has begun changes from now: a duty that runs ends now, a draft that would have begun
    begins now, and what is over is refused (`NotYet`); one that has not begun is called off. So who
    was on duty at a past instant never changes. Refuses besides as `add_staff_rows` does.
    """
    with acting(actor):
        at = now()
        changes = []
        for duty in off:
            if duty.ends_at <= at:
                raise NotYet(_over(), code="past")
            begun = duty.starts_at < at
            changes.append(Change(duty, {"ends_at": at} if begun else {"called_off": True}))
        edit_staff_rows(changes, actor=actor)
        for draft in on:
            if draft.ends_at <= at:
                raise NotYet(_over(), code="past")
            draft.starts_at = max(draft.starts_at, at)
        return add_staff_rows(on, actor=actor)


def _over() -> str:
    return _("This shift is over: who was on duty stands as it was. Choose one that is to come.")
