"""Writing, trying, publishing and retiring standards."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from anju.engine.procedures.models import Procedure
from anju.engine.standards.asking import Asking, asking_faults
from anju.engine.standards.defaults import DEFAULTS
from anju.engine.standards.document import Document
from anju.engine.standards.models import TEXT, Standard, Step
from anju.engine.standards.offers import world_of
from anju.engine.standards.rules import limit_faults
from anju.engine.standards.scope import tied
from anju.engine.standards.smart import check
from anju.engine.standards.states import MOVES, Move
from anju.foundation.access.queries import holders
from anju.foundation.events.commands import tell
from anju.foundation.events.models import Event
from anju.foundation.events.sealed import written
from anju.foundation.lib import months_after, now
from anju.foundation.messages.commands.queueing import Note, queue_messages
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import day_of, today
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only
from anju.foundation.tenancy.turns import one_at_a_time
from anju.foundation.texts import plain

REVIEW_NOTICE = timedelta(days=30)  # so long before a review is due its writers are told
MOST_NAMED = 5


def draft_standard(document: Document, *, actor: Actor) -> Standard:
    """Write the next version of the standard `document.code` as a draft; cases do not use it yet.

    Refuses limits and shares that cannot be kept apart (`NotYet`), and a second version in
    preparation beside one (`Conflict`): two texts of one promise would be decided at once.
    """
    actor.require("standard.edit", "")
    _check(document)
    with acting(actor):
        one_at_a_time("standards", actor.company_id)
        versions = Standard.objects.filter(company_id=actor.company_id, code=document.code)
        if other := versions.in_preparation().first():
            raise Conflict(
                _("%(other)s is in preparation already. Go on with it, or publish it first.")
                % {"other": other}
            )
        last = versions.aggregate(n=Max("version"))["n"] or 0
        standard = Standard(company_id=actor.company_id, version=last + 1, **_columns(document))
        standard.save(force_insert=True)
        _told("standard.drafted", actor, standard)
    return standard


def edit_draft(standard_id: UUID, document: Document, *, edited: int, actor: Actor) -> Standard:
    """Save a draft again. `edited`: the count the writer saw.

    Refuses a text that is in review or later (`NotYet`), another code than the draft's (`NotYet`)
    and a draft that somebody saved meanwhile (`Conflict`).
    """
    actor.require("standard.edit", "")
    _check(document)
    with acting(actor):
        standard = _locked(standard_id, actor)
        if standard.state != "draft":
            raise NotYet(
                _("Only a draft can be written. Send this version back first, or make a new one.")
            )
        if standard.edited != edited:
            raise Conflict(
                _("Somebody saved this draft meanwhile. What you wrote is below; compare and save.")
            )
        if document.code != standard.code:
            raise NotYet(
                _("The code of a standard stays: %(code)s. Make a new standard for another one.")
                % {"code": standard.code},
                fields={"code": _("The code of a standard stays.")},
            )
        for name, value in _columns(document).items():
            setattr(standard, name, value)
        standard.edited += 1
        standard.save()
        _told("standard.edited", actor, standard)
    return standard


def move_standard(
    standard_id: UUID, move: str, *, actor: Actor, why: str, places: Sequence[str] = ()
) -> Standard:
    """Take a version one step on: submit, send_back, try, publish, confirm, retire (`MOVES`).

    `why` is kept with who and when. `try` names the `places` (paths) where it is measured beside
    the version in force. Publishing puts it into force for cases opened from now on and retires
    the version before it in the same step; open cases keep theirs (law 6).

    Refuses a move that its state does not allow and one without a reason (`NotYet`), a trial
    without places, publishing beside another standard that would rule the same cases, and what the
    SMART check says cannot be kept as it stands (contradictions, overlaps, orphans).
    """
    actor.require("standard.edit", "")
    step = MOVES.get(move)
    if step is None:
        raise NotYet(
            _("There is no such step: %(move)s. There are: %(moves)s.")
            % {"move": move, "moves": ", ".join(MOVES)},
            fields={"move": _("Choose one of the steps.")},
        )
    why = _said(why)
    with acting(actor):
        one_at_a_time("standards", actor.company_id)
        standard = _locked(standard_id, actor)
        if standard.state not in step.froms:
            raise NotYet(
                _("%(standard)s is %(state)s: this step cannot be taken now. Open it again.")
                % {"standard": standard, "state": standard.get_state_display()}
            )
        _take(standard, step, actor, why=why, places=list(places))
    return standard


def put_in_force(document: Document, *, actor: Actor, why: str) -> Standard:
    """Write a version, submit and publish it in one step: what ships, and what a page decides."""
    why = _said(why)
    with acting(actor):
        standard = draft_standard(document, actor=actor)  # from here on it is this one's turn
        for move in ("submit", "publish"):
            _take(standard, MOVES[move], actor, why=why, places=[])
    return standard


def change_asking(standard_id: UUID, asking: Asking, *, actor: Actor) -> Standard:
    """Put the next version of a standard into force that asks afterwards as `asking` says, and is
    the same in all else. Cases that are open keep the version they were opened under (law 6).

    Refuses what is not in force and shares that cannot be kept apart (`NotYet`).
    """
    actor.require("standard.edit", "")
    with acting(actor):
        one_at_a_time("standards", actor.company_id)
        old = only(Standard.objects.seen_by(actor).filter(id=standard_id, state="published"))
        if old is None:
            raise Unknown(_("There is no such standard in force any more. Open the page again."))
        document = old.document.model_copy(update={"asking": asking})
        return put_in_force(document, actor=actor, why=str(_("Who is called afterwards")))


def install_defaults(*, actor: Actor) -> list[Standard]:
    """Publish the shipped standards of this company once; those already there are left alone."""
    with acting(actor):
        one_at_a_time("standards", actor.company_id)
        have = set(
            Standard.objects.filter(company_id=actor.company_id).values_list("code", flat=True)
        )
        return [
            put_in_force(shipped, actor=actor, why=str(_("Comes with the product")))
            for shipped in DEFAULTS
            if shipped.code not in have
        ]


def tell_reviews(*, actor: Actor) -> int:
    """Tell everybody who writes the company's standards which standards and procedures come up for
    review within thirty days, or are overdue; how many. Each once for each date, and safe to
    repeat: what was reviewed is told again before its next date. While nobody is there, it waits.
    Tells standard.review_told and procedure.review_told.
    """
    with acting(actor):
        one_at_a_time("standards", actor.company_id)
        near = [row for model in (Standard, Procedure) for row in _near(model, actor)]
        near.sort(key=lambda row: row.review_on)
        accounts = sorted(holders("standard.edit", actor=actor)) if near else []
        if not accounts:
            return 0
        for row in near:
            said = {"code": row.code, "version": row.version, "on": row.review_on.isoformat()}
            kind = row._meta.model_name
            tell(f"{kind}.review_told", subject=(kind, row.id), actor=actor, said=said)
        first = near[0]
        facts = {
            "on": first.review_on.isoformat(), "count": len(near),
            "names": [row.name for row in near[:MOST_NAMED]],
        }  # fmt: skip
        notes = [
            Note(
                key=f"review:{first.id}:{first.review_on}", kind="review.due", account=account,
                subject=(str(first._meta.model_name), first.id), facts=facts, email=True,
            )
            for account in accounts
        ]  # fmt: skip
        queue_messages(notes, actor=actor)
    return len(near)


def _near(model: type[Standard] | type[Procedure], actor: Actor) -> list[Any]:
    """What comes up for review and was not told yet."""
    mine = model.objects.filter(company_id=actor.company_id, state="published")
    near: list[Any] = list(mine.filter(review_on__lte=today(actor.company_id) + REVIEW_NOTICE))
    told = Event.objects.filter(
        name=f"{model._meta.model_name}.review_told", subject_id__in=[row.id for row in near]
    )
    dates = {(id, said.get("on")) for id, said in told.values_list("subject_id", "said")}
    return [row for row in near if (row.id, row.review_on.isoformat()) not in dates]


def _columns(document: Document) -> dict[str, Any]:
    """The text as the table keeps it: each part without what is at its default."""
    said = plain(document)
    blank = {field.name: field.get_default() for field in Standard._meta.fields}
    return {name: said.get(name, blank[name]) for name in TEXT}


def _check(document: Document) -> None:
    for field, faults in (
        ("limits", limit_faults(document.limits)),
        ("asking", asking_faults(document.asking)),
    ):
        if faults:
            raise NotYet(
                _("This part of the standard cannot stand: %(faults)s. Mend it and save again.")
                % {"faults": ", ".join(faults)},
                fields={field: ", ".join(faults)},
            )


def _said(why: str) -> str:
    if not why.strip():
        raise NotYet(
            _("Say in a few words why. It is kept with the version."),
            fields={"why": _("Please fill this in; it is needed.")},
        )
    return why.strip()


def _locked(standard_id: UUID, actor: Actor) -> Standard:
    seen = Standard.objects.seen_by(actor).filter(id=standard_id)
    standard = seen.select_for_update().first()
    if standard is None:
        raise Unknown(_("There is no such standard, or you may not see it."))
    return standard


def _take(standard: Standard, move: Move, actor: Actor, *, why: str, places: list[str]) -> None:
    moment = now()
    communities = Place.objects.seen_by(actor).filter(kind="community", path__in=places)
    if move.name == "try" and (not places or communities.count() != len(set(places))):
        raise NotYet(
            _("Choose at least one community where it is tried."),
            fields={"places": _("Choose at least one community.")},
        )
    if move.name == "publish":
        _alone(standard)
        _sound(standard, actor)
        for old in Standard.objects.filter(
            company_id=actor.company_id, code=standard.code, state="published"
        ):
            _stepped(old, MOVES["retire"], actor, why=why, at=moment)
    _stepped(standard, move, actor, why=why, at=moment, places=places)


def _stepped(
    standard: Standard, move: Move, actor: Actor, *, why: str, at: Any, places: Sequence[str] = ()
) -> None:
    standard.state = move.to
    standard.trial_places = list(places) if move.name == "try" else []
    if move.name == "publish":
        standard.published_at = at
    if move.name in ("publish", "confirm"):
        standard.review_on = months_after(day_of(at, actor.company_id), standard.review_months)
    if move.name == "retire":
        standard.retired_at, standard.review_on = at, None
    standard.save(
        update_fields=["state", "trial_places", "published_at", "retired_at", "review_on"]
    )
    step = Step.objects.create(
        company_id=actor.company_id,
        standard=standard,
        move=move.name,
        at=at,
        by=actor.id,
        why=why,
        own=move.name in ("try", "publish") and _submitted_by(standard) == actor.id,
        places=list(places),
    )
    _told(move.tells, actor, standard, step)


def _submitted_by(standard: Standard) -> UUID | None:
    found = standard.steps.filter(move="submit").order_by("-at", "-id").first()
    return found.by if found else None


def _alone(standard: Standard) -> None:
    """Refuse to publish beside a standard that would rule some case as closely."""
    others = Standard.objects.filter(company_id=standard.company_id, state="published")
    rivals = tied(
        standard.kinds,
        standard.where,
        [(o, o.kinds, o.where) for o in others.exclude(code=standard.code)],
    )
    if rivals:
        raise NotYet(
            _(
                "%(rival)s would rule the same cases as this one. Give one of them places, "
                "categories or urgencies of its own, or retire the other first."
            )
            % {"rival": rivals[0]},
            fields={"scope": str(rivals[0])},
        )


def _sound(standard: Standard, actor: Actor) -> None:
    """Refuse to publish what contradicts itself or others, or points at what there is not."""
    found = check(standard.document, world_of(actor))
    stops = [one for one in found if one.severity == "stop"]
    if stops:
        raise NotYet(
            _("%(standard)s cannot be published as it is. %(why)s")
            % {"standard": standard, "why": " ".join(one.words for one in stops)},
            fields={one.where: one.words for one in stops},
        )


def _told(name: str, actor: Actor, standard: Standard, *more: Step) -> None:
    tell(
        name,
        subject=("standard", standard.id),
        actor=actor,
        said={"code": standard.code, "version": standard.version},
        wrote=written(standard, *more),
    )
