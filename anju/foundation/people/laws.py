"""What every duty obeys, whichever command writes it: one post at a time, and the past stands."""

from collections.abc import Sequence
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _

from anju.foundation.entries.models import Entry
from anju.foundation.lib import now
from anju.foundation.people.models import Duty, Person
from anju.foundation.tenancy.errors import NotYet


def nobody_twice(rows: Sequence[Entry]) -> None:
    """Refuse (`NotYet`) whoever would be on duty twice at once, counting the duties among `rows` as
    they will be.

    Takes their people one after the other, so two who write at once see each other.
    """
    standing = [row for row in rows if isinstance(row, Duty) and not row.called_off]
    if not standing:
        return
    people = {row.person_id for row in standing}
    held = Person.objects.select_for_update().filter(id__in=people).order_by("id")
    names = {person.id: person.name or person.masked_name for person in held}
    begin, end = min(r.starts_at for r in standing), max(r.ends_at for r in standing)
    others = Duty.objects.between(begin, end).filter(person__in=people)
    others = others.exclude(id__in=[row.id for row in rows]).select_related("post")
    there = {row.id for row in others}
    spans = sorted([*standing, *others], key=lambda d: (str(d.person_id), d.starts_at))
    for one, after in pairwise(spans):
        if one.person_id == after.person_id and after.starts_at < one.ends_at:
            stands = one if one.id in there else after
            raise NotYet(
                _(
                    "%(name)s is on duty at %(post)s from %(begins)s until %(ends)s already. "
                    "Nobody is on duty twice at once. Choose another time or another person."
                )
                % {
                    "name": names[one.person_id],
                    "post": stands.post,
                    "begins": f"{timezone.localtime(stands.starts_at):%m-%d %H:%M}",
                    "ends": f"{timezone.localtime(stands.ends_at):%m-%d %H:%M}",
                },
                code="twice",
                fields={"person": _("On duty elsewhere at that time.")},
            )


def past_stands(before: Duty, after: Duty) -> None:
    """Refuse (`NotYet`) a change of a duty that would change who was on duty before now."""
    at = now()
    same = (before.person_id, before.post_id, before.starts_at) == (
        after.person_id,
        after.post_id,
        after.starts_at,
    )
    begun = min(before.starts_at, after.starts_at) < at and not same
    called_off = after.called_off != before.called_off and before.starts_at < at
    ended = before.ends_at != after.ends_at and min(before.ends_at, after.ends_at) < at
    if begun or called_off or ended:
        raise NotYet(
            _(
                "This duty has begun or is over: who was on duty stands as it was. Only its end "
                "can be moved, to now or later."
            ),
            code="past",
        )
