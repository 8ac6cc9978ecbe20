"""Announcements: written, approved by a second person where that is asked, withdrawn, read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from anju.domains.community.households import Household
from anju.domains.community.models import APPROVALS, Notice, NoticeRead, NoticeRule
from anju.domains.community.queries import approval_of
from anju.engine.loop.models import WorkOrder
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.messages.commands import Note, queue_messages
from anju.foundation.messages.queries import staff
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only

APPROVERS = ("manager", "admin")  # told that one waits; whoever may write there may approve


@dataclass(frozen=True)
class OfWork:
    """The work an announcement is about, from when until when it is planned; `by`: who wrote the
    words, where the machine publishes them."""

    work: WorkOrder
    starts_at: datetime
    ends_at: datetime
    by: UUID | None = None


class Announced(NotYet):
    """The work is announced there already; nothing was written."""

    code = "announced"

    def __init__(self) -> None:
        super().__init__(_("This work is announced already: whoever lives there reads it."))


def publish(
    place: Place,
    *,
    title: str,
    text: str,
    actor: Actor,
    until: datetime | None = None,
    kind: str = "",
    about: OfWork | None = None,
) -> Notice:
    """Tell everybody who lives at a place or below it, from now until a moment or its withdrawal;
    an `outage` also whoever answers the telephone. What is `about` work says how far that is. Where
    the company's rule asks for a second person, nobody sees it until `approve`, and those who
    manage there are told that it waits.

    Refuses (`NotYet`) an empty title or text and an end that lies behind us, (`Refused`) a place
    where the actor may not publish, (`Announced`) work that is announced there already.
    """
    actor.require("notice.edit", place.path)
    fields = {
        name: _("Please fill this in; it is needed.")
        for name, said in (("title", title), ("text", text))
        if not said.strip()
    }
    if until is not None and until <= now():
        fields["until"] = _("That moment is over. Choose a later one, or leave it empty.")
    if fields:
        raise NotYet(_("Some values need another look. Nothing was published."), fields=fields)
    with acting(actor):
        waits = approval_of(actor) in (("all",) if kind == "outage" else ("all", "planned"))
        notice = Notice(
            company_id=actor.company_id,
            published_at=None if waits else now(),
            place=place,
            title=title.strip()[:120],
            text=text.strip()[:4000],
            kind=kind,
            until=until,
            by=actor.id,
        )
        if about is not None:
            notice.work, notice.by = about.work, about.by or actor.id
            notice.starts_at, notice.ends_at = about.starts_at, about.ends_at
            notice.phase, notice.phase_at = "planned", now()
        _add(notice, actor)
        told("notice.drafted" if waits else "notice.published", notice, actor=actor)
        if waits:
            _ask(notice, actor)
    return notice


def _add(notice: Notice, actor: Actor) -> None:
    try:
        with acting(actor):
            notice.save(force_insert=True)
    except IntegrityError as error:  # somebody else was faster, by hand or the ticker
        if "notice_of_work_once" not in str(error):
            raise
        raise Announced from error


def approve(notice_id: UUID, *, actor: Actor) -> Notice:
    """Show an announcement that waits for a second person.

    Refuses whoever wrote it (`NotYet`), one whose end is over (`NotYet`), and one that is shown or
    withdrawn by now (`Conflict`).
    """
    with acting(actor):
        notice = locked(notice_id, actor=actor)
        if notice.by == actor.id:
            raise NotYet(
                _("You wrote it yourself. A second person reads and approves it."), code="own_work"
            )
        moment = now()
        if notice.until is not None and notice.until <= moment:
            raise NotYet(_("Its last day is over. Withdraw it, and write it anew if it is needed."))
        if notice.published_at or notice.withdrawn_at:
            raise Conflict(_("It is shown or withdrawn already. Open the page again."))
        notice.published_at, notice.approved_by = moment, actor.id
        if notice.phase == "planned":
            notice.phase_at = moment
        saved(notice, "published_at", "approved_by", "phase_at")
        told("notice.published", notice, actor=actor)
    return notice


def ask_approval(approval: str, *, actor: Actor) -> None:
    """Say which announcements of the company a second person approves: those of `nobody`, those
    that are `planned` (no known outage), or `all`. What waits goes on waiting.

    Refuses (`Refused`) without `company.edit`, (`NotYet`) anything else.
    """
    actor.require("company.edit", "")
    if approval not in dict(APPROVALS):
        words = _("Choose one of the answers.")
        raise NotYet(words, fields={"approval": words})
    with acting(actor):
        mine = NoticeRule.objects.select_for_update()
        rule, fresh = mine.get_or_create(
            company_id=actor.company_id, defaults={"approval": approval}
        )
        if not fresh:
            rule.approval, rule.version = approval, rule.version + 1
            rule.save(update_fields=["approval", "version"])
        tell(
            "notice.rule",
            subject=("company", actor.company_id),
            actor=actor,
            said={"approval": approval},
            wrote=written(rule),
        )


def _ask(notice: Notice, actor: Actor) -> None:
    """Tell those who manage there that an announcement waits for them; not whoever wrote it."""
    path = notice.place.path
    roles = staff(APPROVERS, actor=actor)
    managers = [a for role in APPROVERS for a in roles.holding(role, path, upwards=False)]
    queue_messages(
        [
            Note(
                key=f"notice.waits:{notice.id}",
                kind="notice.waits",
                account=account,
                subject=("notice", notice.id),
                facts={"title": notice.title, "place": str(notice.place)},
                email=True,
            )
            for account in dict.fromkeys(managers)
            if account != actor.id
        ],
        actor=actor,
    )


def told(name: str, notice: Notice, *, actor: Actor, later: bool = False) -> None:
    """Tell of an announcement that it was changed; `later`: to another time.

    Inside the caller's `acting`."""
    said: dict[str, Any] = {"notice": str(notice.id), "title": notice.title, "kind": notice.kind}
    if notice.work_id:
        said |= {"phase": notice.phase, "starts_at": str(notice.starts_at), "later": later}
    tell(
        name, subject=("place", notice.place_id), actor=actor, said=said, wrote=written(notice)
    )  # fmt: skip


def saved(notice: Notice, *fields: str) -> None:
    """Keep what was changed of an announcement, as its next version.

    No actor: whoever holds it has been asked."""
    notice.version += 1
    notice.save(update_fields=[*fields, "version"])


def locked(notice_id: UUID, *, actor: Actor) -> Notice:
    """The announcement as it stands now; nobody else changes it until the transaction ends.

    Refuses (`Unknown`) one that is not seen, (`Refused`) a place where the actor may not publish.
    """
    mine = Notice.objects.seen_by(actor).select_related("place")
    # Readers go on: a receipt refers to the row and needs its key alone.
    notice = only(mine.select_for_update(of=("self",), no_key=True).filter(id=notice_id))
    if notice is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    actor.require("notice.edit", notice.place.path)
    return notice


def withdraw(notice: Notice, *, actor: Actor) -> None:
    """Show it to nobody any more; who has read it stays known. Done again, it stays as it is."""
    with acting(actor):
        notice = locked(notice.id, actor=actor)
        if notice.withdrawn_at is None:
            notice.withdrawn_at = now()
            saved(notice, "withdrawn_at")
            told("notice.withdrawn", notice, actor=actor)


def mark_read(notice: Notice, *, household: Household) -> None:
    """Somebody of a household has opened it: the first time counts.

    No actor: the household names who is signed in.
    """
    actor = household.actor
    with acting(actor):
        NoticeRead.objects.bulk_create(
            [NoticeRead(company_id=actor.company_id, notice=notice, person=household.person)],
            ignore_conflicts=True,
        )
