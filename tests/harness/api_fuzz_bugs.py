"""The bugs that the fuzzing of the API must find: in doors, problems, answers and what is seen."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from anju.domains.intake import rules as intake
from anju.domains.intake.commands import receiving
from anju.engine.loop import api as loop
from anju.engine.loop import queries
from anju.engine.loop.models import Case, CaseQuery, WorkQuery
from anju.faces import middleware
from anju.faces.api import problems
from anju.foundation.access import doors
from anju.foundation.tenancy.errors import Conflict, NotYet
from tests.harness.seeding import Bug

Right = Callable[..., Any]


class _NeverRaised(Exception):
    """Stands where a kind of exception is no longer expected."""


def _with(answer: HttpResponse, **changes: Any) -> HttpResponse:
    """The problem with other members."""
    answer.content = json.dumps({**json.loads(answer.content), **changes}).encode()
    return answer


def _as(kind: str) -> Callable[[Right], Right]:
    """The answer under another content type."""

    def wrong(right: Right) -> Right:
        def answers(*args: Any, **named: Any) -> HttpResponse:
            answer: HttpResponse = right(*args, **named)
            answer.headers["Content-Type"] = kind
            return answer

        return answers

    return wrong


def _opened_without_version(right: Right) -> Right:
    def opened(*args: Any) -> str:
        said = json.loads(right(*args))
        del said["version"]
        return json.dumps(said)

    return opened


def _of_any_company(_right: Right) -> Right:
    """Read past the fence, as one with a second, privileged connection would."""

    def case(_request: HttpRequest, id: UUID) -> Case:
        return Case.objects.using("owner").get(id=id)

    return case


def _first_caller_remembered(right: Right) -> Right:
    """A cache of tokens whose key is too short: everybody is who came first."""
    held: dict[str, Any] = {}

    def who(token: str) -> Any:
        return held.setdefault(token[:5], None) or held.update({token[:5]: right(token)})

    return lambda token: who(token) or held.get(token[:5])


def _all_of_the_company(_right: Right) -> Right:
    return lambda self, actor: self.filter(company_id=actor.company_id)


def _only_ids(right: Right) -> Right:
    return lambda text, **named: right(str(UUID(text)), **named)


def _any_day(_right: Right) -> Right:
    return lambda said, name: datetime.fromisoformat(said[name]) if said.get(name) else None


BUGS = {
    "odd-name-not-foreseen": Bug(
        "an odd value is refused, not an error", queries, "place_named", _only_ids
    ),
    "nul-reaches-a-column": Bug(
        "what no column holds is refused", problems, "DataError", lambda _right: _NeverRaised
    ),
    "stale-is-418": Bug(
        "a status is one that is documented", problems, "STATUS",
        lambda right: {**right, Conflict: 418},
    ),
    "not-yet-is-200": Bug(
        "what was refused is not answered as done", problems, "STATUS",
        lambda right: {**right, NotYet: 200},
    ),
    "refusal-as-a-page": Bug(
        "a refusal is a problem, also where no operation is", problems, "as_problem",
        lambda _right: lambda _request, response: response,
    ),
    "problem-as-json": Bug(
        "a refusal is application/problem+json", problems, "problem", _as("application/json")
    ),
    "problem-of-another-status": Bug(
        "a problem says the status of its answer", problems, "problem",
        lambda right: lambda request, status, **named: _with(
            right(request, status, **named), status=400
        ),
    ),
    "problem-without-detail": Bug(
        "a problem has its members", problems, "problem",
        lambda right: lambda *args, **named: _with(right(*args, **named), detail=None),
    ),
    "opened-without-version": Bug(
        "an answer has all it promises", loop, "_opened", _opened_without_version
    ),
    "replay-as-text": Bug(
        "a repeated answer is of the same type", doors, "api_answer", _as("text/plain")
    ),
    "case-of-any-company": Bug(
        "a case of another company is not found", loop, "_case", _of_any_company
    ),
    "cases-of-all-communities": Bug(
        "a role holds where it was given", CaseQuery, "seen_by", _all_of_the_company
    ),
    "work-of-all-communities": Bug(
        "a role holds where it was given", WorkQuery, "seen_by", _all_of_the_company, deep=True
    ),
    "token-of-who-came-first": Bug(
        "a token is its owner's", middleware, "by_token", _first_caller_remembered
    ),
    "hook-by-anybody": Bug(
        "a message is taken in with a signature that fits", receiving, "verified",
        lambda _right: lambda *_args, **_named: True,
    ),
    "hook-sent-twice": Bug(
        "the very same message is refused", receiving, "once", lambda _right: lambda *_args: None
    ),
    "hook-any-day": Bug("an odd value waits for a person", intake, "_time", _any_day),
}  # fmt: skip
