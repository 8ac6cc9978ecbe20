"""WeCom callbacks: the provider's own worked example, then forged, stale and replayed ones."""

import base64
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.test import Client

from anju.domains.intake.commands import add_source, rotate_source_secret
from anju.domains.intake.models import Arrival, Source
from anju.domains.intake.queries import wecom_keys
from anju.domains.intake.rules import NotUnderstood
from anju.domains.intake.wecom import (
    BLOCK,
    Forged,
    Keys,
    decrypted,
    encrypted_in,
    opened,
    signature,
    told_of,
)
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.models import Account
from anju.foundation.access.testing import a_browser, an_account
from anju.foundation.events.models import EventValue
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

CORP = "ww5823bf96d3bd56c7"
# 加解密方案说明, developer.work.weixin.qq.com/document/path/90968: its configuration, its request
# to verify an address, its message.
EXAMPLE = Keys("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7")
ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
SENT = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUp"
    "j911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue"
    "06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+"
    "3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH"
    "27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8"
    "R07+qN+E7Q=="
)


def test_the_signature_and_the_echo_of_the_providers_example() -> None:
    asked = {
        "msg_signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
        "timestamp": "1409659589",
        "nonce": "263014780",
    }
    then = datetime.fromtimestamp(1409659589, UTC)
    assert opened(asked, ECHO, [EXAMPLE], at=then) == b"1616140317555161061"


def test_the_message_of_the_providers_example() -> None:
    asked = {
        "msg_signature": "477715d11cdb4164915debcba66cb864d751f3e6",
        "timestamp": "1409659813",
        "nonce": "1372623149",
    }
    then = datetime.fromtimestamp(1409659813, UTC)
    told = told_of(opened(asked, SENT, [EXAMPLE], at=then))
    assert (told.kind, told.sender, told.text) == ("text", "mycreate", "hello")
    assert (told.id, told.at) == ("4561255354251345929", then)
    late = then + timedelta(minutes=6)
    for keys, at in (([EXAMPLE], late), ([Keys("other", EXAMPLE.aes, EXAMPLE.receiver)], then)):
        with pytest.raises(Forged):
            opened(asked, SENT, keys, at=at)
    with pytest.raises(Forged):  # meant for another enterprise
        decrypted(SENT, Keys(EXAMPLE.token, EXAMPLE.aes, "wxsomebodyelse"))


@pytest.mark.parametrize("raw", [b"", b"\xff", b"<xml>", b"<xml/>", b"plain"])
def test_what_is_no_envelope_is_refused(raw: bytes) -> None:
    with pytest.raises(Forged):
        decrypted(encrypted_in(raw), EXAMPLE)


def test_a_document_type_is_never_read() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><MsgType>&a;</MsgType></xml>'
    with pytest.raises(NotUnderstood):
        told_of(bomb.encode())


# The whole way in


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def source(house: House) -> Source:
    place = house.community.id
    return add_source("wecom", actor=house.actor, name="企业微信", place=place, receiver=CORP)


def a_message(
    text: str = "楼道灯不亮", *, sender: str = "wangwu", id: str = "", **more: str
) -> str:
    parts = {
        "ToUserName": CORP, "FromUserName": sender, "CreateTime": str(int(now().timestamp())),
        "MsgType": "text", "Content": text, "MsgId": id or str(secrets.randbits(60)),
        "AgentID": "1000002", **more,
    }  # fmt: skip
    return "<xml>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in parts.items()) + "</xml>"


def sealed(text: str, keys: Keys) -> str:
    """As WeCom encrypts it."""
    said = text.encode()
    plain = secrets.token_bytes(16) + len(said).to_bytes(4) + said + keys.receiver.encode()
    pad = BLOCK - len(plain) % BLOCK
    key = base64.b64decode(keys.aes + "=")
    cipher = Cipher(algorithms.AES256(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(plain + bytes([pad]) * pad) + cipher.finalize()).decode()


def address(
    source: Source, sent: str, keys: Keys, *, at: datetime | None = None, **more: str
) -> str:
    stamp, nonce = str(int((at or now()).timestamp())), str(secrets.randbits(40))
    asked = {
        "msg_signature": signature(keys.token, stamp, nonce, sent),
        "timestamp": stamp,
        "nonce": nonce,
        **more,
    }
    return f"/api/v1/hooks/{source.code}?{urlencode(asked)}"


def body_of(sent: str) -> str:
    return f"<xml><ToUserName>{CORP}</ToUserName><Encrypt><![CDATA[{sent}]]></Encrypt></xml>"


def told(source: Source, message: str, keys: Keys | None = None) -> int:
    keys = keys or wecom_keys(source)[0]
    sent = sealed(message, keys)
    url = address(source, sent, keys)
    return Client().post(url, body_of(sent), content_type="text/xml").status_code


def cases(house: House) -> list[Case]:
    with acting(house.actor):
        mine = Case.objects.filter(company_id=house.actor.company_id)
        return list(mine.select_related("reporter").order_by("at", "id"))


def notes(house: House) -> list[str]:
    with acting(house.actor):
        found = EventValue.objects.filter(event__name="case.note").order_by("event__at")
        return list(found.values_list("text", flat=True))


def test_entering_the_address_in_wecom_is_answered_in_plain_text(source: Source) -> None:
    (keys,) = wecom_keys(source)
    assert (len(keys.token), len(keys.aes)) == (32, 43)
    echo = sealed("1616140317555161061", keys)
    got = Client().get(address(source, echo, keys, echostr=echo))
    assert (got.status_code, got.content) == (200, b"1616140317555161061")
    assert got["Content-Type"].startswith("text/plain")


def test_a_text_becomes_a_case_once_and_what_follows_a_note(house: House, source: Source) -> None:
    with frozen(now() - timedelta(hours=1)):
        assert told(source, a_message(id="1")) == 200
        assert told(source, a_message(id="1")) == 200  # sent again by WeCom, signed anew
        assert told(source, a_message("三楼也不亮", id="2")) == 200
        picture = "https://wework.qpic.cn/wwpic/1/0"
        image = {"MsgType": "image", "PicUrl": picture, "MediaId": "m1"}
        assert told(source, a_message("", id="3", **image)) == 200
    (case,) = cases(house)
    assert (case.title, case.channel, case.kind) == ("楼道灯不亮", "wechat", "enquiry")
    assert "wangwu" in case.text
    assert [any(n.endswith(end) for n in notes(house)) for end in ("三楼也不亮", picture)] == [
        True
    ] * 2
    told(source, a_message("电梯异响", id="4"))  # half an hour later it is another matter
    told(source, a_message("水管爆了", sender="zhaoliu", id="5"))
    assert [c.title for c in cases(house)] == ["楼道灯不亮", "电梯异响", "水管爆了"]


def test_a_picture_alone_is_a_case_and_a_number_leads_to_its_case(
    house: House, source: Source
) -> None:
    known = a_case(house).case
    told(source, a_message(f"{known.number} 还在漏"))
    assert notes(house) == [f"{known.number} 还在漏"]
    image = {"MsgType": "image", "PicUrl": "https://wework.qpic.cn/wwpic/2/0", "MediaId": "m2"}
    told(source, a_message("", sender="zhaoliu", **image))
    (alone,) = [case for case in cases(house) if case.id != known.id]
    assert "https://wework.qpic.cn/wwpic/2/0" in alone.text


def test_a_member_called_as_an_account_is_the_reporter(house: House, source: Source) -> None:
    someone = an_account(house.actor, "desk", person_id=house.worker.id)
    with acting(house.actor):
        login = Account.objects.get(id=someone.id).login
    told(source, a_message(sender=login))
    assert cases(house)[-1].reporter == house.worker


def test_forged_stale_replayed_and_misdirected_ones_are_refused(
    house: House, source: Source
) -> None:
    client, (keys,) = Client(), wecom_keys(source)
    sent = sealed(a_message(), keys)
    right = address(source, sent, keys)
    other = Keys(keys.token, keys.aes, "wwsomebodyelse")
    stranger = Keys("x" * 32, keys.aes, CORP)
    misdirected = sealed(a_message(), other)
    broken = sent[:-8] + "AAAAAAA="
    wrong = [
        (right.replace("msg_signature=", "msg_signature=0"), sent),
        (right, sealed(a_message("换了内容"), keys)),
        (right.replace("timestamp=", "timestamp=1"), sent),
        (address(source, sent, stranger), sent),
        (address(source, sent, keys, at=now() - timedelta(minutes=6)), sent),
        (address(source, sent, keys, at=now() + timedelta(minutes=6)), sent),
        (address(source, misdirected, keys), misdirected),
        (address(source, broken, keys), broken),
        (address(source, "", keys), ""),
    ]
    for url, body in wrong:
        assert client.post(url, body_of(body), content_type="text/xml").status_code == 403, url
    assert client.get(address(source, sent, stranger, echostr=sent)).status_code == 403
    assert cases(house) == []
    assert client.post(right, body_of(sent), content_type="text/xml").status_code == 200
    assert client.post(right, body_of(sent), content_type="text/xml").status_code == 409
    assert len(cases(house)) == 1


def test_what_is_neither_text_nor_picture_waits_and_events_are_nothing(
    house: House, source: Source
) -> None:
    assert told(source, a_message("", MsgType="voice", MediaId="v")) == 200
    assert told(source, a_message("", MsgType="event", Event="enter_agent", MsgId="")) == 200
    assert told(source, "<xml><broken/></xml>") == 200
    assert cases(house) == []
    with acting(house.actor):
        kept = Arrival.objects.filter(company_id=house.actor.company_id, state="kept")
        assert sorted(kept.values_list("reason", flat=True)) == ["wecom", "wecom_kind"]


def test_after_a_change_of_keys_the_old_ones_are_good_for_a_day(
    house: House, source: Source
) -> None:
    (old,) = wecom_keys(source)
    rotated = rotate_source_secret(source.id, actor=house.actor)
    assert len(wecom_keys(rotated)) == 2
    assert told(rotated, a_message(), old) == 200
    with frozen(now() + timedelta(days=2)):
        assert told(rotated, a_message(), old) == 403


def test_a_case_that_is_over_is_not_written_on(house: House, source: Source) -> None:
    told(source, a_message(id="1"))
    (case,) = cases(house)
    move_case(case.id, "void", actor=house.actor, said={"reason": "误报"})
    told(source, a_message("又不亮了", id="2"))
    assert [c.title for c in cases(house)] == ["楼道灯不亮", "又不亮了"]


def test_the_page_shows_what_to_enter_in_wecom(actor: Actor, house: House) -> None:
    client = a_browser(actor, "admin")
    given = {"name": "企微", "kind": "wecom", "place": str(house.community.id), "receiver": "?"}
    wrong = client.post("/sources/new", given)
    assert wrong.status_code == 422
    assert "Enter the CorpID" in wrong.content.decode()
    made = client.post("/sources/new", {**given, "receiver": CORP})
    page = client.get(made["Location"]).content.decode()
    assert "EncodingAESKey" in page
    assert CORP in page
    with pytest.raises(NotYet):
        add_source("wecom", actor=actor, name="无", place=house.community.id)
