"""What the record says of a procedure, counted by hand."""

from datetime import UTC, datetime, timedelta

from anju.engine.procedures.record import ENOUGH, step_records
from anju.engine.procedures.rules import Procedure, Step

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def step(code: str, shown_by: str, *ways: tuple[str, str]) -> Step:
    return Step.model_validate(
        {
            "code": code, "name": code, "role": "desk", "brief": "做。", "shown_by": shown_by,
            "next": [{"when": when, "to": to} for when, to in ways],
        }
    )  # fmt: skip


FLOW = Procedure(
    code="p",
    name="p",
    steps=(
        step("receive", "case.reported", ("", "fix")),
        step("fix", "work.finish", ("", "check")),
        step("check", "work.pass", ("不合格", "fix"), ("合格", "close")),
        step("talk", "", ("", "close")),
        step("close", "case.close"),
    ),
)


def trace(*moves: tuple[str, int]) -> list[tuple[str, datetime]]:
    return [(name, AT + timedelta(minutes=minutes)) for name, minutes in moves]


def test_waiting_rounds_and_what_is_not_shown() -> None:
    once = trace(("case.reported", 0), ("case.note", 5), ("work.finish", 10), ("work.pass", 30))
    twice = trace(
        ("case.reported", 0), ("work.finish", 20), ("work.pass", 25), ("work.finish", 65),
        ("work.pass", 75), ("case.close", 80),
    )  # fmt: skip
    found = {one.step.code: one for one in step_records(FLOW, [once, twice, []])}
    assert set(found) == {"receive", "fix", "check", "close"}
    assert [found[c].n for c in ("receive", "fix", "check", "close")] == [2, 2, 2, 1]
    assert (found["fix"].waiting, found["fix"].waited) == (timedelta(minutes=20), 3)
    assert (found["check"].waiting, found["check"].waited) == (timedelta(minutes=10), 3)
    assert (found["receive"].waiting, found["receive"].waited) == (None, 0)
    assert (found["fix"].again, found["check"].again, found["close"].again) == (1, 1, 0)
    assert not any(one.idle for one in found.values())


def test_a_check_that_never_changed_the_way_is_called_idle_only_of_enough_cases() -> None:
    same = trace(("case.reported", 0), ("work.finish", 10), ("work.pass", 20), ("case.close", 30))
    sent_back = trace(("work.finish", 0), ("work.pass", 1), ("work.finish", 2))
    few = {one.step.code: one.idle for one in step_records(FLOW, [same] * (ENOUGH - 1))}
    many = {one.step.code: one.idle for one in step_records(FLOW, [same] * ENOUGH)}
    mixed = {one.step.code: one.idle for one in step_records(FLOW, [same] * ENOUGH + [sent_back])}
    assert (few["check"], many["check"], mixed["check"]) == (False, True, False)
    assert not many["fix"]  # it has one way on: there is nothing to decide
