"""The two operations over HTTP: what a phone sends and what it is told."""

import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.offline.commands import bringing
from anju.engine.offline.commands.bringing import enrol
from anju.engine.offline.commands.losing import report_lost
from anju.engine.offline.models import Delivery, Device
from anju.foundation.access.commands import close_account, create_account, grant_role, revoke_token
from anju.foundation.access.commands.phones import enrol_phone
from anju.foundation.access.models import ApiToken
from anju.foundation.access.queries import actor_then
from anju.foundation.access.rules import DEVICE_DAYS
from anju.foundation.files.commands import sweep_files
from anju.foundation.files.models import StoredFile
from anju.foundation.files.queries import come_so_far
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

COMMANDS, FILES = "/api/v1/commands", "/api/v1/files"
PIECE = 400
DELIVERED_WITHIN = timedelta(days=90)  # access_by_token


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def hand(house: House) -> Actor:
    account = create_account(
        actor=house.actor, login=uuid4().hex[:12], name="张师傅", person_id=house.worker.id
    )
    grant_role(account.id, actor=house.actor, role="technician", path=house.community.path)
    with acting(house.actor):
        return actor_then(account.id, now(), company=house.actor.company_id)


@pytest.fixture
def client(hand: Actor) -> Client:
    token = enrol_phone(actor=hand, name="test")
    return Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})


@pytest.fixture
def work(house: House) -> WorkOrder:
    opened = a_case(house)
    assert opened.work is not None
    said = {"person": str(house.worker.id)}
    return move_work(opened.work.id, "assign", actor=house.actor, said=said)


def command(hand: Actor, work: WorkOrder, seq: int, name: str, **said: Any) -> dict[str, Any]:
    return {
        "v": 1, "id": str(uuid4()), "device": str(work.id), "seq": seq, "who": str(hand.id),
        "subject": str(work.id), "base_version": None, "name": name, "at": now().isoformat(),
        "tick": 5.0, "said": said,
    }  # fmt: skip


def post(client: Client, *commands: dict[str, Any], **more: Any) -> Any:
    body = {"sent_at": now().isoformat(), "tick_now": 9.0, "commands": commands, **more}
    return client.post(COMMANDS, json.dumps(body), content_type="application/json")


def put(client: Client, content: bytes, start: int = 0, size: int | None = None) -> Any:
    sha = hashlib.sha256(content).hexdigest()
    piece = content[start : None if size is None else start + size]
    headers = {}
    if size is not None:
        headers["Content-Range"] = f"bytes {start}-{start + len(piece) - 1}/{len(content)}"
    return client.put(
        f"{FILES}/{sha}", piece, content_type="application/octet-stream", headers=headers
    )


def test_a_list_of_commands_gets_a_receipt_each(
    client: Client, hand: Actor, work: WorkOrder
) -> None:
    note = command(hand, work, 2, "note", text="\0好\ud800")
    answer = post(client, command(hand, work, 1, "accept"), note)
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert [one["status"] for one in said["receipts"]] == ["taken", "taken"]
    assert said["receipts"][0]["state"] == "accepted"
    assert len(said["receipts"][0]["number"]) == 8


def test_fifty_at_once_and_no_more(
    client: Client, hand: Actor, work: WorkOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "PATIENCE", 600.0)  # on a slow machine too
    many = [command(hand, work, n, "note", text="x") for n in range(1, 52)]
    assert post(client, *many).status_code == 422
    assert len(post(client, *many[:50]).json()["receipts"]) == 50


def test_a_device_that_brings_nothing_is_heard(client: Client, house: House) -> None:
    device = uuid4()
    assert post(client, device=str(device), left=3).status_code == 200
    with acting(house.actor):
        assert Device.objects.get(device=device).left == 3


def test_a_file_comes_in_pieces_and_goes_on_where_it_stopped(
    client: Client, hand: Actor, house: House, work: WorkOrder
) -> None:
    content = a_picture("PNG", (300, 300))
    sha = hashlib.sha256(content).hexdigest()
    waiting = post(
        client,
        command(hand, work, 1, "accept"),
        command(hand, work, 2, "photo", file=sha, stage="before"),
    ).json()["receipts"][1]
    assert waiting["status"] == "waiting"
    assert client.head(f"{FILES}/{sha}").headers["Upload-Offset"] == "0"
    begun = put(client, content, 0, PIECE).json()
    assert begun == {"sha256": sha, "have": PIECE, "complete": False}
    assert put(client, content, 0, PIECE).json()["have"] == PIECE, "again, and past its end"
    assert put(client, content, PIECE + 9, PIECE).json()["have"] == PIECE
    start = int(client.head(f"{FILES}/{sha}").headers["Upload-Offset"])
    assert start == PIECE
    while start < len(content):
        start = put(client, content, start, PIECE).json()["have"]
    done = client.head(f"{FILES}/{sha}")
    assert (done.headers["Upload-Offset"], done.headers["Upload-Complete"]) == (str(start), "?1")
    assert put(client, content).json()["complete"]
    with acting(house.actor):
        assert StoredFile.objects.filter(sha256=sha).count() == 1
        assert WorkOrder.objects.get(id=work.id).records.filter(kind="photo").count() == 1


def test_other_bytes_than_were_announced_begin_anew(client: Client, hand: Actor) -> None:
    sha = "ab" * 32
    answer = client.put(f"{FILES}/{sha}", a_picture(), content_type="application/octet-stream")
    assert (answer.status_code, answer.json()["code"]) == (422, "hash")
    assert come_so_far(sha, actor=hand) == 0


@pytest.mark.parametrize("given", ["bytes 0-9/5", "bytes 3-1/9", "0-9", "bytes 0-1/2"])
def test_a_range_is_as_long_as_its_piece(client: Client, given: str) -> None:
    answer = client.put(
        f"{FILES}/{'cd' * 32}", b"four", content_type="a/b", headers={"Content-Range": given}
    )
    assert answer.status_code == 422
    assert client.head(f"{FILES}/nothing").status_code == 422


def test_a_hostile_file_is_refused_as_everywhere(client: Client) -> None:
    answer = put(client, b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    assert (answer.status_code, answer.json()["code"]) == (422, "file")


def test_what_never_came_whole_is_swept_after_a_month(
    client: Client, hand: Actor, house: House
) -> None:
    content = a_picture("PNG", (200, 200))
    put(client, content, 0, PIECE)
    sha = hashlib.sha256(content).hexdigest()
    sweep_files(actor=house.actor)
    assert come_so_far(sha, actor=hand) == PIECE
    with frozen(now() + timedelta(days=31)):
        sweep_files(actor=house.actor)
    assert come_so_far(sha, actor=hand) == 0


def test_a_phone_opens_nothing_else(client: Client) -> None:
    assert client.get("/api/v1/cases").status_code == 403
    assert client.post("/api/v1/cases", {}, content_type="application/json").status_code == 403


def test_who_has_left_still_brings_what_was_done(
    client: Client, hand: Actor, house: House, work: WorkOrder
) -> None:
    before = command(hand, work, 1, "accept")
    with frozen(now() + timedelta(minutes=1)):
        close_account(hand.id, actor=house.actor)
    with frozen(now() + timedelta(minutes=30)):
        (said,) = post(client, before | {"tick": None}).json()["receipts"]
    assert said["status"] == "taken"
    with frozen(now() + DELIVERED_WITHIN + timedelta(days=1)):
        assert post(client).status_code == 401


def test_a_sign_in_that_is_over_delivers_for_ninety_days(client: Client) -> None:
    with frozen(now() + DEVICE_DAYS + DELIVERED_WITHIN - timedelta(hours=1)):
        assert post(client).status_code == 200
    with frozen(now() + DEVICE_DAYS + DELIVERED_WITHIN + timedelta(hours=1)):
        assert post(client).status_code == 401


def test_a_lost_phone_delivers_nothing(client: Client, hand: Actor, house: House) -> None:
    with acting(house.actor):
        token = ApiToken.objects.get(account_id=hand.id, scopes="deliver")
    revoke_token(token.id, actor=hand)
    assert post(client).status_code == 401


def test_a_phone_reported_lost_brings_nothing_with_a_newer_token(
    client: Client, hand: Actor, house: House, work: WorkOrder
) -> None:
    assert post(client, device=str(work.id), left=1).status_code == 200
    with acting(house.actor):
        device = Device.objects.get(device=work.id)
    report_lost(device.id, actor=house.actor, reason="落在出租车上")
    for done in ([command(hand, work, 1, "accept")], []):
        newer = Client(headers={"Authorization": f"Bearer {enrol_phone(actor=hand, name='new')}"})
        assert newer.get("/work/lost").json() == {"lost": False}
        assert post(newer, *done, device=str(work.id)).status_code == 401
        assert newer.get("/work/lost").json() == {"lost": True}
    photo = a_picture()
    fresh = enrol(work.id, actor=hand, name="new")  # made on it after the report: no file either
    newer = Client(headers={"Authorization": f"Bearer {fresh}"})
    sha = hashlib.sha256(photo).hexdigest()
    assert newer.put(f"{FILES}/{sha}", photo).status_code == 401
    assert newer.get("/work/lost").json() == {"lost": True}
    with acting(house.actor):
        assert not Delivery.objects.exists()
        assert not StoredFile.objects.filter(by=hand.id).exists()
