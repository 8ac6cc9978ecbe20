"""Giving papers to read, reminding, signing."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from anju.domains.documents.models import Distribution, Reading
from anju.domains.documents.reading import KINDS, TARGETS, people_of, title_of, to_read
from anju.foundation.access.models import Account
from anju.foundation.access.rules import ROLES
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.messages.commands.queueing import Note, queue_messages
from anju.foundation.people.models import Person, Post, Team
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only

MOST = 500


def distribute(
    kind: str, code: str, targets: Sequence[str], *, actor: Actor, remind_days: int = 7,
    edited: int = 0,
) -> Distribution:  # fmt: skip
    """Say who reads a document or a standard: this version in force, and each one after it.

    Who is on the list has it to read at once; who is off it is asked no more. Refuses (`NotYet`)
    with fields an unknown paper or target, and days that are none from 1 to 90; (`Conflict`) a
    list somebody wrote meanwhile. Tells reading.distributed.
    """
    actor.require("standard.edit", "")
    with acting(actor):
        chosen = _checked(kind, code, targets, remind_days, actor=actor)
        mine = Distribution.objects.select_for_update().filter(company_id=actor.company_id)
        row = mine.filter(kind=kind, code=code).first()
        if row is None:
            row = Distribution(company_id=actor.company_id, kind=kind, code=code)
        elif row.edited != edited:
            raise Conflict(_("Somebody changed this meanwhile. Look at it again before you save."))
        row.targets, row.remind_days, row.edited = chosen, remind_days, row.edited + 1
        try:
            with acting(actor):
                row.save()
        except IntegrityError:
            words = _("Somebody changed this meanwhile. Look at it again before you save.")
            raise Conflict(words) from None
        tell(
            "reading.distributed",
            subject=("distribution", row.id),
            actor=actor,
            said={"code": code, "count": len(chosen)},
            wrote=written(row),
        )
        _ask(row, actor)
    return row


def ask_readers(*, actor: Actor) -> int:
    """Give the version in force of every paper to who is on its list and does not have it yet,
    end what nobody has to read any more, and remind once who has not read after the days of the
    list; how many were asked or reminded. Safe to repeat. Tells reading.asked, reading.ended and
    reading.reminded."""
    told = 0
    with acting(actor):
        mine = Distribution.objects.filter(company_id=actor.company_id)
        ids = list(mine.order_by("id").values_list("id", flat=True))
    for id in ids:  # each in a transaction of its own: nobody who signs waits for all of them
        with acting(actor):
            for row in mine.filter(id=id).select_for_update(skip_locked=True):
                told += _ask(row, actor)
                told += _remind(row, actor)
    return told


def sign_reading(reading_id: UUID, *, actor: Actor) -> Reading:
    """Say that one has read it. Only who has it to read can.

    Refuses (`Unknown`) what is another's, (`NotYet`) what is not asked any more, (`Conflict`) the
    second time. Tells reading.signed.
    """
    with acting(actor):
        own = own_reading(reading_id, actor=actor).id
        # Held: another version may come into force at this moment.
        row = Reading.objects.select_for_update().get(id=own)
        if row.ended_at is not None:
            raise NotYet(_("Another version is in force, or this is not yours to read any more."))
        if row.signed_at is not None:
            raise Conflict(_("You have signed this already."))
        row.signed_at = now()
        row.save(update_fields=["signed_at"])
        _told("reading.signed", [row], actor)
    return row


def own_reading(reading_id: UUID, *, actor: Actor) -> Reading:
    """The reading, where it is the actor's own.

    No grant is asked: having it to read is the right to it.
    """
    row = None
    if actor.person_id is not None:
        mine = Reading.objects.filter(company_id=actor.company_id, person_id=actor.person_id)
        row = only(mine.filter(id=reading_id))
    if row is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return row


def ask_for(kind: str, code: str, *, actor: Actor) -> int:
    """The same as `ask_readers` for one paper, without reminding: what a new version asks at once.

    No grant is asked: whoever puts a version into force has shown it.
    """
    with acting(actor):
        lists = Distribution.objects.filter(company_id=actor.company_id, kind=kind, code=code)
        return sum(_ask(row, actor) for row in lists.select_for_update())


def _checked(
    kind: str, code: str, targets: Sequence[str], remind_days: int, *, actor: Actor
) -> list[str]:
    if kind not in KINDS or to_read(kind, code, actor=actor) is None:
        raise Unknown(_("No version of this is in force: there is nothing to read yet."))
    faults: dict[str, Any] = {}
    chosen = sorted(set(targets))
    if len(chosen) > MOST or _strange(chosen, actor):
        faults["targets"] = _("Choose from the list.")
    if not 1 <= remind_days <= 90:
        faults["remind_days"] = _("Say a number of days from 1 to 90.")
    if faults:
        raise NotYet(_("Nothing was saved yet, and nothing is lost."), fields=faults)
    return chosen


def _strange(targets: Sequence[str], actor: Actor) -> bool:
    """Whether one of them is not there."""
    models: dict[str, Any] = {"post": Post, "team": Team, "person": Person}
    by: dict[str, set[str]] = {}
    for target in targets:
        kind, _sep, value = target.partition(":")
        by.setdefault(kind, set()).add(value)
    if by.keys() - set(TARGETS) or by.pop("role", set()) - set(ROLES):
        return True
    for kind, values in by.items():
        try:
            ids = {UUID(value) for value in values}
        except ValueError:
            return True
        if models[kind].objects.filter(company_id=actor.company_id, id__in=ids).count() < len(ids):
            return True
    return False


def _ask(row: Distribution, actor: Actor) -> int:
    paper = to_read(row.kind, row.code, actor=actor)
    mine = Reading.objects.filter(company_id=actor.company_id, kind=row.kind, code=row.code)
    people = people_of(row.targets, actor=actor) if paper else set()
    # Held until this is through: a seal covers the whole row, and somebody may sign meanwhile.
    held = mine.select_for_update().order_by("id")
    known = list(held.filter(paper=paper.id)) if paper else []
    standing = held.filter(ended_at=None)
    old = standing.exclude(paper=paper.id) if paper else standing
    gone = [*old, *(one for one in known if not one.ended_at and one.person_id not in people)]
    back = [one for one in known if one.ended_at and one.person_id in people]
    have = {one.person_id for one in known}
    new = [
        Reading(
            company_id=actor.company_id,
            kind=row.kind,
            code=row.code,
            paper=paper.id,
            version=paper.version,
            title=title_of(paper),
            person_id=person,
        )
        for person in sorted(people - have)
    ]
    for one in gone:
        one.ended_at = now()
    for one in back:
        one.ended_at = None
    Reading.objects.bulk_update([*gone, *back], ["ended_at"])
    Reading.objects.bulk_create(new)
    _told("reading.ended", gone, actor)
    _told("reading.asked", [*new, *back], actor)
    _note("reading.asked", new, actor)
    return len(new)


def _remind(row: Distribution, actor: Actor) -> int:
    since = now() - timedelta(days=row.remind_days)
    late = list(
        Reading.objects.standing()
        .select_for_update()  # as in `_ask`
        .filter(company_id=actor.company_id, kind=row.kind, code=row.code, asked_at__lte=since)
        .filter(signed_at=None, reminded_at=None)
        .order_by("id")
    )
    for one in late:
        one.reminded_at = now()
    Reading.objects.bulk_update(late, ["reminded_at"])
    _told("reading.reminded", late, actor)
    _note("reading.late", late, actor)
    return len(late)


def _note(kind: str, rows: Sequence[Reading], actor: Actor) -> None:
    people = {one.person_id for one in rows}
    accounts = Account.objects.filter(
        company_id=actor.company_id, person_id__in=people, closed_at=None
    )
    by = dict(accounts.order_by("created_at").values_list("person_id", "id")) if people else {}
    notes = [
        Note(
            key=f"{kind}:{one.id}",
            kind=kind,
            account=by[one.person_id],
            subject=("reading", one.id),
            facts={"title": one.title, "version": one.version},
        )
        for one in rows
        if one.person_id in by
    ]
    if notes:
        queue_messages(notes, actor=actor)


def _told(name: str, rows: Sequence[Reading], actor: Actor) -> None:
    if rows:
        tell(
            name,
            subject=(rows[0].kind, rows[0].paper),
            actor=actor,
            said={"code": rows[0].code, "count": len(rows)},
            wrote=written(*rows),
        )
