"""Standards: limits bind narrowly, versions freeze, publishing retires the one before."""

import pytest
from django.db import IntegrityError, connection
from hypothesis import given
from hypothesis import strategies as st

from anju.engine.standards.commands import draft_standard, install_defaults, publish_standard
from anju.engine.standards.defaults import DEFAULTS
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
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused, Unknown

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
        draft_standard(actor=actor, code="x", name="x", kinds=["repair"], limits=some)
    with acting(actor):
        assert (Standard.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.parametrize("shipped", DEFAULTS, ids=lambda s: s.code)
def test_the_shipped_standards_stand(shipped: object) -> None:
    assert limit_faults(shipped.limits) == []  # type: ignore[attr-defined]  # a Shipped
    for urgency in (1, 2, 3, 4):
        bound = limits_for(shipped.limits, Subject("", urgency, ""))  # type: ignore[attr-defined]  # a Shipped
        assert {"respond", "dispatch", "accept", "finish", "feedback", "verify"} <= set(bound)
        assert bound["feedback"].minutes == 24 * 60


def test_defaults_are_installed_once(actor: Actor) -> None:
    first, again = install_defaults(actor=actor), install_defaults(actor=actor)
    assert [s.code for s in first] == ["repair", "complaint"]
    assert again == []


def test_publishing_a_new_version_retires_the_old(actor: Actor) -> None:
    install_defaults(actor=actor)
    draft = draft_standard(actor=actor, code="repair", name="新版", kinds=["repair"], limits=[A])
    publish_standard(draft.id, actor=actor)
    with acting(actor):
        states = dict(Standard.objects.filter(code="repair").values_list("version", "state"))
        assert states == {1: "retired", 2: "published"}
    with pytest.raises(NotYet):
        publish_standard(draft.id, actor=actor)


def test_a_published_version_is_frozen_even_to_raw_sql(actor: Actor) -> None:
    install_defaults(actor=actor)
    with pytest.raises(IntegrityError, match="frozen"), acting(actor):
        with connection.cursor() as cursor:
            cursor.execute("update standards_standard set limits = '[]'")


def test_refusals_leave_no_trace(actor: Actor, other_actor: Actor) -> None:
    reader = Actor.of(actor.company_id, "reader", ["standard.see"])
    with pytest.raises(Refused):
        draft_standard(actor=reader, code="x", name="x", kinds=[], limits=[A])
    install_defaults(actor=actor)
    with acting(actor):
        theirs = Standard.objects.first()
        assert theirs is not None
    with pytest.raises(Unknown):
        publish_standard(theirs.id, actor=other_actor)
