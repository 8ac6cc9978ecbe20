"""What people do with arrivals, and what is deleted."""

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.domains.intake.models import Arrival, Call
from anju.foundation.events.commands import tell
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only


def settle(id: UUID, *, actor: Actor) -> Arrival:
    """A person has dealt with what could not be understood: its text is deleted.

    Raises `Unknown` for what the actor does not see, `NotYet` for what waits no more.
    """
    with acting(actor):
        seen = Arrival.objects.seen_by(actor).select_for_update(of=("self",))
        arrival = only(seen.filter(id=id))
        if arrival is None:
            raise Unknown(_("There is no such arrival, or you may not see it."))
        if arrival.state != "kept":
            raise NotYet(_("This was settled before. Nothing was changed."))
        arrival.state, arrival.text = "settled", ""
        arrival.save(update_fields=["state", "text"])
        tell("arrival.settled", subject=("arrival", arrival.id), actor=actor, said={})
    return arrival


def erase_traces(name: str, phone: str, *, actor: Actor) -> int:
    """Delete a person's number from calls and the texts that wait and name them; how many. Called
    by the erasure of the person, which asks whether the actor may."""
    named = [Q(text__contains=word) for word in (name, phone) if word]
    with acting(actor):
        count = 0
        if phone:
            mine = Call.objects.filter(company_id=actor.company_id, number=phone)
            count += mine.update(number="")
        if named:
            about = named[0] | named[-1]
            kept = Arrival.objects.filter(about, company_id=actor.company_id)
            count += kept.update(text="")
    return count
