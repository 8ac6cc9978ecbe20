"""The ready emergency plans: ordered steps, each with who and what, and limits that are ours."""

from anju.engine.library.reading import library
from anju.engine.library.rules import Item

TIMES = ("s", "min", "h", "d")


def plans() -> list[Item]:
    """The plans of the piece; there are eleven."""
    found = [item for item in library().pieces["emergency-plans"].items if item.kind == "plan"]
    assert len(found) == 11
    return found


def test_every_step_says_who_and_what() -> None:
    for plan in plans():
        assert len(plan.values) >= 5, plan.id
        for step in plan.values:
            assert step.scope, f"{plan.id}: who does '{step.text}'?"
            assert step.text, f"{plan.id}: what does {step.scope} do?"
        assert len({step.text for step in plan.values}) == len(plan.values), plan.id


def test_a_time_of_a_step_is_a_default_of_ours_and_never_feeds_compliance() -> None:
    timed = [(p, s) for p in plans() for s in p.values if s.unit in TIMES]
    assert len(timed) > 20
    for plan, step in timed:
        assert not plan.value_feeds(step), f"{plan.id}: {step.text}"


def test_what_is_only_a_template_feeds_nothing() -> None:
    assert not library().items["S7_3.EPIDEMIC"].feeds
