"""Mails in, from a real IMAP server: each once, into its case, nothing lost."""

from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from uuid import uuid4

import pytest

from anju.domains.intake.commands import add_source, change_source, polling
from anju.domains.intake.commands import mail as reading
from anju.domains.intake.commands.mail import take_mail
from anju.domains.intake.models import Arrival, Source
from anju.domains.intake.tasks import poll_mailboxes
from anju.domains.intake.testing import MailHost, a_mail, a_mail_host
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.models import Case, Record
from anju.engine.loop.testing import House, a_house
from anju.foundation.access.commands import create_account
from anju.foundation.events.models import EventValue
from anju.foundation.files.testing import a_picture
from anju.foundation.messages.commands import set_address
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


@pytest.fixture(scope="module")
def server() -> Iterator[MailHost]:
    with a_mail_host() as host:
        yield host


@pytest.fixture
def house(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr("django.conf.settings.WEBHOOK_NETWORKS", "127.0.0.0/8")
    return a_house(actor)


@pytest.fixture
def box(house: House, server: MailHost) -> Source:
    """A mailbox that was asked once, so that what comes now is new."""
    source = add_source(
        "email", actor=house.actor, name="邮箱", place=house.community.id, mailbox=server.url
    )
    assert poll(house, source) == 0
    return source


def poll(house: House, source: Source) -> int:
    return polling.poll_mailbox(source.id, actor=house.actor)


def cases(house: House) -> list[Case]:
    with acting(house.actor):
        found = Case.objects.filter(company_id=house.actor.company_id)
        return list(found.select_related("place", "reporter").order_by("id"))


def notes(house: House) -> list[str]:
    with acting(house.actor):
        return [v.text for v in EventValue.objects.filter(event__name="case.note", name="text")]


def arrivals(house: House) -> list[Arrival]:
    with acting(house.actor):
        return list(Arrival.objects.filter(company_id=house.actor.company_id).order_by("id"))


def trouble(house: House, source: Source) -> tuple[str, datetime | None]:
    with acting(house.actor):
        found = Source.objects.get(id=source.id)
    return found.trouble, found.polled_at


def test_a_mail_becomes_a_case_once_and_what_lay_there_before_is_left(
    house: House, server: MailHost, box: Source
) -> None:
    server.put(a_mail("Re: 3号楼楼道灯"))
    server.put(a_mail("漏水", "见图"))
    assert poll(house, box) == 2
    assert poll(house, box) == 0
    lamp, leak = cases(house)
    assert (lamp.title, lamp.channel, lamp.place) == ("3号楼楼道灯", "email", house.community)
    assert "楼道灯不亮" in lamp.text
    assert "wang@example.com" in lamp.text
    assert leak.title == "漏水"
    assert trouble(house, box)[0] == ""


def test_an_answer_with_the_number_is_a_note_on_its_case(
    house: House, server: MailHost, box: Source
) -> None:
    server.put(a_mail("灯"))
    poll(house, box)
    (case,) = cases(house)
    server.put(a_mail(f"回复: {case.number} 灯", "还是不亮"))
    server.put(a_mail("Re: ZZ9-261120-9999", "nobody's number"))
    assert poll(house, box) == 2
    assert len(cases(house)) == 2  # a number that is none opens a case of its own
    (note,) = notes(house)
    assert "还是不亮" in note
    assert [a.state for a in arrivals(house)] == ["case", "message", "case"]


def test_the_same_mail_twice_and_a_death_before_it_was_noted_are_one_case(
    house: House, server: MailHost, box: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = a_mail("灯")
    server.put(mail)
    with monkeypatch.context() as patch:

        def dies(*_args: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(polling, "_note", dies)
        with pytest.raises(KeyboardInterrupt):
            poll(house, box)
    assert len(cases(house)) == 1
    server.put(mail)  # and the sender's server sends it again
    assert poll(house, box) == 2
    assert len(cases(house)) == 1


def test_attachments_become_evidence_and_bad_ones_are_named(
    house: House, server: MailHost, box: Source
) -> None:
    mail = a_mail("漏水", "见图")
    mail.add_attachment(a_picture(), maintype="image", subtype="jpeg", filename="漏水.jpg")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    mail.add_attachment(svg, maintype="image", subtype="svg+xml", filename="x.svg")
    cut = a_picture()[:200]
    mail.add_attachment(cut, maintype="image", subtype="jpeg", filename="cut.jpg")
    server.put(mail)
    assert poll(house, box) == 1
    (case,) = cases(house)
    with acting(house.actor):
        kinds = [r.kind for r in Record.objects.filter(case=case)]
    assert kinds == ["photo"]
    (note,) = notes(house)
    assert "x.svg" in note
    assert "cut.jpg" in note


def test_html_is_read_without_its_scripts() -> None:
    mail = EmailMessage()
    mail.set_content(
        "<style>x{}</style><p>灯</p><script>bad()</script>坏了<br>谢谢", subtype="html"
    )
    assert reading._text(mail) == "灯坏了\n谢谢"


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff\xfe\x00", b"Subject: =?x?q?=\r\nMessage-ID: <kept-1@x>\r\n\r\nx",
        b"Content-Type: text/plain; charset=none-such\r\nMessage-ID: <kept-2@x>\r\n\r\n\xff",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/png\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nAAA",
    ],
)  # fmt: skip
def test_a_broken_mail_is_a_case_or_waits_but_is_never_lost(
    house: House, box: Source, raw: bytes
) -> None:
    with acting(house.actor):
        source = Source.objects.select_related("place").get(id=box.id)
    got = take_mail(source, raw, actor=house.actor)
    assert got.state in ("case", "kept")
    assert take_mail(source, raw, actor=house.actor).again
    assert len(arrivals(house)) == 1


def test_what_a_machine_sent_waits_and_is_not_answered(
    house: House, server: MailHost, box: Source
) -> None:
    server.put(a_mail("Out of office", Auto_Submitted="auto-replied"))
    assert poll(house, box) == 1
    assert cases(house) == []
    (arrival,) = arrivals(house)
    assert (arrival.state, arrival.reason) == ("kept", "automatic")
    assert "Out of office" in arrival.text


def test_the_person_of_a_known_address_reports(house: House, server: MailHost, box: Source) -> None:
    person, login = house.resident, f"m{uuid4().hex[:10]}"
    account = create_account(actor=house.actor, login=login, name=login, person_id=person.id)
    set_address(account.id, "wang@example.com", actor=house.actor)
    server.put(a_mail("灯"))
    poll(house, box)
    (case,) = cases(house)
    assert case.reporter == person


def test_a_note_on_a_void_case_waits(house: House, server: MailHost, box: Source) -> None:
    server.put(a_mail("灯"))
    poll(house, box)
    (case,) = cases(house)
    move_case(case.id, "void", actor=house.actor, said={"reason": "重复"})
    server.put(a_mail(f"Re: {case.number}"))
    poll(house, box)
    assert [a.state for a in arrivals(house)] == ["case", "kept"]


def test_what_stands_in_the_way_is_said(
    house: House, server: MailHost, box: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def now_at(mailbox: str) -> str:
        place = house.community.id
        change_source(box.id, actor=house.actor, name="邮箱", place=place, on=True, mailbox=mailbox)
        assert poll(house, box) == 0
        return trouble(house, box)[0]

    base = f"127.0.0.1:{server.port}"
    assert now_at(f"imap://demouser:wrong@{base}/INBOX") == "sign_in"
    assert now_at(f"imap://demouser:demopass@{base}/Nowhere") == "mailbox"
    assert now_at("imap://demouser:demopass@127.0.0.1:9/INBOX") == "unreachable"
    assert now_at(f"imap://demouser:demopass@{base}/INBOX") == ""
    monkeypatch.setattr("django.conf.settings.WEBHOOK_NETWORKS", "")
    assert poll(house, box) == 0
    assert trouble(house, box)[0] == "blocked"
    for wrong in ("", "http://x/", "imap://host/", "imaps://u:p@10.0.0.1/"):
        with pytest.raises(NotYet) as refusal:
            add_source(
                "email", actor=house.actor, name="x", place=house.community.id, mailbox=wrong
            )
        assert set(refusal.value.fields) == {"mailbox"}


def test_the_worker_asks_every_mailbox(house: House, server: MailHost, box: Source) -> None:
    server.put(a_mail("灯"))
    poll_mailboxes()
    assert len(cases(house)) == 1
    with acting(house.actor):
        sealed = bytes(Source.objects.get(id=box.id).sealed)
    assert b"demopass" not in sealed
