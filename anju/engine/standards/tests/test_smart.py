"""The SMART check by its parts; its figures on the corpus are in tests/smart."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from anju.engine.standards.document import Document
from anju.engine.standards.rules import CLOCK_KINDS, Limit
from anju.engine.standards.smart import Finding, Tally, World, check
from anju.engine.standards.smart.findings import STOPS, WORDS
from anju.engine.standards.smart.vague import vague_words
from anju.foundation.lib.wilson import wilson

ARRIVE = {
    "code": "arrive", "text": "急修 30 分钟内到场", "metric": "clock.arrive", "op": "<=",
    "value": 30, "unit": "min", "period": "each", "scope": {"urgency": 2}, "needs": ["fast-help"],
}  # fmt: skip
SWEEP = {
    "code": "sweep", "text": "大堂每日清扫 2 次", "metric": "count.sweep", "op": ">=", "value": 2,
    "unit": "times", "period": "day", "scope": {"place": "大堂"}, "needs": ["clean"],
}  # fmt: skip


def repair(**changed: Any) -> Document:
    """A standard about which there is nothing to say."""
    said = {
        "code": "repair", "name": "报修", "kinds": ["repair"], "audience": "业主", "item": "报修",
        "requirements": [ARRIVE], "provider": "维修岗",
        "limits": [{"clock": "arrive", "minutes": 30, "urgency": 2}],
        "evaluation": {"text": "每月统计", "sample": "全部工单"},
    }  # fmt: skip
    return Document.model_validate({**said, **changed})


def planned(*requirements: dict[str, Any], code: str = "lobby") -> Document:
    """Planned work: no kind of case, no clock."""
    return repair(code=code, kinds=[], limits=[], requirements=requirements or [SWEEP])


def codes(document: Document, world: World | None = None) -> list[tuple[str, str]]:
    """Code and place of what is said."""
    return [(one.code, one.where) for one in check(document, world or World())]


def test_there_is_nothing_to_say_of_a_good_one() -> None:
    assert codes(repair()) == codes(planned()) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("及时清理积水", "及时"),
        ("定期浇水，垃圾每日清理 1 次", "定期"),
        ("一般情况下 24 小时内修复", "一般"),
        ("必要时 30 分钟内到场", "必要时"),
        ("儘快回覆", "儘快"),
        ("replies promptly", "promptly"),
        ("rooms are swept as needed", "as needed"),
    ],
)
def test_vague_words(text: str, word: str) -> None:
    assert [one.word for one in vague_words(text)] == [word]


@pytest.mark.parametrize(
    "text",
    [
        "及时率不低于 95%", "及时响应，30 分钟内到场", "定期清扫，每日 2 次", "30 分钟内及时到场",
        "按《定期巡查办法》执行", "不得以“尽快”答复", "电梯定期检验合格", "一般报修两天内修复",
        "一般隐患当日整改", "基本信息公示", "regularly, twice a day: 2 times", "适当降温，至 26 ℃",
        "",
    ],
)  # fmt: skip
def test_words_with_a_measure_terms_and_quotations_are_left_alone(text: str) -> None:
    assert list(vague_words(text)) == []


@given(
    st.text(alphabet="及时尽快定期，。、；《》“”0123456789分钟内每日次一般情况下 abc.", max_size=60)
)
def test_any_text_can_be_looked_through(text: str) -> None:
    for one in vague_words(text):
        assert one.word in text.lower()
        assert one.word in one.part.lower()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"audience": " "}, ("no-audience", "audience")),
        ({"provider": ""}, ("no-provider", "provider")),
        ({"evaluation": "由主管考核"}, ("no-evaluation", "evaluation")),
        ({"limits": []}, ("no-time", "limits")),
        ({"requirements": [{**ARRIVE, "value": 45}]}, ("contradiction", "requirements/arrive")),
        ({"requirements": [{**ARRIVE, "unit": ""}]}, ("no-measure", "requirements/arrive")),
        ({"requirements": [{**ARRIVE, "needs": []}]}, ("no-need", "requirements/arrive")),
        (
            {"limits": [{"clock": "finish", "minutes": 30, "urgency": 2}]},
            ("orphan", "requirements/arrive"),
        ),
    ],
)
def test_what_a_part_lacks(changed: dict[str, Any], said: tuple[str, str]) -> None:
    assert said in codes(repair(**changed))


def test_half_an_hour_is_thirty_minutes_and_a_bare_text_is_named_by_its_number() -> None:
    assert codes(repair(requirements=[{**ARRIVE, "value": 0.5, "unit": "h"}])) == []
    said = codes(repair(requirements=[ARRIVE, "态度好"]))
    assert said == [(code, "requirements/2") for code in ("no-measure", "no-need", "no-time")]


@pytest.mark.parametrize(
    ("value", "period", "clash"),
    [
        (2, "day", False),
        (14, "week", False),
        (730, "year", False),
        (2, "week", True),
        (3, "day", True),
    ],
)
def test_counts_are_compared_over_one_year(value: float, period: str, clash: bool) -> None:
    other = {**SWEEP, "code": "again", "value": value, "period": period}
    said = [("contradiction", "requirements/again")] if clash else []
    assert codes(planned(SWEEP, other)) == said


@pytest.mark.parametrize(("most", "clash"), [(3, False), (2, False), (1, True)])
def test_a_range_is_no_contradiction_unless_nothing_lies_in_it(most: float, clash: bool) -> None:
    other = {**SWEEP, "code": "most", "op": "<=", "value": most}
    assert bool(codes(planned(SWEEP, other))) == clash


def test_a_later_step_cannot_be_owed_first_nor_the_urgent_be_slower() -> None:
    limits = [
        {"clock": "arrive", "minutes": 30, "urgency": 2},
        {"clock": "finish", "minutes": 20, "urgency": 2},
        {"clock": "arrive", "minutes": 20, "urgency": 3},
    ]
    said = codes(repair(limits=limits))
    assert set(said) == {("contradiction", "limits/finish/2"), ("contradiction", "limits/arrive/2")}


def test_the_answer_owed_to_a_person_never_waits() -> None:
    limits = [*repair().model_dump()["limits"], {"clock": "feedback", "minutes": 9, "pause_cap": 1}]
    assert codes(repair(limits=limits)) == [("feedback-paused", "limits/feedback/*")]


@pytest.mark.parametrize(("after", "about"), [(5, "late"), (-30, "early"), (0, ""), (-29, "")])
def test_a_warning_comes_between_the_start_and_the_deadline(after: int, about: str) -> None:
    ladder = [{"after": after, "to": "leader"}, {"after": 60, "to": "manager"}]
    limits = [{"clock": "arrive", "minutes": 30, "urgency": 2, "ladder": ladder}]
    said = [one.about for one in check(repair(limits=limits), World()) if one.code == "warning"]
    assert said == ([about] if about else [])


def test_another_standard_in_force_for_the_same() -> None:
    twin = repair(code="quick")
    world = World(in_force=(repair(),))
    assert codes(repair(), world) == []  # the version before this one
    assert codes(twin, world) == [("overlap", "limits/arrive/2")]
    slower = repair(code="slow", limits=[{"clock": "arrive", "minutes": 60, "urgency": 2}])
    assert ("contradiction", "limits/arrive/2") in codes(slower, world)
    finish = repair(code="other", requirements=[], limits=[{"clock": "finish", "minutes": 60}])
    assert codes(finish, world) == [("overlap", "scope")]
    narrower = repair(code="quick", scope={"categories": ["电梯"]})
    assert codes(narrower, world) == []


def test_planned_work_ruled_twice() -> None:
    world = World(in_force=(planned(),))
    assert codes(planned(code="hall"), world) == [("overlap", "requirements/sweep")]
    less = planned({**SWEEP, "value": 1}, code="hall")
    assert codes(less, world) == [("contradiction", "requirements/sweep")]


def test_what_is_pointed_at_and_not_there_stops_and_what_is_not_known_is_not_judged() -> None:
    document = repair(
        method={"procedure": "p", "form": "f"},
        requirements=[{**ARRIVE, "rests_on": ["X.1"]}],
        limits=[{"clock": "arrive", "minutes": 30, "urgency": 2, "calendar": "moon"}],
    )
    empty = frozenset[str]()
    nothing = World(empty, empty, empty, frozenset({"always"}), needs={})
    said = [one for one in check(document, nothing) if one.code == "orphan"]
    assert {one.about for one in said} == {"procedure", "form", "library", "need", "calendar"}
    assert {one.severity for one in said} == {"stop"}
    assert codes(document) == []


@given(st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_record_speaks_by_its_interval(counted: tuple[int, int]) -> None:
    kept, n = counted
    record = {("arrive", 2, "", ""): Tally(kept, n)}
    found = check(repair(), World(record=record))
    low, high = wilson(kept, n) or (0.0, 1.0)
    if n == 0:
        expected = ["no-record"]
    elif n < 30:
        expected = ["few-cases"]
    else:
        expected = ["not-achieved"] if high < 0.9 else ["uncertain"] if low < 0.9 else []
    assert [one.code for one in found] == expected
    assert all(one.severity == "advice" for one in found)


def test_the_words_of_the_record_carry_share_interval_and_n() -> None:
    record = {("arrive", 2, "", ""): Tally(222, 312)}
    (found,) = check(repair(), World(record=record))
    with translation.override("zh-hans"):
        assert "近 90 天" in found.words
        assert "30 分钟" in found.words
        assert "71 % [66, 76]，n = 312" in found.words
    with translation.override("en"):
        assert "71 % [66, 76], n = 312" in found.words


def test_every_code_has_words_in_three_languages() -> None:
    facts = dict.fromkeys(
        "word part text lacking days share low high n kept needs other standard value name".split(),
        3,
    )
    times = {
        "time": 30,
        "longer": 1440,
        "shorter": 120,
        "clock": "arrive",
        "minutes": 5,
        "after": "finish",
    }
    every = {**facts, **times, "clocks": CLOCK_KINDS, "urgency": 2}
    for key in WORDS:
        code, _colon, about = key.partition(":")
        said = set()
        for language in ("en", "zh-hans", "zh-hant"):
            with translation.override(language):
                said.add(Finding(code, "limits", about, every).words)
        assert len(said) == 3, key
    assert {key.partition(":")[0] for key in WORDS} >= STOPS


def test_a_clock_that_promises_more_to_a_part_keeps_what_is_required_of_all() -> None:
    said = {
        "code": "x", "name": "x", "kinds": ["repair"],
        "requirements": [
            {"text": "20 分钟到场", "metric": "clock.arrive", "op": "<=", "value": 20,
             "unit": "min"}
        ],
    }  # fmt: skip

    def clashes(**minutes: int) -> list[str]:
        limits = [Limit("arrive", m, urgency=int(p[1])) for p, m in minutes.items()]
        found = check(Document.model_validate({**said, "limits": limits}), World())
        return [one.code for one in found if one.code == "contradiction"]

    assert clashes(p1=10, p2=20) == []
    assert clashes(p1=10, p2=30) == ["contradiction"]
