"""What other systems send to the inbound hook: signed rightly, wrongly, late or not at all.

The product reads bytes, so whatever was made up is sent as bytes; a signature that is to fit is
made over them at the very end.
"""

import json
from datetime import timedelta
from random import Random
from typing import Any

from anju.domains.intake.models import Source
from anju.domains.intake.rules import CALL_EVENTS
from anju.domains.intake.testing import signed
from anju.engine.loop.models import Case as Matter
from anju.foundation.lib import now
from anju.foundation.messages.rules.signing import WINDOW
from anju.foundation.tenancy.acting import acting
from tests.harness.api_fuzz_world import KINDS, TAKES, Ground, World

PATH = "/api/v1/hooks/{channel}"
HEADER = "Anju-Signature"
ODD = ("", "t=,v1=", "v1=", "t=1e9,v1=a", f"t={'9' * 30},v1=a", "t=1,v1=é", "t=-1", ",", "=" * 900)
INSTANTS = ("2026-01-05T09:30:00+08:00", "2031-01-05T09:30:00Z", "2026-01-05", "1900-01-01T00:00Z")


def a_source_of(world: World, ground: Ground, case: Any, rng: Random) -> Source | None:
    """To whose address it goes; None where the made-up one stays."""
    if rng.random() < 0.1:
        return None
    there = rng.choice((ground, *world.grounds)).sources
    source = rng.choice(there[: rng.choice((len(TAKES), len(TAKES), len(there)))])
    case.path_parameters["channel"] = source.code
    return source


def tells(source: Source | None, ground: Ground, case: Any, rng: Random) -> None:
    """The made-up body with words that such a source would send."""
    if source is not None and source.kind == "telephone":
        good: dict[str, Any] = {
            "call": f"C{rng.randrange(40)}",
            "event": rng.choice(CALL_EVENTS),
            "number": rng.choice(("", "13866660001", f"139{rng.randrange(10**8):08d}", "+86 1")),
            "at": rng.choice((None, *INSTANTS)),
        }
    else:
        good = {
            "id": f"P{rng.randrange(60)}",
            "kind": rng.choice(("", *KINDS)),
            "title": "漏水",  # no mark: it may come to stand in any community of the source
            "urgency": rng.choice((1, 4, "P1", "P3")),
            "place": rng.choice(("", *ground.names["place"])),
            "about": rng.choice(("", "", f"P{rng.randrange(60)}", _number(ground, rng))),
            "reporter": rng.choice((None, {"name": "王芳", "phone": "13866660001"})),
            "at": rng.choice((None, *INSTANTS)),
            "due": rng.choice((None, None, *INSTANTS)),
        }
    for name, value in good.items():
        if rng.random() < 0.85:
            case.body[name] = value


def _number(ground: Ground, rng: Random) -> str:
    with acting(ground.actor):
        return Matter.objects.values_list("number", flat=True).get(id=rng.choice(ground.cases))


def sign(made: Any, source: Source | None, world: World, rng: Random) -> None:
    """Nearly half of them as it should be; `made.signed` says whether it is."""
    case, headers, luck = made.case, made.headers, rng.random()
    if made.raw is None:
        given = case.body
        made.raw = given if isinstance(given, bytes) else json.dumps(given, default=str).encode()
    if source is None or luck < 0.1:
        return  # what was made up, or nothing
    if luck < 0.15:
        case.query = {"msg_signature": rng.choice(("", "0" * 40)), "timestamp": "1", "nonce": ""}
    elif luck < 0.25:
        headers[HEADER] = rng.choice(ODD)
    elif luck < 0.35:
        at = now() + rng.choice((-1, 1)) * (WINDOW + timedelta(minutes=1))
        headers[HEADER] = signed(source, made.raw, at)
    elif luck < 0.45:
        headers[HEADER] = signed(source, made.raw + rng.choice((b" ", b"\0")))
    elif luck < 0.5:
        another = rng.choice([s for g in world.grounds for s in g.sources if s != source])
        headers[HEADER] = signed(another, made.raw)
    else:
        headers[HEADER] = signed(source, made.raw)
        made.signed = source.kind in TAKES and source.on
    made.source = source


def wrongly_taken(made: Any, answer: Any) -> str:
    """Taken in without a signature that fits, or refused with one."""
    if answer.status_code < 300 and not made.signed:
        return "what nobody signed was taken in"
    asked_right = made.signed and not made.odd_method and "Host" not in made.headers
    if asked_right and answer.status_code == 403:
        return "what was signed is refused"
    return ""


def sent_again(made: Any, first: Any) -> str:
    """The very same request is a replay; signed anew, it is the same matter and nothing more."""
    answer = made.call()
    if answer.status_code != 409 or answer.json()["code"] != "replayed":
        return f"a replay is answered {answer.status_code}"
    if made.source.kind == "telephone":
        return ""  # each step of a call is answered with what the call is by now
    made.headers[HEADER] = signed(made.source, made.raw, now() + timedelta(seconds=2))
    answer = made.call()
    same = answer.status_code == 200 and answer.json()["id"] == first.json()["id"]
    return "" if same or answer.status_code == 409 else "the same id has become another matter"
