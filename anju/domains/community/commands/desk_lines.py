"""The telephone of the desk."""

from django.utils.translation import gettext_lazy as _

from anju.domains.community.models import DeskLine
from anju.foundation.events.commands import tell
from anju.foundation.people.rules import plain_phone
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


def set_desk_line(
    place: Place, *, phone: str, actor: Actor, hours: str = "", greeting: str = ""
) -> DeskLine | None:
    """Set the telephone that answers for a place and below, and what is said first; an empty
    number takes all of it away.

    Refuses a number that is none (`NotYet`) and a place the actor may not edit (`Refused`).
    """
    actor.require("place.edit", place.path)
    try:
        digits = plain_phone(phone)
    except ValueError:
        wrong = _("This is no telephone number. Write only digits, for example 057188880110.")
        raise NotYet(wrong, fields={"phone": wrong}) from None
    with acting(actor):
        mine = DeskLine.objects.filter(company_id=actor.company_id, place=place)
        line, said = None, {"hours": hours.strip()[:40], "greeting": greeting.strip()[:200]}
        if digits:
            line, _made = mine.update_or_create(
                company_id=actor.company_id,
                place=place,
                defaults={"phone": digits, **said},
            )
        else:
            mine.delete()
        tell(
            "desk_line.set",
            subject=("place", place.id),
            actor=actor,
            said={"phone": digits, **said},
        )
    return line
