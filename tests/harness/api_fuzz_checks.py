"""What every answer of the API owes, whatever was asked."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.harness import api_fuzz_hooks as hooks
from tests.harness.api_fuzz_asking import Asked
from tests.harness.api_fuzz_world import Caller, World

AS_DESCRIBED = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INSIDES = ("Traceback", "psycopg", "django.", "SELECT ", 'File "/')
# Refusals that come before the row is looked for, and the one that it is not there.
BEFORE_LOOKING = frozenset(
    "unknown refused scope not_signed_in invalid bad_request method key_invalid key_reused".split()
)
PROBLEM = "application/problem+json"


def wrong_with(world: World, asked: Asked, answer: Any) -> str:
    """The first thing wrong with an answer; empty when it is as it should be."""
    return next(_faults(world, asked, answer), "")


def _faults(world: World, asked: Asked, answer: Any) -> Iterator[str]:
    status, kind = answer.status_code, _header(answer, "content-type")
    if status >= 500:
        yield f"server error {status}"
    if status >= 400:
        yield from _no_problem(answer, kind)
    if not asked.odd_method:
        yield from _not_as_described(asked, answer)
    yield from _let_in(asked, answer)
    yield from _leaks(world, asked, answer)


def _no_problem(answer: Any, kind: str) -> Iterator[str]:
    if not kind.startswith(PROBLEM):
        yield f"{answer.status_code} as {kind}, not as a problem"
        return
    said = answer.json()
    if said.get("status") != answer.status_code:
        yield f"the problem says {said.get('status')}, the answer {answer.status_code}"
    if not said.get("trace") or said["trace"] != _header(answer, "x-request-code"):
        yield "the problem's trace is not the request's"
    if shown := [word for word in INSIDES if word in answer.text]:
        yield f"the problem shows the inside: {shown}"


def _not_as_described(asked: Asked, answer: Any) -> Iterator[str]:
    try:
        asked.case.validate_response(answer, checks=AS_DESCRIBED)
    except FailureGroup as group:
        for failure in group.exceptions:
            yield f"not as described: {failure.title}: {' '.join(failure.message.split())[:300]}"


def _let_in(asked: Asked, answer: Any) -> Iterator[str]:
    status = answer.status_code
    if asked.case.path == hooks.PATH:
        if fault := hooks.wrongly_taken(asked, answer):
            yield fault
        return
    if status < 400 and not asked.caller.known and asked.case.method != "OPTIONS":
        yield "answered without a token in force"
    writes = asked.case.method not in ("GET", "OPTIONS")
    if status < 400 and writes and "write" not in asked.caller.scopes:
        yield "a token for reading has written"


def _leaks(world: World, asked: Asked, answer: Any) -> Iterator[str]:
    """Marks and ids of what the caller may not see; an id that was asked for is no leak in a
    refusal, which may repeat it."""
    caller: Caller = asked.caller
    text = answer.text
    for ground in world.grounds:
        if ground.mark in text and not caller.may_see(ground):
            yield f"{caller.name} reads what stands in a place not theirs"
    asked_about = {str(id) for id in (asked.case.path_parameters or {}).values()}
    if answer.status_code >= 400:
        hidden = [
            g for id in asked_about if (g := world.owner_of.get(id)) and not caller.may_see(g)
        ]
        if hidden and (code := answer.json().get("code")) not in BEFORE_LOOKING:
            yield f"{caller.name} learns by “{code}” that there is something not theirs"
        return
    for id in set(IDS.findall(text)):
        ground = world.owner_of.get(id)
        if ground and not caller.may_see(ground):
            yield f"{caller.name} is shown {id}, which is not theirs"


def repeated(asked: Asked, answer: Any) -> str:
    """Ask the same again with the same key: the same answer, marked as said before."""
    if asked.signed:
        return hooks.sent_again(asked, answer)
    again = asked.call()
    if (again.status_code, again.content) != (answer.status_code, answer.content):
        return f"the same key is answered {again.status_code}, before {answer.status_code}"
    if _header(again, "idempotent-replay") != "true":
        return "the same key has acted twice"
    return next(_not_as_described(asked, again), "")


def learnt(world: World, asked: Asked, answer: Any) -> None:
    """A case that was opened is asked about from now on, and is watched."""
    if answer.status_code != 201 or asked.source or _header(answer, "idempotent-replay"):
        return
    opened = answer.json()
    named = asked.case.body.get("place", "") if isinstance(asked.case.body, dict) else ""
    for ground in world.grounds:
        if isinstance(named, str) and named.strip() in ground.names["place"]:
            if ground.company == asked.caller.company:
                world.is_of(ground, UUID(opened["id"]), "case")


def _header(answer: Any, name: str) -> str:
    found = answer.headers.get(name) or [""]
    return str(found[0] if isinstance(found, list) else found)
