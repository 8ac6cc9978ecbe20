"""How past cases would have kept a standard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.engine.clocks.rules import Pause
from anju.engine.indicators.queries import service_report
from anju.engine.indicators.record import Past, record_of, tallied, would_keep
from anju.engine.indicators.rules import Period
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.standards.defaults import DEFAULTS
from anju.engine.standards.document import Document
from anju.engine.standards.rules import Limit, Subject
from anju.engine.standards.smart import Tally
from anju.foundation.calendars.rules import ALWAYS
from anju.foundation.lib import now

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
END = START + timedelta(days=30)
MINUTE = timedelta(minutes=1)


def past(took: float | None, *, urgency: int = 2, category: str = "", **more: object) -> Past:
    """An arrival after so many minutes; None: nobody has come yet."""
    stopped = None if took is None else START + took * MINUTE
    state = "running" if took is None else "kept"
    said = {"state": state, "minutes": 60, "calendar": "always", **more}
    return Past(Subject(category, urgency, "a.b."), "arrive", START, stopped, **said)  # type: ignore[arg-type]  # named by the caller


def keeps(limit: Limit, one: Past, moment: datetime = END) -> bool | None:
    return would_keep(limit, one, lambda code: ALWAYS, moment)


@given(st.integers(1, 3000), st.integers(0, 3000))
def test_a_limit_is_kept_at_its_deadline_and_before(limit: int, took: int) -> None:
    assert keeps(Limit("arrive", limit), past(took)) == (took <= limit)


def test_what_still_runs_is_open_until_it_is_late() -> None:
    one = past(None)
    assert keeps(Limit("arrive", 30), one, START + 30 * MINUTE) is None
    assert keeps(Limit("arrive", 30), one, START + 31 * MINUTE) is False


def test_only_pauses_the_new_limit_allows_are_counted() -> None:
    held = (Pause(START, START + 20 * MINUTE, "no key"),)
    one = past(40, pauses=held)
    assert keeps(Limit("arrive", 30), one) is False
    assert keeps(Limit("arrive", 30, pause_cap=60), one) is True


@pytest.mark.parametrize("state", ["void", "not_recorded", "not_judgeable"])
def test_what_nobody_could_judge_is_left_out(state: str) -> None:
    assert keeps(Limit("arrive", 30), past(5, state=state)) is None


@pytest.mark.parametrize(
    ("days", "minutes", "verdict"),
    [(2, 5 * 1440, True), (2, 2 * 1440, None), (9, 5 * 1440, False), (6, 5 * 1440, None)],
)
def test_whole_days_say_only_what_no_time_of_day_could_change(
    days: int, minutes: int, verdict: bool | None
) -> None:
    assert keeps(Limit("arrive", minutes), past(0, days=days)) is verdict
    same = past(0, days=days, minutes=minutes, state="broken")
    assert keeps(Limit("arrive", minutes), same) is False


def test_each_case_counts_for_the_one_limit_that_would_have_bound_it() -> None:
    document = Document.model_validate(
        {"code": "a", "name": "A", "kinds": ["repair"], "limits": [
            {"clock": "arrive", "minutes": 30}, {"clock": "arrive", "minutes": 10, "urgency": 2},
            {"clock": "arrive", "minutes": 60, "category": "电梯"}]}
    )  # fmt: skip
    rows = [past(20), past(5), past(20, urgency=3), past(50, category="电梯/困人")]
    found = tallied(document, rows, lambda code: ALWAYS, END)
    assert found == {
        ("arrive", 2, "", ""): Tally(1, 2),
        ("arrive", None, "", ""): Tally(1, 1),
        ("arrive", None, "电梯", ""): Tally(1, 1),
    }
    elsewhere = document.model_copy(update={"scope": type(document.scope)(places=("z.",))})
    assert tallied(elsewhere, rows, lambda code: ALWAYS, END) == {}


def test_the_standard_in_force_is_told_what_its_report_tells(actor) -> None:
    house: House = a_house(actor)
    for n in range(4):
        a_case(house, at=now() - timedelta(hours=30 * n))
    document = next(one for one in DEFAULTS if "repair" in one.kinds)
    found = record_of(document, actor=actor)
    today = now().date()
    report = service_report(Period(today - timedelta(days=89), today), actor=actor, kind="repair")
    for promise in report.whole.promises:
        mine = [tally for key, tally in found.items() if key[0] == promise.kind]
        assert sum(tally.of for tally in mine) == promise.n
        assert sum(tally.kept for tally in mine) == promise.kept
    assert any(promise.n for promise in report.whole.promises)
    assert record_of(document, actor=actor, place="nowhere.") == {}
