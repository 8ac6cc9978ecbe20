"""Labels: a short code for each place and thing, made once."""

import os
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from anju.foundation.events.commands import draft, tell_all
from anju.foundation.places.models import Asset, Label, Place
from anju.foundation.places.rules import label_code
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def make_labels(subjects: Sequence[Place | Asset], *, actor: Actor) -> list[Label]:
    """The labels of these places and things, in their order; those missing are made.

    A label's code never changes, so labels printed again are the same. Refuses subjects outside
    the actor's places (`Refused`).
    """
    for subject in subjects:
        path = subject.path if isinstance(subject, Place) else subject.place.path
        actor.require("place.see", path)
    with acting(actor):
        held = _held(subjects)
        missing = [s for s in subjects if s.id not in held]
        fresh = [
            Label(
                company_id=actor.company_id,
                code=label_code(os.urandom(8)),
                place=subject if isinstance(subject, Place) else None,
                asset=subject if isinstance(subject, Asset) else None,
            )
            for subject in dict.fromkeys(missing)
        ]
        Label.objects.bulk_create(fresh)
        tell_all(
            (
                draft("label.made", subject=_subject(label), actor=actor, said={"code": label.code})
                for label in fresh
            ),
            actor=actor,
        )
        held |= {_subject(label)[1]: label for label in fresh}
    return [held[subject.id] for subject in subjects]


def _held(subjects: Sequence[Place | Asset]) -> dict[UUID, Label]:
    ids = [s.id for s in subjects]
    found: dict[UUID, Label] = {}
    for label in Label.objects.filter(Q(place_id__in=ids) | Q(asset_id__in=ids)):
        found[_subject(label)[1]] = label
    return found


def _subject(label: Label) -> tuple[str, UUID]:
    """A label has one of the two: the table's constraint says so."""
    if label.asset_id is not None:
        return "asset", label.asset_id
    return "place", label.place_id or label.id
