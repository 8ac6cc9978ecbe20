"""Promises by example: deadlines, pauses, verdicts, escalation, the account, history."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.engine.clocks.rules import (
    Moment,
    Pause,
    Promise,
    due_at,
    explain,
    judge,
    ladder,
    pause,
    pauses_from_json,
    pauses_to_json,
    read,
    resume,
    settle,
    used,
)
from anju.engine.standards.rules import Limit, Step
from anju.foundation.calendars.rules import WorkCalendar, always
from anju.foundation.tenancy.errors import NotYet

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)
HOURS = ((540, 720), (810, 1080))
OFFICE = WorkCalendar(
    "Asia/Shanghai",
    (*(HOURS,) * 5, (), ()),
    days={date(2026, 11, 24): (), date(2026, 11, 28): HOURS},
    names={date(2026, 11, 24): "停电检修", date(2026, 11, 28): "检修调班"},
)
WALL = always("Asia/Shanghai")
FINISH = Promise("finish", minutes=480, calendar="office", pause_cap=240, pause_max_count=2)
FEEDBACK = Promise("feedback", minutes=1440)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=SHANGHAI)


MORNING = at("20 09:00")  # a Friday
WAITING = "等业主在家"


def test_a_limit_of_a_standard_makes_a_promise() -> None:
    steps = (Step(0, "leader"),)
    limit = Limit("arrive", 30, calendar="service", pause_cap=60, ladder=steps)
    assert Promise.of(limit) == Promise(
        "arrive", minutes=30, calendar="service", pause_cap=60, ladder=steps
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "finish"},
        {"kind": "finish", "minutes": 1, "days": 1},
        {"kind": "finish", "minutes": 0},
        {"kind": "feedback", "minutes": 1440, "pause_cap": 1},
        {"kind": "feedback", "minutes": 1440, "calendar": "office"},
    ],
)
def test_a_promise_that_contradicts_itself_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of several messages
        Promise(**wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_deadlines_in_minutes_and_in_days() -> None:
    assert due_at(MORNING, FINISH, OFFICE) == at("23 09:30")
    three_days = Promise("finish", days=3, calendar="office")
    assert due_at(MORNING, three_days, OFFICE) == at("26 18:00")  # 23, 25, 26: the 24th is closed
    assert due_at(at("20 23:59"), three_days, OFFICE) == at("26 18:00")


def test_feedback_runs_by_the_wall_whatever_calendar_and_pauses_it_is_given() -> None:
    held = [Pause(MORNING, None, WAITING)]
    assert due_at(MORNING, FEEDBACK, OFFICE, held) == at("21 09:00")
    assert [
        span.why for span in explain(MORNING, FEEDBACK, OFFICE, held, until=at("22 00:00"))
    ] == ["open"]
    with pytest.raises(NotYet) as refused:
        pause((), FEEDBACK, at=MORNING, reason=WAITING)
    assert refused.value.code == "not_pausable"


def test_a_pause_moves_the_deadline_by_the_open_time_it_held() -> None:
    pauses = pause((), FINISH, at=at("20 11:00"), reason=WAITING)
    held = read(MORNING, FINISH, OFFICE, pauses, at=at("20 11:30"))
    assert (held.state, held.due_at, held.resumes_at) == ("paused", None, at("20 15:00"))
    assert (held.used, held.left) == (2 * HOUR, 6 * HOUR)
    pauses = resume(pauses, at=at("20 14:00"))  # 11:00-12:00 and 13:30-14:00 were open
    assert due_at(MORNING, FINISH, OFFICE, pauses) == at("23 09:30") + 1.5 * HOUR
    assert read(MORNING, FINISH, OFFICE, pauses, at=at("20 14:00")).state == "running"


def test_the_clock_runs_on_by_itself_when_the_cap_is_reached() -> None:
    pauses = pause((), FINISH, at=at("20 11:00"), reason=WAITING)
    assert read(MORNING, FINISH, OFFICE, pauses, at=at("20 15:00")).state == "running"
    late_resume = resume(pauses, at=at("23 16:00"))
    assert due_at(MORNING, FINISH, OFFICE, pauses) == due_at(MORNING, FINISH, OFFICE, late_resume)
    with pytest.raises(NotYet) as refused:
        pause(pauses, FINISH, at=at("20 16:00"), reason=WAITING)
    assert refused.value.code == "cap_reached"


def test_pauses_that_cannot_be_say_why() -> None:
    once = pause((), FINISH, at=at("20 10:00"), reason=WAITING)
    resumed = resume(once, at=at("20 10:30"))
    twice = pause(resumed, FINISH, at=at("20 11:00"), reason=WAITING)
    done = resume(twice, at=at("20 11:10"))
    refusals = [
        ((), {"at": MORNING, "reason": "  "}, "reason_missing"),
        (once, {"at": at("20 10:01"), "reason": WAITING}, "already_paused"),
        (resumed, {"at": at("20 10:29"), "reason": WAITING}, "before_last_pause"),
        (done, {"at": at("20 12:00"), "reason": WAITING}, "too_many_pauses"),
    ]  # fmt: skip
    for pauses, asked, code in refusals:
        with pytest.raises(NotYet) as refused:
            pause(pauses, FINISH, **asked)  # type: ignore[arg-type]  # a table of mixed values
        assert refused.value.code == code
    with pytest.raises(NotYet) as refused:
        resume(once, at=at("20 09:59"))
    assert refused.value.code == "before_pause"
    assert resume(done, at=at("20 13:00")) == done
    assert pauses_from_json(pauses_to_json(done)) == done


def test_what_happens_at_the_deadline_is_in_time_and_late_news_mends() -> None:
    due = due_at(MORNING, FINISH, OFFICE)
    least = timedelta(microseconds=1)
    assert settle(MORNING, FINISH, OFFICE, stop_at=due) == "kept"
    assert settle(MORNING, FINISH, OFFICE, stop_at=due + least) == "broken"
    assert read(MORNING, FINISH, OFFICE, at=due).state == "running"
    assert read(MORNING, FINISH, OFFICE, at=due + HOUR).state == "broken"
    # Held from that instant on: nothing is left that could be held.
    too_late = [Pause(due, None, "等配件")]
    assert read(MORNING, FINISH, OFFICE, too_late, at=due).state == "running"
    assert read(MORNING, FINISH, OFFICE, too_late, at=due + timedelta(seconds=1)).state == "broken"
    mended = read(MORNING, FINISH, OFFICE, at=due + HOUR, stopped=due - HOUR)
    assert (mended.state, mended.left) == ("kept", HOUR / 2)  # nobody works before nine


def test_an_overdue_clock_is_broken_even_while_it_is_held() -> None:
    due = due_at(MORNING, FINISH, OFFICE)
    pauses = (Pause(due + HOUR, None, WAITING),)
    assert read(MORNING, FINISH, OFFICE, pauses, at=due + 2 * HOUR).state == "broken"


def test_the_ladder_is_climbed_in_the_hours_of_the_promise() -> None:
    steps = (
        Step(120, "headquarters"),
        Step(0, "leader"),
        Step(-9999, "owner"),
        Step(30, "manager"),
    )
    promise = replace(FINISH, ladder=steps)
    rungs = [(r.to or r.name, r.at) for r in ladder(at("20 09:30"), promise, OFFICE)]
    assert rungs == [
        ("owner", at("20 09:30")),
        ("warn", at("20 17:00")),  # three quarters of eight hours
        ("leader", at("23 10:00")),
        ("manager", at("23 10:30")),
        ("headquarters", at("23 12:00")),
    ]


def test_the_account_names_every_stretch() -> None:
    pauses = [Pause(at("23 16:00"), at("23 17:00"), WAITING)]
    spans = explain(at("23 14:00"), FINISH, OFFICE, pauses, until=at("25 10:00"))
    assert [(s.since, s.counted, s.why, s.note) for s in spans] == [
        (at("23 14:00"), True, "open", ""),
        (at("23 16:00"), False, "paused", WAITING),
        (at("23 17:00"), True, "open", ""),
        (at("23 18:00"), False, "closed", ""),
        (at("24 00:00"), False, "holiday", "停电检修"),
        (at("25 00:00"), False, "closed", ""),
        (at("25 09:00"), True, "open", ""),
    ]
    saturday = explain(at("28 10:00"), FINISH, OFFICE, until=at("28 11:00"))
    assert [(s.counted, s.note) for s in saturday] == [(True, "检修调班")]


_TIMES = st.integers(0, 20_000).map(lambda m: MORNING + timedelta(minutes=m))
_PAUSES = st.lists(
    st.builds(
        lambda at, length: Pause(at, length and at + timedelta(minutes=length), WAITING),
        _TIMES,
        st.one_of(st.none(), st.integers(1, 600)),
    ),
    max_size=4,
)


@given(_TIMES, _TIMES, _PAUSES)
def test_the_account_sums_exactly(start: datetime, end: datetime, pauses: list[Pause]) -> None:
    start, end = sorted((start, end))
    spans = explain(start, FINISH, OFFICE, pauses, until=end)
    assert [s.since for s in spans] + [end] == ([start] if spans else []) + [
        s.until for s in spans
    ] or (start == end and not spans)
    counted = sum((s.until - s.since for s in spans if s.counted), timedelta())
    assert counted == used(start, FINISH, OFFICE, pauses, at=end)


@given(_TIMES, _TIMES, _PAUSES, st.integers(1, 3000))
def test_starting_later_is_never_due_earlier(
    a: datetime, b: datetime, pauses: list[Pause], minutes: int
) -> None:
    a, b = sorted((a, b))
    for promise in (replace(FINISH, minutes=minutes), replace(FINISH, minutes=None, days=2)):
        assert due_at(a, promise, OFFICE) <= due_at(b, promise, OFFICE)
        assert due_at(a, promise, OFFICE) <= due_at(a, promise, OFFICE, pauses)


DAY = Promise("finish", minutes=1440, calendar="always")
THREE = Promise("finish", days=3, calendar="office")
FRIDAY, SATURDAY, SUNDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)


@pytest.mark.parametrize(
    ("start", "stop", "promise", "state", "why"),
    [
        (None, MORNING, DAY, "not_recorded", "no_start"),
        (FRIDAY, None, DAY, "not_recorded", "no_stop"),
        (MORNING, MORNING + 24 * HOUR, DAY, "kept", ""),
        (MORNING, MORNING + 25 * HOUR, DAY, "broken", ""),
        (MORNING, MORNING - HOUR, DAY, "not_judgeable", "reversed"),
        (SATURDAY, FRIDAY, DAY, "not_judgeable", "reversed"),
        (FRIDAY, FRIDAY, DAY, "kept", ""),
        (FRIDAY, SATURDAY, DAY, "not_judgeable", "whole_days"),
        (FRIDAY, SUNDAY, DAY, "broken", ""),
        (MORNING, SATURDAY, DAY, "not_judgeable", "whole_days"),
        (at("20 00:00"), FRIDAY, DAY, "kept", ""),
        (FRIDAY, at("21 00:00"), DAY, "kept", ""),
        (FRIDAY, at("22 00:00"), DAY, "broken", ""),
        (FRIDAY, date(2026, 11, 26), THREE, "not_judgeable", "whole_days"),  # until 18:00 only
        (FRIDAY, date(2026, 11, 25), THREE, "kept", ""),
        (FRIDAY, date(2026, 11, 27), THREE, "broken", ""),
    ],
)
def test_history_is_judged_where_no_time_of_day_would_change_it(
    start: Moment, stop: Moment, promise: Promise, state: str, why: str
) -> None:
    calendar = WALL if promise is DAY else OFFICE
    judged = judge(start, stop, promise, calendar)
    assert (judged.state, judged.why) == (state, why)


def test_how_long_it_took_is_said_as_exactly_as_it_is_known() -> None:
    exact = judge(at("20 11:00"), at("20 14:30"), FINISH, OFFICE)
    assert (exact.wall, exact.open, exact.days) == (3.5 * HOUR, 2 * HOUR, None)
    rough = judge(at("20 23:00"), SUNDAY, FINISH, OFFICE)
    assert (rough.wall, rough.open, rough.days) == (None, None, 2)


def test_answers_are_in_utc() -> None:
    assert due_at(MORNING, FINISH, OFFICE).tzinfo is UTC
    assert explain(MORNING, FINISH, OFFICE, until=at("20 10:00"))[0].since.tzinfo is UTC
