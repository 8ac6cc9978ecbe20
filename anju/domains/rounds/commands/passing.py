"""Somebody passes a point of a round: what they found there, and how they showed it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from anju.domains.rounds.commands.judging import Stands, judge_points, missed_of
from anju.domains.rounds.models import RoundPoint
from anju.domains.rounds.photos import works_with_photos
from anju.domains.rounds.queries import points_of
from anju.engine.clocks.rows import LEAST
from anju.engine.forms.rules import answer_of
from anju.engine.loop.commands.judging import VERDICTS, Answer, judge
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import UNBEGUN, Record, WorkOrder
from anju.engine.loop.planned import taken
from anju.engine.plans.commands import make_good, take_back
from anju.engine.plans.models import Occurrence
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.files.commands import Content
from anju.foundation.lib import now
from anju.foundation.places.models import Label
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import zone_of_company
from anju.foundation.tenancy.errors import NotYet, Refusal, Refused, Unknown

ON_ITS_WAY = timedelta(minutes=10)  # a phone brings a round in one go, photos after it
HOWS = ("hand", "photo", "qr", "nfc")
_BEGIN = {"waiting": "claim", "assigned": "accept", "accepted": "start", "held": "resume"}


@dataclass(frozen=True)
class Said:
    """What is said of a point. `point`: its id in the round or in the route, its code, or the code
    of the label that was scanned there. `verdict`: pass, fail (something is wrong) or na (it could
    not be reached). `value`: the reading, as it was typed. `how`: hand, photo, qr or nfc (default:
    photo where there is one); a scan counts as one with the `label` of this point."""

    point: str
    verdict: str = "pass"
    value: str = ""
    how: str = ""
    label: str = ""
    note: str = ""


def pass_point(
    work_id: UUID,
    said: Said,
    *,
    actor: Actor,
    files: Sequence[Content] = (),
    at: datetime | None = None,
) -> RoundPoint:
    """A point of a round is passed; the first one begins the round, the last one finishes it.

    `at`: when (UTC; default now). What is odd about it (late, out of order, a weak proof) is told
    to the leader and refused to nobody. A failing verdict, or a reading beyond its limits, opens
    one finding; the same point passed later checks it. One that cannot be reached is not passed.
    News that come late mend how points stand.
    Refuses (`NotYet`) what cannot be understood, a round before its window or that is void, and
    (`Refused`) who may not do work there. Tells record.made and route.passed.
    """
    with acting(actor):
        work = _work(work_id, actor)
        taken(work, actor)
        work.refresh_from_db(fields=["state", "version", "person"])
        row, how = _found(work, said, actor, by_itself="photo" if files else "hand")
        unbegun = work.state in UNBEGUN
        work = _begun(work, said, actor, at)
        record = _recorded(work, row, said, how, actor=actor, files=files, at=at)
        stands = judge_points(work, now(), actor=actor)
        now_row = next(one for one in stands.rows if one.id == row.id)
        tell(
            "route.passed",
            subject=("work", work.id),
            actor=actor,
            at=record.at,
            said={"point": str(row.id), "verdict": record.verdict},
            wrote=written(*stands.changed),
        )
        if unbegun:
            _wait_for_the_rest(stands)
        if record.verdict != "na":
            _made_good(now_row, stands, record, actor)
        _judge_others(work, record, actor)
        if not stands.left and work.state not in ("done", "passed"):
            _finish(work, stands, actor)
    return now_row


def _work(id: UUID, actor: Actor) -> WorkOrder:
    planned = WorkOrder.objects.seen_by(actor).filter(case=None, id=id).select_related("place")
    work: WorkOrder | None = planned.first()
    if work is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    path = work.place.path if work.place else ""
    actor.require("work.do", path)
    actor.require("record.add", path)
    return work


def _found(work: WorkOrder, said: Said, actor: Actor, *, by_itself: str) -> tuple[RoundPoint, str]:
    """The point that is meant, and how it was shown: a scan without its label is none."""
    if work.state == "void":
        raise NotYet(_("This work is over: nothing can be added to it any more."), code="over")
    rows, code = points_of(work), said.point.strip()
    row = next((one for one in rows if code in (str(one.id), str(one.point_id))), None)
    row = row or next((one for one in rows if one.point.code == code.upper()), None)
    label = _label(said.label or ("" if row else code), actor)
    if row is None and label is not None:
        there = [one for one in rows if _hangs_at(label, one)]
        row = next((one for one in there if one.at is None), there[0] if there else None)
    if row is None:
        text = _("This round has no such point. Look at its list again, and scan the label there.")
        raise NotYet(text, code="no_point", fields={"point": text})
    how = said.how if said.how in HOWS else by_itself
    scanned = label is not None and _hangs_at(label, row)
    return row, how if scanned or how not in ("qr", "nfc") else "hand"


def _label(code: str, actor: Actor) -> Label | None:
    given = code.strip().rstrip("/").rpartition("/")[2].upper()[:12]
    return Label.objects.seen_by(actor).filter(code=given).first() if given else None


def _hangs_at(label: Label, row: RoundPoint) -> bool:
    point = row.point
    if point.asset_id is not None:
        return bool(label.asset_id == point.asset_id)
    return bool(label.place_id == point.place_id)


def _begun(work: WorkOrder, said: Said, actor: Actor, at: datetime | None) -> WorkOrder:
    """Each step that is still missing, as itself."""
    while name := _BEGIN.get(work.state):
        told = {"reason": said.note} if name == "claim" and said.note else {}
        work = move_work(work.id, name, actor=actor, said=told, at=at)
    return work


def _recorded(
    work: WorkOrder,
    row: RoundPoint,
    said: Said,
    how: str,
    *,
    actor: Actor,
    files: Sequence[Content],
    at: datetime | None,
) -> Record:
    item = row.point.item
    if said.verdict not in VERDICTS:
        text = _("The verdict is pass, fail or not applicable.")
        raise NotYet(text, code="bad_value", fields={"verdict": text})
    value: dict[str, Any] = {"note": said.note.strip()[:500]} if said.note.strip() else {}
    verdict = said.verdict
    if said.value.strip() and row.point.reads and verdict != "na":
        given, wrong = answer_of(item, verdict, {**value, "number": said.value.strip()})
        if wrong:
            raise NotYet(wrong, code="bad_value", fields={"value": wrong})
        value = dict(given.value or {})
        verdict = "fail" if "fail" in (given.verdict, verdict) else "pass"
    answer = Answer(
        item,
        verdict,
        row.point.place,
        row.point.asset,
        value=value,
        at=at,
        work=work,
        files=files,
        facts={"how": how},
    )
    return judge(answer, actor=actor)[0]


def _made_good(row: RoundPoint, stands: Stands, record: Record, actor: Actor) -> None:
    """The finding of a point that was left out hears that somebody came: in time after all, or
    later, by this round or a later one."""
    machine, missed = Actor.machine(actor.company_id, "rounds"), missed_of(row)
    zone = zone_of_company(actor.company_id)
    facts = {"point": row.point, "at": f"{record.at.astimezone(zone):%m-%d %H:%M}"}
    if stands.was[row.id] == "missed" and record.at <= row.lapses_at:
        words = _("%(point)s was passed at %(at)s: the news came late.") % facts
        over, still = row.lapses_at + LEAST, partial(_still_left_out, row)
        take_back(missed, at=over, words=words, still=still, actor=machine)
    else:
        words = _("%(point)s was passed at %(at)s.") % facts
        make_good(missed, at=record.at, words=words, actor=machine, by=record.by)


def _still_left_out(row: RoundPoint, failed: Collection[datetime]) -> bool:
    """Whether this point of any round whose time was over then was not passed until then."""
    same = RoundPoint.objects.filter(
        point__route_id=row.point.route_id,
        point__code=row.point.code,
        lapses_at__in=[at - LEAST for at in failed],
    )
    return same.filter(Q(at=None) | Q(at__gt=F("lapses_at"))).exists()


def _wait_for_the_rest(stands: Stands) -> None:
    """The first that is heard of a round which was missed as a whole: the rest is perhaps on its
    way, so what is left out is looked for when all of it is there, and not point by point."""
    missed = [row.id for row in stands.rows if row.state == "missed"]
    RoundPoint.objects.filter(id__in=missed).update(next_at=now() + ON_ITS_WAY)


def _judge_others(work: WorkOrder, record: Record, actor: Actor) -> None:
    """News of a photo that was taken before others used it: their rounds are judged again. One that
    somebody else holds, when this is written: two that wait for each other would wait for ever."""
    others = {one.id for one in works_with_photos(record, company=actor.company_id)} - {work.id}
    if left := others - _judge_held(others, actor, wait=False):
        transaction.on_commit(lambda: _judge_left(left, actor))


def _judge_left(works: set[UUID], actor: Actor) -> None:
    with acting(actor):
        _judge_held(works, actor, wait=True)


def _judge_held(works: set[UUID], actor: Actor, *, wait: bool) -> set[UUID]:
    """Hold rounds, in one order, and judge them again; which were held."""
    made = Occurrence.objects.filter(work__in=works).order_by("id") if works else ()
    held = made and made.select_for_update(of=("self",), skip_locked=not wait)
    mine = {one.work_id for one in held if one.work_id}
    for other in WorkOrder.objects.filter(id__in=mine).order_by("id") if mine else ():
        if changed := judge_points(other, now(), actor=actor).changed:
            tell(
                "route.judged",
                subject=("work", other.id),
                actor=actor,
                wrote=written(*changed),
            )
    return mine


def _finish(work: WorkOrder, stands: Stands, actor: Actor) -> None:
    """All points are passed: the round is done, at the time of the last. Where its standard asks
    more, it is finished by hand; somebody else's by the machine that counts its points."""
    at = max(row.at for row in stands.rows if row.at)
    said = {"result": _("All %(n)d points were passed.") % {"n": len(stands.rows)}}
    try:
        with acting(actor):
            move_work(work.id, "finish", actor=actor, said=said, at=at)
    except Refused:
        machine = Actor.machine(actor.company_id, "rounds")
        move_work(work.id, "finish", actor=machine, said=said, at=at)
    except Refusal as refusal:
        if refusal.code not in ("unanswered", "no_photo", "no_signature"):
            raise
