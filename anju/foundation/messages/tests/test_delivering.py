"""Mail goes out through a real SMTP server; failures, leases, crashes and two workers."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.conf import settings
from django.db import connections

from anju.foundation.events.models import Event
from anju.foundation.lib import frozen, now
from anju.foundation.messages.commands import deliver, discard, retry, set_address
from anju.foundation.messages.commands.queueing import queue_messages
from anju.foundation.messages.models import Message
from anju.foundation.messages.rules.outbox import LEASE, TRIES, error_words
from anju.foundation.messages.testing import (
    MailSink,
    a_mail_server,
    a_message,
    a_note,
    someone_with_email,
    the_message,
)
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused, Unknown

WORKER = "import django; django.setup(); from anju.faces.cli.work import run_work; run_work([])"


def events_of(actor: Actor, message: Message) -> list[str]:
    with acting(actor):
        return list(Event.objects.about("message", message.id).values_list("name", flat=True))


def deliver_later(actor: Actor, after: timedelta) -> int:
    with frozen(now() + after):
        return deliver("email", actor=actor)


def test_a_mail_says_what_happened_where_to_look_and_why(actor: Actor, mails: MailSink) -> None:
    someone = someone_with_email(actor)
    message = a_message(actor, someone)
    assert deliver("email", actor=actor) == 1
    (raw,) = mails.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["To"] == f"{someone.login}@example.com"
    assert mail["Message-ID"] == f"<{message.id}@127.0.0.1>"
    text = mail.get_content()
    assert f"/messages/{message.id}" in text
    assert "您收到这条消息" in text or "You get this" in text
    message = the_message(actor, message.id)
    assert (message.state, message.attempts, message.next_at) == ("sent", 1, None)
    assert events_of(actor, message) == ["message.sent"]
    assert deliver("email", actor=actor) == 0
    assert len(mails.mails) == 1


def test_no_address_is_kept_with_the_message(actor: Actor, mails: MailSink) -> None:
    someone = someone_with_email(actor)
    message = a_message(actor, someone)
    with acting(actor):
        row = Message.objects.filter(id=message.id).values().get()
    assert "@" not in str(row)


def test_a_mail_that_has_no_address_any_more_goes_to_the_dead_letters(
    actor: Actor, mails: MailSink
) -> None:
    someone = someone_with_email(actor)
    message = a_message(actor, someone)
    set_address(someone.id, "", actor=someone.actor)
    deliver("email", actor=actor)
    message = the_message(actor, message.id)
    assert (message.state, message.error) == ("dead", "no_address")
    assert mails.mails == []


def test_put_off_is_tried_again_with_growing_pauses(actor: Actor, mails: MailSink) -> None:
    message = a_message(actor, someone_with_email(actor))
    mails.answer = lambda envelope: "451 later"
    waits = []
    at = now()
    for _try in range(4):
        with frozen(at):
            assert deliver("email", actor=actor) == 1
            assert deliver("email", actor=actor) == 0
        message = the_message(actor, message.id)
        assert (message.state, message.error) == ("pending", "smtp:451")
        assert message.next_at is not None
        waits.append((message.next_at - at).total_seconds())
        at = message.next_at
    for n, wait in enumerate(waits):
        assert 0.75 * 60 * 2**n <= wait <= 1.25 * 60 * 2**n
    mails.answer = lambda envelope: "250 taken"
    with frozen(at):
        deliver("email", actor=actor)
    assert the_message(actor, message.id).state == "sent"


def test_after_the_last_try_it_is_a_dead_letter_and_can_be_sent_again(
    actor: Actor, mails: MailSink
) -> None:
    someone = someone_with_email(actor)
    message = a_message(actor, someone)
    mails.answer = lambda envelope: "451 later"
    with acting(actor):
        Message.objects.filter(id=message.id).update(attempts=TRIES - 1)
    deliver("email", actor=actor)
    message = the_message(actor, message.id)
    assert (message.state, message.error, message.attempts) == ("dead", "smtp:451", TRIES)
    assert events_of(actor, message) == ["message.dead"]
    assert "451" in str(error_words(message.error))
    mails.answer = lambda envelope: "250 taken"
    assert retry([message.id], actor=actor) == 1
    deliver("email", actor=actor)
    assert the_message(actor, message.id).state == "sent"


@pytest.mark.parametrize(("says", "error"), [("550 no such user", "refused:550")])
def test_refused_for_good_is_not_tried_again(
    actor: Actor, mails: MailSink, says: str, error: str
) -> None:
    message = a_message(actor, someone_with_email(actor))
    mails.at_recipient = says
    deliver("email", actor=actor)
    message = the_message(actor, message.id)
    assert (message.state, message.error, message.attempts) == ("dead", error, 1)


def test_one_bad_recipient_does_not_stop_the_others(actor: Actor, mails: MailSink) -> None:
    first, second = (a_message(actor, someone_with_email(actor)) for _n in range(2))
    mails.answer = lambda envelope: "554 no" if len(mails.mails) == 1 else "250 taken"
    deliver("email", actor=actor)
    states = Counter(the_message(actor, m.id).state for m in (first, second))
    assert states == {"dead": 1, "sent": 1}


def test_nobody_there_costs_one_try_of_the_batch(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_mail_server() as gone:
        monkeypatch.setattr(settings, "SMTP_URL", gone.url)
    someone = someone_with_email(actor)
    messages = [a_message(actor, someone) for _n in range(3)]
    assert deliver("email", actor=actor) == 1
    now_stand = [the_message(actor, m.id) for m in messages]
    assert [m.state for m in now_stand] == ["pending"] * 3
    assert sorted(m.attempts for m in now_stand) == [0, 0, 1]
    assert {m.error for m in now_stand} == {"unreachable"}


@pytest.mark.parametrize(("priority", "state"), [(1, "pending"), (3, "unknown")])
def test_a_lost_answer_is_sent_again_only_where_twice_is_better_than_never(
    actor: Actor, mails: MailSink, priority: int, state: str
) -> None:
    """The server took the mail and the connection broke before it could say so."""
    message = a_message(actor, someone_with_email(actor), priority=priority)

    def broken(self: object, text: bytes) -> tuple[int, bytes]:
        raise ConnectionResetError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("smtplib.SMTP.data", broken)
        deliver("email", actor=actor)
    message = the_message(actor, message.id)
    assert (message.state, message.error) == (state, "lost")


def test_a_message_too_late_to_be_of_use_is_not_sent(actor: Actor, mails: MailSink) -> None:
    message = a_message(actor, someone_with_email(actor))
    assert deliver_later(actor, timedelta(days=3)) == 0
    message = the_message(actor, message.id)
    assert (message.state, message.error) == ("dropped", "stale")
    assert mails.mails == []


def test_the_urgent_go_first(actor: Actor, mails: MailSink) -> None:
    someone = someone_with_email(actor)
    ordered = [a_message(actor, someone, priority=p).id for p in (4, 3, 1, 2)]
    deliver("email", actor=actor)
    sent = [message_from_bytes(raw)["Message-ID"] for raw in mails.mails]
    wanted = [f"<{ordered[n]}@127.0.0.1>" for n in (2, 3, 1, 0)]
    assert sent == wanted


def test_a_killed_worker_costs_one_double_and_loses_nothing(actor: Actor) -> None:
    """kill -9 between the server's acceptance and our note of it."""
    taken, go_on = threading.Event(), threading.Event()

    with a_mail_server() as sink, pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "SMTP_URL", sink.url)
        message = a_message(actor, someone_with_email(actor))

        def answer(envelope: object) -> str:
            if sink.of(message):
                taken.set()
                go_on.wait(20)
            return "250 taken"

        sink.answer = answer
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER], env={**os.environ, "ANJU_SMTP_URL": sink.url}
        )
        try:
            assert taken.wait(30)
            assert the_message(actor, message.id).state == "leased"
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            go_on.set()
        assert deliver("email", actor=actor) == 0  # the lease of the dead still holds
        assert deliver_later(actor, LEASE) == 1
        assert len(sink.of(message)) == 2
    message = the_message(actor, message.id)
    assert (message.state, message.attempts) == ("sent", 2)


def test_a_message_that_kills_every_worker_ends(actor: Actor, mails: MailSink) -> None:
    message = a_message(actor, someone_with_email(actor))
    with acting(actor):
        Message.objects.filter(id=message.id).update(
            state="leased", attempts=TRIES, next_at=now() - timedelta(seconds=1)
        )
    assert deliver("email", actor=actor) == 0
    message = the_message(actor, message.id)
    assert (message.state, message.error) == ("unknown", "lease")


def test_a_message_that_kills_the_worker_costs_its_neighbours_no_try(
    actor: Actor, mails: MailSink
) -> None:
    someone = someone_with_email(actor)
    first = a_message(actor, someone, priority=1)
    neighbours = [a_message(actor, someone).id for _n in range(3)]

    def killed(self: object, text: bytes) -> tuple[int, bytes]:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("smtplib.SMTP.data", killed)
        with pytest.raises(KeyboardInterrupt):
            deliver("email", actor=actor)
    assert the_message(actor, first.id).attempts == 1
    assert {the_message(actor, id).attempts for id in neighbours} == {0}
    assert deliver_later(actor, LEASE) == 4


def test_a_lease_that_went_to_another_is_not_settled_by_the_first(
    actor: Actor, mails: MailSink
) -> None:
    message = a_message(actor, someone_with_email(actor))

    def slow(self: object, text: bytes) -> tuple[int, bytes]:
        with acting(actor):  # the lease ended meanwhile and another worker began its try
            later = now() + 2 * LEASE
            Message.objects.filter(id=message.id).update(attempts=2, next_at=later)
        return 554, b"no"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("smtplib.SMTP.data", slow)
        deliver("email", actor=actor)
    assert the_message(actor, message.id).state == "leased"


def test_two_workers_send_each_mail_once(actor: Actor, mails: MailSink) -> None:
    people = [someone_with_email(actor) for _n in range(4)]
    queue_messages([a_note(p) for p in people for _n in range(15)], actor=actor)

    def work() -> None:
        try:
            while deliver("email", actor=actor):
                time.sleep(0)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    deliver("email", actor=actor)
    sent = Counter(message_from_bytes(raw)["Message-ID"] for raw in mails.mails)
    assert len(sent) == 60
    assert set(sent.values()) == {1}


def test_the_running_worker_sends_and_stops_in_good_order(actor: Actor) -> None:
    with a_mail_server() as sink, pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "SMTP_URL", sink.url)
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER], env={**os.environ, "ANJU_SMTP_URL": sink.url}
        )
        try:
            message = a_message(actor, someone_with_email(actor))
            deadline = time.monotonic() + 30
            while the_message(actor, message.id).state != "sent":
                assert time.monotonic() < deadline
                time.sleep(0.1)
            worker.terminate()
            assert worker.wait(30) == 0
        finally:
            worker.kill()
            worker.wait()
        assert len(sink.of(message)) == 1


def test_discarded_messages_are_not_sent(actor: Actor, mails: MailSink) -> None:
    message = a_message(actor, someone_with_email(actor))
    assert discard([message.id], actor=actor) == 1
    assert deliver("email", actor=actor) == 0
    message = the_message(actor, message.id)
    assert (message.state, message.error, message.next_at) == ("dropped", "discarded", None)
    with pytest.raises(NotYet):
        discard([message.id], actor=actor)


def test_only_who_may_edit_the_outbox_sends_again(
    actor: Actor, other_actor: Actor, mails: MailSink
) -> None:
    someone = someone_with_email(actor, "technician")
    message = a_message(actor, someone)
    with pytest.raises(Refused):
        retry([message.id], actor=someone.actor)
    with pytest.raises(Unknown):
        retry([message.id], actor=other_actor)
    with pytest.raises(NotYet):
        retry([message.id], actor=actor)
    assert the_message(actor, message.id).state == "pending"
