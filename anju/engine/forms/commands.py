"""Writing, publishing and retiring papers; forms from YAML."""

from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from anju.engine.forms.models import Form
from anju.engine.forms.papers import Paper, refusal, refused
from anju.engine.forms.rules import Form as Sheet
from anju.engine.forms.rules import read_form
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only
from anju.foundation.texts import BadText
from anju.foundation.texts.writing import plain

P = TypeVar("P", bound=Paper)


def draft_form(sheet: Sheet, *, actor: Actor, edits: int | None = None) -> Form:
    """Write the next version of a form as a draft, or change the draft there is (`draft_paper`)."""
    return draft_paper(Form, plain(sheet), actor=actor, edits=edits)


def import_form(text: str | bytes, *, actor: Actor, edits: int | None = None) -> Form:
    """The same from YAML. Refuses (`NotYet`), each fault with its line, what is no form."""
    try:
        sheet = read_form(text)
    except BadText as bad:
        raise refused(str(bad)) from None
    return draft_form(sheet, actor=actor, edits=edits)


def draft_paper(
    model: type[P], body: dict[str, Any], *, actor: Actor, edits: int | None = None
) -> P:
    """Write the next version of a paper as a draft that nothing uses yet, or change the draft.

    `body` is data its schema lets through. `edits`: of the draft the actor saw, None for none;
    refuses (`Conflict`) when somebody has changed or begun one since. Tells `<kind>.drafted`.
    """
    actor.require("standard.edit", "")
    try:
        with acting(actor):
            paper = _written(model, body, actor, edits)
            _told("drafted", paper, actor)
    except IntegrityError:  # somebody else began the same draft at this moment
        raise _changed() from None
    return paper


def _written(model: type[P], body: dict[str, Any], actor: Actor, edits: int | None) -> P:
    mine = model.objects.seen_by(actor).filter(code=body["code"])
    draft: P | None = mine.filter(state="draft").first()
    if draft is None:
        last = mine.aggregate(n=Max("version"))["n"] or 0
        made: P = model.objects.create(
            company_id=actor.company_id, code=body["code"], version=last + 1, name=body["name"],
            body=body,
        )  # fmt: skip
        return made
    same = mine.filter(id=draft.id, state="draft", edits=edits)
    if edits is None or not same.update(name=body["name"], body=body, edits=F("edits") + 1):
        raise _changed()
    again: P = mine.get(id=draft.id)
    return again


def publish_paper(model: type[P], id: UUID, *, actor: Actor) -> P:
    """Put a draft into force; its text is frozen for ever, the version before is retired.

    What was begun under that one keeps it. Refuses (`NotYet`) what is no draft any more and what
    cannot be used, each fault in words. Tells `<kind>.retired` and `<kind>.published`.
    """
    actor.require("standard.edit", "")
    with acting(actor):
        draft = _one(model, id, actor)
        if draft.state != "draft":
            raise NotYet(_("Only a draft can be published. Make a new version first."))
        if faults := draft.faults():
            raise refusal(faults)
        moment = now()
        for old in model.objects.seen_by(actor).in_force().filter(code=draft.code):
            _set(old, actor, "retired", retired_at=moment)
        _set(draft, actor, "published", published_at=moment, **draft.reviewed(moment))
    return draft


def confirm_paper(model: type[P], id: UUID, *, actor: Actor) -> P:
    """Say that it was reviewed and stays as it is; its next review is counted from now.

    Refuses (`NotYet`) what is not in force or has no review. Tells `<kind>.confirmed`.
    """
    actor.require("standard.edit", "")
    with acting(actor):
        paper = _one(model, id, actor)
        review = paper.reviewed(now())
        if paper.state != "published" or not review:
            raise NotYet(_("Only what is in force and has a date of review can be confirmed."))
        _set(paper, actor, "published", told="confirmed", **review)
    return paper


def retire_paper(model: type[P], id: UUID, *, actor: Actor) -> P:
    """Use it no longer, and nothing in its place; what was begun under it keeps it. A draft is
    given up the same way. Tells `<kind>.retired`."""
    actor.require("standard.edit", "")
    with acting(actor):
        paper = _one(model, id, actor)
        if paper.state == "retired":
            raise NotYet(_("This version is retired already."))
        _set(paper, actor, "retired", retired_at=now())
    return paper


def _one(model: type[P], id: UUID, actor: Actor) -> P:
    found: P | None = only(model.objects.seen_by(actor).filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found


def _set(paper: Paper, actor: Actor, state: str, *, told: str = "", **times: Any) -> None:
    mine = type(paper).objects.filter(id=paper.id, state=paper.state, edits=paper.edits)
    if not mine.update(state=state, **times):
        raise _changed()
    paper.state = state
    for name, value in times.items():
        setattr(paper, name, value)
    _told(told or state, paper, actor)


def _changed() -> Conflict:
    return Conflict(_("Somebody changed this meanwhile. Look at it again before you save."))


def _told(what: str, paper: Paper, actor: Actor) -> None:
    tell(
        f"{paper.kind}.{what}",
        subject=(paper.kind, paper.id),
        actor=actor,
        said={"code": paper.code, "version": paper.version},
        wrote=written(paper),
    )
