"""The demo's past: cases of the last months, lived through the real commands.

Each step is taken under `frozen` time, so clocks, events and figures are those of months of work.
The seed decides what happens, the season what happens often: the same seed at the same moment
gives the same company. On top comes what is going on now: every kind of waiting once, so that the
pages of the day have something to show.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import translation

from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.opening import Opened, Report, report
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case
from anju.engine.loop.queries import call_owed
from anju.faces.demo.company import PLANS, SEED, add_buildings, build_community, settle_residents
from anju.faces.demo.handovers import hand_over
from anju.faces.demo.ledgers import keep_ledgers
from anju.faces.demo.papers import write_papers
from anju.faces.demo.promises import note_needs, promise_all
from anju.faces.demo.rosters import make_rosters
from anju.faces.demo.rounds import make_plans
from anju.faces.demo.visits import make_visits
from anju.foundation.lib import frozen, now
from anju.foundation.people.models import Occupancy, Person
from anju.foundation.people.queries import on_duty
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

AHEAD = "持证人员在途，先到现场看护"
A_MONTH = 100  # cases
MONTH = 365 / 12  # days
TROUBLES = (
    ("repair", "水电/给排水/漏水", "卫生间漏水，楼下渗水", 2, 9),
    ("repair", "水电/给排水/堵塞", "厨房下水堵塞", 3, 9),
    ("repair", "水电/照明", "楼道灯不亮", 3, 10),
    ("repair", "水电/供电", "插座无电", 3, 6),
    ("repair", "电梯", "电梯异响", 2, 4),
    ("repair", "电梯/困人", "电梯困人", 1, 1),
    ("repair", "门禁", "单元门禁失灵", 3, 7),
    ("repair", "土建/防水", "外墙渗水", 3, 5),
    ("complaint", "噪声", "夜间装修噪声", 3, 5),
    ("complaint", "环境", "垃圾清运不及时", 3, 4),
    ("complaint", "停车", "车位被占用", 3, 3),
    ("suggestion", "设施", "建议增设快递架", 4, 2),
    ("enquiry", "收费", "物业费如何计算", 4, 4),
    ("praise", "服务", "表扬保安帮忙搬运轮椅", 4, 1),
)
# How many times as often a trouble comes in the months where it does not come as always.
SEASONS: Mapping[str, Mapping[int, float]] = {
    "水电/给排水/漏水": {12: 1.8, 1: 2.2, 2: 1.8},  # frozen pipes
    "水电/供电": {6: 1.5, 7: 2.5, 8: 2.5},  # air conditioning
    "电梯": {7: 1.6, 8: 1.6},
    "土建/防水": {5: 2.0, 6: 3.5, 7: 3.5, 8: 2.0},  # rain
    "噪声": {3: 1.6, 4: 1.6, 9: 1.5, 10: 1.5, 2: 0.4},  # fitting out; nobody does at New Year
    "环境": {6: 1.5, 7: 1.8, 8: 1.8},
    "停车": {1: 2.0, 2: 2.5, 10: 1.5},  # holidays
}
UNSEEN = {"without": "nothing"}  # the demo takes no photos of what it repairs
# What is going on now: which of the troubles, reported how many minutes ago, and the last step that
# has been taken ("": nobody has it yet).
NOW = (
    (0, 9, ""),
    (1, 6, ""),
    (4, 40, "assign"),
    (2, 30, "accept"),
    (0, 75, "start"),
    (6, 120, "start"),
    (7, 300, "finish"),
    (3, 420, "finish"),
    (2, 240, "finish"),
    (8, 25, ""),
    (12, 20, ""),
)
CHANNELS = ("phone", "phone", "phone", "wechat", "desk", "lobby", "web", "qr")


Step = tuple[str, Callable[[], object]]


@dataclass(frozen=True)
class Cast:
    """Who plays: the desk that takes and tells, the doers, those of the technicians who are on duty
    now, the one who checks and calls back."""

    desk: Actor
    checker: Actor
    doers: Sequence[tuple[Actor, Person]]
    present: Sequence[tuple[Actor, Person]]


@translation.override("zh-hans")
def fill(actor: Actor, say: Callable[[str], None], *, seed: int = SEED, months: int = 12) -> None:
    """Build what the first start left out, then live the months; goes on where it was stopped."""
    _rest_of_the_houses(actor, say, seed)
    write_papers(actor)
    make_rosters(actor)
    make_plans(actor, seed=seed)
    make_visits(actor, seed=seed)
    keep_ledgers(actor, seed=seed)
    hand_over(actor)
    cast = _cast(actor)
    with acting(actor):
        lived = Case.objects.seen_by(actor).filter(history=False, item="").count()
        homes = list(
            Occupancy.objects.seen_by(actor)
            .select_related("place", "person")
            .order_by("place__full_code", "person__phone")
        )
    play = _Play(cast, homes, seed, months)
    cases = len(NOW) + play.past
    for done in range(lived, cases):  # the newest first: today's pages are full at once
        with acting(actor):  # a whole story at once: the ticker must not see a past half lived
            if done < len(NOW):
                play.begin(done)
            else:
                play.live(done - len(NOW))
        if done % 100 == 99:
            say(f"demo: {done + 1} of {cases} cases of the last {months} months")
    say("demo: complete")


def _rest_of_the_houses(actor: Actor, say: Callable[[str], None], seed: int) -> None:
    random = Random(seed + 1)  # noqa: S311 - a demo, no secret
    for plan in PLANS:
        with acting(actor):
            community = (
                Place.objects.seen_by(actor).filter(kind="community", code=plan.code).first()
            )
            if community is None:
                community = build_community(plan, actor=actor)
                settle_residents(community, actor=actor, random=random, most=120)
            note_needs(actor)
            promise_all(community, actor)
            built = Place.objects.seen_by(actor).filter(parent=community, kind="building").count()
        if built < plan.buildings:
            steps = add_buildings(plan, community, first=built + 1, actor=actor)
            say(f"demo: {plan.name}, {sum(_each_fenced(steps, actor))} more places")
            with acting(actor):
                settle_residents(community, actor=actor, random=random, most=400)


def _each_fenced(steps: Iterator[int], actor: Actor) -> Iterator[int]:
    while True:
        with acting(actor):
            made = next(steps, None)
        if made is None:
            return
        yield made


def _cast(actor: Actor) -> Cast:
    with acting(actor):
        staff = {
            p.name: p for p in Person.objects.seen_by(actor).filter(kind="staff").order_by("phone")
        }
    people = list(staff.values())

    def played_by(person: Person) -> Actor:
        return Actor(person.id, person.name, actor.company_id, actor.grants, "person", person.id)

    named = {name: played_by(person) for name, person in staff.items()}
    doers = [(played_by(p), p) for p in (staff["张伟"], *people[:2])]  # the engineers
    with acting(actor):
        there = {d.person_id for d in on_duty(actor=actor) if d.post.code.startswith("GC")}
    present = [(played_by(p), p) for p in people if p.id in there] or doers
    return Cast(desk=named["王静"], checker=named["吴敏"], doers=doers, present=present)


@dataclass(frozen=True)
class _Play:
    """What is played, by whom, for whom: the n-th story of a seed is always the same."""

    cast: Cast
    homes: Sequence[Occupancy]
    seed: int
    months: int

    @property
    def past(self) -> int:
        """How many stories lie behind today."""
        return A_MONTH * self.months

    def begin(self, n: int) -> None:
        """One case of now, up to the step it waits behind."""
        random = Random(self.seed * 7 + n)  # noqa: S311 - a demo, no secret
        trouble, minutes, last = NOW[n]
        at = now() - timedelta(minutes=minutes)
        opened = self._reported(TROUBLES[trouble], at, random)
        if last:
            hand = [self.cast.present[n % len(self.cast.present)]]
            _Story(opened, at, random, replace(self.cast, doers=hand), last=last).play()

    def live(self, n: int) -> None:
        """One case, from its report to wherever it stands today; 0 is the latest."""
        random = Random(self.seed * 1000 + n)  # noqa: S311 - a demo, no secret
        day = MONTH * self.months * n / self.past
        at = now() - timedelta(days=day) + timedelta(minutes=random.randrange(600) - 600)
        weights = [weight * _season(kind, at) for _, kind, _, _, weight in TROUBLES]
        trouble = random.choices(TROUBLES, weights=weights)[0]
        _Story(self._reported(trouble, at, random), at, random, self.cast).play()

    def _reported(
        self, trouble: tuple[str, str, str, int, int], at: datetime, random: Random
    ) -> Opened:
        kind, category, title, urgency, _weight = trouble
        home = random.choice(self.homes)
        with frozen(at):
            return report(
                Report(
                    kind=kind, category=category, title=title, urgency=urgency, place=home.place,
                    reporter=home.person, channel=random.choice(CHANNELS),
                    text=f"{title}，请尽快安排。",
                ),
                actor=self.cast.desk,
            )  # fmt: skip


def _season(category: str, at: datetime) -> float:
    return SEASONS.get(category, {}).get(at.month, 1.0)


class _Story:
    """The steps of one case at their times; a step that lies in the future has not happened, nor
    what comes after the `last`."""

    def __init__(
        self, opened: Opened, at: datetime, random: Random, cast: Cast, *, last: str = ""
    ) -> None:
        self.opened, self.at, self.random, self.cast = opened, at, random, cast
        self.today, self.last = now(), last

    def play(self) -> None:
        for name, step in self._steps():
            if self.at >= self.today:
                return
            step()
            if name == self.last:
                return

    def _after(self, low: float, high: float) -> None:
        # Most people are quick; a few steps take many times as long.
        minutes = self.random.uniform(low, high) * (6 if self.random.random() < 0.06 else 1)
        self.at += timedelta(minutes=minutes)
        if self.last:  # what goes on now has got so far, however slow they were
            self.at = min(self.at, self.today - timedelta(minutes=1))

    def _steps(self) -> Iterator[Step]:
        speed = {1: 0.1, 2: 0.4}.get(self.opened.case.urgency, 1.0)
        if self.opened.work is not None:
            doer, person = self.random.choice(self.cast.doers)
            self._after(1 * speed, 12 * speed)
            yield self._given_to(person)
            self._after(1 * speed, 20 * speed)
            yield self._work("accept", doer)
            self._after(8 * speed, 70 * speed)
            yield self._work("arrive", doer)
            yield self._work("start", doer)
            if self.random.random() < 0.08:
                yield self._work("hold", doer, {"reason": "等待配件"})
                self._after(300, 1500)
                yield self._work("resume", doer)
            self._after(20, 240)
            yield self._work("finish", doer, {"result": "已修复并试用正常", **UNSEEN})
            self._after(10, 300)
            if self.random.random() < 0.05:
                yield self._work("fail", self.cast.checker, {"reason": "仍有渗水"})
                self._after(60, 300)
                yield self._work("finish", doer, {"result": "返工后正常", **UNSEEN})
                self._after(10, 120)
            yield self._work("pass", self.cast.checker)
        else:
            self._after(5, 600)
            yield self._case("answer", self.cast.desk, {"text": "已答复"})
        self._after(5, 600)
        yield self._case(
            "tell",
            self.cast.desk,
            {"text": "已处理完成，请查看", "substance": "result", "channel": "phone"},
        )
        self._after(600, 3000)
        with acting(self.cast.desk):
            owed = call_owed(self.opened.case)
        if owed:
            yield from self._called()
        self._after(5, 60)
        yield self._case("close", self.cast.checker)

    def _called(self) -> Iterator[Step]:
        """Most answer; some are tried three times in vain."""
        outcome = self.random.choices(("satisfied", "not_reached"), weights=(85, 15))[0]
        for _n in range(3 if outcome == "not_reached" else 0):
            yield self._case("ring", self.cast.checker, {"heard": "no_answer"})
            self._after(60, 600)
        yield self._case("callback", self.cast.checker, {"outcome": outcome})

    def _work(self, name: str, by: Actor, said: Mapping[str, Any] | None = None) -> Step:
        def step() -> None:
            assert self.opened.work is not None  # noqa: S101 - asked before the first of these
            with frozen(self.at):
                move_work(self.opened.work.id, name, actor=by, said=said)

        return name, step

    def _given_to(self, person: Person) -> Step:
        """Whoever lacks the certificate is sent ahead, and why is written down."""
        said = {"person": str(person.id)}
        plain = self._work("assign", self.cast.desk, said)[1]
        ahead = self._work("assign", self.cast.desk, {**said, "reason": AHEAD})[1]

        def step() -> None:
            try:
                plain()
            except NotYet:
                ahead()

        return "assign", step

    def _case(self, name: str, by: Actor, said: Mapping[str, Any] | None = None) -> Step:
        def step() -> None:
            with frozen(self.at):
                move_case(self.opened.case.id, name, actor=by, said=said)

        return name, step
