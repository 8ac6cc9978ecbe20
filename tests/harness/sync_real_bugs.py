"""The bugs that the phones must find in the real server."""

from collections.abc import Callable
from typing import Any

from anju.engine.offline.commands import bringing, settling
from tests.harness.seeding import Bug
from tests.harness.sync_bugs import _any_turn, _believed, _no_gap

Right = Callable[..., Any]


def _twice(right: Right) -> Right:
    def record(name: str, one: Any) -> None:
        right(name, one)
        right(name, one)

    return record


BUGS = {
    "id-forgotten": Bug("an id acts once", bringing, "turn_of", _any_turn),
    "gap-passed": Bug("in the order of device and subject", bringing, "turn_of", _no_gap),
    "any-version": Bug(
        "a step is judged on what its maker saw", settling, "version_meant",
        lambda _right: lambda _stream, _base: None,
    ),
    "clock-believed": Bug("a wrong clock moves nothing", bringing, "happened_at", _believed),
    "record-twice": Bug("an id acts once", settling, "record", _twice),
    "waiting-is-taken": Bug(
        "received is shown when it is", bringing, "receipt_of",
        lambda right: lambda made: {**right(made), "status": "taken"},
    ),
    "never-settled": Bug(
        "photos on their way are waited for", bringing, "settle",
        lambda _right: lambda *_args, **_named: None,
    ),
}  # fmt: skip
