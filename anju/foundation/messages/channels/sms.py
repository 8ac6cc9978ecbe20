"""To telephones, by Alibaba Cloud: short messages, and calls that read a text out."""

from collections.abc import Mapping
from datetime import UTC
from typing import ClassVar
from uuid import uuid4

from django.utils import translation

from anju.foundation.lib import now
from anju.foundation.messages.channels.base import Parcel, Undeliverable
from anju.foundation.messages.channels.posting import posted, secrets_of_gateway, usable
from anju.foundation.messages.models import Message
from anju.foundation.messages.queries import personal_gateway, phones_of
from anju.foundation.messages.registry import Words, words_of
from anju.foundation.messages.rules import sms, voice
from anju.foundation.messages.rules.outbox import Outcome
from anju.foundation.messages.rules.targets import target_of
from anju.foundation.tenancy.actor import Actor


class Sms:
    """One text to one telephone; the number is in no message row."""

    kind: ClassVar[str] = "sms"
    asks: ClassVar[tuple[str, str]] = (sms.ACTION, sms.VERSION)

    @classmethod
    def parcel(cls, message: Message, *, actor: Actor) -> Parcel:
        """The words in the language of the address, as the variable of the approved template."""
        gateway = usable(personal_gateway(cls.kind, actor=actor), message)
        held = secrets_of_gateway(gateway)
        to = message.account_id
        found = phones_of([to], actor=actor).get(to) if to else None
        if found is None:
            raise Undeliverable("no_address")
        with translation.override(found.language):
            words = words_of(message.kind, message.version, message.facts, sending=True)
        values = cls.values(message, found.text, gateway.options, words)
        key = (held["key_id"], held["secret"])
        return Parcel(str(gateway.id), held["address"], sms.query_of(values), secrets=key)

    @staticmethod
    def values(
        message: Message, phone: str, options: Mapping[str, str], words: Words
    ) -> dict[str, str]:
        """What the provider is asked: here to send the subject."""
        return sms.values(
            phone=phone,
            sign_name=options["sign_name"],
            template=options["template"],
            variable=options["variable"],
            text=words.subject,
            out_id=str(message.id),
        )

    def send(self, parcel: Parcel) -> Outcome:
        """Signed at the moment it is sent, with a nonce of its own."""
        target = target_of(parcel.to)
        if target is None:
            return Outcome("permanent", "blocked")
        action, version = self.asks
        headers = sms.signed(
            sms.Key(*parcel.secrets),
            host=target.header,
            action=action,
            version=version,
            query=parcel.body,
            nonce=uuid4().hex,
            date=f"{now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        )
        return posted(parcel.to, b"", headers, query=parcel.body, means=sms.outcome)

    def close(self) -> None:
        """Nothing is kept open."""


class Voice(Sms):
    """One call to one telephone. That the provider takes it means that it rings, not that somebody
    has listened: only a person's own step in Anju ends the calls (`registry.ends_calls`)."""

    kind = "voice"
    asks = (voice.ACTION, voice.VERSION)

    @staticmethod
    def values(
        message: Message, phone: str, options: Mapping[str, str], words: Words
    ) -> dict[str, str]:
        """What the provider is asked: here to read out what is said aloud."""
        said = words.spoken or words.subject
        return voice.values(phone=phone, options=options, text=said, message=str(message.id))
