"""Random commands of several actors on a real database; the laws are held after each of them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

from django.db import connections

from anju.engine.clocks import commands as ticker
from anju.engine.clocks.rows import Calendars
from anju.engine.forms.rules import Item
from anju.engine.loop.commands import judging, opening
from anju.engine.loop.testing import a_house
from anju.engine.standards import commands as standards
from anju.engine.standards.defaults import COMPLAINT_LIMITS, REPAIR_LIMITS
from anju.engine.standards.document import Document
from anju.foundation.access.rules import grants_of
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.lib import frozen
from anju.foundation.people.testing import a_person, a_worker
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company
from anju.foundation.tenancy.errors import Refusal
from tests.harness import laws_commands as say
from tests.harness.laws_checks import (
    LIVE,
    Look,
    check_accepted,
    check_case,
    check_findings,
    check_refused,
    check_swept,
    check_together,
    events_since,
)
from tests.harness.laws_parts import Row, hold
from tests.harness.laws_tables import ANY_VERSION

BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 9:00 in Shanghai
ITEMS = (
    Item(code="lamp", text="楼道灯亮", on_fail="case"),
    Item(code="mat", text="地垫平整", on_fail="note"),
    Item(code="paint", text="墙面完好"),
)
ON_FAIL = {item.code: item.on_fail for item in ITEMS}
ROLES = {
    "desk": "desk", "tech1": "technician", "tech2": "leader", "judge": "inspector",
    "manager": "manager",
}  # fmt: skip
# What may go wrong on the usual way; those of the first line are to be refused.
WRONGS = (
    "forgets an item", "passes own work", "only a receipt", "closes too early", "stale version",
    "merged are not told",
)  # fmt: skip
UNTOLD = {"merged are not told", "closes too early"}
MISHAPS = ("dissatisfied", "check fails", "check fails again", "held", "given to another")
pair = ThreadPoolExecutor(2)


class Laws:
    """One company from its founding on. `taken` counts what was accepted and what was refused."""

    def __init__(self, taken: Counter[str]) -> None:
        self.taken = taken
        self.now, self.held, self.given = BEGIN, set[str](), set[str]()
        company = found_company(code=f"l{uuid4().hex[:12]}", name="物业")
        self.machine = Actor.machine(company.id, "machine")
        with frozen(self.now - timedelta(days=1)):
            house = a_house(self.machine)
            with acting(self.machine):
                other = a_worker(self.machine, place=house.community, name="赵敏")
                neighbour = a_person(self.machine, lives_at=house.room, name="王芳")
                self.places: Sequence[Place] = (
                    house.room, a_place(self.machine, community=house.community),
                )  # fmt: skip
        self.workers = {"tech1": house.worker, "tech2": other}
        self.resident = house.resident
        self.reporters = (None, house.resident, house.resident, neighbour)
        self.actors = {name: self._actor(name, role) for name, role in ROLES.items()}
        self.actors["machine"] = self.machine
        self.actors["resident"] = replace(
            self._actor("resident", "resident"), kind="resident", person_id=house.resident.id
        )
        self.look = Look.taken(self.machine)
        self.calendars = self._calendars()
        self.a_resident_reports(who="resident", urgency=3)

    # Commands

    def reports(
        self, *, kind: str, urgency: int, who: str, late: int, of_resident: int, place: int,
        category: str = "",
    ) -> None:  # fmt: skip
        said = opening.Report(
            kind=kind, title="漏水", text="楼下也渗水", place=self.places[place], urgency=urgency,
            reporter=self.reporters[of_resident], channel="phone", at=self._at(late),
            category=category,
        )  # fmt: skip
        self._do(who, ["case.reported"], lambda by: opening.report(said, actor=by))

    def a_resident_reports(self, *, who: str, urgency: int) -> None:
        said = opening.Report(
            kind="repair", title="漏水", place=self.places[0], urgency=urgency,
            reporter=self.resident, channel="app",
        )  # fmt: skip
        self._do(who, ["case.reported"], lambda by: opening.report(said, actor=by))

    def goes_on(
        self, *, back: int, steps: int, wrong: int, who: str, late: int, bad: frozenset[str]
    ) -> None:
        """The usual next steps of a case, one perhaps by the wrong person; what is refused is done
        as it should be."""
        refused = False
        for n in range(steps):
            case = self._recent("loop_case", back)
            todays = bad - set(WRONGS) if refused else bad
            usual = case and self._usual(case, todays)
            if not case or not usual:
                return
            self.now += timedelta(minutes=7)
            by, names, command = usual
            at = self._at(late, case) if n % 2 else None
            done = self._do(who if n == wrong else by, names, command(at))
            stale = "stale version" in todays and names != ["record.made"]
            hold(4, not done or not stale, "a move from a stale version was accepted")
            refused = not done

    def hurries(self, *, back: int, stale: bool) -> None:
        bad = frozenset({"stale version"} if stale else set(WRONGS) - {"stale version"})
        self.goes_on(back=back, steps=20, wrong=-1, who="desk", late=0, bad=bad)

    def goes_to_its_end(self, *, back: int, bad: frozenset[str], late: int) -> None:
        self.goes_on(back=back, steps=25, wrong=-1, who="desk", late=late, bad=bad)

    def moves_a_case(
        self, *, back: int, who: str, name: str, late: int, stale: int, empty: int, choice: int
    ) -> None:
        case = self._recent("loop_case", back)
        if case:
            said = {} if empty == 0 else self._said(name, choice)
            version = case["version"] - (stale == 0) if stale < 5 else None
            at = self._at(late, case)
            names = say.names_of(case, name, look=self.look)
            done = self._do(who, names, say.case_move(case, name, said, at, version))
            kept = not done or stale or name in ANY_VERSION
            hold(4, kept, "a move from a stale version was accepted")

    def moves_work(
        self, *, back: int, who: str, name: str, late: int, stale: int, empty: int, choice: int
    ) -> None:
        work = self._recent("loop_workorder", back)
        if work:
            said = {} if empty == 0 else self._said(name, choice)
            version = work["version"] - (stale == 0) if stale < 5 else None
            at = self._at(late, work)
            done = self._do(who, [f"work.{name}"], say.work_move(work, name, said, at, version))
            hold(4, not done or stale, "a move from a stale version was accepted")

    def judges(self, *, item: Item, verdict: str, place: int, late: int, who: str) -> None:
        """Law 1: whoever may judge is never refused, and the finding is open afterwards."""
        answer = judging.Answer(item, verdict, self.places[place], at=self._at(late))
        live = [
            c for c in self.look.of("loop_case").values()
            if c["item"] == item.code and c["state"] in LIVE
            and c["place_id"] == str(self.places[place].id)
        ]  # fmt: skip
        names = ["record.made"]
        if verdict == "fail" and item.on_fail == "case" and not any(
            c["state"] == "open" for c in live
        ):  # fmt: skip
            names.insert(0, "case.reopen" if live else "case.reported")
        done = self._do(who, names, lambda by: judging.judge(answer, actor=by))
        hold(1, done, "a judge was refused")
        if done and verdict == "fail" and done[1] is not None:
            case = self.look.of("loop_case")[str(done[1].id)]
            hold(1, case["state"] == "open", f"a failing verdict left its finding {case['state']}")

    def fails_again(self, *, place: int, who: str, bad: frozenset[str]) -> None:
        """A finding is worked on, and the same item fails once more."""
        for _time in range(2):
            self.judges(item=ITEMS[0], verdict="fail", place=place, late=0, who=who)
            self.goes_on(back=0, steps=7, wrong=-1, who=who, late=0, bad=bad)

    def answers_an_item(self, *, back: int, who: str, code: str) -> None:
        work = self._recent("loop_workorder", back)
        if work:
            self._do(who, ["record.made"], say.an_answer(work, code))

    def publishes(
        self, *, code: str, factor: int, verify: bool, callback: bool, required: bool,
        back: int, steps: int, bad: frozenset[str],
    ) -> None:  # fmt: skip
        """Law 6: a new version, in force for cases to come only."""
        self.now += timedelta(minutes=1)
        shipped = {"repair": REPAIR_LIMITS, "complaint": COMPLAINT_LIMITS}[code]
        kinds = next(
            s["kinds"] for s in self.look.of("standards_standard").values() if s["code"] == code
        )
        items = [{"code": c, "text": c, "required": required} for c in ("seal", "photo")]
        said = Document.model_validate({
            "code": code, "name": code, "kinds": kinds, "verify": verify, "callback": callback,
            "limits": [replace(n, minutes=n.minutes * factor) for n in shipped], "items": items,
            "asking": {"shares": [{"percent": 50}], "attempts": 1} if required else {},
        })  # fmt: skip

        def publish(by: Actor) -> None:
            standards.put_in_force(said, actor=by, why="another promise")

        names = [f"standard.{n}" for n in ("drafted", "submitted", "retired", "published")]
        self._do("machine", names, publish)
        self.reports(kind=code, urgency=3, who="desk", late=0, of_resident=1, place=0)
        self.goes_on(back=back, steps=steps, wrong=-1, who="desk", late=0, bad=bad)

    def time_passes(self, *, minutes: int, sweeps: bool) -> None:
        self.now += timedelta(minutes=minutes)
        if sweeps:
            self._sweep()

    def two_at_once(self, *, back: int) -> None:
        """The same step twice at the same moment, from one version: one of them wins."""
        case = self._recent("loop_case", back)
        usual = case and self._usual(case, frozenset())
        if not usual or usual[1][0] == "record.made":
            return
        who, names, command = usual
        self._at_once(who, names, [command(self.now), command(self.now)])

    def ends(self) -> None:
        """The ticker looks once more, then every case is held against its events."""
        self.now += timedelta(days=3)
        self._sweep()
        for case in self.look.of("loop_case").values():
            check_case(self.look, case, self.calendars)

    # How a command is taken

    def _do(self, who: str, names: list[str], run: Callable[[Actor], Any]) -> Any:
        """Run it and hold the laws; what it returned, or None when it was refused."""
        try:
            with frozen(self.now):
                done = run(self.actors[who])
        except Refusal:
            check_refused(self.look, Look.taken(self.machine, self.look))
            self.taken["refused"] += 1
            return None
        self.taken.update(names)
        self._settle(names)
        return done or True

    def _at_once(
        self, who: str, names: Sequence[str], both: Sequence[Callable[[Actor], Any]]
    ) -> None:
        """Two commands at the same moment, of which one at most may win."""
        together = Barrier(2)

        def one(run: Callable[[Actor], Any]) -> bool:
            try:
                together.wait(5)
                with frozen(self.now):
                    run(self.actors[who])
            except Refusal:
                return False
            finally:
                connections["default"].close()
            return True

        won = list(pair.map(one, both))
        hold(4, sum(won) <= 1, "of two at once both were accepted")
        if any(won):
            self._settle(names)
        else:
            check_refused(self.look, Look.taken(self.machine, self.look))

    def _settle(self, names: Sequence[str]) -> list[Row]:
        after = Look.taken(self.machine, self.look)
        told = check_accepted(self.look, after, names)
        check_findings(after, ON_FAIL)
        check_together(after)
        cases = after.of("loop_case")
        for id in {e["subject_id"] for e in told if e["subject_kind"] == "case"}:
            check_case(after, cases[id], self.calendars)
        self.look = after
        return told

    def _sweep(self) -> None:
        with frozen(self.now):
            ticker.sweep()
        after = Look.taken(self.machine, self.look)
        names = [e["name"] for e in events_since(self.look, after)]
        hold(5, all(n.startswith("clock.") for n in names), f"the ticker told {names}")
        check_accepted(self.look, after, names)
        check_swept(after, self.now, self.calendars)
        self.look = after

    # Choices

    def _usual(
        self, case: Row, bad: frozenset[str]
    ) -> tuple[str, list[str], Callable[[datetime | None], Any]] | None:
        """Who would do what next, if everybody did as they should, but for what is `bad`."""
        live = [
            w for w in self.look.of("loop_workorder").values()
            if w["case_id"] == case["id"] and w["state"] not in ("passed", "void")
        ]  # fmt: skip
        if case["state"] == "open" and live:
            return self._usual_work(case, live[-1], bad)
        name, choice = {"open": "answer", "answered": "close"}.get(case["state"], ""), 0
        if name == "close" and case["told_at"] is None and "closes too early" not in bad:
            name, choice = "tell", int("only a receipt" in bad)
        elif name == "close" and say.untold(self.look, case) and not bad & UNTOLD:
            name = "tell"
        elif name == "close" and say.awaited(self.look, case) and "closes too early" not in bad:
            name = "reply"
        elif name == "close" and not case["outcome"] and "closes too early" not in bad:
            name, choice = "callback", int("dissatisfied" in bad and not case["reopened"])
        if not name:
            return None
        said = self._said(name, choice)
        return "desk", say.names_of(case, name, look=self.look), lambda at: say.case_move(
            case, name, said, at, case["version"] - ("stale version" in bad)
        )  # fmt: skip

    def _usual_work(
        self, case: Row, work: Row, bad: frozenset[str]
    ) -> tuple[str, list[str], Callable[[datetime | None], Any]]:
        doer = next((n for n, p in self.workers.items() if str(p.id) == work["person_id"]), "tech2")
        who, name = {
            "waiting": ("desk", "assign"), "assigned": (doer, "accept"),
            "accepted": (doer, "arrive"), "arrived": (doer, "start"), "held": (doer, "resume"),
            "doing": (doer, "finish"), "done": ("judge", "pass"),
        }[work["state"]]  # fmt: skip
        if name == "accept" and "given to another" in bad and work["id"] not in self.given:
            self.given.add(work["id"])
            self.now += timedelta(hours=9)
            who, name = "desk", "assign"
        elif name == "finish" and "held" in bad and work["id"] not in self.held:
            self.held.add(work["id"])
            name = "hold"
        elif name == "finish" and "forgets an item" not in bad:
            if code := self._unanswered(case, work):
                return doer, ["record.made"], lambda _at: say.an_answer(work, code)
        elif name == "pass" and "passes own work" in bad:
            who = doer
        elif name == "pass" and not work["failed"]:
            fails = "check fails again" if case["reopened"] else "check fails"
            name = "fail" if fails in bad else "pass"
        said = self._said(name, work["version"] % 2)
        version = work["version"] - ("stale version" in bad)
        return who, [f"work.{name}"], lambda at: say.work_move(work, name, said, at, version)

    def _unanswered(self, case: Row, work: Row) -> str:
        items = self.look.of("standards_standard")[case["standard_id"]]["items"]
        given = {
            r["item"] for r in self.look.of("loop_record").values() if r["work_id"] == work["id"]
        }
        lacking = [i["code"] for i in items if i.get("required") and i["code"] not in given]
        return lacking[0] if lacking else ""

    def _said(self, name: str, choice: int) -> Mapping[str, Any]:
        if name == "assign":
            return {"person": str(self.workers["tech2" if choice == 1 else "tech1"].id)}
        return say.said_of(name, choice, look=self.look, now=self.now)

    def _recent(self, table: str, back: int) -> Row | None:
        rows = list(self.look.of(table).values())
        return rows[-1 - back % len(rows)] if rows else None

    def _at(self, late: int, row: Row | None = None) -> datetime | None:
        """So many minutes ago; or somewhere between a report and now, mostly."""
        if late and row and late < 800:
            begun = datetime.fromisoformat(row.get("opened_at") or row["at"])
            return begun + (self.now - begun) * late / 800
        return self.now - timedelta(minutes=late) if late else None

    def _calendars(self) -> Calendars:
        """Every calendar of the company: no step of a history changes one."""
        with acting(self.machine):
            calendars = calendars_of(self.machine.company_id)
            codes = [row["code"] for row in self.look.of("calendars_calendar").values()]
            return {code: calendars(code) for code in codes}.__getitem__

    def _actor(self, name: str, role: str) -> Actor:
        worker = self.workers.get(name)
        return Actor(
            id=uuid4(), name=name, company_id=self.machine.company_id,
            grants=grants_of([(role, "")]), person_id=worker.id if worker else None,
        )  # fmt: skip
