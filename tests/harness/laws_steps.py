"""Random histories: steps of `Watch` with their arguments, from a seed alone.

Arguments are counted backwards from the newest row, so a history means something whatever came of
the steps before, and it still does when steps are left out to find the shortest one that fails.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.harness.laws_machine import ITEMS, MISHAPS, ROLES, WRONGS
from tests.harness.laws_tables import TAKEN, WORK_STEPS
from tests.harness.laws_watch import Watch

PEOPLE = ("resident", *ROLES, "machine")
KINDS = ("repair", "repair", "complaint", "enquiry", "alarm", "praise")
STEPS = 18


@dataclass(frozen=True)
class Step:
    """One call of a method of `Watch`."""

    name: str
    said: Mapping[str, Any]

    def take(self, laws: Watch) -> None:
        getattr(laws, self.name)(**self.said)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{k}={v!r}' for k, v in self.said.items())})"


def a_history(rng: Random) -> list[Step]:
    """So many steps, the usual ones more often than the odd ones; then what is around them."""
    names = rng.choices(list(STEP_KINDS), [w for w, _made in STEP_KINDS.values()], k=STEPS)
    steps = [Step(name, STEP_KINDS[name][1](rng)) for name in names]
    around = rng.sample(AROUND, k=len(AROUND))
    return [*steps, *(Step(name, STEP_KINDS[name][1](rng)) for name in around)]


def _late(rng: Random) -> int:
    return rng.choice((0, 0, rng.randrange(900)))


def _bad(rng: Random) -> frozenset[str]:
    return frozenset(rng.sample((*WRONGS, *MISHAPS), rng.randrange(5)))


def _back(rng: Random) -> int:
    return rng.choice((0, 0, 1, 2))


def _way(rng: Random) -> dict[str, Any]:
    return {
        "back": _back(rng), "steps": rng.randint(1, 8), "wrong": rng.randrange(12),
        "who": rng.choice(PEOPLE), "late": _late(rng), "bad": _bad(rng),
    }  # fmt: skip


def _move(names: Iterable[str]) -> Callable[[Random], dict[str, Any]]:
    return lambda rng: {
        "back": _back(rng), "who": rng.choice(PEOPLE), "name": rng.choice(sorted(names)),
        "late": _late(rng), "stale": rng.randrange(10), "empty": rng.randrange(10),
        "choice": rng.randrange(4),
    }  # fmt: skip


STEP_KINDS: Mapping[str, tuple[int, Callable[[Random], dict[str, Any]]]] = {
    "reports": (3, lambda rng: {
        "kind": rng.choice(KINDS), "urgency": rng.randint(1, 4), "who": rng.choice(PEOPLE),
        "late": _late(rng), "of_resident": rng.randrange(4), "place": rng.randrange(2),
    }),
    "a_resident_reports": (2, lambda rng: {
        "who": rng.choice(("resident", "desk")), "urgency": rng.randint(2, 4),
    }),
    "goes_on": (4, _way),
    "goes_to_its_end": (3, lambda rng: {
        "back": _back(rng), "bad": _bad(rng), "late": rng.choice((0, rng.randrange(900))),
    }),
    "hurries": (2, lambda rng: {"back": _back(rng), "stale": rng.random() < 0.3}),
    "moves_a_case": (4, _move(TAKEN)),
    "moves_work": (4, _move(WORK_STEPS)),
    "judges": (2, lambda rng: {
        "item": rng.choice((*ITEMS, ITEMS[0], ITEMS[0])), "place": rng.randrange(2),
        "verdict": rng.choice(("fail", "fail", "pass", "na")), "late": _late(rng),
        "who": rng.choice((*ROLES, "machine")),
    }),
    "fails_again": (1, lambda rng: {
        "place": rng.randrange(2), "who": rng.choice(tuple(ROLES)), "bad": _bad(rng),
    }),
    "answers_an_item": (1, lambda rng: {
        "back": _back(rng), "who": rng.choice(PEOPLE), "code": rng.choice(("seal", "other")),
    }),
    "publishes": (2, lambda rng: {
        "code": rng.choice(("repair", "complaint")), "factor": rng.randint(1, 3),
        "verify": rng.random() < 0.7, "callback": rng.random() < 0.7,
        "required": rng.random() < 0.7, "back": rng.randrange(2), "steps": rng.randrange(16),
        "bad": _bad(rng),
    }),
    "time_passes": (3, lambda rng: {
        "minutes": rng.choice((rng.randint(1, 90), rng.randint(60, 3000))),
        "sweeps": rng.random() < 0.5,
    }),
    "two_at_once": (2, lambda rng: {"back": _back(rng)}),
    "merges": (3, lambda rng: {
        "back": _back(rng), "who": rng.choice(("desk", "desk", "manager", "tech1")),
        "worked": rng.choice((0, 0, 5)), "awaited": rng.random() < 0.4, "told": rng.random() < 0.6,
        "turned": rng.random() < 0.4, "voids": rng.random() < 0.2, "steps": rng.choice((3, 20, 20)),
    }),
    "splits": (1, lambda rng: {"back": _back(rng), "who": rng.choice(("desk", "tech2"))}),
    "merged_at_once": (1, lambda rng: {"back": _back(rng)}),
    "outside": (2, lambda rng: {
        "back": _back(rng), "due": rng.randrange(4), "asks": rng.random() < 0.6,
        "granted": rng.random() < 0.5, "late": _late(rng),
    }),
    "climbs": (1, lambda rng: {
        "back": _back(rng), "times": rng.randint(1, 4), "who": rng.choice(tuple(ROLES)),
    }),
    "takes_over": (1, lambda rng: {"back": _back(rng), "who": rng.choice(("tech2", "desk"))}),
    "links": (0, lambda rng: {
        "back": _back(rng), "who": rng.choice(("desk", "manager")), "choice": rng.randrange(4),
    }),
    "recurs": (0, lambda rng: {
        "times": rng.randint(1, 3), "place": rng.choice((0, 2)),
        "who": rng.choice(("desk", "tech2")), "cause": rng.random() < 0.8, "back": _back(rng),
    }),
    "rosters": (0, lambda rng: {
        "post": rng.randrange(3), "person": rng.randrange(3), "begins": rng.choice((-1, -1, 0, 3)),
        "hours": rng.choice((2, 8, 30)),
    }),
    "owners_are_named": (0, lambda rng: {
        "all_live": rng.random() < 0.7, "at_once": rng.random() < 0.3,
    }),
    "emergency": (0, lambda rng: {
        "back": _back(rng), "who": rng.choice(("desk", "desk", "manager", "tech1")),
        "plan": rng.randrange(2), "place": rng.choice((0, 2)), "of_a_case": rng.random() < 0.5,
        "step": rng.randrange(2),
    }),
}  # fmt: skip
# What stands around the cases comes at the end of every history, in any order.
AROUND = (
    "links", "climbs", "time_passes", "recurs", "recurs", "rosters", "rosters", "rosters",
    "owners_are_named", "owners_are_named", "owners_are_named", "emergency", "emergency",
)  # fmt: skip
