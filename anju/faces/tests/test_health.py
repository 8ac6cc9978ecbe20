"""What machines ask about the house, and what the log says about a request."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from anju.faces import health
from anju.foundation.access.testing import a_token, an_account
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.across import across
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import beat


def test_healthz_answers_without_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_cursor(*_args: Any) -> None:
        raise AssertionError("asked the database")

    monkeypatch.setattr(connections["default"], "cursor", no_cursor)
    assert Client().get("/healthz").json() == {"status": "ok"}
    assert Client().post("/healthz").status_code == 405


def test_readyz_is_red_when_the_ticker_is_late() -> None:
    beat("ticker")
    good = Client().get("/readyz").json()["checks"]
    assert {n: c["ok"] for n, c in good.items() if n != "seal_lag"} == dict.fromkeys(
        ("database", "migrations", "tick_lag", "disk"), True
    )
    with frozen(now() + timedelta(seconds=121)):
        late = Client().get("/readyz")
    assert (late.status_code, late.json()["checks"]["tick_lag"]["ok"]) == (503, False)
    with across("owner", "as if no ticker had ever run") as cursor:
        cursor.execute("DELETE FROM tenancy_heartbeat")
    assert Client().get("/readyz").json()["checks"]["tick_lag"]["value"] is None


def test_readyz_is_red_when_a_migration_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "migrations_waiting", lambda: {("loop", "0099_more")})
    checks = Client().get("/readyz").json()["checks"]
    assert (checks["migrations"]["ok"], checks["migrations"]["value"]) == (False, 1)


def test_readyz_is_red_when_seals_are_late_or_the_disk_is_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "seal_lag", lambda: 61.0)
    monkeypatch.setattr(health, "DISK_FREE", 1.01)
    checks = Client().get("/readyz").json()["checks"]
    assert (checks["seal_lag"]["ok"], checks["disk"]["ok"]) == (False, False)


def test_metrics_are_for_this_machine_or_a_token(actor: Actor) -> None:
    beat("ticker")
    here = Client().get("/metrics")
    assert 'anju_check_ok{check="tick_lag"} 1.0' in here.content.decode()
    away = Client(REMOTE_ADDR="192.0.2.9")
    assert away.get("/metrics").status_code == 403
    token = a_token(actor, an_account(actor, "admin"), "metrics")
    known = away.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert known.status_code == 200
    behind_a_proxy = Client().get("/metrics", headers={"X-Forwarded-For": "192.0.2.9"})
    assert behind_a_proxy.status_code == 403


def test_a_request_is_one_line_with_its_code_and_no_name(
    actor: Actor, capfd: pytest.CaptureFixture[str]
) -> None:
    someone = an_account(actor, "guard")
    client = Client()
    client.cookies["anju_device"] = someone.device
    answer = client.get("/account/devices?q=secret")
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line[:1] == "{"]
    line = next(one for one in lines if one.get("code") == answer["X-Request-Code"])
    assert (line["route"], line["status"], line["actor"]) == (
        "account/devices", 200, str(someone.id),
    )  # fmt: skip
    assert "secret" not in str(lines)
    assert someone.login not in str(lines)


def test_addresses_with_nul_are_refused() -> None:
    assert Client().get("/sign-in?next=%00").status_code == 400
    assert Client().get("/users/%00").status_code == 400


def test_not_found_is_one_page_for_everybody(actor: Actor) -> None:
    client = Client()
    client.cookies["anju_device"] = an_account(actor, "guard").device
    nowhere = Client().get("/no/such/page")
    inside = client.get("/no/such/page")
    assert nowhere.status_code == inside.status_code == 404
    assert b"traceback" not in nowhere.content.lower()
