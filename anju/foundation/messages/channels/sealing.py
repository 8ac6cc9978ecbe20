"""What a provider gave us and nobody may read: addresses that hold a key, secrets, access keys.

AES-256-GCM under a key derived from the installation's, bound to its channel. A dump of the
database alone does not open it; the installation's key is in every backup.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12


def seal(values: Mapping[str, str], *, of: UUID) -> bytes:
    """The values, readable again only by `unseal` with the same `of`."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + _cipher().encrypt(nonce, json.dumps(dict(values)).encode(), of.bytes)


def unseal(sealed: bytes | memoryview, *, of: UUID) -> dict[str, str]:
    """The values; ValueError where the key is another one, or something was changed."""
    raw = bytes(sealed)
    try:
        opened = _cipher().decrypt(raw[:NONCE], raw[NONCE:], of.bytes)
    except InvalidTag as error:
        raise ValueError("sealed with another key, or changed") from error
    return {str(name): str(value) for name, value in json.loads(opened).items()}


def _cipher() -> AESGCM:
    return AESGCM(hmac.digest(settings.SECRET_KEY.encode(), b"secrets of channels", "sha256"))
