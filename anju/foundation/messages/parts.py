"""Addresses as a part of a person's data."""

from django.utils.translation import gettext_lazy as _

from anju.foundation.access.models import Account
from anju.foundation.messages.commands.addresses import erase_addresses
from anju.foundation.messages.models import Address, Subscription
from anju.foundation.people.models import Person
from anju.foundation.people.parts import Exported, Part, contribute
from anju.foundation.tenancy.actor import Actor


def contribute_addresses() -> None:
    """Join the export and the erasure of a person."""
    contribute(
        Part(
            name="addresses",
            title=_("Addresses for messages"),
            export=_export,
            erase=lambda person, actor: erase_addresses(person.id, actor=actor),
        )
    )


def _export(person: Person, actor: Actor) -> Exported:
    accounts = Account.objects.filter(company_id=actor.company_id, person_id=person.id)
    held = Address.objects.filter(company_id=actor.company_id, account__in=accounts)
    browsers = Subscription.objects.filter(company_id=actor.company_id, account__in=accounts)
    devices = browsers.values_list("device__device", "language")
    return Exported(
        rows=[
            *({"channel": a.channel, "address": a.text, "language": a.language} for a in held),
            *({"channel": "push", "address": name, "language": spoken} for name, spoken in devices),
        ]
    )
