"""The points of a round: laid, passed, late, left out, made good."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from anju.domains.rounds.commands import (
    PointSaid,
    RouteSaid,
    Said,
    change_route,
    look_at_points,
    pass_point,
)
from anju.domains.rounds.models import RoundPoint, RoutePoint
from anju.domains.rounds.queries import points_of, points_to_come, posts_of, rounds_at_hand
from anju.domains.rounds.testing import a_round, a_route, opened
from anju.engine.loop.commands.work_moves import finish_planned, move_work
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.offline.testing import Phone
from anju.engine.plans.commands import look_at_planned
from anju.engine.plans.testing import a_plan
from anju.foundation.access.commands import create_account, grant_role
from anju.foundation.access.queries import actor_then
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.files.testing import a_file, a_picture
from anju.foundation.lib import frozen, now
from anju.foundation.places.commands import make_labels
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=SHANGHAI)
AT = NOW + timedelta(hours=1)  # what falls due at nine
WINDOW: dict[str, Any] = {"early": 10, "late": 60, "make_up": 60}


@pytest.fixture
def house(actor: Actor) -> Iterator[House]:
    with frozen(NOW):
        yield a_house(actor)


def minutes(n: float) -> datetime:
    return AT + timedelta(minutes=n)


def passed(house: House, work: WorkOrder, point: str, at: datetime, **said: Any) -> RoundPoint:
    heard, by = said.pop("heard", at), said.pop("by", house.doer)
    files = said.pop("files", ())
    with frozen(heard):
        return pass_point(work.id, Said(point, **said), actor=by, at=at, files=files)


def looked(at: datetime) -> None:
    with frozen(at):
        look_at_planned()
        look_at_points()


def stood(house: House, work: WorkOrder) -> list[tuple[str, str, list[str]]]:
    with acting(house.actor):
        return [(row.point.code, row.state, row.flags) for row in points_of(work)]


def state(house: House, work: WorkOrder) -> str:
    with acting(house.actor):
        return WorkOrder.objects.get(id=work.id).state


def findings(house: House) -> dict[str, str]:
    with acting(house.actor):
        return dict(Case.objects.filter(kind="finding").values_list("item", "state"))


def repaired(house: House, work: WorkOrder, by: Actor) -> None:
    move_work(work.id, "assign", actor=house.actor, said={"person": str(house.worker.id)})
    for name in ("accept", "start"):
        move_work(work.id, name, actor=house.actor)
    move_work(work.id, "finish", actor=by, said={"result": "已调整"})


def fine(house: House) -> bool:
    seal_all()
    return codes(verified(house.actor.company_id)) == set()


def test_its_points_are_laid_as_its_window_opens_and_the_last_one_finishes_it(
    house: House,
) -> None:
    route, work = a_round(house, {}, {"minute": 20}, {}, **WINDOW)
    assert stood(house, work) == []
    opened(work)
    with acting(house.actor):
        second = points_of(work)[1]
        assert (second.opens_at, second.closes_at) == (minutes(15), minutes(25))
        told = Event.objects.get(subject_id=route.id, name="route.laid")
        assert len(told.wrote) == told.said["points"] == 3
    passed(house, work, "P1", minutes(5))
    assert state(house, work) == "doing"
    assert passed(house, work, "P2", minutes(10)).state == "early"
    assert passed(house, work, "p3", minutes(12)).state == "on_time"
    with acting(house.actor):
        over = WorkOrder.objects.get(id=work.id)
    assert (over.state, over.done_at) == ("passed", minutes(12))
    assert fine(house)


def test_a_round_whose_points_are_left_out_is_not_done(house: House) -> None:
    _route, work = a_round(house, **WINDOW)
    opened(work)
    passed(house, work, "P1", minutes(1))
    with pytest.raises(NotYet) as refusal, frozen(minutes(2)):
        finish_planned(work.id, actor=house.doer, result="好")
    assert set(refusal.value.fields) == {"P2", "P3"}
    assert state(house, work) == "doing"


def test_a_random_order_is_another_one_each_time_and_stays(house: House) -> None:
    points = [{} for _n in range(8)]
    _route, work = a_round(house, *points, order="random", **WINDOW)
    opened(work)
    with acting(house.actor):
        other = WorkOrder.objects.filter(case=None).order_by("opened_at")[1]
    opened(other)
    first, again, next_ = (
        [code for code, _state, _flags in stood(house, one)] for one in (work, work, other)
    )
    assert first == again
    assert first != next_
    assert sorted(first) == sorted(next_)
    for n, code in enumerate(reversed(first)):
        assert "order" not in passed(house, work, code, minutes(n)).flags


def test_what_is_begun_keeps_the_points_it_began_with(house: House) -> None:
    route, work = a_round(house, **WINDOW)
    opened(work)
    with acting(house.actor):
        kept = [
            PointSaid(one.code, one.name, one.place, proof=one.proof)
            for one in route.points.select_related("place").order_by("n")
        ]
    said = RouteSaid("短一些", kept[1:])
    change_route(route.id, said, actor=house.actor, version=1)
    with pytest.raises(Conflict):
        change_route(route.id, said, actor=house.actor, version=1)
    assert [code for code, _s, _f in stood(house, work)] == ["P1", "P2", "P3"]
    with acting(house.actor):
        later = WorkOrder.objects.filter(case=None).order_by("opened_at")[1]
    opened(later)
    assert [code for code, _s, _f in stood(house, later)] == ["P2", "P3"]
    with acting(house.actor):
        assert RoutePoint.objects.filter(until=None).count() == 2
    assert fine(house)


@pytest.mark.parametrize(
    ("points", "said", "field"),
    [
        ([{"code": "A"}, {"code": "a"}], {}, "points.2"),
        ([{"code": "A B"}], {}, "points.1"),
        ([{"minute": 3}], {"order": "random"}, "points.1"),
        ([{"low": Decimal(2), "high": Decimal(1)}], {}, "points.1"),
        ([{}], {"name": " "}, "name"),
        ([{}], {"slack": 0}, "slack"),
        ([{}], {"code": "NO WAY"}, "code"),
    ],
)
def test_what_cannot_be_walked_is_refused_beside_its_field(
    house: House, points: list[dict[str, Any]], said: dict[str, Any], field: str
) -> None:
    plan = a_plan(house)
    with pytest.raises(NotYet) as refusal:
        a_route(house, plan, *points, **said)
    assert field in refusal.value.fields
    with acting(house.actor):
        assert not RoutePoint.objects.exists()


def test_what_is_odd_is_flagged_and_refused_to_nobody(house: House) -> None:
    walk = {"walk": 120, "dwell": 60}
    _route, work = a_round(
        house, {"proof": "qr_photo"}, walk, walk, {**walk, "proof": "nfc"}, **WINDOW
    )
    opened(work)
    passed(house, work, "P1", minutes(0), how="qr")  # claimed, without its label
    passed(house, work, "P3", minutes(10))
    passed(house, work, "P2", minutes(11))
    passed(house, work, "P2", minutes(12))
    passed(house, work, "P2", minutes(13), by=house.judge)
    passed(house, work, "P4", minutes(13.5))
    assert [(code, flags) for code, _state, flags in stood(house, work)] == [
        ("P1", ["proof"]),
        ("P2", ["order", "speed", "people", "twice"]),
        ("P3", []),
        ("P4", ["dwell", "proof"]),
    ]
    assert state(house, work) == "passed"


def test_a_scan_counts_with_the_label_that_hangs_there(house: House) -> None:
    _route, work = a_round(house, {"proof": "qr"}, {"proof": "qr_photo"}, **WINDOW)
    opened(work)
    with acting(house.actor):
        places = [row.point.place for row in points_of(work)]
    mine, _other = make_labels(places, actor=house.actor)
    first = passed(house, work, f"https://anju.example/q/{mine.code}", minutes(1), how="qr")
    assert (first.point.code, first.flags) == ("P1", [])
    assert passed(house, work, "P2", minutes(9), how="qr", label=mine.code).flags == ["proof"]
    with translation.override("en"), pytest.raises(NotYet, match="no such point"):
        passed(house, work, "XXXXXXXX", minutes(9))


def test_a_photo_that_was_used_before_is_seen_also_when_the_first_is_heard_of_last(
    house: House,
) -> None:
    _route, work = a_round(house, {}, {}, **WINDOW)
    opened(work)
    with acting(house.actor):
        second = WorkOrder.objects.filter(case=None).order_by("opened_at")[1]
    picture = a_picture(colour="red")
    tomorrow = timedelta(days=1)
    passed(house, work, "P1", minutes(1), files=[picture])
    assert passed(house, work, "P2", minutes(2), files=[picture]).flags == ["photo"]
    opened(second)
    new = a_picture(colour="blue")
    assert passed(house, second, "P1", minutes(5) + tomorrow, files=[new]).flags == []
    passed(house, second, "P2", minutes(3) + tomorrow, heard=minutes(9) + tomorrow, files=[new])
    assert stood(house, second) == [("P1", "on_time", ["order", "photo"]), ("P2", "on_time", [])]


def test_a_point_that_is_late_is_said_and_one_left_out_is_a_finding_that_the_next_round_closes(
    house: House,
) -> None:
    _route, work = a_round(house, {}, {"minute": 20}, {}, **WINDOW)
    opened(work)
    passed(house, work, "P1", minutes(1))
    looked(minutes(26))
    assert [s for _c, s, _f in stood(house, work)] == ["on_time", "late", "open"]
    looked(minutes(121))
    assert [s for _c, s, _f in stood(house, work)] == ["on_time", "missed", "missed"]
    assert findings(house) == {"missed-night.P2": "open", "missed-night.P3": "open"}
    with acting(house.actor):
        later = WorkOrder.objects.filter(case=None).order_by("opened_at")[1]
        at_hand = rounds_at_hand(house.doer, posts_of(house.doer, now()), minutes(200), most=9)
        assert at_hand == []
    opened(later)
    passed(house, later, "P2", minutes(24 * 60 + 20))
    assert findings(house) == {"missed-night.P2": "closed", "missed-night.P3": "open"}
    assert fine(house)


def test_news_of_a_point_passed_in_time_takes_its_finding_back(house: House) -> None:
    _route, work = a_round(house, {}, {}, **WINDOW)
    opened(work)
    passed(house, work, "P1", minutes(1))
    looked(minutes(121))
    assert findings(house) == {"missed-night.P2": "open"}
    passed(house, work, "P2", minutes(3), heard=minutes(300))
    assert stood(house, work)[1][1:] == ("on_time", [])
    assert findings(house) == {"missed-night.P2": "void"}
    assert state(house, work) == "passed"
    assert fine(house)


def test_a_round_nobody_began_is_one_finding_and_news_of_a_part_leaves_the_rest(
    house: House,
) -> None:
    _route, work = a_round(house, {}, {}, **WINDOW)
    looked(minutes(-10))
    looked(minutes(121))
    assert findings(house) == {"missed-night": "open"}
    assert [s for _c, s, _f in stood(house, work)] == ["missed", "missed"]
    passed(house, work, "P1", minutes(3), heard=minutes(300))
    assert findings(house) == {"missed-night": "open"}  # the rest is perhaps on its way
    looked(minutes(311))
    assert findings(house) == {"missed-night": "open", "missed-night.P2": "open"}
    assert fine(house)


def test_news_of_a_whole_round_opens_no_findings_to_take_them_back(house: House) -> None:
    _route, work = a_round(house, {}, {}, {}, **WINDOW)
    looked(minutes(-10))
    looked(minutes(121))
    for n in (1, 2, 3):
        passed(house, work, f"P{n}", minutes(20 * n), heard=minutes(300 + n))
    looked(minutes(320))
    assert [s for _c, s, _f in stood(house, work)] == ["on_time"] * 3
    with acting(house.actor):
        names = Event.objects.filter(subject_kind="case").values_list("name", flat=True)
        assert [name for name in names if name == "case.void"] == []
        assert list(findings(house)) == ["missed-night"]
    assert fine(house)


def test_an_abnormal_point_is_a_case_at_once_and_checked_by_passing_it_again(house: House) -> None:
    limits = {"low": Decimal("0.35"), "high": Decimal("0.60"), "unit": "MPa"}
    _route, work = a_round(house, limits, {}, **WINDOW)
    opened(work)
    row = passed(house, work, "P1", minutes(1), value="0.7", note="压力表在抖")
    assert (row.verdict, row.flags) == ("fail", [])
    assert findings(house) == {"night.P1": "open"}
    with acting(house.actor):
        case = Case.objects.get(item="night.P1")
        repair = case.work.get()
    with frozen(minutes(5)):
        passed(house, work, "P1", minutes(5), value="0.5")
        assert findings(house) == {"night.P1": "open"}  # nobody has repaired it yet
        repaired(house, repair, house.judge)
    assert passed(house, work, "P1", minutes(9), value="0.5").verdict == "pass"
    assert findings(house) == {"night.P1": "closed"}
    with translation.override("en"), pytest.raises(NotYet, match="number"):
        passed(house, work, "P1", minutes(10), value="high")
    assert fine(house)


def test_who_repaired_it_does_not_check_it(house: House) -> None:
    _route, work = a_round(house, {}, {}, **WINDOW)
    opened(work)
    passed(house, work, "P1", minutes(1), verdict="fail")
    with acting(house.actor):
        repair = Case.objects.get(item="night.P1").work.get()
    with frozen(minutes(5)):
        repaired(house, repair, house.doer)
    passed(house, work, "P1", minutes(9))
    assert findings(house) == {"night.P1": "open"}
    passed(house, work, "P1", minutes(10), by=house.judge)
    assert findings(house) == {"night.P1": "closed"}


def test_a_round_that_is_void_owes_nothing(house: House) -> None:
    _route, work = a_round(house, **WINDOW)
    opened(work)
    with frozen(minutes(1)):
        move_work(work.id, "void", actor=house.actor, said={"reason": "停电"})
    looked(minutes(200))
    assert {s for _c, s, _f in stood(house, work)} == {"void"}
    assert findings(house) == {}
    with pytest.raises(NotYet):
        passed(house, work, "P1", minutes(201))


def test_a_telephone_brings_points_and_their_photos(house: House) -> None:
    _route, work = a_round(house, {"proof": "photo"}, {}, **WINDOW)
    opened(work)
    account = create_account(
        actor=house.actor, login="roundhand", name="张师傅", person_id=house.worker.id
    )
    grant_role(account.id, actor=house.actor, role="technician", path=house.community.path)
    with frozen(minutes(30)):
        with acting(house.actor):
            hand = actor_then(account.id, now(), company=house.actor.company_id)
        phone = Phone(hand)
        file = a_file(hand)
        receipts = phone.brings(
            phone.does("point", work.id, at=minutes(2), point="P1", how="photo", file=file.sha256),
            phone.does("point", work.id, at=minutes(5), point="P2", verdict="fail", note="门坏"),
            phone.does("point", work.id, at=minutes(6), point="NONE"),
        )
    assert [one["status"] for one in receipts] == ["taken", "taken", "aside"]
    assert stood(house, work) == [("P1", "on_time", []), ("P2", "on_time", [])]
    with acting(house.actor):
        assert Record.objects.get(work_id=work.id, item="night.P1").file_id == file.id
    assert state(house, work) == "passed"


@pytest.mark.parametrize("order", ["fixed", "random"])
def test_the_points_of_a_round_are_known_before_its_window(house: House, order: str) -> None:
    """A telephone that keeps them has those that are laid later, in their order, and brings them
    though no ticker has looked."""
    timed = {"minute": 20} if order == "fixed" else {}
    _route, work = a_round(house, {}, {}, timed, order=order, **WINDOW)
    with acting(house.actor):
        known = [
            (row.point_id, row.turn, row.opens_at, row.closes_at)
            for row in points_to_come([work])[work.id]
        ]
        assert len(known) == 3
        assert points_of(work) == []
    first = known[0][0]
    passed(house, work, str(first), minutes(1))
    with acting(house.actor), frozen(minutes(2)):
        rows = points_of(work)
        assert points_to_come([work]) == {}
    assert [(row.point_id, row.turn, row.opens_at, row.closes_at) for row in rows] == known
    assert [row.point_id for row in rows if row.at] == [first]
