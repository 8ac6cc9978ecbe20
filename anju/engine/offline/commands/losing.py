"""A phone is lost: nothing it brings is taken any more, and what was on it is told."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.engine.loop.commands.ground import the_one
from anju.engine.offline.models import Delivery, Device
from anju.foundation.access.commands import revoke_token
from anju.foundation.access.commands.phones import lose_phone
from anju.foundation.access.commands.shared import lose_shared
from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


def report_lost(device_id: UUID, *, actor: Actor, reason: str) -> Device:
    """Say that a phone is lost. Whoever worked with it is signed out everywhere and has to sign in
    anew; what it brings from now on is refused, and it forgets what it holds when it hears of it.
    What it still held, by its own last word, is told with the event (device.lost). Said again, it
    changes nothing. Refuses (`Unknown`) a phone of somebody whom the actor hands no work to, and
    (`NotYet`) no reason."""
    if not reason.strip():
        text = _("Write what happened to the phone, for example: left in a taxi.")
        raise NotYet(text, code="missing", fields={"reason": text})
    with acting(actor):
        device: Device = the_one(Device.objects.seen_by(actor).select_for_update(), device_id)
        if device.lost_at:
            return device
        device.lost_at = now()
        device.save(update_fields=["lost_at"])
        for account, token in {str(device.account_id): None, **device.tokens}.items():
            lose_phone(UUID(account), UUID(token) if token else None, actor=actor)
        lose_shared(device.device, actor=actor)
        waits = Delivery.objects.filter(company_id=actor.company_id, stream__device=device)
        tell(
            "device.lost",
            subject=("account", device.account_id),
            actor=actor,
            said={
                "device": str(device.device), "left": device.left,
                "files": sum(len(one) for one in waits.waiting().values_list("lacks", flat=True)),
            },
            values={"reason": reason.strip()[:400]},
        )  # fmt: skip
    return device


def turned_away(devices: Iterable[UUID], *, actor: Actor, token: UUID | None) -> bool:
    """Whether one of these devices, or the one this token was made on, was reported lost. Then
    nothing of what comes is taken, and the token it came with (made after the report, or never
    heard of before) is revoked."""
    with acting(actor):
        gone = Device.objects.filter(company_id=actor.company_id).exclude(lost_at=None)
        theirs = Q(device__in=set(devices))
        if token:
            theirs |= Q(tokens__contains={str(actor.id): str(token)})
        lost = gone.filter(theirs).exists()
        if lost and token:
            revoke_token(token, actor=actor)
        return lost
