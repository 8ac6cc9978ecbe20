"""Doors of the API: tokens, scopes, problems, and one effect per key."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client, override_settings

from anju.foundation.access.commands import revoke_token, sweep_answers
from anju.foundation.access.doors import contracts
from anju.foundation.access.models import Answer, ApiToken
from anju.foundation.access.rules import ANSWERS_KEPT
from anju.foundation.access.tasks import sweep_all_answers
from anju.foundation.access.testing import a_token, an_account
from anju.foundation.events.models import Event
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

pytestmark = pytest.mark.usefixtures("small_api")
THINGS = "/api/v1/things"


@pytest.fixture
def small_api() -> Any:
    with override_settings(ROOT_URLCONF="anju.faces.api.tests.urls"):
        yield


def caller(actor: Actor, role: str = "desk", scopes: str = "read write") -> Client:
    token = a_token(actor, an_account(actor, role), scopes)
    client = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})
    client.raise_request_exception = False
    return client


def post(client: Client, body: Any = None, key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(
        THINGS, json.dumps(body or {"name": "x"}), content_type="application/json", headers=headers
    )


def effects(actor: Actor) -> int:
    with acting(actor):
        return Event.objects.filter(name="test.thing").count()


def test_a_token_opens_what_its_scopes_and_roles_allow(actor: Actor) -> None:
    assert post(caller(actor)).status_code == 201
    assert caller(actor).get(THINGS).json() == []
    reader = caller(actor, scopes="read")
    assert reader.get(THINGS).status_code == 200
    assert (post(reader).status_code, post(reader).json()["code"]) == (403, "scope")
    assert caller(actor, "resident").get(THINGS).status_code == 403
    assert effects(actor) == 1


def test_without_a_token_in_force_it_is_401(actor: Actor) -> None:
    client = caller(actor)
    with acting(actor):
        token = ApiToken.objects.get()
    revoke_token(token.id, actor=actor)
    for one in (client, Client(), Client(headers={"Authorization": "Bearer anju_wrong"})):
        answer = one.get(THINGS)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
        assert answer["Content-Type"].startswith("application/problem+json")


def test_a_cookie_is_no_token(actor: Actor) -> None:
    client = Client()
    client.cookies["anju_device"] = an_account(actor, "desk").device
    assert client.get(THINGS).status_code == 401


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("refused", 403, "refused"),
        ("not yet", 422, "not_yet"),
        ("conflict", 409, "conflict"),
        ("unknown", 404, "unknown"),
        ("missing", 404, "unknown"),
        ("bug", 500, "broken"),
        ("too large", 422, "invalid"),
        ("", 422, "invalid"),
        ("x" * 21, 422, "invalid"),
    ],
)
def test_every_error_is_a_problem_and_leaves_no_trace(
    actor: Actor, name: str, status: int, code: str
) -> None:
    answer = post(caller(actor), {"name": name}, key=str(uuid4()))
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert answer["Content-Type"].startswith("application/problem+json")
    assert problem["trace"] == answer["X-Request-Code"]
    assert "secret" not in answer.content.decode()
    assert effects(actor) == 0
    with acting(actor):
        assert Answer.objects.count() == 0


def test_a_wrong_field_is_named(actor: Actor) -> None:
    fields = post(caller(actor), {"name": "", "n": "many"}).json()["fields"]
    assert [f["name"] for f in fields] == ["name", "n"]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "This must be a whole number."), ("zh-CN", "这里应为整数。")]
)
def test_a_wrong_field_is_explained_in_the_readers_language(
    actor: Actor, language: str, said: str
) -> None:
    answer = caller(actor).post(
        THINGS,
        json.dumps({"name": "a", "n": "many"}),
        content_type="application/json",
        headers={"Accept-Language": language},
    )
    assert [f["message"] for f in answer.json()["fields"]] == [said]


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        (b"{", {400}),
        (b"[" * 100_000, {400}),
        (b'{"name": "\xff"}', {400}),
        (b'{"name": "\\ud800"}', {400, 422}),
        (b'{"name": "\\u0000"}', {201, 422}),
    ],
)
def test_a_body_that_cannot_be_read_is_the_callers_error(
    actor: Actor, body: bytes, statuses: set[int]
) -> None:
    answer = caller(actor).post(THINGS, body, content_type="application/json")
    assert answer.status_code in statuses


def test_routes_and_methods_that_are_not_there(actor: Actor) -> None:
    client = caller(actor)
    assert client.get("/api/v1/nothing").json()["code"] == "unknown"
    answer = client.delete(THINGS)
    assert (answer.status_code, answer.json()["code"]) == (405, "method")
    assert {m.strip() for m in answer["Allow"].split(",")} == {"GET", "POST"}


def test_what_is_refused_before_anybody_is_asked_is_a_problem_too(actor: Actor) -> None:
    answer = caller(actor).get(THINGS, headers={"Host": "<odd"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer.json()["trace"] == answer["X-Request-Code"]
    unknown = caller(actor).get("/api/v1/nothing")
    assert unknown["X-Content-Type-Options"] == "nosniff"


def test_a_body_over_the_limit_is_413(actor: Actor) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        answer = post(caller(actor), {"name": "x", "more": "y" * 2000})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_the_same_key_is_answered_as_before(actor: Actor) -> None:
    client, key = caller(actor), str(uuid4())
    first, second = post(client, key=key), post(client, key=key)
    assert first.json() == second.json()
    assert (second.status_code, second["Idempotent-Replay"]) == (201, "true")
    other = post(client, {"name": "y"}, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert effects(actor) == 1


def test_a_key_belongs_to_one_account_of_one_company(actor: Actor, other_actor: Actor) -> None:
    key = str(uuid4())
    ids = {post(caller(a), key=key).json()["id"] for a in (actor, actor, other_actor)}
    assert len(ids) == 3
    assert (effects(actor), effects(other_actor)) == (2, 1)


@pytest.mark.parametrize("key", ["é", "x" * 201])
def test_a_key_nobody_could_mean_is_refused(actor: Actor, key: str) -> None:
    assert post(caller(actor), key=key).json()["code"] == "key_invalid"
    assert effects(actor) == 0


def test_a_key_fifty_times_at_once_acts_once(actor: Actor) -> None:
    """Proof 4, small: every answer is the one effect's, or 409 and then, asked again, it is."""
    headers = {"Authorization": f"Bearer {a_token(actor, an_account(actor, 'desk'))}"}
    key = str(uuid4())

    def one(_n: int) -> tuple[int, bytes]:
        try:
            answer = post(Client(headers=headers), key=key)
            return answer.status_code, answer.content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(one, range(50)))
    seen = Counter(status for status, _body in answers)
    assert set(seen) <= {201, 409}
    assert len({body for status, body in answers if status == 201}) == 1
    after = one(0)
    assert after[0] == 201
    assert after in answers
    assert effects(actor) == 1


def test_answers_are_kept_thirty_days(actor: Actor) -> None:
    post(caller(actor), key=str(uuid4()))
    assert sweep_answers(actor=actor) == 0
    with frozen(now() + ANSWERS_KEPT * 1.01):
        assert sweep_all_answers() >= 1
    with acting(actor):
        assert Answer.objects.count() == 0


def test_a_route_without_a_contract_is_found() -> None:
    assert [c.route for c in contracts() if c.contract is None] == ["api/v1/forgotten"]
    made = next(c for c in contracts() if c.methods == ("POST",))
    assert (made.route, made.contract) == ("api/v1/things", "case.report")
