"""WeCom callbacks (企业微信 接收消息): signature, encryption and messages, read strictly. Pure.

Written from the provider's public documents: 加解密方案说明
(developer.work.weixin.qq.com/document/path/90968) and 接收消息 / 消息格式 (path/90239); the worked
example of the first is a test.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from anju.domains.intake.rules import NotUnderstood
from anju.foundation.messages.rules.signing import WINDOW

LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
KEY, TOKEN = 43, 32  # letters of an EncodingAESKey and of a token of ours
BLOCK = 32  # bytes: to whose multiple the padding fills up
RANDOM, LENGTH = 16, 4  # bytes before the message
SILENT = frozenset({"event"})  # somebody opened the application, and the like


class Forged(Exception):
    """Not signed with our token, too old, broken, or meant for somebody else."""


@dataclass(frozen=True)
class Keys:
    """What both sides know. `receiver`: the id of the enterprise (CorpID) it must be meant for."""

    token: str
    aes: str
    receiver: str


@dataclass(frozen=True)
class Told:
    """One message: `kind` as WeCom calls it, `id` of it, `sender` the member's account, `picture`
    an address at WeCom."""

    kind: str
    id: str
    sender: str
    at: datetime | None
    text: str = ""
    picture: str = ""


def letters(raw: bytes, count: int) -> str:
    """Letters and digits made of random bytes: what a token and an EncodingAESKey may hold."""
    return "".join(chr(LETTERS[byte % len(LETTERS)]) for byte in raw[:count])


def signature(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    """SHA-1 over the four, sorted as text and joined; the provider prescribes it."""
    whole = "".join(sorted([token, timestamp, nonce, encrypted]))
    return hashlib.sha1(whole.encode(), usedforsecurity=False).hexdigest()


def opened(
    asked: Mapping[str, str], encrypted: str, keys: Sequence[Keys], *, at: datetime
) -> bytes:
    """What was sent, where one of `keys` signed it within five minutes of `at`; raises `Forged`.

    `asked`: msg_signature, timestamp and nonce as they stood in the address.
    """
    stamp, nonce = asked.get("timestamp", ""), asked.get("nonce", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        raise Forged
    if abs(at.timestamp() - int(stamp)) > WINDOW.total_seconds():
        raise Forged
    given = asked.get("msg_signature", "").encode()
    for one in keys:
        wanted = signature(one.token, stamp, nonce, encrypted).encode()
        if hmac.compare_digest(given, wanted):
            return decrypted(encrypted, one)
    raise Forged


def decrypted(encrypted: str, keys: Keys) -> bytes:
    """AES-256-CBC with the first half of the key as IV; then 16 random bytes, the length, the
    message, the receiver's id. Raises `Forged`."""
    try:
        key = base64.b64decode(keys.aes + "=")
        raw = base64.b64decode(encrypted, validate=True)
        cipher = Cipher(algorithms.AES256(key), modes.CBC(key[:16])).decryptor()
        plain = cipher.update(raw) + cipher.finalize()
    except (binascii.Error, ValueError) as error:
        raise Forged from error
    pad = plain[-1] if plain else 0
    if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad:
        raise Forged
    plain = plain[:-pad]
    start = RANDOM + LENGTH
    size = int.from_bytes(plain[RANDOM:start])
    message, receiver = plain[start : start + size], plain[start + size :]
    if len(plain) < start or len(message) != size or receiver != keys.receiver.encode():
        raise Forged
    return message


def encrypted_in(body: bytes) -> str:
    """The part of a posted body that holds the message; raises `Forged`."""
    try:
        return (_xml(body).findtext("Encrypt") or "").strip()
    except NotUnderstood as error:
        raise Forged from error


def told_of(message: bytes) -> Told:
    """The message as it was meant; raises `NotUnderstood`."""
    root = _xml(message)

    def said(name: str, most: int) -> str:
        value = (root.findtext(name) or "").strip().replace("\0", "")
        if len(value) > most:
            raise NotUnderstood(name)
        return value

    kind, sender = said("MsgType", 20), said("FromUserName", 64)
    id = said("MsgId", 40)
    if not sender or not kind or not (id or kind in SILENT):
        raise NotUnderstood("wecom")
    made = said("CreateTime", 11)
    at = datetime.fromtimestamp(int(made), UTC) if made.isascii() and made.isdigit() else None
    return Told(kind, id, sender, at, said("Content", 20_000), said("PicUrl", 1_000))


def _xml(body: bytes) -> ElementTree.Element:
    """The root of a small document without a document type: no entity is ever expanded."""
    try:
        text = body.decode()
        if "<!DOCTYPE" in text.upper():
            raise NotUnderstood("wecom")
        return ElementTree.fromstring(text)  # noqa: S314 - entities need the DOCTYPE refused above
    except (UnicodeDecodeError, ElementTree.ParseError, ValueError) as error:
        raise NotUnderstood("wecom") from error
