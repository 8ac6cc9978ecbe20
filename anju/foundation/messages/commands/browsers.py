"""Browsers that take notices while their pages are closed: on at a tap, off at another."""

import hashlib
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from anju.foundation.access.models import DeviceSession
from anju.foundation.events.commands import tell
from anju.foundation.lib import now, uuid7
from anju.foundation.messages.channels.sealing import seal
from anju.foundation.messages.channels.transport import literal_is_inside
from anju.foundation.messages.models import Subscription
from anju.foundation.messages.queries import personal_gateway
from anju.foundation.messages.rules.push import is_browser
from anju.foundation.messages.rules.targets import target_of
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only
from anju.foundation.tenancy.turns import one_at_a_time

MOST = 10  # browsers of one account; the oldest goes


@dataclass(frozen=True)
class Browser:
    """What a browser says of itself: its address at its push service, and its two keys."""

    endpoint: str
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)

    @property
    def digest(self) -> bytes:
        """What it is known by: the address itself is a secret."""
        return hashlib.sha256(self.endpoint.encode()).digest()


def subscribe(
    browser: Browser, *, actor: Actor, device: UUID, language: str = "zh-hans"
) -> Subscription:
    """Let this browser take the actor's notices until it is told otherwise or the sign-in `device`
    ends. Asked again it is there once; whoever was told in it before is told in it no more.

    Refuses (`NotYet`) while the company does not push, and what is no browser's address or key or
    leads into a private network; (`Unknown`) a sign-in that is not the actor's.
    """
    with acting(actor):
        gateway = personal_gateway("push", actor=actor)
        if gateway is None or not gateway.on:
            raise NotYet(_("Notices on devices are switched off. Nothing was changed."))
        _check(browser)
        mine = DeviceSession.objects.filter(company_id=actor.company_id, account_id=actor.id)
        if not mine.filter(id=device, revoked_at=None, expires_at__gt=now()).exists():
            raise Unknown(_("There is no such device, or it is not yours."))
        one_at_a_time("browser", f"{actor.company_id} {browser.digest.hex()}")
        Subscription.objects.filter(company_id=actor.company_id, digest=browser.digest).delete()
        id = uuid7()
        keys = {"endpoint": browser.endpoint, "p256dh": browser.p256dh, "auth": browser.auth}
        made = Subscription.objects.create(
            company_id=actor.company_id,
            id=id,
            account_id=actor.id,
            device_id=device,
            digest=browser.digest,
            sealed=seal(keys, of=id),
            language=language,
        )
        older = Subscription.objects.seen_by(actor).order_by("-made_at", "-id")[MOST:]
        for one in older:
            one.delete()
        _told("address.set", actor.id, actor)
    return made


def unsubscribe(browser: Browser, *, actor: Actor) -> bool:
    """Send this browser of the actor no more notices; whether it was there."""
    with acting(actor):
        mine = Subscription.objects.seen_by(actor).filter(digest=browser.digest)
        gone, _tables = mine.delete()
        if gone:
            _told("address.removed", actor.id, actor)
    return bool(gone)


def drop_browser(id: UUID, *, actor: Actor) -> None:
    """Forget a browser whose push service says that it is gone for ever."""
    with acting(actor):
        found = only(Subscription.objects.filter(company_id=actor.company_id, id=id))
        if found is not None:
            account = found.account_id
            found.delete()
            _told("address.removed", account, actor)


def _check(browser: Browser) -> None:
    """It comes from a browser, that is from anybody: it must look like one, and lead outside."""
    target = target_of(browser.endpoint)
    inside = target is None or literal_is_inside(target.host, settings.PUSH_NETWORKS)
    if inside or not is_browser(browser.p256dh, browser.auth):
        raise NotYet(_("This browser gave no address that notices can be sent to."))


def _told(name: str, account: UUID, actor: Actor) -> None:
    tell(name, subject=("account", account), actor=actor, said={"channel": "push"})
