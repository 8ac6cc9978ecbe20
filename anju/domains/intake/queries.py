"""Reads of what comes in."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.conf import settings

from anju.domains.intake.models import Arrival, Call, Source
from anju.domains.intake.rules import SOON
from anju.domains.intake.wecom import KEY, TOKEN, Keys, letters
from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor


def source_secrets(source: Source) -> tuple[str, ...]:
    """What the source signs with, the newest first; two while the old one is still good.

    Derived from the installation's key, so they are in no table and no dump.
    """
    numbers = [source.secret_n]
    if source.old_until and source.old_until > now():
        numbers.append(source.secret_n - 1)
    key = settings.SECRET_KEY.encode()
    return tuple(
        "anju_in_" + hmac.digest(key, f"source:{source.id}:{n}".encode(), "sha256").hex()
        for n in numbers
    )


def wecom_keys(source: Source) -> list[Keys]:
    """Token and EncodingAESKey of a WeCom application, derived as the secrets are, the newest
    first; two while the old ones are still good."""
    return [
        Keys(_letters(one, "token", TOKEN), _letters(one, "key", KEY), source.receiver)
        for one in source_secrets(source)
    ]


def _letters(secret: str, name: str, count: int) -> str:
    return letters(hmac.digest(secret.encode(), name.encode(), "sha512"), count)


def kept_count(actor: Actor) -> int:
    """How many arrivals wait for a person. One query."""
    return Arrival.objects.seen_by(actor).filter(state="kept").count()


@dataclass(frozen=True)
class CallFigures:
    """How calls were answered: all that ended or were answered, of these at once, and missed."""

    calls: int
    soon: int
    missed: int
    median_seconds: float | None


def call_figures(actor: Actor, *, days: int = 7) -> CallFigures:
    """The calls of the last days that the actor may see. One query."""
    rows = Call.objects.seen_by(actor).filter(rang_at__gt=now() - timedelta(days=days))
    over = [call for call in rows if call.rang_for is not None]
    answered = [call.rang_for for call in over if call.answered_at]
    return CallFigures(
        calls=len(over),
        soon=sum(1 for rang in answered if rang <= SOON),
        missed=sum(1 for call in over if call.missed),
        median_seconds=median(r.total_seconds() for r in answered) if answered else None,
    )
