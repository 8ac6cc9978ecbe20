"""The channels of a company: robots of groups, SMS and calls, their keys, their hours, a test."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from anju.foundation.events.commands import tell
from anju.foundation.lib import now, uuid7
from anju.foundation.messages.channels.sealing import seal, unseal
from anju.foundation.messages.channels.transport import literal_is_inside
from anju.foundation.messages.models import Gateway, Message
from anju.foundation.messages.queries import browsers_of, phones_of
from anju.foundation.messages.registry import newest
from anju.foundation.messages.rules import sms, voice
from anju.foundation.messages.rules.policy import (
    BOTS,
    GATEWAYS,
    PERSONAL,
    QUIET_FROM,
    QUIET_UNTIL,
    RESIDENTS,
)
from anju.foundation.messages.rules.targets import target_of
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only

MOST = 20
SECRETS = ("address", "secret", "key_id")
OPTIONS = ("sign_name", "template", "variable", "show_number")
# Channels of Alibaba Cloud, and what each cannot do without beside its AccessKey.
ENDPOINTS = {"sms": sms.ENDPOINT, "voice": voice.ENDPOINT}
NEEDED = {"sms": ("sign_name", "template", "variable"), "voice": ("template", "variable")}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How a channel is to be. Of a secret that is left empty the old one stays.

    `address`: that of the robot, its key included, or another host than the SMS provider's own.
    `secret`: what it signs with (加签, 签名校验), or the AccessKey's. `hours`: from which hour of
    the day it is quiet until which. `residents`: text messages tell residents too, where no notice
    reaches their browser.
    """

    name: str
    address: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    key_id: str = field(default="", repr=False)
    sign_name: str = ""
    template: str = ""
    variable: str = ""
    show_number: str = ""
    place: UUID | None = None
    urgencies: Sequence[int] = (1, 2, 3)
    hours: tuple[int, int] = (QUIET_FROM, QUIET_UNTIL)
    language: str = "zh-hans"
    residents: bool = False
    on: bool = True


def add_gateway(kind: str, given: Setting, *, actor: Actor) -> Gateway:
    """Set a channel up; from now on it carries what its priorities and its place say.

    Raises `Refused` without `webhook.edit` for the company, `NotYet` with fields for a name that is
    taken, an address that is no plain public one, keys that are missing, or one channel too many.
    """
    actor.require("webhook.edit", "")
    if kind not in GATEWAYS:
        raise NotYet(_("Choose the kind of channel."), fields={"kind": _("Choose one.")})
    with acting(actor):
        mine = Gateway.objects.filter(company_id=actor.company_id)
        if mine.count() >= MOST or (kind in PERSONAL and mine.filter(kind=kind).exists()):
            raise NotYet(
                _("There are as many channels of this kind as can be. Change one of them.")
            )
        gateway = Gateway(company_id=actor.company_id, id=uuid7(), kind=kind)
        _write(gateway, given, {}, actor)
        _told("channel.added", gateway, actor)
    return gateway


def change_gateway(id: UUID, given: Setting, *, actor: Actor) -> Gateway:
    """Change a channel, switch it on or off. Raises as `add_gateway` does.

    What waits for a channel that is off is given up when its turn comes, and can be sent again.
    """
    actor.require("webhook.edit", "")
    with acting(actor):
        gateway = _the_gateway(id, actor)
        try:
            held = unseal(gateway.sealed, of=gateway.id)
        except ValueError:
            held = {}
        _write(gateway, given, held, actor)
        _told("channel.changed", gateway, actor)
    return gateway


def try_gateway(id: UUID, *, actor: Actor, account: UUID | None = None) -> UUID:
    """Queue a test message through a channel; the id of the message.

    A text message or a call goes to the telephone of `account` (the actor's own without one), a
    notice to its browsers, of which the first message is answered; `NotYet` where it has none. It
    keeps no quiet hours and is sent although the channel is off.
    """
    actor.require("webhook.edit", "")
    notice, moment = newest("channel.test"), now()
    with acting(actor):
        gateway = _the_gateway(id, actor)
        to = None if gateway.kind in BOTS else account or actor.id
        messages = [
            Message(
                company_id=actor.company_id,
                key=f"channel:{gateway.id}:test:{uuid7()}",
                kind=notice.kind,
                version=notice.version,
                channel=gateway.kind,
                priority=2,  # somebody waits for it
                gateway=None if to else gateway,
                account_id=to,
                subscription_id=browser,
                facts={"name": gateway.name},
                next_at=moment,
                expires_at=moment + timedelta(hours=1),
            )
            for browser in _browsers(gateway, to, actor)
        ]
        Message.objects.bulk_create(messages)
        _told("channel.tried", gateway, actor)
    return messages[0].id


def _browsers(gateway: Gateway, to: UUID | None, actor: Actor) -> Sequence[UUID | None]:
    """Where a test through a channel goes: to each browser of an account, else once."""
    if to and gateway.kind == "push":
        found = browsers_of([to], actor=actor).get(to)
        if not found:
            raise NotYet(
                _(
                    "No browser of yours takes notices yet. Switch them on under My messages, "
                    "on the device that is to show the test."
                )
            )
        return found
    if to and to not in phones_of([to], actor=actor):
        raise NotYet(
            _("There is no mobile number to send the test to. Enter yours under My messages.")
        )
    return [None]


def _write(gateway: Gateway, given: Setting, held: dict[str, str], actor: Actor) -> None:
    named = {name: str(getattr(given, name)).strip() for name in SECRETS}
    held = {**held, **{name: text for name, text in named.items() if text}}
    if gateway.kind in ENDPOINTS:
        held.setdefault("address", ENDPOINTS[gateway.kind])
    _check(gateway, given, held, actor)
    gateway.name = given.name.strip()
    gateway.place_id = given.place
    gateway.urgencies = sorted(set(given.urgencies))
    gateway.quiet_from, gateway.quiet_until = given.hours
    gateway.language = given.language
    gateway.options = {name: getattr(given, name).strip() for name in OPTIONS}
    if gateway.kind == "sms":
        gateway.options[RESIDENTS] = given.residents
    gateway.sealed = seal(held, of=gateway.id)
    if given.on != gateway.on:
        gateway.since = now() if given.on else None
    gateway.save()


def _check(gateway: Gateway, given: Setting, held: dict[str, str], actor: Actor) -> None:
    faults: dict[str, Any] = {}
    others = Gateway.objects.filter(company_id=actor.company_id, name=given.name.strip())
    if not given.name.strip() or len(given.name.strip()) > 40:
        faults["name"] = _("Give the channel a short name, for example: front desk group.")
    elif others.exclude(id=gateway.id).exists():
        faults["name"] = _("Another channel has this name already. Choose a different one.")
    if gateway.kind != "push" and (fault := _address_fault(gateway.kind, held.get("address", ""))):
        faults["address"] = fault
    if gateway.kind in NEEDED:
        given_all = {**held, **{name: getattr(given, name).strip() for name in OPTIONS}}
        for name in ("key_id", "secret", *NEEDED[gateway.kind]):
            if not given_all.get(name):
                faults[name] = _("Please fill this in; it is needed.")
    if any(n not in (1, 2, 3, 4) for n in given.urgencies):
        faults["urgencies"] = _("Priorities are numbers from 1 to 4.")
    if any(not 0 <= hour <= 23 for hour in given.hours):
        faults["quiet_from"] = _("Hours are numbers from 0 to 23.")
    if given.place and not Place.objects.seen_by(actor).filter(id=given.place).exists():
        faults["place"] = _("This place was not found, or you may not see it.")
    if faults:
        raise NotYet(
            _("The channel was not saved: please correct the marked fields."), fields=faults
        )


def _address_fault(kind: str, address: str) -> Any:
    """What is wrong with an address; None where it is a plain one outside."""
    target = target_of(address)
    if target is None:
        return _("Paste the whole address of the robot, as its provider shows it (https://…).")
    if literal_is_inside(target.host, settings.WEBHOOK_NETWORKS):
        return _(
            "This address leads into a private network, where nothing may go. Enter a public one, "
            "or ask the operator to allow the network (ANJU_WEBHOOK_NETWORKS)."
        )
    if kind in ENDPOINTS and target.path != "/":
        return _("Only the host, please: for example %(host)s") % {"host": ENDPOINTS[kind]}
    return None


def _the_gateway(id: UUID, actor: Actor) -> Gateway:
    found = only(Gateway.objects.seen_by(actor).select_for_update(of=("self",)).filter(id=id))
    if found is None:
        raise Unknown(_("There is no such channel, or you may not see it."))
    return found


def _told(name: str, gateway: Gateway, actor: Actor) -> None:
    """The kind and the policy are told; address and keys are not."""
    tell(
        name,
        subject=("channel", gateway.id),
        actor=actor,
        said={
            "kind": gateway.kind,
            "on": gateway.on,
            "urgencies": gateway.urgencies,
            "quiet": [gateway.quiet_from, gateway.quiet_until],
        },
    )
