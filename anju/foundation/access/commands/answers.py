"""The ledger of answers: one `Idempotency-Key`, one effect.

The door asks `claim` at the start of the transaction and writes the answer with `keep` before its
end, so effect and answer are committed together or not at all. A hot path may put `CLAIM` and
`KEEP` into its own pipeline: one read and one insert.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.foundation.access.models import Answer
from anju.foundation.access.rules import ANSWERS_KEPT
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting, prepared
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet

CLAIM = "SELECT said, status, headers, body FROM access_claim(%(company)s, %(id)s, %(asked)s)"
KEEP = """
INSERT INTO access_answer (company_id, id, asked, status, headers, body, made_at)
VALUES (%(company)s, %(id)s, %(asked)s, %(status)s, %(headers)s, %(body)s, %(at)s)
"""


@dataclass(frozen=True)
class Key:
    """One keyed write: whose, which, and what was asked."""

    company: UUID
    id: UUID
    asked: bytes

    @classmethod
    def of(cls, actor: Actor, key: str, *, route: str, body: bytes) -> "Key":
        """From the header's text, "METHOD /path" and the raw body."""
        named = hashlib.sha256(actor.id.bytes + key.encode()).digest()
        asked = hashlib.sha256(route.encode() + b"\0" + body).digest()
        return cls(actor.company_id, UUID(bytes=named[:16]), asked)

    def claim_params(self) -> dict[str, Any]:
        """Parameters of `CLAIM`."""
        return {"company": self.company, "id": self.id, "asked": self.asked}

    def keep_params(
        self, status: int, body: bytes, *, headers: str = "", at: datetime | None = None
    ) -> dict[str, Any]:
        """Parameters of `KEEP`."""
        more = {"status": status, "headers": headers, "body": body, "at": at or now()}
        return {**self.claim_params(), **more}


@dataclass(frozen=True)
class Kept:
    """The answer given before."""

    status: int
    headers: str
    body: bytes


def judge_claim(row: tuple[Any, ...]) -> Kept | None:
    """What a row of `CLAIM` means: None when the key is free, the kept answer when it is a
    repetition; raises `Conflict` while the first is under way, `NotYet` for another request.

    No actor: the key carries the company and is made from the actor.
    """
    said, status, headers, body = row
    if said == "free":
        return None
    if said == "again":
        return Kept(status, headers, bytes(body))
    if said == "busy":
        raise Conflict(
            _(
                "The same request is being worked on. Nothing was done twice. Ask again in a "
                "second with the same Idempotency-Key."
            ),
            code="in_flight",
        )
    raise NotYet(
        _(
            "This Idempotency-Key was used for another request. Nothing was changed. Make a new "
            "key for each new request."
        ),
        code="key_reused",
    )


def claim(key: Key) -> Kept | None:
    """Ask the ledger inside `acting`; see `judge_claim`.

    No actor: the key carries the company and is made from the actor.
    """
    (row,) = prepared(CLAIM, key.claim_params()).fetchall()  # the function always answers
    return judge_claim(row)


def keep(key: Key, *, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
    """Write the answer inside the `acting` that made the effect.

    No actor: the key carries the company and is made from the actor.
    """
    lines = "\n".join(f"{name}: {value}" for name, value in (headers or {}).items())
    prepared(KEEP, key.keep_params(status, body, headers=lines[:400]))


def sweep_answers(*, actor: Actor) -> int:
    """Delete the company's answers older than 30 days; returns how many. For the ticker."""
    with acting(actor):
        gone, _per_model = Answer.objects.filter(
            company_id=actor.company_id, made_at__lt=now() - ANSWERS_KEPT
        ).delete()
    return gone
