"""`anju user` and `anju token` as programs call them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import get_language

from anju.faces.cli.house import house, language_of
from anju.faces.cli.main import COMMANDS, _take_globals, main
from anju.foundation.access.queries import by_link, by_login, by_token
from anju.foundation.tenancy.models import Company


def anju(*args: str, told: str = "") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "anju.faces.cli.main", *args],
        input=told,
        env={**os.environ, "LANG": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def said(*args: str, told: str = "") -> dict[str, Any]:
    code, out, err = anju(*args, told=told)
    assert code == 0, err
    answer: dict[str, Any] = json.loads(out.splitlines()[-1])
    return answer


def test_a_user_and_a_token_that_opens_the_api(company: Company) -> None:
    name = f"Wang {uuid4().hex[:8]}"
    here = ("--company", company.code, "--json")
    made = said("user", "create", "--name", name, "--role", "admin", "--place", "", *here)
    assert (made["login"], made["role"], made["place"]) == (name.casefold(), "admin", "")
    assert by_link(made["link"].rpartition("/")[2]) is not None
    token = said("token", "create", "--user", name, "--scope", "read,write", *here)["token"]
    who = by_token(token)
    assert who is not None
    assert who.scopes == {"read", "write"}
    answer = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/events")
    assert answer.status_code == 200
    users = said("user", "list", *here)["users"]
    assert [(u["login"], u["roles"]) for u in users] == [
        (made["login"], [{"role": "admin", "place": ""}])
    ]


def test_a_password_from_standard_input(company: Company) -> None:
    login = f"u{uuid4().hex[:8]}"
    create = ("user", "create", "--name", "李四", "--login", login, "--role", "guard")
    said(
        *create, "--password-stdin", "--company", company.code, "--json",
        told="a long enough sentence\n",
    )  # fmt: skip
    answer = Client().post("/sign-in", {"login": login, "password": "a long enough sentence"})
    assert answer.status_code == 302


def test_refusals_are_one_line_and_one_object(company: Company) -> None:
    here = ("--company", company.code, "--json")
    for args, code in (
        (("token", "create", "--user", "nobody", "--scope", "read", *here), "unknown"),
        (("user", "create", "--name", "x", "--role", "desk", "--place", "9-9-9", *here),
         "unknown_place"),
        (("user", "list", "--company", "no-such-company", "--json"), "unknown"),
    ):  # fmt: skip
        status, out, err = anju(*args)
        assert status == 1
        assert json.loads(out)["error"]["code"] == code
        assert "Traceback" not in err
    assert by_login("x") is None


def test_unknown_commands_are_answered_with_the_nearest(capsys: Any) -> None:
    assert main(["usr"]) == 2
    assert "'user'" in capsys.readouterr().err
    assert main(["--help"]) == 0
    assert "user" in capsys.readouterr().out


def test_global_options_may_stand_anywhere(monkeypatch: Any) -> None:
    monkeypatch.setenv("ANJU_DATA", "before")
    monkeypatch.setenv("ANJU_PORT", "1")
    assert _take_globals(["--data", "d", "user", "list", "--port=8123"]) == ["user", "list"]
    assert (os.environ["ANJU_DATA"], os.environ["ANJU_PORT"]) == ("d", "8123")


def test_a_terminal_speaks_its_own_language() -> None:
    spoken = {
        name: language_of(name) for name in ("zh_CN.UTF-8", "zh_TW.UTF-8", "C.UTF-8", "de_DE", None)
    }
    assert list(spoken.values()) == ["zh-hans", "zh-hant", "en", "en", "en"]


def test_what_a_process_writes_for_the_house_is_in_its_language(monkeypatch: Any) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with house(database=False):
        assert get_language() == "en"
    with house(database=False, read=False):
        assert get_language() == settings.LANGUAGE_CODE
    for name in ("tick", "work"):
        assert not COMMANDS[name].read


def test_a_refusal_speaks_one_language_and_says_nothing_twice(company: Company) -> None:
    name = f"u{uuid4().hex[:8]}"
    here = ("--company", company.code)
    said("user", "create", "--name", name, "--role", "guard", "--json", *here)
    code, _out, err = anju("token", "create", "--user", name, "--scope", "bogus", *here)
    assert code == 1
    assert err.isascii()
    code, _out, err = anju(
        "user", "create", "--name", "x", "--role", "guard", "--place", "nope", *here
    )
    assert code == 1
    assert err.count("nope") == 1


def test_help_starts_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("ANJU_DATA", str(tmp_path / "none"))
    code, out, _err = anju("report", "service", "--help")
    assert (code, out[:6]) == (0, "usage:")
    assert not (tmp_path / "none" / "postgres").exists()
