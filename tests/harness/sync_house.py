"""The phones of `sync_model` against the real server, and what its tables hold afterwards."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from random import Random
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from django.db import OperationalError

from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Record, WorkOrder
from anju.engine.loop.testing import a_case, a_house
from anju.engine.offline import api
from anju.engine.offline.commands import bringing
from anju.engine.offline.models import Delivery
from anju.foundation.access.commands import create_account, grant_role
from anju.foundation.access.commands.phones import enrol_phone
from anju.foundation.access.queries import actor_then
from anju.foundation.events.models import Event
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company
from anju.foundation.tenancy.errors import Refusal
from tests.harness.sync_phone import FINAL, Made, Phone
from tests.harness.sync_proxy import Proxy

SOON = timedelta(seconds=30)
DESK = ("hold", "resume", "assign", "void")
PIECE = 400


class Company:
    """One company with two technicians, each with a phone; work is new for each interleaving."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        company = found_company(code=f"s{uuid4().hex[:12]}", name="离线物业")
        self.house = a_house(Actor.machine(company.id, "sync"))
        self.tokens: list[tuple[UUID, str]] = []
        for _n in range(2):
            account = create_account(
                actor=self.house.actor, login=uuid4().hex[:12], name="师傅",
                person_id=self.house.worker.id,
            )  # fmt: skip
            path = self.house.community.path
            grant_role(account.id, actor=self.house.actor, role="technician", path=path)
            with acting(self.house.actor):
                hand = actor_then(account.id, now(), company=company.id)
            self.tokens.append((account.id, enrol_phone(actor=hand, name="sync")))


class Interleaving:
    """Two phones, two work orders, the desk; from one seed."""

    def __init__(self, company: Company, rng: Random) -> None:
        self.company, self.rng, self.false = company, rng, ""
        self.house, self.proxy = company.house, company.proxy
        self.proxy.rng, self.drawn = Random(rng.random()), 0
        self.works = [self._work() for _n in range(2)]
        self.phones = [
            Phone(uuid4(), uuid4, self._picture, now(), self._mistake()) for _n in range(2)
        ]
        self.hands = dict(zip((p.id for p in self.phones), company.tokens, strict=True))
        for phone in self.phones:
            self._look(phone)

    def _work(self) -> UUID:
        opened = a_case(self.house)
        assert opened.work is not None
        said = {"person": str(self.house.worker.id)}
        return move_work(opened.work.id, "assign", actor=self.house.actor, said=said).id

    def _mistake(self) -> timedelta:
        return timedelta(minutes=self.rng.choice((0, 0, 0, -600000, -7, 180)))

    def _picture(self, phone: Phone) -> str:
        self.drawn += 1
        content = a_picture("PNG", (120, 90 + self.drawn), f"#{self.rng.randrange(16**6):06x}")
        sha = hashlib.sha256(content).hexdigest()
        phone.photos[sha] = content
        return sha

    def play(self, actions: int) -> str:
        """So many things happen on a bad line; then it is good. What was wrong afterwards."""
        ends = self.rng.random() < 0.3  # before what waited for a file that has come is done
        with patch.object(api, "files_came", _ends) if ends else nullcontext():
            self.proxy.faulty = 0.45
            with self._server_that_breaks():
                for _n in range(actions):
                    self._happens()
            self.proxy.faulty = 0.0
            self.proxy.releases()
            for _round in range(4):
                for phone in self.phones:
                    self._send(phone, 50)
                    self._send(phone, 50)
                    self._upload(phone)
        return self.false or next(self._faults(), "")

    def _happens(self) -> None:
        rng, luck = self.rng, self.rng.random()
        phone = rng.choice(self.phones)
        if luck < 0.5:
            phone.works(rng, rng.choice(self.works), now())
        elif luck < 0.7:
            left_out = frozenset({rng.randrange(3)}) if rng.random() < 0.2 else frozenset()
            self._send(phone, rng.choice((1, 3, 50)), left_out)
        elif luck < 0.8:
            self._upload(phone)
        elif luck < 0.85:
            self.proxy.releases()
        elif luck < 0.9:
            phone.crash(now())
        elif luck < 0.95:
            said = {"reason": "桌面", "person": str(self.house.worker.id)}
            with suppress(Refusal):
                work = rng.choice(self.works)
                move_work(work, rng.choice(DESK), actor=self.house.actor, said=said)
        else:
            self._look(phone)

    @contextmanager
    def _server_that_breaks(self) -> Iterator[None]:
        """It ends in the midst of a command."""

        def breaking(right: Callable[..., Any]) -> Callable[..., Any]:
            def broken(*args: Any, **named: Any) -> Any:
                did = right(*args, **named)
                if self.proxy.rng.random() < 0.1:
                    raise OperationalError("the server was killed")
                return did

            return broken

        with patch.object(bringing, "take", breaking(bringing.take)):
            yield

    def _look(self, phone: Phone) -> None:
        with acting(self.house.actor):
            for work in WorkOrder.objects.filter(id__in=self.works):
                phone.looks(work.id, work.state, work.version)

    def _send(self, phone: Phone, most: int, without: frozenset[int] = frozenset()) -> None:
        message = phone.request(now(), most, without)
        who = str(self.hands[phone.id][0])
        body = {
            **message,
            "commands": [{**one, "who": who} for one in message["commands"]],
        }
        del body["boot"]
        content = json.dumps(body, default=_plain).encode()
        said = self._ask(phone, "POST", "/api/v1/commands", content)
        if said is None or message["boot"] != phone.boot:
            return
        receipts = json.loads(said[1])["receipts"]
        phone.hears([{**one, "id": UUID(one["id"])} for one in receipts], now())
        self._shown_is_held(phone)

    def _upload(self, phone: Phone) -> None:
        for sha, content in list(phone.photos.items())[:3]:
            asked = self._ask(phone, "HEAD", f"/api/v1/files/{sha}", b"")
            if asked is None:
                return
            start = int(asked[0]["Upload-Offset"])
            whole = asked[0]["Upload-Complete"] == "?1"
            while not whole and start < len(content):
                piece = content[start : start + PIECE]
                end = start + len(piece) - 1
                kind = {"Content-Range": f"bytes {start}-{end}/{len(content)}"}
                said = self._ask(phone, "PUT", f"/api/v1/files/{sha}", piece, kind)
                if said is None:
                    return
                answer = json.loads(said[1])
                start, whole = answer["have"], answer["complete"]
            if whole:
                phone.stored(sha)

    def _ask(
        self, phone: Phone, method: str, path: str, body: bytes, more: dict[str, str] | None = None
    ) -> tuple[Any, bytes] | None:
        """Headers and body of what was answered; None where nothing good came."""
        headers = {
            "Authorization": f"Bearer {self.hands[phone.id][1]}", "Connection": "close",
            "Content-Type": "application/json", **(more or {}),
        }  # fmt: skip
        port = self.proxy.server_address[1]
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as line:
            try:
                line.request(method, path, body, headers)
                said = line.getresponse()
                content = said.read()
            except (OSError, HTTPException):
                return None
        return (said.headers, content) if said.status == 200 else None

    def _shown_is_held(self, phone: Phone) -> None:
        shown = {m.id: m.receipt["status"] for m in phone.ever if m.receipt}
        with acting(self.house.actor):
            rows = Delivery.objects.filter(command__in=shown).values_list("command", "state")
            held = dict(rows)
        for id, status in shown.items():
            if id not in held or (status == "taken" and held[id] != "taken"):
                self.false = f"{id} is shown as {status}, the server has {held.get(id)}"

    def _faults(self) -> Iterator[str]:
        with acting(self.house.actor):
            for work_id in self.works:
                work = WorkOrder.objects.get(id=work_id)
                told = Event.objects.about("case", work.case_id)
                moves = [e for e in told.order_by("id") if e.name.startswith("work.")]
                notes = Counter(told.filter(name="case.note").values_list("texts__text", flat=True))
                kept = Record.objects.filter(case_id=work.case_id)
                photos = Counter(
                    str(kind)
                    for kind in kept.filter(kind="photo").values_list("file_id", flat=True)
                )
                yield from self._of_work(work, moves, notes, photos)
        for phone in self.phones:
            if phone.photos:
                yield f"{len(phone.photos)} photos are left on a phone"

    def _of_work(
        self, work: WorkOrder, moves: list[Event], notes: Counter[str], photos: Counter[str]
    ) -> Iterator[str]:
        if any(n > 1 for n in (*notes.values(), *photos.values())):
            yield "a record was kept twice"
        taken_photos = 0
        for phone in self.phones:
            account = self.hands[phone.id][0]
            mine = sorted((m for m in phone.ever if m.subject == work.id), key=lambda m: m.seq)
            rows = {d.command: d for d in Delivery.objects.filter(who=account)}
            for made in mine:
                held = rows.get(made.id)
                if held is None or made.receipt is None or held.state not in FINAL:
                    yield f"not settled: {made.name} {made.seq}, {held and held.state}"
                    return
                yield from _of_one(made, held, notes)
            taken = [made for made in mine if rows[made.id].state == "taken"]
            taken_photos += sum(made.name == "photo" for made in taken)
            yield from _of_steps([m for m in taken if m.is_step], moves, account)
        if taken_photos != sum(photos.values()):
            yield f"{sum(photos.values())} photos are there, {taken_photos} were taken"


def _of_one(made: Made, held: Delivery, notes: Counter[str]) -> Iterator[str]:
    what = f"{made.name} {made.seq}"
    if abs(held.at - made.true) > SOON:
        yield f"{what} happened at {made.true}, noted for {held.at}"
    if made.name == "note" and notes[made.said["text"]] != (held.state == "taken"):
        yield f"a note is there {notes[made.said['text']]} times, {held.state}"
    if not made.is_step and held.state in ("refused", "blocked"):
        yield f"a record was {held.state}: {what}"


def _of_steps(steps: list[Made], moves: list[Event], account: UUID) -> Iterator[str]:
    """Each taken once, in their order, on a version that its maker saw or made."""
    done = [n for n, event in enumerate(moves, start=1) if event.by == account]
    if [moves[n - 1].name for n in done] != [f"work.{made.name}" for made in steps]:
        yield "the steps of a phone were not taken once and in their order"
        return
    for made, n in zip(steps, done, strict=True):
        if any(event.by != account for event in moves[(made.base or 1) - 1 : n - 1]):
            yield f"{made.name} was taken on what its maker had not seen"


def _ends(*_args: Any, **_named: Any) -> None:
    """It does nothing any more."""


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
