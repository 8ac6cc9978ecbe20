"""What must have become of a plan's work: counted from what its life says, by laws alone.

Nothing of the product is used here. Of each time a plan falls due: whether there is work, what
state each step leaves it in and which are refused, how it stands to its window in the end, its
clock, which finding stands for it, who was told that it is late, and at which look.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.harness.planned_world import AGAIN, AHEAD, DAY, Act, Life, Said

NEWS = 240  # minutes for which it is worth telling that something is late
UNBEGUN, OVER = ("waiting", "accepted"), ("passed", "void")


@dataclass
class Work:
    """One time a plan falls due: when it may be done, and what became of it."""

    of: int
    opens: int
    closes: int
    lapses: int
    made: bool
    post: bool
    state: str = "waiting"
    who: str = ""
    done: int | None = None
    opened: bool = False  # its clock stands
    void: int | None = None  # heard at
    looked: bool = False  # whether somebody has begun it was asked when it lapsed
    told: list[tuple[str, int, int]] = field(default_factory=list)  # what, for when, at which look
    heard: dict[str, int] = field(default_factory=dict)  # who was told that it is late, and when


@dataclass
class Finding:
    """Stands for what was missed: `failed` (the minutes it was planned for), `mended` by news."""

    failed: list[int]
    post: bool
    mended: set[int] = field(default_factory=set)
    state: str = "open"
    notes: int = 0


class Course:
    """One plan followed through its acts and the looks of the tickers."""

    def __init__(self, life: Life, looks: Sequence[int]) -> None:
        self.life = life
        self.works: dict[int, Work] = {}
        self.withdrawn = 0
        self.findings: list[Finding] = []
        self.taken: list[bool | None] = []  # of each act; None where there was no such work
        self._said: Said = life.acts[0].said  # type: ignore[assignment]  # it begins with one
        self._state, self._until, self._again = "", 0, 0
        self._news: list[int] = []
        self._last, done = looks[-1], 0
        for look in looks:
            while done < len(life.acts) and life.acts[done].noted <= look:
                self.taken.append(self._act(life.acts[done]))
                done += 1
            self._look(look)

    # What is done to the plan

    def _act(self, act: Act) -> bool | None:
        if act.of is not None:
            work = self.works.get(act.of)
            return self._step(work, act) if work and work.made else None
        return bool(getattr(self, f"_{act.name}")(act))

    def _make(self, act: Act) -> bool:
        self._state, self._until = "active", act.noted
        self._further(act.noted)
        return True

    def _change(self, act: Act) -> bool:
        if self._state == "ended" or act.said is None:
            return False
        self._withdraw(act.noted)
        self._said, self._until = act.said, act.noted
        if self._state == "active":
            self._further(act.noted)
        return True

    def _pause(self, act: Act) -> bool:
        return self._move("active", "paused", act)

    def _resume(self, act: Act) -> bool:
        return self._move("paused", "active", act)

    def _end(self, act: Act) -> bool:
        source = self._state if self._state in ("active", "paused") else "active"
        return self._move(source, "ended", act)

    def _move(self, source: str, target: str, act: Act) -> bool:
        if self._state != source:
            return False
        if target != "active":
            self._withdraw(act.noted)
        self._state, self._until = target, act.noted
        if target == "active":
            self._further(act.noted)
        return True

    def _withdraw(self, now: int) -> None:
        """What has not begun and nobody has taken follows what the plan says now."""
        gone = [
            work.of for work in self.works.values()
            if work.opens > now and work.made and work.state == "waiting"
        ]  # fmt: skip
        for of in gone:
            del self.works[of]
        self.withdrawn += len(gone)

    def _further(self, now: int) -> None:
        """Work stands up to `AHEAD`, each time once; of what is over, as much as the plan says."""
        said, until = self._said, now + AHEAD
        self._again = now + AGAIN
        due = [
            day * DAY + minute
            for day in range(self._until // DAY, until // DAY + 1)
            for minute in said.times
            if self._until <= day * DAY + minute < until
        ]
        self._until = max(until, self._until)
        over = said.late + said.make_up
        missed = [of for of in due if of + over <= now]
        kept = {"none": [], "last": missed[-1:], "all": missed}[said.catch_up]
        for of in due:
            if of not in self.works:
                lapses = (now if of in missed else of) + over
                made = of not in missed or of in kept
                self.works[of] = Work(
                    of, of - said.early, of + said.late, lapses, made, said.post
                )  # fmt: skip

    # What is done about its work

    def _step(self, work: Work, act: Act) -> bool:
        if act.name == "void":
            if work.state in OVER:
                return False
            work.state, work.void = "void", act.noted
        elif work.who and work.who != act.who:
            return False
        else:
            before = work.state
            if not getattr(self, f"_{act.name}_it")(work, act):
                return False
            if before in UNBEGUN and work.state not in UNBEGUN:
                self._begun(work, act)
        work.opened = work.opened or act.noted >= work.opens
        return True

    def _claim_it(self, work: Work, act: Act) -> bool:
        return self._to(work, act, ("waiting",), "accepted")

    def _hand_back_it(self, work: Work, act: Act) -> bool:
        if not self._to(work, act, ("accepted",), "waiting"):
            return False
        work.who = ""
        return True

    def _start_it(self, work: Work, act: Act) -> bool:
        return act.at >= work.opens and self._to(work, act, ("accepted",), "doing")

    def _hold_it(self, work: Work, act: Act) -> bool:
        return act.at >= work.opens and self._to(work, act, (*UNBEGUN, "doing"), "held")

    def _resume_it(self, work: Work, act: Act) -> bool:
        return self._to(work, act, ("held",), "doing")

    def _finish_it(self, work: Work, act: Act) -> bool:
        if act.at < work.opens or not self._to(work, act, (*UNBEGUN, "doing", "held"), "passed"):
            return False
        work.done = act.at
        return True

    def _to(self, work: Work, act: Act, sources: Sequence[str], target: str) -> bool:
        if work.state not in sources:
            return False
        work.state, work.who = target, act.who
        return True

    def _begun(self, work: Work, act: Act) -> None:
        """What is begun in its time was not missed, however late that is heard."""
        if act.at <= work.lapses < act.noted:
            self._news.append(work.of)

    def _dismiss(self, _act: Act) -> bool:
        """Somebody declares the finding void."""
        found = self._standing()
        if found is None:
            return False
        found.state = "void"
        return True

    def _standing(self) -> Finding | None:
        return next((one for one in self.findings if one.state == "open"), None)

    # The tickers

    def _look(self, now: int) -> None:
        if self._state == "active" and self._again <= now:
            self._further(now)
        for of in sorted(self.works):
            self._look_at(self.works[of], now)
        self._hear()

    def _look_at(self, work: Work, now: int) -> None:
        if not work.made or work.state == "void" or work.opens > now:
            return
        work.opened = True
        if work.state != "passed":
            self._tell(work, now)
        if work.lapses < now and not work.looked:
            work.looked = True
            if work.state in UNBEGUN:
                self._missed(work)

    def _tell(self, work: Work, now: int) -> None:
        warned = work.opens + (work.closes - work.opens) * 3 // 4
        known = {name for name, _at, _look in work.told}
        if warned <= now and "warned" not in known:
            work.told.append(("warned", warned, now))
        if work.closes < now and "broken" not in known:
            work.told.append(("broken", work.closes, now))
            if now - work.closes <= NEWS:
                work.heard = dict.fromkeys(self._who(work, now), now)

    def _who(self, work: Work, now: int) -> Iterator[str]:
        """The leader, and whoever should do it: who has taken it, else who is at its post."""
        yield "L"
        if work.who:
            yield work.who
        elif work.post:
            yield "B" if 480 <= now % DAY < 1200 else "A"

    def _missed(self, work: Work) -> None:
        found = self._standing()
        if found is None:
            self.findings.append(Finding([work.of], self._said.post))
        else:
            found.failed.append(work.of)
            found.post = found.post or self._said.post

    def _hear(self) -> None:
        """It was not missed: its finding says so, and is void where it stands for nothing else."""
        news, self._news = self._news, []
        about = [one for of in news for one in self.findings if of in one.failed]
        for found in about:
            found.mended |= {*news} & {*found.failed}
        for found in about:
            if found.state == "open" and found.mended == {*found.failed}:
                found.state = "void"
            elif found.state == "open":
                found.notes += 1

    # What stands in the end

    def verdict(self, work: Work) -> str:
        if not work.made or work.state == "void":
            return "void" if work.made else "passed_over"
        if work.done is not None:
            late = "made_up" if work.done <= work.lapses else "too_late"
            return "on_time" if work.done <= work.closes else late
        if self._last <= work.closes:
            return "ahead" if self._last < work.opens else "open"
        return "late" if self._last <= work.lapses or work.state not in UNBEGUN else "missed"

    def clock(self, work: Work) -> str:
        """Kept, broken, running, void; empty where its window never opened."""
        if not work.opened:
            return ""
        if work.void is not None:
            return "broken" if work.void > work.closes else "void"
        over = self._last if work.done is None else work.done
        if over > work.closes:
            return "broken"
        return "running" if work.done is None else "kept"
