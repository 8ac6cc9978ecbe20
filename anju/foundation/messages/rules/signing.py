"""How a webhook proves who sent it and when: `Anju-Signature: t=1763640000,v1=<hex>`.

v1 is HMAC-SHA256 over "<t>.<body>". While a secret is being rotated there are two v1, one for
each secret; a receiver accepts any that fits and refuses what is older than five minutes.
"""

import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)


def signature(body: bytes, secrets: Iterable[str], *, at: datetime) -> str:
    """The value of the header for `body` sent at `at`."""
    stamp = int(at.timestamp())
    return ",".join([f"t={stamp}", *(f"v1={_mac(stamp, body, secret)}" for secret in secrets)])


def verified(header: str, body: bytes, secrets: Sequence[str], *, at: datetime) -> bool:
    """Whether a signature is ours and fresh at `at`: what a receiver has to do."""
    stamp, given = None, []
    for part in header.split(","):
        name, _equals, value = part.partition("=")
        if name == "t" and value.isascii() and value.isdigit() and len(value) < 12:
            stamp = int(value)
        elif name == "v1":
            given.append(value)
    if stamp is None or abs(at.timestamp() - stamp) > WINDOW.total_seconds():
        return False
    wanted = [_mac(stamp, body, secret).encode() for secret in secrets]
    return any(hmac.compare_digest(g.encode(), w) for g in given for w in wanted)


def _mac(stamp: int, body: bytes, secret: str) -> str:
    return hmac.digest(secret.encode(), f"{stamp}.".encode() + body, "sha256").hex()
