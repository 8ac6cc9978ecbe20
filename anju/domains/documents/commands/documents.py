"""Writing controlled documents, taking them through review, telling when the next one is due."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.db.models import F, Max, Q
from django.utils.translation import gettext_lazy as _

from anju.domains.documents.commands.readers import ask_for
from anju.domains.documents.models import Document, Step
from anju.domains.documents.queries import owners, paper_in_force
from anju.domains.documents.rules import KINDS, MOVES, Move, faults_of, lines, words
from anju.engine.library.commands import install_piece
from anju.engine.library.models import Installed
from anju.engine.procedures.models import Procedure
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.files.commands import keep_file
from anju.foundation.lib import months_after, now
from anju.foundation.messages.commands.queueing import Note, queue_messages
from anju.foundation.people.models import Post
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only
from anju.foundation.tenancy.turns import one_at_a_time

LONGEST = {"code": 32, "title": 120, "retention": 60, "text": 100_000}
LONGEST_LINE, MOST_LINES = 200, 40
MANUAL = "manual-procedures"
CODE = re.compile(r"[\w.-]+")  # it stands in addresses


@dataclass(frozen=True, kw_only=True)
class DocumentText:
    """What is written of a revision. `paper`: "procedure:repair" where it is one of the house's;
    `basis`: what it rests on, one a line."""

    code: str
    title: str
    kind: str
    owner: UUID | None = None
    retention: str = ""
    review_months: int = 12
    basis: str = ""
    text: str = ""
    paper: str = ""


def draft_document(
    said: DocumentText, *, actor: Actor, file: BinaryIO | None = None, name: str = ""
) -> Document:
    """Write the next revision of the document `said.code` as a draft; nobody works by it yet. With
    neither text nor paper nor file of its own, it begins with those of the revision before.

    Refuses (`NotYet`) with fields what is missing, unknown or too long and what the file room does
    not take, (`Conflict`) a second revision in preparation. Tells document.drafted.
    """
    actor.require("standard.edit", "")
    with acting(actor):
        one_at_a_time("documents", actor.company_id)
        body = _body(said, actor)
        mine = Document.objects.filter(company_id=actor.company_id, code=body["code"])
        if other := mine.in_preparation().first():
            words_ = _("%(other)s is in preparation already. Go on with it, or publish it first.")
            raise Conflict(words_ % {"other": other})
        last = mine.aggregate(n=Max("version"))["n"] or 0
        row = Document(company_id=actor.company_id, version=last + 1, **body)
        if file:
            row.file = keep_file(file, actor=actor, name=name).id
        elif last and not row.text and not row.paper:
            before = mine.was_used().order_by("-version").first()
            row.file = before.file if before else None
        row.save(force_insert=True)
        _told("document.drafted", row, actor)
    return row


def edit_document(
    id: UUID,
    said: DocumentText,
    *,
    edited: int,
    actor: Actor,
    file: BinaryIO | None = None,
    name: str = "",
) -> Document:
    """Save a draft again. `edited`: the count the writer saw; without a file the one there
    stays until a text or a paper takes its place.

    Refuses what `draft_document` refuses, a revision that is in review or later and another code
    (`NotYet`), a draft that somebody saved meanwhile (`Conflict`). Tells document.edited.
    """
    actor.require("standard.edit", "")
    with acting(actor):
        row = _held(id, actor)
        body = _body(said, actor)
        if row.state != "draft":
            raise NotYet(
                _("Only a draft can be written. Send this version back first, or make a new one.")
            )
        if row.edited != edited:
            raise Conflict(
                _("Somebody saved this draft meanwhile. What you wrote is below; compare and save.")
            )
        if body["code"] != row.code:
            stays = _("The code of a document stays; write a new document for another one.")
            raise NotYet(stays, fields={"code": stays})
        for field, value in body.items():
            setattr(row, field, value)
        if file:
            row.file = keep_file(file, actor=actor, name=name).id
        elif row.text or row.paper:
            row.file = None
        row.edited += 1
        row.save()
        _told("document.edited", row, actor)
    return row


def move_document(id: UUID, move: str, *, actor: Actor, why: str) -> Document:
    """Take a revision one step on: submit, give_up, send_back, enforce, confirm, withdraw
    (`MOVES`). `why` is kept with who and when.

    From its review on it is frozen: a paper of the house it points at is pinned to the version in
    force then. Enforcing makes the revision before obsolete in the same step. Refuses (`NotYet`) a
    step its state does not allow, one without a reason, a review of a revision that says nothing or
    more than one thing, or points at a paper that is not in force. Tells document.submitted,
    .given_up, .sent_back, .enforced, .confirmed, .withdrawn.
    """
    actor.require("standard.edit", "")
    step = MOVES.get(move)
    if step is None:
        raise NotYet(
            _("There is no such step: %(move)s. There are: %(moves)s.")
            % {"move": move, "moves": ", ".join(MOVES)},
            fields={"move": _("Choose one of the steps.")},
        )
    if not why.strip():
        raise NotYet(
            _("Say in a few words why. It is kept with the version."),
            fields={"why": _("Please fill this in; it is needed.")},
        )
    with acting(actor):
        one_at_a_time("documents", actor.company_id)
        row = _held(id, actor)
        if row.state != step.come_from:
            raise NotYet(
                _("%(standard)s is %(state)s: this step cannot be taken now. Open it again.")
                % {"standard": row, "state": row.get_state_display()}
            )
        if move == "submit":
            _whole(row, actor)
        moment = now()
        if move == "enforce":
            for old in Document.objects.select_for_update().filter(
                company_id=actor.company_id, code=row.code, state="in_force"
            ):
                _stepped(old, MOVES["withdraw"], actor, why=why, at=moment)
        _stepped(row, step, actor, why=why, at=moment)
        if move in ("enforce", "withdraw"):
            ask_for("document", row.code, actor=actor)
    return row


def take_procedures(*, actor: Actor) -> int:
    """Make every procedure of the house a controlled document that points at it, without a copy:
    in force where the procedure is, else a draft; those of the quality manual come out of the
    library first, where they were not installed. How many were written; safe to repeat."""
    actor.require("standard.edit", "")
    with acting(actor):
        one_at_a_time("documents", actor.company_id)
        mine = {"company_id": actor.company_id}
        if not Installed.objects.filter(**mine, piece=MANUAL).exists():
            install_piece(MANUAL, actor=actor)
        known = set(Document.objects.filter(**mine).values_list("paper", flat=True))
        taken = set(Document.objects.filter(**mine).values_list("code", flat=True))
        papers = {p.code: p for p in Procedure.objects.filter(**mine).exclude(state="retired")}
        made = 0
        for code, paper in sorted(papers.items()):
            if f"procedure:{code}" in known or code in taken:
                continue
            said = DocumentText(
                code=code,
                title=paper.name,
                kind="procedure",
                paper=f"procedure:{code}",
                basis="\n".join(one["ref"] for one in paper.body.get("basis", ())),
            )
            draft = draft_document(said, actor=actor)
            if Procedure.objects.filter(**mine, code=code).in_force().exists():
                why = str(_("The procedure is in force."))
                move_document(draft.id, "submit", actor=actor, why=why)
                move_document(draft.id, "enforce", actor=actor, why=why)
            made += 1
    return made


def tell_reviews(*, actor: Actor) -> int:
    """Tell whoever keeps the documents, and who holds the post of the owner, of every review whose
    day has come; how many. Each once; a review that nobody is there for waits. Tells
    document.review_told."""
    told = 0
    with acting(actor):
        day = today(actor.company_id)
        due = Document.objects.filter(
            ~Q(told=F("review_on")) | Q(told=None), company_id=actor.company_id, state="in_force",
            review_on__lte=day,
        )  # fmt: skip
        for row in due.select_for_update(skip_locked=True):
            accounts = owners(row, actor=actor)
            if not accounts:
                continue
            row.told = row.review_on
            row.save(update_fields=["told"])
            facts = {"title": row.title, "code": row.code, "on": f"{row.review_on:%Y-%m-%d}"}
            notes = [
                Note(
                    key=f"document:{row.id}:{row.review_on}",
                    kind="document.review",
                    account=account,
                    subject=("document", row.id),
                    facts=facts,
                    email=True,
                )
                for account in sorted(accounts)
            ]
            queue_messages(notes, actor=actor)
            _told("document.review_told", row, actor)
            told += 1
    return told


def _body(said: DocumentText, actor: Actor) -> dict[str, Any]:
    text = {
        "code": words(said.code),
        "title": words(said.title),
        "retention": words(said.retention),
        "text": said.text.strip(),
    }
    faults = faults_of(text, LONGEST, ("code", "title"))
    if text["code"] and not CODE.fullmatch(text["code"]):
        faults["code"] = _(
            "The code is made of letters, numbers, hyphens and dots, for example QI-07."
        )
    if said.kind not in dict(KINDS):
        faults["kind"] = _("Choose one of the list.")
    basis = lines(said.basis)
    if len(basis) > MOST_LINES or any(len(line) > LONGEST_LINE for line in basis):
        faults["basis"] = _("At most 40 lines of 200 characters: one law or norm a line.")
    if not 1 <= said.review_months <= 60:
        faults["review_months"] = _("Say a number of months from 1 to 60.")
    if said.paper and paper_in_force(said.paper, actor=actor, drafts=True) is None:
        faults["paper"] = _("There is no such paper of the house. Choose one of the list.")
    posts = Post.objects.filter(company_id=actor.company_id)
    if said.owner and not posts.filter(id=said.owner).exists():
        faults["owner"] = _("Choose one of the list.")
    if faults:
        raise NotYet(_("Nothing was saved yet, and nothing is lost."), fields=faults)
    return {
        **text,
        "kind": said.kind,
        "owner_id": said.owner,
        "review_months": said.review_months,
        "basis": basis,
        "paper": said.paper,
    }


def _whole(row: Document, actor: Actor) -> None:
    """Refuse to review what says nothing, or more than one thing; pin the paper it points at."""
    if sum(map(bool, (row.text, row.paper, row.file))) != 1:
        words_ = _("A document says one thing: a text, a file, or a paper of the house.")
        raise NotYet(words_, fields={"text": words_})
    if not row.paper:
        return
    paper = paper_in_force(row.paper, actor=actor)
    if paper is None:
        words_ = _("What it points at is not in force yet. Publish that first.")
        raise NotYet(words_, fields={"paper": words_})
    row.pinned = paper.id


def _stepped(row: Document, step: Move, actor: Actor, *, why: str, at: datetime) -> None:
    row.state = step.to
    if step.name == "send_back":
        row.pinned = None
    if step.name == "enforce":
        row.in_force_at = at
    if step.name in ("enforce", "confirm"):
        row.review_on = months_after(today(actor.company_id), row.review_months)
    if step.to == "obsolete":
        row.obsolete_at, row.review_on = at, None
    row.save(update_fields=["state", "pinned", "in_force_at", "obsolete_at", "review_on"])
    submitted = row.steps.filter(move="submit").order_by("-at", "-id").first()
    taken = Step.objects.create(
        company_id=actor.company_id,
        document=row,
        move=step.name,
        at=at,
        by=actor.id,
        why=why.strip()[:300],
        own=step.name == "enforce" and submitted is not None and submitted.by == actor.id,
    )
    _told(step.tells, row, actor, taken)


def _held(id: UUID, actor: Actor) -> Document:
    row = only(Document.objects.seen_by(actor).select_for_update(of=("self",)).filter(id=id))
    if row is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return row


def _told(name: str, row: Document, actor: Actor, *more: Step) -> None:
    tell(
        name,
        subject=("document", row.id),
        actor=actor,
        said={"code": row.code, "version": row.version},
        wrote=written(row, *more),
    )
