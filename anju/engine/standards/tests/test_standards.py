"""Standards: limits bind narrowly, versions freeze, publishing retires the one before."""

from datetime import date

import pytest
from django.db import IntegrityError, connection
from hypothesis import given
from hypothesis import strategies as st

from anju.engine.standards.asking import Asking, Share
from anju.engine.standards.commands import (
    change_asking,
    draft_standard,
    edit_draft,
    install_defaults,
    move_standard,
    put_in_force,
)
from anju.engine.standards.defaults import DEFAULTS
from anju.engine.standards.document import Document, Requirement, read_standard, write_standard
from anju.engine.standards.models import Standard
from anju.engine.standards.rules import (
    CLOCK_KINDS,
    Limit,
    Step,
    Subject,
    limit_faults,
    limits_for,
    limits_from_json,
    limits_to_json,
)
from anju.foundation.events.models import Event
from anju.foundation.lib import months_after
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown
from anju.foundation.texts import BadText, plain

limits = st.lists(
    st.builds(
        Limit,
        st.sampled_from(CLOCK_KINDS),
        st.integers(1, 10_000),
        urgency=st.none() | st.integers(1, 4),
        category=st.sampled_from(["", "水电", "水电/漏水"]),
        place=st.sampled_from(["", "1.", "1.2."]),
        pause_cap=st.integers(0, 500),
        ladder=st.lists(st.builds(Step, st.integers(-60, 60), st.just("leader"))).map(tuple),
    ),
    max_size=12,
)
A = Limit("finish", 10)


def a_text(**said: object) -> Document:
    return Document.model_validate({"code": "x", "name": "x", "limits": (A,), **said})


@given(limits)
def test_limits_come_back_as_they_were_written(some: list[Limit]) -> None:
    assert limits_from_json(limits_to_json(some)) == tuple(some)


@given(limits)
def test_what_binds_applies_and_nothing_narrower_does(some: list[Limit]) -> None:
    subject = Subject("水电/漏水", 2, "1.2.7.")
    for kind, bound in limits_for(some, subject).items():
        assert bound.clock == kind
        assert bound.urgency in (None, 2)
        wider = [k for k in some if k.clock == kind and len(k.place) > len(bound.place)]
        assert not any(subject.path.startswith(k.place) and k.urgency in (None, 2) for k in wider)


@pytest.mark.parametrize(
    ("narrow", "subject"),
    [
        (Limit("finish", 5, place="1."), Subject("", 3, "1.2.")),
        (Limit("finish", 5, category="水电"), Subject("水电/漏水", 3, "")),
        (Limit("finish", 5, urgency=1), Subject("", 1, "")),
    ],
)
def test_the_narrower_limit_wins(narrow: Limit, subject: Subject) -> None:
    assert limits_for([A, narrow], subject)["finish"] == narrow
    assert limits_for([narrow, A], Subject("绿化", 4, "9."))["finish"] == A


@pytest.mark.parametrize(
    ("some", "fault"),
    [
        ([A, A], "finish:twice"),
        ([Limit("arrive", 0)], "arrive:not_positive"),
        ([Limit("feedback", 60, calendar="office")], "feedback:must_run_by_the_wall"),
        ([Limit("feedback", 60, pause_cap=5)], "feedback:must_run_by_the_wall"),
    ],
)
def test_limits_that_cannot_stand_are_refused(actor: Actor, some: list[Limit], fault: str) -> None:
    assert limit_faults(some) == [fault]
    with pytest.raises(NotYet):
        draft_standard(a_text(limits=tuple(some)), actor=actor)
    with acting(actor):
        assert (Standard.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.parametrize("shipped", DEFAULTS, ids=lambda s: s.code)
def test_the_shipped_standards_stand(shipped: Document) -> None:
    assert limit_faults(shipped.limits) == []
    for urgency in (1, 2, 3, 4):
        bound = limits_for(shipped.limits, Subject("", urgency, ""))
        assert {"respond", "dispatch", "accept", "finish", "feedback", "verify"} <= set(bound)
        assert bound["feedback"].minutes == 24 * 60


def test_defaults_are_installed_once(actor: Actor) -> None:
    first, again = install_defaults(actor=actor), install_defaults(actor=actor)
    assert [s.code for s in first] == ["repair", "complaint"]
    assert again == []


def test_publishing_a_new_version_retires_the_old(actor: Actor) -> None:
    install_defaults(actor=actor)
    new = put_in_force(a_text(code="repair", kinds=["repair"]), actor=actor, why="改")
    with acting(actor):
        states = dict(Standard.objects.filter(code="repair").values_list("version", "state"))
        assert states == {1: "retired", 2: "published"}
        steps = list(new.steps.order_by("at", "id").values_list("move", "why", "by", "own"))
        assert steps == [("submit", "改", actor.id, False), ("publish", "改", actor.id, True)]
    with pytest.raises(NotYet):
        move_standard(new.id, "publish", actor=actor, why="again")


def test_what_is_in_review_or_later_is_frozen_even_to_raw_sql(actor: Actor) -> None:
    install_defaults(actor=actor)
    draft = draft_standard(a_text(), actor=actor)
    move_standard(draft.id, "submit", actor=actor, why="ready")
    for code in ("repair", "x"):
        with pytest.raises(IntegrityError, match="frozen"), acting(actor):
            with connection.cursor() as cursor:
                cursor.execute(
                    "update standards_standard set limits = '[]' where code = %s", [code]
                )
    with pytest.raises(NotYet):
        edit_draft(draft.id, a_text(), edited=0, actor=actor)


def test_a_draft_is_saved_once_for_each_look_at_it(actor: Actor) -> None:
    draft = draft_standard(a_text(), actor=actor)
    saved = edit_draft(draft.id, a_text(name="y", verify=False), edited=0, actor=actor)
    assert (saved.name, saved.verify, saved.edited) == ("y", False, 1)
    with pytest.raises(Conflict):
        edit_draft(draft.id, a_text(name="z"), edited=0, actor=actor)
    with pytest.raises(NotYet):
        edit_draft(draft.id, a_text(code="z"), edited=1, actor=actor)
    with pytest.raises(Conflict):  # one version at a time
        draft_standard(a_text(), actor=actor)
    with acting(actor):
        assert Standard.objects.get(id=draft.id).name == "y"


def test_the_life_of_a_version_is_kept_with_who_and_why(actor: Actor) -> None:
    chief = Actor.of(actor.company_id, "chief", ["standard.see", "standard.edit", "place.see"])
    with acting(actor):
        home = a_community(actor).path
    draft = draft_standard(a_text(review_months=6), actor=actor)
    for name, by, places in (
        ("submit", actor, ()),
        ("send_back", chief, ()),
        ("submit", actor, ()),
        ("try", chief, (home,)),
        ("publish", chief, ()),
        ("confirm", chief, ()),
        ("retire", chief, ()),
    ):
        before = move_standard(draft.id, name, actor=by, why=f"why {name}", places=places)
    assert before.state == "retired"
    with acting(actor):
        steps = list(draft.steps.order_by("at", "id"))
        assert [(s.move, s.why) for s in steps] == [
            (n, f"why {n}")
            for n in ("submit", "send_back", "submit", "try", "publish", "confirm", "retire")
        ]
        assert not any(s.own for s in steps)
        assert steps[3].places == [home]


def test_steps_out_of_turn_leave_no_trace(actor: Actor) -> None:
    draft = draft_standard(a_text(), actor=actor)
    with acting(actor):
        before = Event.objects.count()
    for name, why in (
        ("publish", "x"), ("retire", "x"), ("try", "x"), ("confirm", "x"), ("fly", "x"),
        ("submit", " "),
    ):  # fmt: skip
        with pytest.raises(NotYet):
            move_standard(draft.id, name, actor=actor, why=why, places=["1."])
    move_standard(draft.id, "submit", actor=actor, why="x")
    for places in ((), ("nowhere.",)):
        with pytest.raises(NotYet):
            move_standard(draft.id, "try", actor=actor, why="x", places=places)
    with acting(actor):
        assert Event.objects.count() == before + 1
        assert Standard.objects.get(id=draft.id).state == "review"


def test_two_standards_that_would_rule_the_same_cases_are_not_both_published(actor: Actor) -> None:
    install_defaults(actor=actor)
    rival = draft_standard(a_text(kinds=["repair", "praise"]), actor=actor)
    move_standard(rival.id, "submit", actor=actor, why="x")
    with pytest.raises(NotYet) as said:
        move_standard(rival.id, "publish", actor=actor, why="x")
    assert "scope" in said.value.fields
    put_in_force(
        a_text(code="narrow", kinds=["repair"], scope={"categories": ("水电",)}),
        actor=actor,
        why="x",
    )


def test_a_change_of_the_calls_is_a_version_of_its_own(actor: Actor) -> None:
    install_defaults(actor=actor)
    with acting(actor):
        old = Standard.objects.get(code="repair")
    new = change_asking(old.id, Asking(shares=(Share(7),)), actor=actor)
    assert new.version == 2
    assert new.document == old.document.model_copy(update={"asking": Asking(shares=(Share(7),))})


def test_refusals_leave_no_trace(actor: Actor, other_actor: Actor) -> None:
    reader = Actor.of(actor.company_id, "reader", ["standard.see"])
    with pytest.raises(Refused):
        draft_standard(a_text(), actor=reader)
    install_defaults(actor=actor)
    with acting(actor):
        theirs = Standard.objects.first()
        assert theirs is not None
    with pytest.raises(Unknown):
        move_standard(theirs.id, "retire", actor=other_actor, why="x")
    with pytest.raises(Refused):
        move_standard(theirs.id, "retire", actor=reader, why="x")


@pytest.mark.parametrize("shipped", DEFAULTS, ids=lambda s: s.code)
def test_a_text_comes_back_byte_for_byte(shipped: Document, actor: Actor) -> None:
    text = write_standard(shipped)
    assert write_standard(read_standard(text).said) == text
    standing = put_in_force(shipped, actor=actor, why="x")
    with acting(actor):
        standing.refresh_from_db()
    assert write_standard(standing.document) == text


def test_a_requirement_says_no_more_than_it_must() -> None:
    long = {"text": "30 分钟到场", "metric": "clock.arrive", "op": "<=", "value": 30, "unit": "min"}
    text = a_text(requirements=["拍照", long])
    assert text.requirements[0] == Requirement(text="拍照")
    assert plain(text)["requirements"] == ["拍照", long]


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-11-29", 12, "2027-11-29"),
        ("2027-12-01", 1, "2028-01-01"),
    ],
)
def test_months_later_is_the_same_day_or_the_last(day: str, months: int, then: str) -> None:
    assert months_after(date.fromisoformat(day), months).isoformat() == then


@pytest.mark.parametrize(
    "said",
    [
        "limits: [{clock: arrive, minutes: 999999999999}]",
        "limits: [{clock: arrive, minutes: 5, pause_cap: 999999999999}]",
        "limits: [{clock: arrive, minutes: 5, ladder: [{after: 999999999999, to: leader}]}]",
        "requirements: [{text: x, value: .nan}]",
        "requirements: [{text: x, value: nan}]",
        "method: {times_a_year: inf}",
    ],
)
def test_a_figure_nobody_can_count_by_is_refused(said: str) -> None:
    with pytest.raises(BadText):
        read_standard(f"anju: standard/1\ncode: x\nname: x\n{said}\n")
