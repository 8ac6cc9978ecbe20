"""Requests: what schemathesis makes of the OpenAPI document, with life mixed in.

Alone it would be refused at the first look at nearly everything. So ids, steps and words are
exchanged for real ones, and values for odd ones that the document allows.
"""

import json
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import uuid4

from schemathesis import Case

from anju.domains.intake.models import Source
from anju.engine.loop.models import CHANNEL_NAMES, WorkOrder
from anju.engine.loop.models import Case as Matter
from anju.engine.loop.rules import CASE_MOVES, CASE_STATES, WORK_MOVES, moves_from
from anju.foundation.tenancy.acting import acting
from tests.harness import api_fuzz_hooks as hooks
from tests.harness.api_fuzz_world import KINDS, Caller, Ground, World, plausible

COMMANDS = "/api/v1/commands"  # each of them carries its own id
CHANNELS = [name for name, _title in CHANNEL_NAMES]
ODD: tuple[Any, ...] = (
    "", " ", "\0", "a\0b", "\ud800", "é" * 5000, "\u202e漏水", "1e999", "NaN", -1, 2**31, 2**63,
    10**30, 0.1, float("nan"), float("inf"), True, None, [], {}, [[[]]], {"\0": 1}, {"": {"": []}},
    "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "2026-02-30", "00000000-0000-0000-0000-000000000000", "' OR 1=1 --", "%s", "{}", "../..",
)  # fmt: skip
RAW = (b"", b"{", b"null", b"[]", b'{"name": "\xff"}', b"[" * 2000, b'{"kind": NaN}', b"\x00" * 9)
TYPES = ("text/plain", "application/xml", "multipart/form-data", "application/json; charset=x", "")
HOSTS = ("<odd", "elsewhere.example", "localhost:99999", "")
METHODS = ("PUT", "PATCH", "DELETE", "GET", "POST", "OPTIONS")


@dataclass
class Asked:
    """One request and who sends it; `raw` replaces the body. A message of another system: of which
    one, and whether it is signed as it should be."""

    caller: Caller
    case: Case
    headers: dict[str, str]
    raw: bytes | None = None
    odd_method: bool = False
    source: Source | None = None
    signed: bool = False

    def accepted(self, answer: Any) -> bool:
        """Whether it was a write with a key or a signature, and was done."""
        keyed = self.case.method == "POST" and "Idempotency-Key" in self.headers
        return (keyed or self.signed) and answer.status_code < 300

    def call(self) -> Any:
        if self.raw is None:
            return self.case.call(headers=self.headers)
        headers = {"Content-Type": "application/json", **self.headers}
        return self.case.call(headers=headers, data=self.raw)


def asked(world: World, made_up: Case, rng: Random, keys: list[str]) -> Asked:
    """`made_up` with life mixed in, all from `rng`. `keys`: Idempotency-Keys used lately."""
    case = _without_its_story(made_up)
    caller = rng.choice(world.callers)
    if not caller.known and rng.random() < 0.5:  # most that is worth asking needs a token
        caller = rng.choice(world.callers)
    headers = {"Accept-Language": rng.choice(("en", "zh-hans", "zh-hant"))}
    if caller.token:
        headers["Authorization"] = f"Bearer {caller.token}"
    if rng.random() < 0.01:
        headers["Host"] = rng.choice(HOSTS)
    made = Asked(caller, case, headers)
    ground = _ground(world, caller, rng)
    _path(case, ground, rng)
    _query(case, ground, rng)
    hook = case.path == hooks.PATH
    source = hooks.a_source_of(world, ground, case, rng) if hook else None
    if isinstance(case.body, dict):
        if hook:
            hooks.tells(source, ground, case, rng)
        elif case.path == COMMANDS:
            _bring(case.body, ground, rng)
        else:
            (_report if "moves" not in case.path else _move)(world, case, ground, rng)
        if rng.random() < 0.3:
            _spoil(case.body, rng)
        made.raw = json.dumps(case.body).encode()  # NaN too: some programs send it
    _otherwise(made, rng, keys)
    if hook:
        hooks.sign(made, source, world, rng)
    if rng.random() < 0.02:
        case.method = rng.choice(METHODS)
        made.odd_method = True
    return made


def _otherwise(made: Asked, rng: Random, keys: list[str]) -> None:
    """With a key, as something that is no JSON, or under another name."""
    case, headers = made.case, made.headers
    if case.method == "POST":
        if case.path not in (hooks.PATH, COMMANDS):
            _key(headers, rng, keys)
        if rng.random() < 0.03:
            made.raw = rng.choice(RAW)
        if rng.random() < 0.03:
            headers["Content-Type"] = rng.choice(TYPES)


def _without_its_story(case: Case) -> Case:
    """The same request; schemathesis would take headers away from those it made to be wrong."""
    return case.operation.Case(
        method=case.method,
        path_parameters=dict(case.path_parameters or {}),
        headers=dict(case.headers or {}),
        query=dict(case.query) if isinstance(case.query, dict) else case.query,
        body=case.body,
        media_type=case.media_type,
    )


def _ground(world: World, caller: Caller, rng: Random) -> Ground:
    """Mostly where the caller has something to do, else anywhere."""
    own = [ground for ground in world.grounds if caller.may_see(ground)]
    return rng.choice(own if own and rng.random() < 0.7 else world.grounds)


_ASKED_BY = ("case_id", "work_id", "plan_id", "ledger_id", "route_id")


def _path(case: Case, ground: Ground, rng: Random) -> None:
    if rng.random() < 0.2:
        return
    for name in _ASKED_BY:
        pool = getattr(ground, f"{name.removesuffix('_id')}s")
        if name in (case.path_parameters or {}) and pool:
            case.path_parameters[name] = str(rng.choice(pool))


def _query(case: Case, ground: Ground, rng: Random) -> None:
    if case.method != "GET" or not isinstance(case.query, dict) or "{" in case.path:
        return
    good: dict[str, Any] = {"limit": rng.randint(1, 200)}
    if case.path.endswith("/cases"):
        good |= {
            "cursor": str(rng.choice(ground.cases)),
            "state": rng.choice(CASE_STATES),
            "kind": rng.choice(KINDS),
        }
    else:
        good |= {"after": rng.randrange(50)}
    for name, value in good.items():
        if rng.random() < 0.4:
            case.query[name] = value
        elif rng.random() < 0.4:
            case.query.pop(name, None)
        elif rng.random() < 0.1:
            case.query[name] = _text(rng)


def _text(rng: Random) -> str:
    """An odd value that can stand in an address."""
    return str(rng.choice(ODD)).encode("utf-8", "replace").decode()


def _report(world: World, case: Case, ground: Ground, rng: Random) -> None:
    good: dict[str, Any] = {
        "kind": rng.choice(KINDS),
        "title": rng.choice(("漏水", "灯不亮", case.body.get("title", "漏水"))),
        "place": rng.choice(ground.names["place"]),
        "asset": rng.choice(("", *ground.names["asset"])),
        "channel": rng.choice(CHANNELS),
        "urgency": rng.randint(1, 4),
        "at": None,
        "reporter": rng.choice(
            (
                None,
                {"id": ground.names["reporter"][0]},
                {"name": "王芳", "phone": f"139{rng.randrange(10**8):08d}"},
            )
        ),
    }
    _exchange(case.body, good, 0.85, rng)


def _move(world: World, case: Case, ground: Ground, rng: Random) -> None:
    names = WORK_MOVES if "work-orders" in case.path else CASE_MOVES
    good = {
        "name": _step(case, ground, rng) or rng.choice(sorted(names)),
        "version": rng.choice((None, None, 1, 1, 2, 9)),
        "at": None,
    }
    _exchange(case.body, good, 0.85, rng)
    if rng.random() < 0.8:
        given = case.body.get("said")
        mixed = given if isinstance(given, dict) and rng.random() < 0.3 else {}
        case.body["said"] = {**mixed, **plausible(world, rng)}


def _bring(body: dict[str, Any], ground: Ground, rng: Random) -> None:
    """What a device brings, about work that is there, half of it one after the other."""
    given = body.get("commands")
    for seq, one in enumerate(given if isinstance(given, list) else (), start=1):
        if isinstance(one, dict) and ground.works and rng.random() < 0.8:
            one["subject"] = str(rng.choice(ground.works))
            one["name"] = rng.choice(("accept", "arrive", "finish", "note", "photo", "seen"))
            one["seq"] = rng.choice((1, seq))


def _step(case: Case, ground: Ground, rng: Random) -> str:
    """Half of the time a step that fits the state of what is asked about; empty otherwise."""
    if rng.random() < 0.5:
        return ""
    ids = case.path_parameters or {}
    model, table, name = (Matter, CASE_MOVES, "case_id")
    if "work_id" in ids:
        model, table, name = (WorkOrder, WORK_MOVES, "work_id")
    if ids.get(name) not in map(str, [*ground.cases, *ground.works]):
        return ""
    with acting(ground.actor):
        state = model.objects.values_list("state", flat=True).get(id=ids[name])
    fits = [move.name for move in moves_from(table, state) if move.name != "void"]
    return rng.choice(fits) if fits else ""


def _exchange(body: dict[str, Any], good: dict[str, Any], share: float, rng: Random) -> None:
    whole = rng.random() < 0.6
    for name, value in good.items():
        if whole or rng.random() < share:
            body[name] = value


def _spoil(body: dict[str, Any], rng: Random) -> None:
    """One value, or one deeper, is an odd one."""
    holders = [body, *(v for v in body.values() if isinstance(v, dict))]
    held = rng.choice(holders)
    if held:
        held[rng.choice(sorted(held))] = rng.choice(ODD)


def _key(headers: dict[str, str], rng: Random, keys: list[str]) -> None:
    luck = rng.random()
    if luck < 0.3:
        headers["Idempotency-Key"] = str(uuid4())
    elif luck < 0.45 and keys:
        headers["Idempotency-Key"] = rng.choice(keys)
    elif luck < 0.5:
        headers["Idempotency-Key"] = _text(rng).encode("ascii", "ignore").decode().strip() or "!"
    if key := headers.get("Idempotency-Key"):
        keys.append(key)
        del keys[:-8]
