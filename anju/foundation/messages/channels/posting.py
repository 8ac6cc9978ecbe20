"""What robots and SMS have in common: one POST through the guarded transport, and quiet hours."""

from collections.abc import Callable, Iterable, Mapping
from zoneinfo import ZoneInfo

from django.conf import settings

from anju.foundation.lib import now
from anju.foundation.messages.channels.base import NotNow, Undeliverable
from anju.foundation.messages.channels.hook import allowed_networks
from anju.foundation.messages.channels.sealing import unseal
from anju.foundation.messages.channels.transport import Blocked, Lost, ask
from anju.foundation.messages.models import Gateway, Message
from anju.foundation.messages.rules.outbox import Outcome
from anju.foundation.messages.rules.policy import quiet_until
from anju.foundation.messages.rules.targets import Network
from anju.foundation.tenancy.models import Company

TEST = "channel.test"  # somebody waits for it: it keeps no quiet hours


def usable(gateway: Gateway | None, message: Message) -> Gateway:
    """The channel a message goes through; raises where it may not, or not now."""
    if gateway is None or not (gateway.on or message.kind == TEST):
        raise Undeliverable("channel_off")
    if message.kind != TEST:
        zone = ZoneInfo(Company.objects.get(id=message.company_id).zone)
        hours = (gateway.quiet_from, gateway.quiet_until)
        until = quiet_until(now(), priority=message.priority, hours=hours, zone=zone)
        if until is not None:
            raise NotNow(until)
    return gateway


def secrets_of_gateway(gateway: Gateway) -> dict[str, str]:
    """Its address and keys; raises `Undeliverable` where they cannot be read any more."""
    try:
        return unseal(gateway.sealed, of=gateway.id)
    except ValueError as error:
        raise Undeliverable("channel_key") from error


def posted(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    means: Callable[[int, bytes], Outcome],
    query: str = "",
    allowed: Iterable[Network] | None = None,
) -> Outcome:
    """POST it once. "unclear" only where it was on the way and no answer came. `allowed`: the
    private networks it may reach, those of webhooks where nothing is said."""
    if allowed is None:
        allowed = allowed_networks(settings.WEBHOOK_NETWORKS)
    try:
        answer = ask(url, body, headers, query=query, allowed=allowed)
    except Blocked:
        return Outcome("permanent", "blocked")
    except Lost:
        return Outcome("unclear", "lost")
    except TimeoutError:
        return Outcome("temporary", "timeout", unreachable=True)
    except OSError as error:  # TLS errors are among these
        tls = "ssl" in type(error).__module__
        return Outcome("temporary", "tls" if tls else "unreachable", unreachable=True)
    return means(answer.status, answer.body)
