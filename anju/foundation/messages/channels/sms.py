"""Short messages to telephones, by Alibaba Cloud SMS."""

from datetime import UTC
from uuid import uuid4

from django.utils import translation

from anju.foundation.lib import now
from anju.foundation.messages.channels.base import Parcel, Undeliverable
from anju.foundation.messages.channels.posting import posted, secrets_of_gateway, usable
from anju.foundation.messages.models import Message
from anju.foundation.messages.queries import personal_gateway, phones_of
from anju.foundation.messages.registry import words_of
from anju.foundation.messages.rules import sms
from anju.foundation.messages.rules.outbox import Outcome
from anju.foundation.messages.rules.targets import target_of
from anju.foundation.tenancy.actor import Actor


class Sms:
    """One text to one telephone; the number is in no message row."""

    @staticmethod
    def parcel(message: Message, *, actor: Actor) -> Parcel:
        """The subject in the language of the address, as the variable of the approved template."""
        gateway = usable(personal_gateway("sms", actor=actor), message)
        held = secrets_of_gateway(gateway)
        to = message.account_id
        found = phones_of([to], actor=actor).get(to) if to else None
        if found is None:
            raise Undeliverable("no_address")
        with translation.override(found.language):
            text = words_of(message.kind, message.version, message.facts, sending=True).subject
        values = sms.values(
            phone=found.text,
            sign_name=gateway.options["sign_name"],
            template=gateway.options["template"],
            variable=gateway.options["variable"],
            text=text,
            out_id=str(message.id),
        )
        key = (held["key_id"], held["secret"])
        return Parcel(str(gateway.id), held["address"], sms.query_of(values), secrets=key)

    def send(self, parcel: Parcel) -> Outcome:
        """Signed at the moment it is sent, with a nonce of its own."""
        target = target_of(parcel.to)
        if target is None:
            return Outcome("permanent", "blocked")
        headers = sms.signed(
            sms.Key(*parcel.secrets),
            host=target.header,
            action=sms.ACTION,
            version=sms.VERSION,
            query=parcel.body,
            nonce=uuid4().hex,
            date=f"{now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        )
        return posted(parcel.to, b"", headers, query=parcel.body, means=sms.outcome)

    def close(self) -> None:
        """Nothing is kept open."""
