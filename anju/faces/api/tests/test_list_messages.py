"""What was to be told to whom, over the API."""

import pytest
from django.test import Client

from anju.foundation.access.testing import a_token, an_account
from anju.foundation.messages.commands import deliver
from anju.foundation.messages.testing import a_mail_server, a_message, someone_with_email
from anju.foundation.tenancy.actor import Actor


def test_messages_are_listed_with_their_state(
    actor: Actor, other_actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone = someone_with_email(actor)
    api = Client(headers={"Authorization": f"Bearer {a_token(actor, an_account(actor, 'admin'))}"})
    foreign = a_token(other_actor, an_account(other_actor, "admin"))
    with a_mail_server() as mails:
        monkeypatch.setattr("django.conf.settings.SMTP_URL", mails.url)
        mails.at_recipient = "550 no such user here"
        message = a_message(actor, someone, priority=2)
        deliver("email", actor=actor)
    answer = api.get("/api/v1/messages?channel=email")
    assert answer.status_code == 200
    (said,) = answer.json()["items"]
    assert said["id"] == str(message.id)
    assert (said["state"], said["error"], said["attempts"]) == ("dead", "refused:550", 1)
    assert (said["to_account"], said["to_channel"]) == (str(someone.id), None)
    assert "example.com" not in answer.content.decode()
    assert len(api.get("/api/v1/messages").json()["items"]) == 2  # in Anju, too
    first = api.get("/api/v1/messages?limit=1").json()
    rest = api.get(f"/api/v1/messages?limit=1&cursor={first['next']}").json()
    assert rest["items"][0]["id"] != first["items"][0]["id"]
    assert rest["next"] is None
    assert api.get("/api/v1/messages?state=lost").status_code == 422
    assert api.get(f"/api/v1/messages?subject={someone.id}&state=sent").json()["items"]
    other = Client(headers={"Authorization": f"Bearer {foreign}"})
    assert other.get("/api/v1/messages").json()["items"] == []
