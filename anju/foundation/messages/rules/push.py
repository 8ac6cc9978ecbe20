"""Web push: a text that only one browser can read (RFC 8291, aes128gcm of RFC 8188), signed in the
name of this installation (VAPID, RFC 8292), and what the push service's answer means (RFC 8030).

Written on the primitives of `cryptography`, because a worked example can then be held against it:
the RFC's own stands in the tests.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from anju.foundation.messages.rules.outbox import DELIVERED, Outcome

RECORD = 4096  # bytes of the one record; services take no more
MOST = 3000  # bytes of the text: what is left of the record is ours
SIGNED_FOR = 12 * 3600  # seconds; services refuse a signature for more than a day
POINT, AUTH = 65, 16  # bytes of a browser's public key and of its secret
GONE = "unsubscribed"


def plain(text: str) -> bytes:
    """Bytes from base64url with or without padding; ValueError for anything else."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))


def written(raw: bytes) -> str:
    """Bytes as base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half of a key, as browsers and services are told it."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def key_from(seed: bytes) -> ec.EllipticCurvePrivateKey:
    """The P-256 key that follows from 32 bytes of chance: the same bytes, the same key."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    return ec.derive_private_key(int.from_bytes(seed) % (order - 1) + 1, ec.SECP256R1())


def is_browser(p256dh: str, auth: str) -> bool:
    """Whether these are the public key and the secret of a browser."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), plain(p256dh))
        return len(plain(p256dh)) == POINT and len(plain(auth)) == AUTH
    except ValueError:
        return False


def encrypted(
    text: bytes, *, p256dh: str, auth: str, once: ec.EllipticCurvePrivateKey, salt: bytes
) -> bytes:
    """The body for the browser with these keys. `once`: a new key for each message; `salt`: 16
    bytes of chance. ValueError for what is no browser's key, or too long."""
    if len(text) > MOST:
        raise ValueError("longer than a push service takes")
    theirs, ours = plain(p256dh), point_of(once)
    browser = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    shared = once.exchange(ec.ECDH(), browser)
    secret = _derived(shared, salt=plain(auth), info=b"WebPush: info\0" + theirs + ours, length=32)
    key = _derived(secret, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
    nonce = _derived(secret, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
    head = salt + RECORD.to_bytes(4) + bytes([len(ours)]) + ours
    return head + AESGCM(key).encrypt(nonce, text + b"\x02", None)  # 2: the last record


def _derived(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def authorization(endpoint: str, *, key: ec.EllipticCurvePrivateKey, ours: str, at: float) -> str:
    """Who sends, for the service at `endpoint` alone. `ours`: where we are found (a URL); `at`: now
    in seconds."""
    to = urlsplit(endpoint)
    claims = {
        "aud": f"{to.scheme}://{to.netloc}",
        "exp": int(at) + SIGNED_FOR,
        "sub": ours,
    }
    parts = ({"typ": "JWT", "alg": "ES256"}, claims)
    told = ".".join(written(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    r, s = decode_dss_signature(key.sign(told.encode(), ec.ECDSA(hashes.SHA256())))
    return f"vapid t={told}.{written(r.to_bytes(32) + s.to_bytes(32))}, k={written(point_of(key))}"


def headers_of(*, priority: int, seconds: int) -> Mapping[str, str]:
    """How long the service keeps it for a browser that is away, and whether it may wake it."""
    return {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(seconds),
        "Urgency": {1: "high", 2: "high", 3: "normal"}.get(priority, "low"),
    }


def outcome(status: int, body: bytes) -> Outcome:
    """What an answer means. 404 and 410: the browser takes no more, for ever."""
    del body
    if 200 <= status < 300:
        return DELIVERED
    if status in (404, 410):
        return Outcome("permanent", GONE)
    if status == 429:
        return Outcome("temporary", "too_fast:429")
    if 300 <= status < 400:
        return Outcome("permanent", f"redirect:{status}")
    return Outcome("temporary" if status >= 500 else "permanent", f"http:{status}")
