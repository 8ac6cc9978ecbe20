"""Random lives of plans: what each says, what is done about its work, and when that is heard.

Everything is counted in whole minutes from a Monday's midnight in Shanghai.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

DAY = 1440
END = 7 * DAY
AHEAD = 2 * DAY  # how far ahead work stands in this world
AGAIN = 360  # a plan is made further every six hours
# Windows whose three quarters are whole minutes: early, late, to be made up.
WINDOWS = ((0, 20, 30), (20, 60, 120), (60, 120, 0), (0, 60, 30), (60, 60, 240), (20, 20, 0))
TIMES = ((540,), (480, 900), (20, 720, 1200), (1430,), (600, 640))


@dataclass(frozen=True)
class Said:
    """What a plan says: at these minutes of each day, in this window; `post`: whoever holds it."""

    times: tuple[int, ...]
    early: int
    late: int
    make_up: int
    catch_up: str
    post: bool


@dataclass(frozen=True)
class Act:
    """Something done: it happened at `at` and was heard of at `noted`. `of`: the minute its work is
    planned for, None where it is done to the plan. `far`: a telephone brought it."""

    noted: int
    name: str
    at: int
    of: int | None = None
    who: str = ""
    far: bool = False
    said: Said | None = None


@dataclass
class Life:
    """One plan from its making on; `acts` in the order in which they are heard."""

    n: int
    acts: list[Act] = field(default_factory=list)

    def short(self) -> str:
        return f"P{self.n}: {self.acts[0].said}"


def a_life(rng: Random, n: int) -> Life:
    """A plan, changed now and then, and a fate for each of its possible times."""
    said = _said(rng)
    made = Act(rng.randrange(600), "make", 0, said=said)
    times, at, acts = {*said.times}, made.noted, list[Act]()
    while rng.random() < 0.7:
        at += rng.randrange(300, 3 * DAY)
        name = rng.choice(("change", "change", "pause", "pause", "end", "dismiss"))
        after = _said(rng) if name == "change" else None
        times |= {*after.times} if after else set()
        acts.append(Act(at, name, at, said=after))
        if name == "pause":
            at += rng.randrange(60, DAY)
            acts.append(Act(at, "resume", at))
    for day in range(END // DAY):
        for minute in sorted(times):
            acts += _fate(rng, day * DAY + minute, said)
    heard = (act for act in acts if made.noted <= act.noted <= END)
    return Life(n, [made, *sorted(heard, key=lambda act: act.noted)])


def _said(rng: Random) -> Said:
    catch_up = rng.choice(("none", "last", "all"))
    return Said(rng.choice(TIMES), *rng.choice(WINDOWS), catch_up, rng.random() < 0.6)


def _fate(rng: Random, of: int, said: Said) -> list[Act]:
    """What is done about the work planned for `of`: mostly by one, in the order of time."""
    opens, closes, lapses = of - said.early, of + said.late, of + said.late + said.make_up
    who, begun = rng.choice("AB"), rng.choice((opens, of, closes, lapses, rng.randint(of, lapses)))
    anywhen = rng.randint(opens - 60, lapses + 200)
    course = rng.choice(_COURSES)
    acts, at = [], begun if rng.random() < 0.7 else anywhen
    for name in course:
        if name == "ahead":
            acts.append(_act(rng, "claim", opens - rng.randrange(1, 600), of, who))
            continue
        other = "AB".replace(who, "") if rng.random() < 0.1 else who
        acts.append(_act(rng, name, at, of, other))
        at += rng.choice((0, 5, 40, 300))
    return sorted(acts, key=lambda act: (act.noted, act.at))


_COURSES: Sequence[Sequence[str]] = (
    (), (), (),
    ("finish",), ("finish",), ("finish",), ("finish", "finish"),
    ("ahead",), ("ahead", "finish"), ("ahead", "hand_back"), ("ahead", "hand_back", "finish"),
    ("claim", "start"), ("claim", "start", "finish"), ("hold", "resume", "finish"), ("hold",),
    ("ahead", "start", "hold", "finish"), ("void",), ("start", "void"), ("claim", "void"),
)  # fmt: skip


def _act(rng: Random, name: str, at: int, of: int, who: str) -> Act:
    """Heard at once, or brought by a telephone later: what one does on foot."""
    far = name in ("finish", "start", "hold") and rng.random() < 0.45
    noted = at + (rng.choice((0, 10, 90, 400, 2000)) if far else 0)
    return Act(noted, name, at, of, who, far)


def looks(rng: Random, lives: Sequence[Life]) -> list[int]:
    """When the tickers look: at random, at the edges of some windows exactly, and at the end; in
    one week of three none looks for longer than work stands ahead."""
    some = [rng.randrange(60, END) for _n in range(26)]
    for life in lives:
        for act in rng.sample(life.acts, min(2, len(life.acts))):
            said = life.acts[0].said
            if act.of is not None and said is not None:
                over = act.of + said.late
                some += [act.of - said.early, rng.choice((over, over + 1)), over + said.make_up]
    if rng.random() < 0.34:
        gone = rng.randrange(DAY, END - AHEAD - DAY)
        some = [at for at in some if not gone <= at < gone + AHEAD + 900]
    return sorted({at for at in some if 0 < at < END} | {END})
