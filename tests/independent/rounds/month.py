"""A month of a community on foot: posts, staff and routes, and what people do wrong."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from anju.domains.rounds.commands import PointSaid, RouteSaid, Said, make_route, pass_point
from anju.domains.rounds.commands.looking import look_at_points
from anju.domains.rounds.models import RoundPoint
from anju.domains.rounds.queries import points_of
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import Planned, expand, look_at_planned, make_plan
from anju.engine.plans.document import When
from anju.foundation.access.testing import an_account
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen
from anju.foundation.people.commands import assign
from anju.foundation.people.testing import a_post, a_worker
from anju.foundation.places.commands import make_labels
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 3, 1)
PROOFS = ("hand", "photo", "qr", "qr_photo", "nfc")
# Each once in the first rounds (routes 2, 5, 8 and 11 have no fixed order), then as it happens.
FAULTS = (
    "none", "leave_out", "late", "early", "double", "two_people", "fast", "short", "edge", "order",
    "photo", "no_signal", "wrong", "weak", "skip",
    "told",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """Somebody passes a point at a time, and it is heard of at another."""

    at: datetime
    heard: datetime
    turn: int
    by: int
    verdict: str = "pass"
    photo: str = "new"
    weak: bool = False
    told: bool = False


class Month:
    """The community with `routes` routes of `posts` posts and `staff` people."""

    def __init__(self, actor: Actor, seed: int, *, posts: int, staff: int, routes: int) -> None:
        self.random, self.shots = Random(seed), 0
        self.begun = datetime.combine(FIRST, time(0, 5), SHANGHAI)
        self.ended = self.begun
        with frozen(self.begun - timedelta(hours=1)):
            self.house: House = a_house(actor)
            self.hands = self._staff(posts, staff)
            self.codes: dict[object, str] = {}
            for n in range(routes):
                self._route(n)

    def _staff(self, posts: int, staff: int) -> list[list[Actor]]:
        actor, community = self.house.actor, self.house.community
        with acting(actor):
            self.posts = [a_post(actor, place=community, name=f"岗位{n}") for n in range(posts)]
            held: list[list[Actor]] = [[] for _post in self.posts]
            for n in range(staff):
                person = a_worker(actor, place=community, name=f"员工{n}")
                assign(person, post=self.posts[n % posts], since=None, actor=actor)
                account = an_account(actor, "guard", community.path, person_id=person.id)
                held[n % posts].append(account.actor)
        return held

    def _route(self, n: int) -> None:
        random, actor = self.random, self.house.actor
        order = "random" if n % 3 == 2 else "fixed"
        with acting(actor):
            places = [
                a_place(actor, number=f"{n + 20}-{k}", community=self.house.community)
                for k in range(random.randrange(5, 10))
            ]
            for place, label in zip(places, make_labels(places, actor=actor), strict=True):
                self.codes[place.id] = label.code
            when = When(start=FIRST.isoformat(), times=(f"{6 + n:02}:00",))
            said = Planned(
                f"巡查{n}", when, ((self.house.community, None),),
                post=self.posts[n % len(self.posts)], early=15, late=45,
                make_up=random.choice((0, 30)),
            )  # fmt: skip
            plan = make_plan(self.house.community, f"R{n}", said, actor=actor)
            points = [
                PointSaid(
                    f"P{k}", f"{k}号点", place, proof=random.choice(PROOFS),
                    walk=random.choice((0, 40, 60, 90)), dwell=random.choice((0, 20, 45)),
                    unit="MPa" if random.random() < 0.2 else "",
                    minute=3 * k if order == "fixed" and n % 2 else None,
                )
                for k, place in enumerate(places, 1)
            ]  # fmt: skip
            make_route(plan.id, f"R{n}", RouteSaid(f"路线{n}", points, order=order), actor=actor)

    def runs(self, points: int) -> int:
        """Round by round, as they fall due, until so many points are judged; how many were."""
        actor, done = self.house.actor, 0
        with frozen(self.begun):
            expand(actor=actor)
        with acting(actor):
            planned = WorkOrder.objects.filter(case=None, occurrence__plan__code__startswith="R")
            works = list(planned.order_by("opened_at", "id").select_related("place", "post"))
        for n, work in enumerate(works):
            if done >= points:
                break
            known = FAULTS[n] if n < len(FAULTS) else self.random.choice(FAULTS)
            done += self._walks(work, known)
        with frozen(self.ended):
            look_at_planned()
            look_at_points()
        return done

    def _walks(self, work: WorkOrder, fault: str) -> int:
        with frozen(work.opened_at):
            look_at_planned()
        with acting(self.house.actor):
            rows = points_of(work)
            assert rows
            assert work.lapses_at is not None
        looks = {row.closes_at + timedelta(seconds=1) for row in rows}
        looks |= {work.lapses_at + timedelta(seconds=1)}
        steps = self._steps(work, rows, fault)
        acts: list[tuple[datetime, Step | None]] = [(at, None) for at in looks]
        acts += [(step.heard, step) for step in steps]
        self.ended = max(self.ended, *(at for at, _step in acts))
        for at, step in sorted(acts, key=lambda one: one[0]):
            with frozen(at):
                if step is None:
                    look_at_planned()
                    look_at_points()
                else:
                    self._pass(work, rows[step.turn - 1], step)
        return len(rows)

    def _pass(self, work: WorkOrder, row: RoundPoint, step: Step) -> None:
        hands = self.hands[self.posts.index(work.post)]
        point = row.point
        how = point.proof.partition("_")[0]
        how = "hand" if step.weak else how
        label = self.codes[point.place_id] if how in ("qr", "nfc") else ""
        files = []
        if step.photo and (how == "photo" or point.proof.endswith("photo") or step.photo == "old"):
            self.shots += step.photo == "new"
            colour = f"#{max(self.shots, 1):06x}"
            files = [a_picture("PNG", size=(8, 8), colour=colour)]
        value = "0.4" if point.reads and not step.weak else ""
        said = Said(
            str(row.id),
            step.verdict,
            value=value,
            how=how,
            label=label,
            note="代巡" if step.by else "",
        )
        who = hands[step.by % len(hands)]
        if step.told:
            who = replace(who, written_by=self.house.actor.id)
        pass_point(work.id, said, actor=who, files=files, at=step.at)

    def _steps(self, work: WorkOrder, rows: list[RoundPoint], fault: str) -> list[Step]:
        """How the round is walked: as it should be, but for one kind of fault."""
        random, steps = self.random, list[Step]()
        if fault == "skip":
            return steps
        by = random.randrange(1, 100)
        lapses = work.lapses_at or work.opened_at
        at = rows[0].opens_at + timedelta(seconds=random.randrange(60, 600))
        at = max(at, work.opened_at)
        if fault == "late":
            at += timedelta(minutes=random.choice((50, 70, 100)))
        if fault == "early":
            at = work.opened_at
        for n, row in enumerate(rows):
            gap = row.point.walk + row.point.dwell + random.randrange(1, 40)
            if fault == "edge":
                gap = random.choice((row.point.walk, row.point.walk + row.point.dwell))
            if fault == "fast" and n % 2:
                gap = max(row.point.walk - random.randrange(1, 30), 0)
            if fault == "short" and n % 2:
                gap = row.point.walk + max(row.point.dwell - random.randrange(1, 20), 0)
            at += timedelta(seconds=gap)
            if fault not in ("early", "late", "edge", "fast", "short") and row.point.minute:
                at = max(at, row.opens_at)
            photo = "old" if fault == "photo" and n % 2 and self.shots else "new"
            verdict = random.choice(("fail", "na")) if fault == "wrong" and n % 3 == 1 else "pass"
            told = fault == "told" and n % 2 == 0
            weak = fault == "weak"
            steps.append(Step(at, at, row.turn, by, verdict, photo, weak=weak, told=told))
        return self._bent(steps, fault, by, lapses)

    def _bent(self, steps: list[Step], fault: str, by: int, lapses: datetime) -> list[Step]:
        random = self.random
        if fault == "leave_out":
            return [one for one in steps[:1] + steps[2:] if random.random() < 0.8]
        if fault == "order":
            times = [one.at for one in steps]
            moved = [*steps[1:], steps[0]] if random.random() < 0.5 else steps[::-1]
            return [
                Step(at, at, one.turn, by, one.verdict)
                for at, one in zip(times, moved, strict=True)
            ]
        again = timedelta(seconds=random.randrange(5, 50))
        other = {"double": by, "two_people": by + 1, "wrong": by}.get(fault)
        if other is not None:
            chosen = steps[:: random.choice((1, 2))]
            return steps + [Step(s.at + again, s.at + again, s.turn, other) for s in chosen]
        if fault == "no_signal":
            heard = [lapses + timedelta(minutes=random.randrange(5, 300)) for _one in steps]
            return [
                Step(one.at, at if random.random() < 0.7 else one.at, one.turn, by)
                for one, at in zip(steps, heard, strict=True)
            ]
        return steps
