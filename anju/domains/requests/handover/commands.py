"""Handing a shift over and taking it: two signatures, each with an account of its own."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from anju.domains.requests.handover.models import Handover
from anju.domains.requests.handover.queries import lines_of, matters_of
from anju.domains.requests.handover.rules import changes, lines_to_json
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown


def give_over(
    place: Place | None, *, actor: Actor, drafted: Iterable[str] = (), text: str = ""
) -> Handover:
    """Sign what the shift leaves: everything open that `matters_of` finds at this moment.

    `drafted`: the cases (ids) of the draft the giver has read; those no longer owed are kept as
    `gone`, those that came since are signed with the rest, so nothing falls between draft and
    signature. An earlier handover of the same giver that nobody has taken is replaced. Refuses
    (`Refused`) without `work.dispatch` at the place.
    """
    actor.require("work.dispatch", place.path if place else "")
    with acting(actor):
        lines = lines_of(matters_of(place, actor))
        replaced = list(Handover.objects.filter(giver=actor.id, place=place, state="given"))
        for old in replaced:
            _set(old, "replaced")
        handover = Handover.objects.create(
            company_id=actor.company_id,
            place=place,
            giver=actor.id,
            given_at=now(),
            lines=lines_to_json(lines),
            gone=list(changes(_ids(drafted), lines).gone),
        )
        _told("handover.given", handover, actor, text, *replaced)
    return handover


def take_over(handover_id: UUID, *, actor: Actor, text: str = "") -> Handover:
    """Sign as who comes. What has changed since the giver signed is written into the record: what
    is owed no more, and what came. Refuses the giver's own (`NotYet`) and what somebody else has
    taken meanwhile (`Conflict`)."""
    with acting(actor):
        handover = (
            Handover.objects.seen_by(actor).select_related("place").filter(id=handover_id).first()
        )
        if handover is None:
            raise Unknown(_("There is no such record, or you may not see it."))
        actor.require("work.dispatch", handover.place.path if handover.place else "")
        if handover.giver == actor.id:
            raise NotYet(
                _("A handover needs two: whoever takes the shift over signs with an own account."),
                code="own_work",
            )
        standing = lines_of(matters_of(handover.place, actor))
        changed = changes((line.case for line in handover.signed_lines), standing)
        _set(
            handover,
            "taken",
            taker=actor.id,
            taken_at=now(),
            taken={"gone": list(changed.gone), "new": lines_to_json(changed.new)},
        )
        _told("handover.taken", handover, actor, text)
    return handover


def _set(handover: Handover, state: str, **values: Any) -> None:
    won = Handover.objects.filter(id=handover.id, state="given", version=handover.version).update(
        state=state, version=F("version") + 1, **values
    )
    if not won:
        raise Conflict(
            _("Somebody else has taken this shift over in the meantime. Open the page again.")
        )
    handover.state, handover.version = state, handover.version + 1
    for name, value in values.items():
        setattr(handover, name, value)


def _ids(drafted: Iterable[str]) -> list[str]:
    """What are ids of cases among what a page sent along."""
    found = []
    for text in drafted:
        try:
            found.append(str(UUID(text)))
        except ValueError:
            continue
    return found


def _told(name: str, handover: Handover, actor: Actor, text: str, *more: Handover) -> None:
    tell(
        name,
        subject=("handover", handover.id),
        actor=actor,
        said={"lines": len(handover.lines), "gone": len(handover.gone)},
        wrote=written(handover, *more),
        values={"text": text.strip()[:4000]} if text.strip() else None,
    )
