"""Messages for tests, and what stands at the other end: a mail server, a receiver of hooks, and the
providers of groups and text messages."""

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from anju.foundation.access.testing import Someone, an_account
from anju.foundation.messages.commands import Note, Setting, set_address
from anju.foundation.messages.commands.queueing import queue_message
from anju.foundation.messages.models import Message
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

Answer = Callable[[Envelope], str]
# Those of Alibaba Cloud, and in which parameter the text is.
TELEPHONES = {"sms": "TemplateParam", "voice": "TtsParam"}


def someone_with_email(actor: Actor, role: str = "desk", path: str = "") -> Someone:
    """An account that is reached by email."""
    someone = an_account(actor, role, path)
    set_address(someone.id, f"{someone.login}@example.com", actor=someone.actor)
    return someone


def a_note(someone: Someone, **details: Any) -> Note:
    """Something to say, in a kind of message that always exists."""
    given: dict[str, Any] = {
        "key": f"test:{uuid4()}",
        "kind": "email.test",
        "account": someone.id,
        "subject": ("account", someone.id),
        "email": True,
    }
    return Note(**{**given, **details})


def a_message(actor: Actor, someone: Someone, **details: Any) -> Message:
    """An email waiting to be sent."""
    note = a_note(someone, **details)
    queue_message(note, actor=actor)
    return the_message(actor, f"{note.key}:{someone.id}:email")


def the_message(actor: Actor, key: str | UUID) -> Message:
    """A message by key or id, as it now stands."""
    found = {"id": key} if isinstance(key, UUID) else {"key": key}
    with acting(actor):
        return Message.objects.get(company_id=actor.company_id, **found)


@dataclass
class MailSink:
    """A mail server that keeps what it took. `answer` decides what it says to a whole mail,
    `at_recipient` to a recipient; "" there means 250."""

    url: str = ""
    mails: list[bytes] = field(default_factory=list)
    answer: Answer = lambda envelope: "250 taken"
    at_recipient: str = ""

    def of(self, message: Message) -> list[bytes]:
        """The mails that are this message."""
        return [mail for mail in self.mails if f"<{message.id}@".encode() in mail]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Called by aiosmtpd."""
        if self.at_recipient:
            return self.at_recipient
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd."""
        self.mails.append(envelope.original_content or b"")
        return self.answer(envelope)


@contextmanager
def a_mail_server(**given: Any) -> Iterator[MailSink]:
    """A real SMTP server on the loopback; only the end is ours."""
    sink = MailSink(**given)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        sink.url = f"smtp://127.0.0.1:{port}"
        yield sink
    finally:
        controller.stop()


@dataclass
class HookSink:
    """A receiver of webhooks that keeps what it got. `status` is what it answers next."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 204
    location: str = ""


@contextmanager
def a_receiver() -> Iterator[HookSink]:
    """A real HTTP server on the loopback."""
    sink = HookSink()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sink.got.append((dict(self.headers.items()), body))
            self.send_response(sink.status)
            if sink.location:
                self.send_header("Location", sink.location)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    sink.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Provider:
    """An imitation of one provider's HTTP protocol, written from its public document and sharing no
    code with the product: it checks key and signature as the document says. `fate` says what
    becomes of a request that is right; `clock` is its own clock (seconds)."""

    kind: str
    secret: str = "SECf00d"
    url: str = ""
    fate: Callable[[str], str] = lambda text: "taken"
    clock: Callable[[], float] = time.time
    patience: float = 0.4  # seconds that a late answer is kept back
    taken: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)

    @property
    def address(self) -> str:
        """What people paste: the robot's address with its key; the host alone for SMS."""
        path = {
            "wecom": "/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa",
            "dingtalk": "/robot/send?access_token=566cc69da782ec",
            "feishu": "/open-apis/bot/v2/hook/0a1b2c3d",
            "sms": "/",
            "voice": "/",
        }[self.kind]
        return self.url + path

    def check(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[str, Any]:
        """The text of a right request, or "" and the answer to a wrong one."""
        asked = urlsplit(path)
        query = dict(parse_qsl(asked.query, keep_blank_values=True))
        if self.kind in TELEPHONES:
            wrong = self._check_signed(asked.query, headers) or self._check_asked(query, headers)
            if wrong:
                return "", wrong
            return str(json.loads(query[TELEPHONES[self.kind]])["what"]), None
        said = json.loads(body)
        if self.kind == "wecom":
            if not query.get("key", "").startswith("693a"):
                return "", {"errcode": 93000, "errmsg": "invalid webhook url"}
            return said["text"]["content"], None
        if self.kind == "dingtalk":
            stamp = query.get("timestamp", "")
            text = f"{stamp}\n{self.secret}".encode()
            mac = hmac.new(self.secret.encode(), text, hashlib.sha256).digest()
            fresh = stamp.isdigit() and abs(self.clock() - int(stamp) / 1000) < 3600
            if not fresh or query.get("sign") != base64.b64encode(mac).decode():
                return "", {"errcode": 310000, "errmsg": "sign not match"}
            return said["text"]["content"], None
        stamp = said.get("timestamp", "")
        mac = hmac.new(f"{stamp}\n{self.secret}".encode(), b"", hashlib.sha256).digest()
        fresh = stamp.isdigit() and abs(self.clock() - int(stamp)) < 3600
        if not fresh or said.get("sign") != base64.b64encode(mac).decode():
            return "", {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}
        return said["content"]["text"], None

    def _check_signed(self, raw: str, headers: Mapping[str, str]) -> Any:
        """What is wrong with the signature V3 of a request, by the provider's own document."""
        low = {name.lower(): value for name, value in headers.items()}
        scheme, _blank, rest = low.get("authorization", "").partition(" ")
        given = dict(part.split("=", 1) for part in rest.split(",") if "=" in part)
        names = given.get("SignedHeaders", "").split(";")
        head = "".join(f"{name}:{low.get(name, '').strip()}\n" for name in names)
        payload = low.get("x-acs-content-sha256", "")
        ordered = "&".join(sorted(raw.split("&"), key=lambda pair: pair.partition("=")[0]))
        canonical = f"POST\n/\n{ordered}\n{head}\n{';'.join(names)}\n{payload}"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        mac = hmac.new(self.secret.encode(), f"{scheme}\n{digest}".encode(), hashlib.sha256)
        if given.get("Credential") != "LTAI-test" or mac.hexdigest() != given.get("Signature"):
            return {"Code": "SignatureDoesNotMatch", "Message": "Specified signature is …"}
        if low["x-acs-signature-nonce"] in self.nonces:
            return {"Code": "SignatureNonceUsed", "Message": "Specified signature nonce …"}
        self.nonces.add(low["x-acs-signature-nonce"])
        at = datetime.fromisoformat(low["x-acs-date"].replace("Z", "+00:00")).timestamp()
        if abs(self.clock() - at) > 900:
            return {"Code": "InvalidTimeStamp.Expired", "Message": "…"}
        return None

    def _check_asked(self, query: Mapping[str, str], headers: Mapping[str, str]) -> Any:
        """What is wrong with the parameters of SendSms or SingleCallByTts (both of 2017-05-25)."""
        low = {name.lower(): value for name, value in headers.items()}
        action = {"sms": "SendSms", "voice": "SingleCallByTts"}[self.kind]
        if low["x-acs-action"] != action or low["x-acs-version"] != "2017-05-25":
            return {"Code": "InvalidAction.NotFound", "Message": "…"}
        called = query.get("PhoneNumbers" if self.kind == "sms" else "CalledNumber", "")
        if not called.isdigit() or (self.kind == "sms" and "SignName" not in query):
            return {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "…"}
        if self.kind == "sms":
            return None
        if not query.get("TtsCode") or query.get("PlayTimes", "3") not in ("1", "2", "3"):
            return {"Code": "isv.TTS_TEMPLATE_ILLEGAL", "Message": "…"}
        if not 1 <= len(query.get("OutId", "0")) <= 15:
            return {"Code": "isv.INVALID_PARAMETERS", "Message": "…"}
        return None

    @property
    def fine(self) -> Any:
        """The answer to a message that was taken."""
        return {
            "wecom": {"errcode": 0, "errmsg": "ok"},
            "dingtalk": {"errcode": 0, "errmsg": "ok"},
            "feishu": {"code": 0, "msg": "success", "data": {}},
            "sms": {"Code": "OK", "Message": "OK", "BizId": "9006197469364984^0"},
            "voice": {"Code": "OK", "Message": "OK", "CallId": "116012354148^10281378****"},
        }[self.kind]

    @property
    def too_fast(self) -> Any:
        """The answer to one message too many."""
        return {
            "wecom": {"errcode": 45009, "errmsg": "api freq out of limit"},
            "dingtalk": {"errcode": 130101, "errmsg": "send too fast"},
            "feishu": {"code": 11232, "msg": "frequency limited psm[…]"},
            "sms": {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发分钟级流控"},
            "voice": {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发业务流控"},
        }[self.kind]


@contextmanager
def a_provider(kind: str, **given: Any) -> Iterator[Provider]:
    """A provider on the loopback. Fates: taken, too fast, down (503), cut (gone before it was
    taken), lost (taken, no answer), late (taken, answered too late), garbled (taken, not said)."""
    provider = Provider(kind, **given)

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            text, wrong = provider.check(self.path, dict(self.headers.items()), body)
            if wrong is not None:
                provider.refused.append(str(wrong))
                return self._answer(400 if kind in TELEPHONES else 200, wrong)
            fate = provider.fate(text)
            if fate in ("taken", "lost", "late", "garbled"):
                provider.taken.append(text)
            if fate == "late":
                time.sleep(provider.patience)
            if fate in ("cut", "lost", "late"):
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return None
            if fate == "down":
                return self._answer(503, {"message": "service unavailable"})
            if fate == "garbled":
                return self._answer(200, "<html>")
            return self._answer(200, provider.too_fast if fate == "too fast" else provider.fine)

        def _answer(self, status: int, said: Any) -> None:
            raw = json.dumps(said, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def a_setting(provider: Provider, **details: Any) -> Setting:
    """How a channel to this provider is set up; it is never quiet unless `hours` says so."""
    given: dict[str, Any] = {
        "name": f"{provider.kind} {uuid4().hex[:6]}",
        "address": provider.address,
        "secret": provider.secret,
        "hours": (0, 0),
    }
    if provider.kind in TELEPHONES:
        given |= {"key_id": "LTAI-test", "template": "SMS_1", "variable": "what"}
        given |= {"sign_name": "安居物业", "urgencies": (1, 2)}
    if provider.kind == "voice":
        given |= {"sign_name": "", "template": "TTS_1", "urgencies": (1,)}
    return Setting(**{**given, **details})
