"""The pages about messages, through the whole stack of middleware."""

from uuid import uuid4

import pytest
from django.test import Client

from anju.engine.loop.testing import a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import Someone, an_account
from anju.foundation.messages.commands import add_webhook, deliver, queue_message
from anju.foundation.messages.models import Address, Message, Webhook
from anju.foundation.messages.queries import secrets_of
from anju.foundation.messages.testing import (
    a_mail_server,
    a_message,
    a_note,
    a_provider,
    a_receiver,
    someone_with_email,
    the_message,
)
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

HOOK = {"url": "https://example.com/hook", "events": ["case.*"], "names": "", "on": "on"}


def browser(someone: Someone) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.cookies[DEVICE_COOKIE] = someone.device
    return client


def html(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.content.decode()
    return str(answer.content.decode())


def test_the_bell_counts_and_its_list_opens_what_it_is_about(actor: Actor) -> None:
    house = a_house(actor)
    case = a_case(house).case
    someone = an_account(actor, "desk")
    queue_message(a_note(someone, subject=("case", case.id)), actor=actor)
    client = browser(someone)
    page = html(client, "/messages")
    assert "1 unread" in page
    assert 'aria-label="1 message"' in page
    with acting(actor):
        message = Message.objects.mine(someone.actor).get()
    assert f'formaction="/messages/{message.id}"' in page
    by_link = client.get(f"/messages/{message.id}")
    assert by_link["Location"] == f"/cases/{case.id}"
    assert the_message(actor, message.id).read_at is None
    assert client.post(f"/messages/{message.id}")["Location"] == f"/cases/{case.id}"
    assert the_message(actor, message.id).read_at is not None
    assert "0 unread" in html(client, "/messages")
    assert str(message.id) not in html(client, "/messages?read=no")


def test_all_are_marked_as_read_or_the_chosen_ones(actor: Actor) -> None:
    someone = an_account(actor, "desk")
    for _n in range(3):
        queue_message(a_note(someone), actor=actor)
    client = browser(someone)
    with acting(actor):
        first = Message.objects.mine(someone.actor).latest("created_at")
    assert client.post("/messages/read", {"pick": [str(first.id), "nonsense"]}).status_code == 302
    assert "2 unread" in html(client, "/messages")
    client.post("/messages/read")
    assert "0 unread" in html(client, "/messages")


def test_anothers_message_is_not_found(actor: Actor, other_actor: Actor) -> None:
    someone, other = an_account(actor, "technician"), an_account(actor, "technician")
    stranger = an_account(other_actor, "admin")
    queue_message(a_note(someone), actor=actor)
    with acting(actor):
        message = Message.objects.mine(someone.actor).get()
    for who in (other, stranger):
        assert browser(who).get(f"/messages/{message.id}").status_code == 404
        assert browser(who).post(f"/messages/{message.id}").status_code == 404
    assert the_message(actor, message.id).read_at is None


def test_nobody_without_a_device_comes_in(actor: Actor) -> None:
    for url in ("/messages", "/outbox", "/webhooks", f"/messages/{uuid4()}", "/messages/address"):
        answer = Client().get(url)
        assert (answer.status_code, answer["Location"][:8]) == (302, "/sign-in")


def test_the_outbox_says_what_went_wrong_and_sends_again(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = browser(an_account(actor, "manager"))
    with a_mail_server() as sink:
        monkeypatch.setattr("django.conf.settings.SMTP_URL", sink.url)
        message = a_message(actor, someone_with_email(actor))
        sink.at_recipient = "550 nobody here"
        deliver("email", actor=actor)
        page = html(keeper, "/outbox?state=trouble")
        assert "does not take mail for this address (550)" in page
        assert "given up" in page
        sink.at_recipient = ""
        answer = keeper.post("/outbox/retry", {"pick": [str(message.id)]})
        assert answer["Location"] == "/outbox"
        deliver("email", actor=actor)
        assert len(sink.of(message)) == 1
    assert the_message(actor, message.id).state == "sent"
    assert "does not take mail" not in html(keeper, "/outbox")


def test_dropped_messages_say_so_and_headquarters_only_looks(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.conf.settings.SMTP_URL", "smtp://127.0.0.1:1")
    message = a_message(actor, someone_with_email(actor))
    looker = browser(an_account(actor, "headquarters"))
    page = html(looker, "/outbox?channel=email")
    assert str(message.id) not in page  # no boxes to choose with
    assert "Send again" not in page
    refused = looker.post("/outbox/discard", {"pick": [str(message.id)]})
    assert refused.status_code == 403
    keeper = browser(an_account(actor, "manager"))
    assert "Send again" in html(keeper, "/outbox")
    assert keeper.post("/outbox/discard", {"pick": [str(message.id)]}).status_code == 302
    assert "Someone decided that it is not sent." in html(keeper, "/outbox?state=dropped")
    again = keeper.post("/outbox/discard", {"pick": [str(message.id)]})
    assert again.status_code == 422


def test_the_outbox_is_empty_at_first_and_exports(actor: Actor) -> None:
    keeper = browser(an_account(actor, "manager"))
    assert "Nothing was sent yet" in html(keeper, "/outbox")
    queue_message(a_note(an_account(actor, "desk")), actor=actor)
    csv = keeper.get("/outbox?format=csv")
    assert "Email from Anju reaches you" in csv.getvalue().decode("utf-8-sig")


@pytest.mark.parametrize("url", ["/messages", "/outbox"])
def test_the_same_queries_for_two_and_for_twenty_rows(actor: Actor, url: str) -> None:
    from django.db import connection  # beside its one use
    from django.test.utils import CaptureQueriesContext  # as above

    someone = an_account(actor, "manager")
    client, counts = browser(someone), []
    for more in (2, 18):
        for _n in range(more):
            queue_message(a_note(someone), actor=actor)
        with CaptureQueriesContext(connection) as seen:
            html(client, url)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_an_address_is_entered_tried_and_refused_when_it_is_none(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone = an_account(actor, "desk")
    client = browser(someone)
    assert "No mail server is set up yet" in html(client, "/messages/address")
    wrong = client.post("/messages/address", {"text": "nobody"})
    assert wrong.status_code == 422
    assert "This is no email address" in wrong.content.decode()
    assert 'value="nobody"' in wrong.content.decode()
    with a_mail_server() as sink:
        monkeypatch.setattr("django.conf.settings.SMTP_URL", sink.url)
        answer = client.post("/messages/address", {"text": "desk@example.com"})
        assert "A test email is on its way" in html(client, answer["Location"])
        deliver("email", actor=actor)
        assert len(sink.mails) == 1
    with acting(actor):
        held = Address.objects.get(account_id=someone.id)
    assert (held.text, held.language) == ("desk@example.com", "en")
    client.post("/messages/address", {"text": ""})
    with acting(actor):
        assert not Address.objects.exists()


def test_a_webhook_is_made_tried_rotated_and_switched_off(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = browser(an_account(actor, "admin"))
    assert "No webhooks yet" in html(keeper, "/webhooks")
    with a_receiver() as sink:
        monkeypatch.setattr("django.conf.settings.WEBHOOK_NETWORKS", "127.0.0.0/8")
        answer = keeper.post("/webhooks/new", {**HOOK, "url": sink.url, "names": "clock.broken"})
        page = answer["Location"]
        with acting(actor):
            webhook = Webhook.objects.get()
        assert webhook.events == ["case.*", "clock.broken"]
        assert secrets_of(webhook)[0] in html(keeper, page)
        keeper.post(f"{page}/test")
        deliver("webhook", actor=actor)
        assert len(sink.got) == 1
    keeper.post(f"{page}/secret")
    assert html(keeper, page).count("anju_hook_") == 2
    off = {**HOOK, "on": ""}
    assert keeper.post(page, off).status_code == 302
    assert "switched off" in html(keeper, "/webhooks")


def test_a_wrong_webhook_keeps_what_was_typed(actor: Actor) -> None:
    keeper = browser(an_account(actor, "admin"))
    answer = keeper.post("/webhooks/new", {**HOOK, "url": "http://169.254.169.254/latest"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "leads into a private network" in page
    assert "169.254.169.254" in page
    with acting(actor):
        assert not Webhook.objects.exists()


def test_webhooks_are_for_who_may_edit_them_in_the_whole_company(
    actor: Actor, other_actor: Actor
) -> None:
    made = add_webhook(actor=actor, url="https://example.com/hook", events=["case.*"])
    for who in (an_account(actor, "manager"), an_account(actor, "admin", "a.")):
        for url in ("/webhooks", "/webhooks/new", f"/webhooks/{made.id}"):
            assert browser(who).get(url).status_code == 403
        assert browser(who).post(f"/webhooks/{made.id}/secret").status_code == 403
    stranger = browser(an_account(other_actor, "admin"))
    assert stranger.get(f"/webhooks/{made.id}").status_code == 404
    assert stranger.post(f"/webhooks/{made.id}/secret").status_code == 404
    with acting(actor):
        assert Webhook.objects.get().secret_n == 1


# Channels


def test_a_channel_is_set_up_tried_and_never_shows_its_key(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.conf.settings.WEBHOOK_NETWORKS", "127.0.0.0/8")
    client = browser(an_account(actor, "admin"))
    assert "No channels yet" in html(client, "/channels")
    with a_provider("dingtalk") as provider:
        given = {
            "name": "夜班群", "address": provider.address, "secret": provider.secret,
            "urgencies": ["1", "2"], "place": "", "quiet_from": "22", "quiet_until": "7",
            "language": "en", "on": "on",
        }  # fmt: skip
        wrong = client.post("/channels/new/dingtalk", {**given, "address": "http://10.0.0.1/"})
        assert wrong.status_code == 422
        assert "private network" in wrong.content.decode()
        made = client.post("/channels/new/dingtalk", given)
        assert made.status_code == 302, made.content.decode()
        page = html(client, made["Location"])
        assert "Nothing was sent through this channel yet" in page
        assert provider.secret not in page
        assert "access_token" not in page
        assert client.post(f"{made['Location']}/test").status_code == 302
        deliver("dingtalk", actor=actor)
    (text,) = provider.taken
    assert text.startswith("Anju: test of the channel 夜班群\nIf you read this, ")
    page = html(client, made["Location"])
    assert "sent" in page
    listed = html(client, "/channels")
    assert "夜班群" in listed
    assert "DingTalk group" in listed
    assert "夜班群" in html(client, "/outbox?channel=dingtalk")
    kept = client.post(made["Location"], {**given, "address": "", "secret": "", "name": "白班群"})
    assert kept.status_code == 302
    assert "白班群" in html(client, made["Location"])


def test_a_test_by_text_message_says_what_is_missing(actor: Actor) -> None:
    someone = an_account(actor, "admin")
    client = browser(someone)
    given = {
        "name": "短信", "key_id": "LTAI", "secret": "s", "sign_name": "安居", "template": "SMS_1",
        "variable": "what", "urgencies": ["1"], "quiet_from": "22", "quiet_until": "7", "on": "on",
    }  # fmt: skip
    made = client.post("/channels/new/sms", given)
    assert made.status_code == 302, made.content.decode()
    told = client.post(f"{made['Location']}/test")
    assert told.status_code == 422
    assert "There is no mobile number" in told.content.decode()
    wrong = client.post("/messages/address", {"sms": "12"})
    assert wrong.status_code == 422
    assert 'value="12"' in wrong.content.decode()
    assert client.post("/messages/address", {"sms": "138 0013 8000"}).status_code == 302
    with acting(actor):
        assert Address.objects.get(account_id=someone.id, channel="sms").text == "13800138000"
    assert client.post(f"{made['Location']}/test").status_code == 302


def test_a_kind_of_channel_that_is_none_is_not_found(actor: Actor) -> None:
    client = browser(an_account(actor, "admin"))
    assert client.get("/channels/new/fax").status_code == 404
    assert client.get(f"/channels/{uuid4()}").status_code == 404
    assert client.post(f"/channels/{uuid4()}/test").status_code == 404
