"""A family member who acts for somebody who lives here (代办)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.domains.community.households import Household
from anju.domains.community.models import Proxy
from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.people.commands import add_person
from anju.foundation.people.models import Person
from anju.foundation.people.rules import plain_phone
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refusal, Unknown
from anju.foundation.tenancy.rows import only

MOST = 3


def name_helper(*, name: str, phone: str, household: Household) -> Proxy:
    """Let a family member act for oneself: they come in with a code to this number, see what one
    sees, and report in one's name. It ends when either ends it, or one lives here no more.

    No actor: the household names who is signed in. Refuses (`NotYet`) a missing name or number,
    one's own number, a fourth helper, and somebody who lives nowhere here.
    """
    actor, person = household.actor, household.person
    fields = {}
    if not name.strip():
        fields["name"] = _("Write the name of your family member.")
    try:
        digits = plain_phone(phone)
    except ValueError:
        digits = ""
    if not digits:
        fields["phone"] = _("Write their mobile number, for example 13800138000.")
    elif digits == person.phone:
        fields["phone"] = _("This is your own number. Write the one of your family member.")
    if fields:
        raise NotYet(_("Some values need another look. Nothing was changed."), fields=fields)
    own = next((home for home in household.homes if home.owner.id == person.id), None)
    if own is None:
        raise NotYet(_("Only who lives here can ask somebody to help."))
    with acting(actor):
        standing = Proxy.objects.standing().filter(company_id=actor.company_id, helped=person)
        for known in standing.select_related("helper"):
            if known.helper.phone == digits:
                return known
        if standing.count() >= MOST:
            raise NotYet(_("Three people help you already. End one of them first."))
        house = Actor.machine(actor.company_id, "contacts")
        helper = _known(digits, name, actor)
        if helper is None:
            try:
                helper = add_person(
                    actor=house, kind="contact", name=name.strip(), phone=digits, place=own.place
                )
            except Refusal as refusal:
                raise NotYet(refusal.message, fields=refusal.fields) from refusal
        made = Proxy.objects.create(company_id=actor.company_id, helped=person, helper=helper)
        tell(
            "helper.named",
            subject=("person", person.id),
            actor=actor,
            said={"helper": str(helper.id)},
        )
    return made


def end_helper(helper_id: UUID, *, household: Household) -> None:
    """End it now, by either of the two: the helper sees nothing at the next request.

    No actor: the household names who is signed in. Refuses (`Unknown`) what is neither's.
    """
    actor, person = household.actor, household.person
    with acting(actor):
        row = only(Proxy.objects.standing().filter(company_id=actor.company_id, id=helper_id))
        if row is None or person.id not in (row.helped_id, row.helper_id):
            raise Unknown(_("There is no such record, or you may not see it."))
        Proxy.objects.standing().filter(company_id=actor.company_id, id=row.id).update(
            ended_at=now()
        )
        tell(
            "helper.ended",
            subject=("person", row.helped_id),
            actor=actor,
            said={"helper": str(row.helper_id)},
        )


def _known(digits: str, name: str, actor: Actor) -> Person | None:
    """The contact of this name and number, where somebody has named them before. Residents are left
    alone: nobody is made anybody's helper by a number that is looked up."""
    mine = Person.objects.filter(
        company_id=actor.company_id, kind="contact", phone=digits, name=name.strip()
    )
    return mine.order_by("id").first()
