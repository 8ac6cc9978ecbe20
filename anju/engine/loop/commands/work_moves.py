"""The one door through which a work order changes its state."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from anju.engine.loop.asked import asked_of, photos_asked, signature_asked
from anju.engine.loop.commands.aside import LOST
from anju.engine.loop.commands.case_moves import answer_if_all_work_is_done
from anju.engine.loop.commands.ground import (
    Effect,
    Taking,
    did_a_part,
    finish_taking,
    happened,
    lock_clocks,
    needs_check,
    record,
    say_why_it_failed,
    set_state,
    step_of,
    the_one,
    turn_clocks,
)
from anju.engine.loop.models import UNBEGUN, Record, WorkOrder
from anju.engine.loop.planned import against_beginning, still_owed, taken
from anju.engine.loop.rules import WORK_MOVES
from anju.engine.loop.sending import against_sending
from anju.foundation.people.models import Person, Post
from anju.foundation.places.models import Label
from anju.foundation.places.rules import code_in
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import zone_of_company
from anju.foundation.tenancy.errors import NotYet, Refused

NOBODY = UUID(int=0)


def move_work(
    work_id: UUID,
    name: str,
    *,
    actor: Actor,
    version: int | None = None,
    said: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> WorkOrder:
    """Take one step of a work order, or refuse and leave everything as it was.

    `at`: when it happened (UTC; default now). `version`: the version the actor saw; None takes
    the present one. Raises Unknown, Refused, NotYet (state, missing answers, law 2) or Conflict.
    """
    said = dict(said or {})
    with acting(actor):
        work: WorkOrder = the_one(
            WorkOrder.objects.seen_by(actor).select_related(
                "case__standard", "case__place", "standard", "place", "asset"
            ),
            work_id,
        )
        move = step_of(WORK_MOVES, name, work.state, said)
        may_do(work, move.permission, actor=actor)
        taking = Taking(move, work.case, work, actor, happened(at, work.case), said)
        if work.case is None:
            taken(work, actor)
            _not_too_early(taking)
        lock_clocks(taking)
        _EFFECTS[name](taking, version)
        turn_clocks(taking)
        taking.changed.append(work)
        finish_taking(taking, f"work.{name}")
    return work


_BEGINNING = ("arrive", "start", "finish")
_DOING = (*_BEGINNING, "hold")  # what is held counts as begun, so it is never missed
# What brings work without a case one step nearer to its end.
_NEXT: Mapping[str, str] = {
    "waiting": "claim", "assigned": "accept", "accepted": "start", "arrived": "finish",
    "doing": "finish", "held": "resume",
}  # fmt: skip
_TAKING = ("claim", "accept")


def finish_planned(
    work_id: UUID,
    *,
    actor: Actor,
    result: str,
    label: str = "",
    reason: str = "",
    without: str = "",
    at: datetime | None = None,
) -> WorkOrder:
    """Planned work done, in one press: every step that is still missing is taken, each as itself,
    or none. `label`: the code that was scanned there; `reason`: why somebody does it who is not of
    its post; `without`: why there is no photo; `at`: when it was done (UTC).

    Raises what `move_work` raises.
    """
    told = {
        "claim": {"reason": reason}, "finish": {"result": result, "without": without},
        "arrive": {"label": label},
    }  # fmt: skip
    return _led(work_id, "finish", told, actor=actor, at=at)


def hold_planned(
    work_id: UUID, *, actor: Actor, reason: str, at: datetime | None = None
) -> WorkOrder:
    """Planned work cannot go on, in one press: where nobody has taken it yet, the actor takes it
    first. Raises what `move_work` raises."""
    told = {"claim": {"reason": reason}, "hold": {"reason": reason}}
    return _led(work_id, "hold", told, actor=actor, at=at)


def _led(
    work_id: UUID, to: str, told: Mapping[str, Mapping[str, Any]], *, actor: Actor,
    at: datetime | None,
) -> WorkOrder:  # fmt: skip
    """Planned work taken as far as the step `to`: all that is missing before it, or none."""
    with acting(actor):
        planned = WorkOrder.objects.seen_by(actor).filter(case=None)
        work: WorkOrder = the_one(planned, work_id)
        name = ""
        while name != to:
            name = _NEXT.get(work.state, to)
            if to == "hold" and name not in _TAKING:
                name = to
            elif name == "start" and told.get("arrive", {}).get("label"):
                name = "arrive"
            work = move_work(work.id, name, actor=actor, said=told.get(name), at=at)
    return work


def may_do(work: WorkOrder, permission: str, *, actor: Actor) -> None:
    """Refuse (`Refused`) who may not do it at the place of the work, and somebody else's work."""
    path = work.place.path if work.place else ""
    actor.require(permission, path)
    someone_elses = work.person_id is not None and work.person_id != actor.person_id
    if permission == "work.do" and someone_elses and not actor.may("work.dispatch", path):
        raise Refused(
            _("This work order is given to someone else. Ask the desk to give it to you.")
        )


def _not_too_early(taking: Taking) -> None:
    """Nobody begins planned work before its window, or it would count for a time that is to come;
    who is to do it may be said before."""
    work = _work(taking)
    if taking.move.name in _DOING and taking.at < work.opened_at:
        text = _("It is not yet time: this work can be done from %(when)s on.")
        when = f"{work.opened_at.astimezone(zone_of_company(work.company_id)):%m-%d %H:%M}"
        raise NotYet(text % {"when": when}, code="too_early")
    if taking.move.name in _BEGINNING and work.state in UNBEGUN:
        if why := against_beginning(work, taking.at):
            raise NotYet(why, code="must_not_begin")


def _work(taking: Taking) -> WorkOrder:
    return cast(WorkOrder, taking.work)


def _plain(taking: Taking, version: int | None) -> None:
    work = _work(taking)
    set_state(work, version, taking.move.target or work.state)


def _assign(taking: Taking, version: int | None) -> None:
    """Give it to a person or a post. Whoever should not be sent (off duty, without the certificate:
    what the domains know, see `sending`) is given it only with a `reason`, which is kept."""
    person, post = taking.said.get("person"), taking.said.get("post")
    if not person and not post:
        text = _("Choose who is to do it: a person or a post.")
        raise NotYet(text, code="missing", fields={"person": text})
    person_id = _named(Person.objects.seen_by(taking.actor), person)
    if person_id is not None:
        text = _("Not given: %(why)s. Choose somebody else, or write why it must be so.")
        _fit(taking, person_id, text)
    set_state(
        _work(taking),
        version,
        "assigned",
        person_id=person_id,
        post_id=_named(Post.objects.seen_by(taking.actor), post),
    )


def _fit(taking: Taking, person: UUID, text: Any) -> None:
    """Refuse (`NotYet`, in `text`) whoever should not do it, unless a `reason` is said."""
    if str(taking.said.get("reason") or "").strip():
        return
    if against := against_sending(_work(taking), person, taking.actor):
        said_so = text % {"why": "; ".join(against)}
        raise NotYet(said_so, code="unfit", fields={"reason": said_so})


def _named(seen: QuerySet[Any], given: Any) -> UUID | None:
    """The id of who is to do it, among those the actor may see; None for nobody."""
    if not given:
        return None
    try:
        id = UUID(str(given))
    except ValueError:
        id = NOBODY
    return cast(UUID, the_one(seen, id).id)


def _hand_back(taking: Taking, version: int | None) -> None:
    """Nobody's again, for the desk to send; planned work waits at the post of its plan."""
    work = _work(taking)
    post = work.post_id if work.case_id is None else None
    set_state(work, version, "waiting", person_id=None, post_id=post)


def _accept(taking: Taking, version: int | None) -> None:
    work = _work(taking)
    set_state(work, version, "accepted", person_id=work.person_id or taking.actor.person_id)


def _claim(taking: Taking, version: int | None) -> None:
    """Whoever is there takes what waits for nobody in particular: given and accepted in one.
    Without the certificate the job asks for only with a `reason`, which is kept."""
    person = taking.actor.person_id
    if person is None:
        raise NotYet(
            _("Only someone who does the work can take it. Give it to a person instead."),
            code="nobody",
        )
    _fit(taking, person, _("Not taken: %(why)s. Leave it to others, or write why it must be so."))
    set_state(_work(taking), version, "accepted", person_id=person)


def _arrive(taking: Taking, version: int | None) -> None:
    """There; with the code of the label that hangs there (`label`), the scan stands as a record."""
    if code := code_in(str(taking.said.get("label") or "")):
        label = _label_of(_work(taking), code, taking.actor)
        record(taking, "scan", place_id=label.place_id, asset_id=label.asset_id)
        taking.facts["label"] = code
    _plain(taking, version)


def _label_of(work: WorkOrder, code: str, actor: Actor) -> Label:
    """The label with this code, if it hangs on the place or the thing of the work."""
    seen = Label.objects.seen_by(actor).select_related("place", "asset__place")
    label = seen.filter(code=code[:12]).first()
    if label is None:
        text = _("This label is not known here. Check the letters under the square and try again.")
        raise NotYet(text, code="unknown_label", fields={"label": text})
    asset = label.asset
    at_place = asset.place_id if asset and work.asset_id is None else label.place_id
    if at_place != work.place_id and (asset is None or asset.id != work.asset_id):
        where = {"there": asset or label.place, "here": work.asset or work.place}
        text = _(
            "This label belongs to %(there)s. Your work is at %(here)s, so you are not noted as "
            "arrived. Go there and scan the label on its door or on the equipment."
        )
        raise NotYet(text % where, code="wrong_label", fields={"label": text % where})
    return label


def _hold(taking: Taking, version: int | None) -> None:
    set_state(_work(taking), version, "held", held_reason=str(taking.said["reason"])[:200])


def _resume(taking: Taking, version: int | None) -> None:
    set_state(_work(taking), version, "doing", held_reason="")


def _finish(taking: Taking, version: int | None) -> None:
    """Done; where nobody has to check it, it is passed in the same step."""
    _all_answered(taking)
    _all_shown(taking)
    _all_signed(taking)
    say_why_it_failed(taking)
    record(taking, "result")
    checked = needs_check(taking.case, taking.work)
    set_state(
        _work(taking),
        version,
        "done" if checked else "passed",
        done_at=taking.at,
        done_by=taking.actor.id,
    )
    if not checked:
        answer_if_all_work_is_done(taking)


def _all_answered(taking: Taking) -> None:
    """Law 3: work is not done while a required item is unanswered, or a domain is owed more."""
    work = _work(taking)
    missing = still_owed(work) if work.case is None else {}
    if asked := {code: item.text for code, item in asked_of(work).needed.items()}:
        given = set(Record.objects.filter(work_id=work.id).values_list("item", flat=True))
        missing |= {code: text for code, text in asked.items() if code not in given}
    if missing:
        raise NotYet(
            _("The work is not done yet. Still to be answered: %(missing)s. Nothing is lost.")
            % {"missing": ", ".join(missing.values())},
            code="unanswered",
            fields=missing,
        )


def _all_shown(taking: Taking) -> None:
    """Work is not done without the photos that its standard asks for, or a word why there are none:
    a file that was waived has its own. One that says neither before nor after shows it after."""
    work = _work(taking)
    asked = photos_asked(work)
    if not asked or str(taking.said.get("without") or "").strip():
        return
    waived = Q(kind="aside", value__why=LOST)
    shown = Record.objects.filter(Q(kind="photo") | waived, work_id=work.id, item="")
    have = {value.get("stage", "after") for value in shown.values_list("value", flat=True)}
    text = _("This photo is missing. Take it, or say why there is none.")
    if missing := {stage: text for stage in asked if stage not in have}:
        raise NotYet(
            _("The work is not done yet: a photo is missing. Take it, or say why there is none."),
            code="no_photo",
            fields=missing,
        )


def _all_signed(taking: Taking) -> None:
    """Nor without the signature of whoever receives it, or why nobody signs, where its standard
    asks for one; one that somebody waived is a reason."""
    work = _work(taking)
    if not signature_asked(work):
        return
    waived = Q(kind="aside", value__why=LOST, value__has_key="by")
    if not Record.objects.filter(Q(kind="signature") | waived, work_id=work.id).exists():
        text = _(
            "The work is not handed over yet: whoever receives it has not signed. Let them sign, "
            "or say why nobody does."
        )
        raise NotYet(text, code="no_signature", fields={"signature": text})


def _by_someone_else(taking: Taking) -> None:
    """Law 2, also for who did a part of it before somebody else finished it."""
    if did_a_part(taking, work_id=_work(taking).id):
        raise NotYet(
            _("Work is verified by someone who did not do it. Ask a colleague to verify it."),
            code="own_work",
        )


def _pass(taking: Taking, version: int | None) -> None:
    _by_someone_else(taking)
    record(taking, "check", verdict="pass")
    set_state(_work(taking), version, "passed")
    answer_if_all_work_is_done(taking)


def _fail(taking: Taking, version: int | None) -> None:
    _by_someone_else(taking)
    record(taking, "check", verdict="fail")
    work = _work(taking)
    set_state(work, version, "doing", failed=work.failed + 1)


_EFFECTS: dict[str, Effect] = {
    "assign": _assign,
    "accept": _accept,
    "claim": _claim,
    "hand_back": _hand_back,
    "arrive": _arrive,
    "start": _plain,
    "hold": _hold,
    "resume": _resume,
    "finish": _finish,
    "pass": _pass,
    "fail": _fail,
    "void": _plain,
}
