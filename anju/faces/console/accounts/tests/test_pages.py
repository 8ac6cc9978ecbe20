"""The pages about coming in, through the whole stack of middleware."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from anju.foundation.access.commands import (
    grant_role,
    join_phone,
    make_badge,
    reset_account,
    revoke_device,
    set_up_token,
    share_phone,
)
from anju.foundation.access.models import DeviceSession, SharedPhone
from anju.foundation.access.queries import by_badge, by_device, by_login
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.second_factor import code_now
from anju.foundation.access.testing import PASSWORD, Someone, an_account
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company


def signed_in(someone: Someone) -> Client:
    client = Client()
    client.cookies[DEVICE_COOKIE] = someone.device
    return client


def enter(client: Client, someone: Someone, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]  # Django's test response
    given = {"login": someone.login, "password": password, **more}
    return client.post("/sign-in", given, headers={"User-Agent": "Mozilla Windows Chrome/130"})


def test_password_alone_lets_in_who_needs_no_second_factor(actor: Actor) -> None:
    someone, client = an_account(actor, "guard"), Client()
    answer = enter(client, someone)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    cookie = answer.cookies[DEVICE_COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")
    page = client.get("/account/devices")
    assert "Chrome · Windows" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"


def test_a_computer_of_ones_own_stays_for_thirty_days(actor: Actor) -> None:
    someone, client = an_account(actor, "guard"), Client()
    token = enter(client, someone, mine="on").cookies[DEVICE_COOKIE]
    assert token["max-age"] == 30 * 24 * 3600
    with frozen(now() + timedelta(days=29)):
        assert by_device(token.value) is not None
    with frozen(now() + timedelta(days=31)):
        assert by_device(token.value) is None


def test_a_manager_also_gives_a_code_and_no_code_counts_twice(actor: Actor) -> None:
    someone, client = an_account(actor, "manager"), Client()
    answer = enter(client, someone)
    assert answer["Location"] == "/sign-in/code"
    assert DEVICE_COOKIE not in answer.cookies
    assert client.get("/account/devices").status_code == 302
    code = code_now(someone.id)
    answer = client.post("/sign-in/code", {"code": f"{code[:3]} {code[3:]}"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    again = Client()
    enter(again, someone)
    refused = again.post("/sign-in/code", {"code": code})
    assert refused.status_code == 422
    assert DEVICE_COOKIE not in refused.cookies


def test_the_code_page_needs_the_password_first_and_soon(actor: Actor) -> None:
    someone, client = an_account(actor, "manager"), Client()
    assert client.get("/sign-in/code")["Location"] == "/sign-in"
    enter(client, someone)
    assert client.get("/sign-in/code").status_code == 200
    client.cookies["anju_ticket"].set("anju_ticket", "forged:ticket", "forged:ticket")
    assert client.post("/sign-in/code", {"code": code_now(someone.id)}).status_code == 302


def test_wrong_words_say_how_many_tries_are_left(actor: Actor) -> None:
    someone, client = an_account(actor, "guard"), Client(headers={"accept-language": "en"})
    nobody = f"nobody{uuid4().hex}"
    for left in (4, 3, 2, 1):
        answers = [
            client.post("/sign-in", {"login": login, "password": "wrong"}).content.decode()
            for login in (someone.login, nobody)
        ]
        for login, page in zip((someone.login, nobody), answers, strict=True):
            assert f"You can try {left} more" in page
            assert f'value="{login}"' in page
    locked = client.post("/sign-in", {"login": someone.login, "password": "wrong"})
    assert "locked for 15 more minutes" in locked.content.decode()
    assert "locked" in enter(client, someone).content.decode()
    with frozen(now() + timedelta(minutes=15, seconds=1)):
        assert enter(client, someone).status_code == 302


def test_a_revoked_device_is_refused_at_its_next_request(actor: Actor) -> None:
    someone = an_account(actor, "guard")
    client = signed_in(someone)
    assert client.get("/account/devices").status_code == 200
    with acting(actor):
        device = DeviceSession.objects.get(account_id=someone.id)
    revoke_device(device.id, actor=someone.actor)
    answer = client.get("/account/devices")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in?next=/account/devices")
    fragment = client.get("/account/devices", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (401, "/sign-in")


def test_a_hand_on_a_shared_phone_signs_no_other_device_out(actor: Actor) -> None:
    someone = an_account(actor, "guard")
    client = signed_in(someone)
    _made, token = share_phone(actor=actor, name="门岗", path="")
    join_phone(token)
    with acting(actor):
        own = DeviceSession.objects.get(account_id=someone.id)
        own.phone = SharedPhone.objects.get()
        own.save(update_fields=["phone"])
    for name in ("account:revoke_device", "account:revoke_token"):
        answer = client.post(reverse(name, args=[own.id]))
        assert answer.status_code == 422
        assert "共用手机" in answer.content.decode()
    badge = make_badge(someone.id, actor=actor)
    for name in ("account:take_own_pin", "account:end_own_badge"):
        answer = client.post(reverse(name))
        assert answer.status_code == 422
        assert "共用手机" in answer.content.decode()
    assert by_badge(badge) is not None
    assert by_device(someone.device) is not None


def test_anothers_device_is_not_there(actor: Actor) -> None:
    mine, theirs = an_account(actor, "guard"), an_account(actor, "guard")
    with acting(actor):
        device = DeviceSession.objects.get(account_id=theirs.id)
    answer = signed_in(mine).post(reverse("account:revoke_device", args=[device.id]))
    assert answer.status_code == 404
    assert by_device(theirs.device) is not None


def test_going_out_ends_the_session(actor: Actor) -> None:
    someone = an_account(actor, "guard")
    client = signed_in(someone)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out")["Location"] == "/sign-in"
    assert by_device(someone.device) is None


def test_after_signing_in_one_goes_on_but_never_to_another_host(actor: Actor) -> None:
    someone = an_account(actor, "guard")
    given = {"login": someone.login, "password": PASSWORD}
    for after, to in [
        ("/users", "/users"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
    ]:
        assert Client().post(f"/sign-in?next={after}", given)["Location"] == to


def test_a_duty_comes_before_everything_else(actor: Actor) -> None:
    someone = an_account(actor)
    grant_role(someone.id, actor=actor, role="manager")
    client = signed_in(someone)
    assert client.get("/users")["Location"] == "/account/second-factor"
    page = client.get("/account/second-factor").content.decode()
    assert "<svg" in page
    assert "style=" not in page
    assert client.post("/account/second-factor", {"code": "000000"}).status_code in (302, 422)
    assert client.post("/account/second-factor", {"code": code_now(someone.id)}).status_code == 302
    assert client.get("/users").status_code == 200


def test_changing_the_password_keeps_this_device_and_ends_the_others(actor: Actor) -> None:
    someone, other = an_account(actor, "guard"), Client()
    enter(other, someone)
    client = signed_in(someone)
    wrong = client.post(
        "/account/password",
        {"old": "no", "new": "a new long sentence", "again": "a new long sentence"},
    )
    assert wrong.status_code == 422
    weak = client.post("/account/password", {"old": PASSWORD, "new": "short", "again": "short"})
    assert weak.status_code == 422
    new = {"new": "a new long sentence", "again": "a new long sentence"}
    assert client.post("/account/password", {"old": PASSWORD, **new}).status_code == 302
    assert client.get("/account/devices").status_code == 200
    assert other.get("/account/devices").status_code == 302
    assert enter(Client(), someone, "a new long sentence").status_code == 302


def test_a_link_lets_choose_a_password_once(actor: Actor) -> None:
    someone = an_account(actor, "guard")
    url = f"/link/{reset_account(someone.id, actor=actor)}"
    client = Client()
    assert client.get(url).status_code == 200
    differing = {"password": "one long sentence", "again": "another sentence"}
    assert client.post(url, differing).status_code == 422
    same = {"password": "one long sentence", "again": "one long sentence"}
    assert client.post(url, same)["Location"] == "/sign-in?ready=1"
    assert client.get(url).status_code == 404
    assert client.post(url, same).status_code == 404
    assert enter(client, someone, "one long sentence").status_code == 302


def test_the_set_up_link_is_dead_once_there_is_a_company(actor: Actor) -> None:
    assert Client().get(f"/set-up/{set_up_token()}").status_code == 404
    assert Client().get("/set-up/wrong").status_code == 404


def test_a_keeper_makes_an_account_gives_and_takes_a_role(actor: Actor) -> None:
    admin = an_account(actor, "admin")
    client, login = signed_in(admin), f"n{uuid4().hex[:10]}"
    given = {"name": "新同事", "login": login, "role": "guard", "place": ""}
    made = client.post("/users/new", given)
    assert made.status_code == 200
    assert "/link/" in made.content.decode()
    assert login in client.get(f"/users?q={login}").content.decode()
    found = by_login(login)
    assert found is not None
    page = reverse("account:user", args=[found[0].account])
    assert client.post(f"{page}/grant", {"role": "desk", "place": ""}).status_code == 302
    after = by_login(login)
    assert after is not None
    assert {role for role, _ in after[0].roles} == {"guard", "desk"}
    assert client.post(f"{page}/lock").status_code == 302
    assert client.post(f"{page}/unlock").status_code == 302
    assert "/link/" in client.post(f"{page}/reset").content.decode()
    taken = client.post("/users/new", given)
    assert taken.status_code == 422
    assert "新同事" in taken.content.decode()


def test_a_form_sent_twice_acts_once(actor: Actor) -> None:
    admin, someone = an_account(actor, "admin"), an_account(actor, "guard")
    client = signed_in(admin)
    page = reverse("account:grant", args=[someone.id])
    form = {"role": "desk", "place": "", "idempotency_key": str(uuid4())}
    answers = [client.post(page, form) for _ in range(3)]
    assert {(a.status_code, a["Location"]) for a in answers} == {
        (302, reverse("account:user", args=[someone.id]))
    }
    found = by_login(someone.login)
    assert found is not None
    assert [role for role, _ in found[0].roles] == ["desk", "guard"]
    other = client.post(page, {**form, "role": "leader"})
    assert other.status_code == 422


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_language_can_be_chosen_before_signing_in(actor: Actor, language: str) -> None:
    client = Client()
    client.post("/kit/prefer", {"language": language, "next": "/sign-in"})
    assert f'<html lang="{language}"' in client.get("/sign-in").content.decode()


def test_the_demo_is_served_on_this_machine_only(actor: Actor) -> None:
    demo = found_company(code=f"d{uuid4().hex[:10]}", name="演示", demo=True)
    someone = an_account(Actor.machine(demo.id, "demo"), "guard")
    assert signed_in(someone).get("/account/devices").status_code == 200
    away = Client(REMOTE_ADDR="192.0.2.7")
    assert enter(away, someone).status_code == 422
    away.cookies[DEVICE_COOKIE] = someone.device
    assert away.get("/account/devices").status_code == 302
