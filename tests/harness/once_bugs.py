"""The bugs that the harness of the keys must find: in claiming, keeping, and what a key is."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from anju.foundation.access import doors
from anju.foundation.access.commands import answers
from tests.harness.seeding import Bug

Right = Callable[..., Any]
# Looks whether there is an answer, and takes no lock: two who look at once both find none.
ONLY_LOOKS = """
SELECT coalesce(CASE WHEN a.asked = %(asked)s THEN 'again' ELSE 'other' END, 'free') AS said,
       a.status, a.headers::text AS headers, a.body
  FROM (SELECT 1) one LEFT JOIN access_answer a ON a.company_id = %(company)s AND a.id = %(id)s
"""


def _busy_is_done(right: Right) -> Right:
    def judged(row: tuple[Any, ...]) -> Any:
        return answers.Kept(200, "", b"{}") if row[0] == "busy" else right(row)

    return judged


def _busy_is_free(right: Right) -> Right:
    return lambda row: None if row[0] == "busy" else right(row)


def _acted_before_asked(right: Right) -> Right:
    """The effect is committed by itself, before the ledger is asked."""

    def once(request: Any, run: Callable[[], Any]) -> Any:
        said = run()
        return right(request, lambda: said)

    return once


def _kept_elsewhere(right: Right) -> Right:
    """The answer is kept under a key nobody asks for."""

    def keep(key: Any, **named: Any) -> None:
        time.sleep(0.001)
        right(answers.Key(key.company, uuid4(), key.asked), **named)

    return keep


BUGS = {
    "key-not-asked-for": Bug(
        "a key is claimed before the effect", doors, "claim", lambda _right: lambda _key: None
    ),
    "key-not-kept": Bug(
        "the answer is kept with the effect", doors, "keep",
        lambda _right: lambda *_args, **_named: None,
    ),
    "key-kept-elsewhere": Bug(
        "the answer is kept under its key", doors, "keep", _kept_elsewhere
    ),
    "claim-only-looks": Bug(
        "a claim holds off the others", answers, "CLAIM", lambda _right: ONLY_LOOKS
    ),
    "busy-is-free": Bug("one at a time under a key", answers, "judge_claim", _busy_is_free),
    "busy-is-done": Bug("busy is 409, not an answer", answers, "judge_claim", _busy_is_done),
    "acted-before-asked": Bug(
        "a repetition has no effect", doors, "_api_once", _acted_before_asked
    ),
    "answer-kept-otherwise": Bug(
        "the stored answer is the one given", doors, "keep",
        lambda right: lambda key, **named: right(key, **{**named, "body": b'{"id": "other"}'}),
    ),
    "key-of-any-body": Bug(
        "another body under the key is refused", answers.Key, "of",
        lambda right: lambda actor, key, *, route, body: right(actor, key, route=route, body=b""),
    ),
    "key-of-any-account": Bug(
        "a key is its account's", answers.Key, "of",
        lambda right: lambda actor, key, **named: right(
            type(actor)(**{**vars(actor), "id": actor.company_id}), key, **named
        ),
    ),
}  # fmt: skip
