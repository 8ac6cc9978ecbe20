"""Outbound subscriptions over the API."""

from django.test import Client

from anju.foundation.access.testing import a_token, an_account
from anju.foundation.messages.models import Webhook
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def api(actor: Actor, role: str = "admin", scopes: str = "read write") -> Client:
    token = a_token(actor, an_account(actor, role), scopes)
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_a_subscription_is_made_once_and_its_secret_read_apart(
    actor: Actor, other_actor: Actor
) -> None:
    given = {"url": "https://example.com/hook", "events": ["case.*", "case.*"]}
    headers = {"Idempotency-Key": "subscription-1"}
    client = api(actor)
    said = [
        client.post("/api/v1/webhooks", given, content_type="application/json", headers=headers)
        for _twice in range(2)
    ]
    assert [answer.status_code for answer in said] == [201, 201]
    assert said[0].json() == said[1].json()
    assert said[0].json()["events"] == ["case.*"]
    assert "anju_hook_" not in said[0].content.decode()
    with acting(actor):
        assert Webhook.objects.filter(company_id=actor.company_id).count() == 1
    path = f"/api/v1/webhooks/{said[0].json()['id']}"
    (secret,) = client.get(path).json()["secrets"]
    assert secret.startswith("anju_hook_")
    assert api(actor, scopes="read").get(path).status_code == 403
    assert api(actor, role="manager").get(path).status_code == 403
    assert api(other_actor).get(path).status_code == 404


def test_an_address_inside_and_no_events_are_refused_with_their_field(actor: Actor) -> None:
    client = api(actor)
    for given in (
        {"url": "http://127.0.0.1/hook", "events": ["case.*"]},
        {"url": "https://example.com/hook", "events": []},
        {"url": "https://example.com/hook"},
    ):
        answer = client.post("/api/v1/webhooks", given, content_type="application/json")
        assert answer.status_code == 422
        assert answer.headers["Content-Type"].startswith("application/problem+json")
    with acting(actor):
        assert not Webhook.objects.filter(company_id=actor.company_id).exists()
