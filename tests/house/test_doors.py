"""Every route has a contract, every permission asked for exists, the API is as committed.

Refresh the committed OpenAPI document with ANJU_WRITE_OPENAPI=1.
"""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path

import pytest

from anju.faces.api.app import api
from anju.foundation.access.doors import ANONYMOUS as OPEN
from anju.foundation.access.doors import contracts
from anju.foundation.access.rules import PERMISSIONS
from tests.house.rules import dotted
from tests.house.sources import sources

pytestmark = pytest.mark.house
SNAPSHOT = Path(__file__).with_name("openapi.json")
# Routes anyone may open, and why.
ANONYMOUS = {
    "healthz": "a probe",
    "readyz": "a probe",
    "metrics": "looks at the address and the token itself",
    "version": "a probe",
    "api/v1/openapi.json": "the description of the API",
    "kit/prefer": "colours and language before signing in",
    "kit/gallery": "served only while developing",
    "sign-in": "the way in",
    "sign-in/code": "the way in",
    "set-up/<str:token>": "the token is the key, until there is a company",
    "link/<str:token>": "the token is the key, once",
    "q/<str:code>": "whoever stands before a label may scan it and report, rate-limited",
    "follow/<str:token>": "the token is the key, until it is ended or over",
    "me/in": "the way in of residents",
    "me/in/code": "the way in of residents",
    "me/in/<str:token>": "the token is the key, once",
    "me/app.webmanifest": "how the pages are put on a home screen",
    "me/worker.js": "the shell of the pages, nobody's data",
    "messages/worker.js": "shows a notice on a device, nobody's data",
    "me/offline": "shown without a network, nobody's data",
    "sw.js": "keeps pages on a phone, nobody's data",
    "manifest.webmanifest": "how the app is put on a home screen",
    "work/join/<str:token>": "the token is the key, and good once",
    "work/take": "nobody is signed in on a shared phone before it is taken",
    "work/lost": "the token is the key, and the answer is yes or no",
    "work/away": "shown without a signal, nobody's data",
    "me/face": "large type, before coming in too",
    "api/v1/hooks/<str:channel>": "who signs with the secret of its source is let in",
}
ASKS = {"may", "require", "paths", "_m", "door", "api_door"}


def test_every_route_has_a_contract() -> None:
    found = contracts()
    assert len(found) > 20
    assert [c for c in found if c.contract is None] == []


def test_routes_open_to_everyone_are_listed() -> None:
    opened = {c.route for c in contracts() if c.contract == OPEN}
    assert opened - set(ANONYMOUS) == set()


def test_every_permission_that_is_asked_for_exists_and_is_used() -> None:
    nouns = {p.partition(".")[0] for p in PERMISSIONS}
    asked: dict[str, str] = {}
    for source in sources(".py"):
        if not source.is_product or source.path.endswith("access/rules.py"):
            continue
        for call in source.calls:
            if dotted(call.func).rpartition(".")[2] not in ASKS:
                continue
            for value in (*call.args, *(k.value for k in call.keywords)):
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    noun, dot, _verb = value.value.partition(".")
                    if dot and noun in nouns:
                        asked[value.value] = f"{source.path}:{value.lineno}"
    assert {p: where for p, where in asked.items() if p not in PERMISSIONS} == {}
    assert len(asked) > 10


def test_the_api_is_as_committed() -> None:
    document = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("ANJU_WRITE_OPENAPI"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert SNAPSHOT.read_text(encoding="utf-8") == text, (
        "The API changed. If that is meant: ANJU_WRITE_OPENAPI=1 pytest " + str(SNAPSHOT.name)
    )
