"""Proof 5: every route x role x relation against the table written by hand; no leak."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from anju.foundation.access.doors import contracts
from tests.matrix.expected import ONE_OWNER, ROWS
from tests.matrix.row import RELATIONS, Row
from tests.matrix.world import CANARY, ROLES, Relation, World
from tests.sizes import IN_CI

REFUSED = frozenset({401, 403, 404})


def send(world: World, row: Row, role: str, relation: Relation) -> Any:
    client = world.client(role, relation, api=row.is_api)
    arguments, body = row.ask(world)
    url = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(arguments[found[1]]), row.route)
    if row.method == "GET":
        return client.get(url, body)
    if row.is_api:
        write = client.put if row.method == "PUT" else client.post
        return write(url, json.dumps(body), content_type="application/json")
    return client.post(url, body)


def text_of(answer: Any) -> str:
    """The body; of a file what can be read of it."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="replace")


def is_refused(row: Row, answer: Any) -> bool:
    """Refused, sent to sign in, or told that what was named is not known to the caller."""
    if answer.status_code in REFUSED:
        return True
    if answer.status_code == 302:
        return str(answer["Location"]).startswith(("/sign-in", "/me/in")) and row.about != "open"
    return answer.status_code == 422 and is_unknown_place(answer)


def is_unknown_place(answer: Any) -> bool:
    said = text_of(answer)
    return '"unknown_place"' in said or "No place called" in said


def is_let_in(row: Row, role: str, relation: Relation) -> bool:
    if row.about == "open":
        return bool(row.roles)
    if relation == "anonymous" or role not in row.roles.split():
        return False
    match row.about:
        case "thing":
            return relation in ("above", "own")
        case "company":
            return relation != "foreign"
        case "whole":
            return relation == "above"
    return True


def lacks(row: Row, role: str, relation: Relation, body: str) -> bool:
    """Whether someone who is let in does not see what is theirs."""
    return is_let_in(row, role, relation) and row.sees not in body


def boundary(row: Row) -> list[str]:
    """All roles; by hand the last that is let in and the last that is not (the nearest to it)."""
    if IN_CI:
        return list(ROLES)
    let_in = [role for role in ROLES if role in row.roles.split()]
    return let_in[-1:] + [role for role in ROLES if role not in let_in][-1:]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.route}")
def test_the_table(world: World, row: Row) -> None:
    assert wrong_about(world, row, boundary(row)) == []


def wrong_about(world: World, row: Row, roles: Sequence[str]) -> list[tuple[str, ...]]:
    """Where the product does not do what the row says, for each of the roles."""
    wrong = []
    for relation in RELATIONS[row.about]:
        for role in ROLES[:1] if row.about == "open" or relation == "anonymous" else roles:
            answer = send(world, row, role, relation)
            body = text_of(answer)
            case = (role, relation, str(answer.status_code))
            if answer.status_code >= 500 and row.route != "readyz":
                wrong.append((*case, "broken"))
            elif is_refused(row, answer) == is_let_in(row, role, relation):
                wrong.append((*case, "let in" if not is_refused(row, answer) else "refused"))
            elif is_let_in(row, role, relation) and relation == "own" and row.sees not in body:
                wrong.append((*case, "does not see its own"))
            if relation not in ("above", "own") and CANARY in body:
                wrong.append((*case, "LEAK"))
    return wrong


def test_every_route_has_its_row() -> None:
    """A new route without a row fails here: write down by hand who may use it."""
    routes = {
        (method, c.route)
        for c in contracts()
        for method in c.methods
        if method in {"GET", "POST", "PUT", "PATCH", "DELETE"} and c.route not in ONE_OWNER
    }
    rows = {(row.method, row.route) for row in ROWS}
    assert (sorted(routes - rows), sorted(rows - routes)) == ([], [])


def test_a_leak_would_be_seen(world: World) -> None:
    """The harness finds five seeded holes: a wrong row for each way to be wrong."""
    good = next(r for r in ROWS if r.route == "users/<uuid:id>")
    seeded = {
        "a role too many is let in": Row("GET", good.route, "admin", "thing", good.ask),
        "a role is missing": Row("GET", good.route, "manager admin desk", "thing", good.ask),
        "another community is let in": Row("GET", "users", "manager admin", "thing"),
        "what is seen is not there": Row("GET", "version", "desk", "open", sees="nowhere"),
        "an address that is not there": Row("GET", "no/such", "desk", "list"),
    }
    assert [name for name, row in seeded.items() if not wrong_about(world, row, ROLES)] == []
