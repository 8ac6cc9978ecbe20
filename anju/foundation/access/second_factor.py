"""One-time codes of an authenticator app (RFC 6238: SHA-1, 6 digits, 30 seconds).

The secret is derived from the installation's key, the account and the number of its enrolment, so
it is in no table and no dump. Losing the key means enrolling anew; it is part of every backup.
"""

import base64
import hmac
from uuid import UUID

import pyotp
from django.conf import settings

from anju.foundation.access.queries import SignedIn
from anju.foundation.access.rules import CODE_SECONDS
from anju.foundation.lib import now


def secret_of(account: UUID, n: int) -> str:
    """The base32 secret of the account's enrolment `n` (20 bytes)."""
    key = settings.SECRET_KEY.encode()
    raw = hmac.digest(key, f"second factor:{account}:{n}".encode(), "sha256")
    return base64.b32encode(raw[:20]).decode()


def code_now(account: UUID, n: int = 0) -> str:
    """The code an authenticator would show at this moment: for a demo's printed sign-ins."""
    return pyotp.TOTP(secret_of(account, n)).at(now())


def address_of(signed_in: SignedIn) -> str:
    """The otpauth:// address an authenticator app reads from the QR code."""
    totp = pyotp.TOTP(secret_of(signed_in.account, signed_in.totp_n))
    return totp.provisioning_uri(name=signed_in.login, issuer_name="Anju")


def matching_step(signed_in: SignedIn, code: str) -> int | None:
    """The 30-second step whose code this is: the present or the one before; else None.

    Two codes of a million and five tries: guessing succeeds once in 100,000 lock-outs.
    """
    totp = pyotp.TOTP(secret_of(signed_in.account, signed_in.totp_n))
    digits = "".join(code.split())
    present = int(now().timestamp()) // CODE_SECONDS
    for step in (present, present - 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
            return step
    return None
