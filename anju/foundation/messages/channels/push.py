"""Notices to browsers whose pages are closed, through the push service of each browser's maker.

The service sees when and how much, never what: the text is encrypted for the one browser. It names
the matter by its number and nobody; who taps it signs in before anything is shown.
"""

import json
import secrets
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.utils import translation

from anju.foundation.lib import now
from anju.foundation.messages.channels.base import Parcel, Undeliverable
from anju.foundation.messages.channels.hook import allowed_networks
from anju.foundation.messages.channels.posting import posted, usable
from anju.foundation.messages.channels.sealing import unseal
from anju.foundation.messages.models import Message, Subscription
from anju.foundation.messages.queries import personal_gateway, push_key
from anju.foundation.messages.registry import page_of, words_of
from anju.foundation.messages.rules import push
from anju.foundation.messages.rules.outbox import Outcome
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.rows import only

TITLE = 200  # signs; longer ones are cut by telephones anyway


class Push:
    """One notice to one browser; its address is in no message row."""

    @staticmethod
    def parcel(message: Message, *, actor: Actor) -> Parcel:
        """The subject in the language of the browser, and the page it opens."""
        usable(personal_gateway("push", actor=actor), message)
        mine = Subscription.objects.live().filter(company_id=actor.company_id)
        found = only(mine.filter(id=message.subscription_id))
        if found is None or found.account_id != message.account_id:
            raise Undeliverable("no_browser")
        try:
            held = unseal(found.sealed, of=found.id)
        except ValueError as error:
            raise Undeliverable("channel_key") from error
        with translation.override(found.language):
            title = words_of(message.kind, message.version, message.facts).subject[:TITLE]
        page = page_of(message.subject_kind, message.subject_id)
        told = {"title": title, "url": page, "tag": str(message.id)}
        seconds = int((message.expires_at - now()).total_seconds())
        return Parcel(
            target=urlsplit(held["endpoint"]).netloc,
            to=held["endpoint"],
            body=json.dumps(told, ensure_ascii=False).encode(),
            headers=dict(push.headers_of(priority=message.priority, seconds=max(0, seconds))),
            secrets=(held["p256dh"], held["auth"]),
        )

    def send(self, parcel: Parcel) -> Outcome:
        """Encrypted at the moment it is sent, with keys that are used once. A second copy shows as
        one notice: it has the same tag."""
        p256dh, auth = parcel.secrets
        once, salt = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)
        body = push.encrypted(parcel.body, p256dh=p256dh, auth=auth, once=once, salt=salt)
        signed = push.authorization(
            parcel.to, key=push_key(), ours=settings.URL, at=now().timestamp()
        )
        return posted(
            parcel.to,
            body,
            {**parcel.headers, "Authorization": signed},
            means=push.outcome,
            allowed=allowed_networks(settings.PUSH_NETWORKS),
        )

    def close(self) -> None:
        """Nothing is kept open."""
