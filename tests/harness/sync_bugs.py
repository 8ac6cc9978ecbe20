"""The bugs that the model check of the sync must find: in the product's rules and on the phone."""

from collections.abc import Callable
from typing import Any

from anju.engine.offline import rules
from tests.harness.seeding import Bug
from tests.harness.sync_phone import Phone

Right = Callable[..., Any]


def _without(**named: Any) -> Callable[[Right], Right]:
    """Called as if these had been said."""
    return lambda right: lambda *args, **given: right(*args, **{**given, **named})


def _any_turn(right: Right) -> Right:
    return lambda stream, seq, *, known: "gap" if seq > stream.last + 1 else "now"


def _no_gap(right: Right) -> Right:
    def turn(stream: Any, seq: int, *, known: bool) -> Any:
        said = right(stream, seq, known=known)
        return "now" if said == "gap" else said

    return turn


def _never_blocked(right: Right) -> Right:
    def turn(stream: Any, **named: Any) -> Any:
        said = right(stream, **named)
        return "now" if said == "blocked" else said

    return turn


def _believed(right: Right) -> Right:
    return lambda at, tick, *, heard, since: min(at, heard.received)


def _every_tick(right: Right) -> Right:
    def request(self: Phone, *args: Any) -> Any:
        message, ticks = right(self, *args), {made.id: made.tick for made in self.queue}
        for one in message["commands"]:
            one["tick"] = ticks[one["id"]]
        return message

    return request


def _nothing_left(right: Right) -> Right:
    return lambda self, *args: {**right(self, *args), "left": 0}


def _shown_at_once(right: Right) -> Right:
    def request(self: Phone, *args: Any) -> Any:
        message = right(self, *args)
        sent = {one["id"] for one in message["commands"]}
        for made in self.queue:
            if made.id in sent:
                made.receipt = {"status": "taken"}
        return message

    return request


def _forgets_photos(right: Right) -> Right:
    def hears(self: Phone, receipts: Any, now: Any) -> None:
        files = {made.id: made.file for made in self.queue}
        right(self, receipts, now)
        for one in receipts:
            self.stored(files.get(one["id"]))

    return hears


def _loses_the_last(right: Right) -> Right:
    def crash(self: Phone, now: Any) -> None:
        right(self, now)
        del self.queue[-1:]

    return crash


def _lets_go(right: Right) -> Right:
    """What was sent is gone from the phone."""

    def request(self: Phone, *args: Any) -> Any:
        message = right(self, *args)
        sent = {one["id"] for one in message["commands"]}
        self.queue = [made for made in self.queue if made.id not in sent]
        return message

    return request


BUGS = {
    "id-forgotten": Bug("an id acts once", rules, "turn_of", _any_turn),
    "gap-passed": Bug("in the order of device and subject", rules, "turn_of", _no_gap),
    "never-blocked": Bug(
        "a refused step blocks until it was seen", rules, "step_turn", _never_blocked
    ),
    "finished-without-photos": Bug(
        "a finish waits for its photos", rules, "step_turn", _without(records=0)
    ),
    "step-overtakes": Bug(
        "in the order of device and subject", rules, "step_turn", _without(steps=0)
    ),
    "any-version": Bug(
        "a step is judged on what its maker saw", rules, "version_meant",
        lambda _right: lambda _stream, _base: None,
    ),
    "clock-believed": Bug("a wrong clock moves nothing", rules, "happened_at", _believed),
    "tick-of-another-start": Bug("a wrong clock moves nothing", Phone, "request", _every_tick),
    "left-untold": Bug("a wrong clock moves nothing", Phone, "request", _nothing_left),
    "shown-when-sent": Bug("received is shown when it is", Phone, "request", _shown_at_once),
    "photos-forgotten": Bug("nothing is lost", Phone, "hears", _forgets_photos),
    "lost-when-killed": Bug("nothing is lost", Phone, "crash", _loses_the_last),
    "lost-when-sent": Bug("nothing is lost", Phone, "request", _lets_go),
}  # fmt: skip
