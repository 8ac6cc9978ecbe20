"""A push service and a browser on the loopback, written from RFC 8030, 8188, 8291 and 8292 and
sharing no code with the product: the service judges the signature, the browser decrypts."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from anju.foundation.messages.commands import Browser

DAY = 24 * 3600


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _hmac(key: bytes, *parts: bytes) -> bytes:
    mac = hmac.HMAC(key, hashes.SHA256())
    for part in parts:
        mac.update(part)
    return mac.finalize()


@dataclass
class Reader:
    """The inside of a browser: its keys, and what it can read."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def at(self, endpoint: str) -> Browser:
        """What it tells the product of itself."""
        return Browser(endpoint, b64(self.point), b64(self.auth))

    def read(self, body: bytes) -> bytes:
        """RFC 8291, 3.4: the text; an error of some kind where it is not for this browser."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.key.exchange(ec.ECDH(), theirs)
        info = b"WebPush: info\x00" + self.point + sender
        material = _hmac(_hmac(self.auth, shared), info, b"\x01")
        seed = _hmac(salt, material)
        key = _hmac(seed, b"Content-Encoding: aes128gcm\x00", b"\x01")[:16]
        nonce = _hmac(seed, b"Content-Encoding: nonce\x00", b"\x01")[:12]
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
        assert padded[-1:] == b"\x02"
        return padded[:-1]


@dataclass
class Service:
    """What was delivered, what was refused and why. `status` is answered to what is right."""

    url: str = ""
    key: str = ""  # the application's own key, as browsers were given it
    status: int = 201
    clock: Callable[[], float] = time.time
    readers: dict[str, Reader] = field(default_factory=dict)
    got: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def a_browser(self) -> Browser:
        """A browser that asked for notices here."""
        path = f"/push/{secrets.token_urlsafe(12)}"
        self.readers[path] = Reader()
        return self.readers[path].at(self.url + path)

    def fault(self, headers: dict[str, str]) -> str:
        """What is wrong with a request, in the order a service looks."""
        if headers.get("content-encoding") != "aes128gcm":
            return "encoding"
        if not headers.get("ttl", "").isdigit():
            return "ttl"
        if headers.get("urgency") not in ("very-low", "low", "normal", "high"):
            return "urgency"
        scheme, _blank, rest = headers.get("authorization", "").partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme != "vapid" or set(parts) != {"t", "k"}:
            return "scheme"
        if parts["k"] != self.key:
            return "another application"
        head, claims, signed = parts["t"].split(".")
        told, raw = json.loads(unb64(claims)), unb64(signed)
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(parts["k"]))
        try:
            if len(raw) != 64 or json.loads(unb64(head))["alg"] != "ES256":
                return "signature"
            dss = utils.encode_dss_signature(
                int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
            )
            public.verify(dss, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return "signature"
        if told["aud"] != self.url:
            return "audience"
        if not self.clock() < told["exp"] <= self.clock() + DAY:
            return "expiry"
        return "" if told["sub"].startswith(("http", "mailto:")) else "subject"


@contextmanager
def a_push_service(key: str) -> Iterator[Service]:
    """A real HTTP server on the loopback."""
    service = Service(key=key)

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reader, fault = service.readers.get(self.path), service.fault(headers)
            if fault:
                service.refused.append(fault)
                return self._answer(403)
            if reader is None:
                return self._answer(410)
            if service.status < 300:
                service.raw.append(body)
                try:
                    told = json.loads(reader.read(body))
                except Exception as error:  # whatever it is, the browser shows nothing
                    service.refused.append(f"unreadable: {error!r}")
                else:
                    service.got.append((self.path, told, headers))
            return self._answer(service.status)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
