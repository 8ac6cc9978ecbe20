"""Steps of several cases, and of those who ask from outside."""

from collections.abc import Sequence
from datetime import timedelta

from tests.harness.laws_checks import LIVE, check_recurring
from tests.harness.laws_commands import SAID, case_move, names_of
from tests.harness.laws_machine import Laws
from tests.harness.laws_parts import Row

ALIKE = ("repair", "complaint", "enquiry", "praise")


class Together(Laws):
    """What is done with several cases."""

    def merges(
        self, *, back: int, who: str, worked: int, awaited: bool, turned: bool,
        told: bool, voids: bool, steps: int,
    ) -> None:  # fmt: skip
        """A neighbour reports the same, perhaps after the first was worked on, told, or asked about
        from outside; one of them goes on."""
        if (first := self._live(back)) is None:
            return
        self._carries_on(first, worked, frozenset())
        first = self.look.of("loop_case")[first["id"]]
        if told:
            self._takes("desk", first, "tell", 0)
        if awaited:
            self._takes("desk", first, "deadline", 2)
        self.reports(
            kind=first["kind"] if first["kind"] in ALIKE else "repair",
            urgency=3, who="desk", late=0, of_resident=3, place=0,
        )  # fmt: skip
        second = list(self.look.of("loop_case").values())[-1]
        merged, other = (first, second) if turned else (second, first)
        said = {**SAID["merge"], "into": other["number"]}
        self._do(who, ["case.merge"], case_move(merged, "merge", said, None, None))
        if voids:
            self._takes("desk", other, "void", 0)
        self._carries_on(other, steps, frozenset({"merged are not told"}))

    def merged_at_once(self, *, back: int) -> None:
        """Two cases into each other: one of them stays."""
        first, second = self._live(back), self._live(back + 1)
        if first and second and first["id"] != second["id"]:
            both = [
                case_move(one, "merge", {**SAID["merge"], "into": other["number"]}, None, None)
                for one, other in ((first, second), (second, first))
            ]
            self._at_once("manager", ["case.merge"], both)

    def outside(self, *, back: int, due: int, asks: bool, granted: bool, late: int) -> None:
        """An authority wants an answer, is asked for more time, perhaps grants it, and is answered
        at the end, for the case is closed only then."""
        case = self._live(back)
        if case is None:
            return
        self._takes("desk", case, "deadline", due, late)
        if asks:
            self._takes("desk", case, "extension", 3)
        if granted:
            self.now += timedelta(minutes=11)
            self._takes("desk", case, "deadline", 3)
        self._carries_on(case, 20, frozenset({"closes too early"}))

    def climbs(self, *, back: int, times: int, who: str) -> None:
        """Escalated by hand, again and again; urged in between."""
        case = self._live(back)
        for _time in range(times if case else 0):
            self._takes(who, case, "escalate", 0)
            self._takes(who, case, "urge", 0)

    def takes_over(self, *, back: int, who: str) -> None:
        if case := self._live(back):
            self._takes(who, case, "own", 0)

    def links(self, *, back: int, who: str, choice: int) -> None:
        if case := self._live(back):
            self._takes(who, case, "link", choice)

    def recurs(self, *, times: int, place: int, who: str, cause: bool, back: int) -> None:
        """The same trouble again and again; somebody says why, perhaps of one of them twice."""
        for _time in range(times):
            self.now += timedelta(hours=5)
            self.reports(
                kind="repair", urgency=3, who="desk", late=0, of_resident=1, place=place,
                category="给排水/漏水",
            )  # fmt: skip
        if cause and (case := self._live(back)):
            self._takes(who, case, "problem", 0)

    def _settle(self, names: Sequence[str]) -> list[Row]:
        told = super()._settle(names)
        for event in told:
            if event["name"] == "case.problem":
                check_recurring(self.look, event)
        return told

    def splits(self, *, back: int, who: str) -> None:
        if case := self._live(back):
            self._takes(who, case, "split", 0)

    def _carries_on(self, case: Row, steps: int, bad: frozenset[str]) -> None:
        """The usual way, so many steps of it, with this one."""
        back = list(self.look.of("loop_case"))[::-1].index(case["id"])
        self.goes_on(back=back, steps=steps, wrong=-1, who="desk", late=0, bad=bad)

    def _live(self, back: int) -> Row | None:
        live = [c for c in self.look.of("loop_case").values() if c["state"] in LIVE]
        return live[-1 - back % len(live)] if live else None

    def _takes(self, who: str, case: Row, name: str, choice: int, late: int = 0) -> None:
        """Whatever its version is by now."""
        said, at = self._said(name, choice), self._at(late, case)
        names = names_of(case, name, look=self.look)
        self._do(who, names, case_move(case, name, said, at, None))
