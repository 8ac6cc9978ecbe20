"""Announcements: published to a place, withdrawn, read."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anju.domains.community.households import Household
from anju.domains.community.models import Notice, NoticeRead
from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


def publish(
    place: Place,
    *,
    title: str,
    text: str,
    actor: Actor,
    until: datetime | None = None,
    kind: str = "",
) -> Notice:
    """Tell everybody who lives at a place or below it, from now until a moment or its withdrawal;
    an `outage` also whoever answers the telephone.

    Refuses (`NotYet`) an empty title or text and an end that lies behind us, (`Refused`) a place
    where the actor may not publish.
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
        notice = Notice.objects.create(
            company_id=actor.company_id,
            place=place,
            title=title.strip()[:120],
            text=text.strip()[:4000],
            kind=kind,
            until=until,
            by=actor.id,
        )
        tell(
            "notice.published",
            subject=("place", place.id),
            actor=actor,
            said={"notice": str(notice.id), "title": notice.title, "kind": kind},
        )
    return notice


def withdraw(notice: Notice, *, actor: Actor) -> None:
    """Show it to nobody any more; who has read it stays known. Done again, it stays as it is."""
    actor.require("notice.edit", notice.place.path)
    with acting(actor):
        open_ones = Notice.objects.filter(
            company_id=actor.company_id, id=notice.id, withdrawn_at=None
        )
        if open_ones.update(withdrawn_at=now()):
            tell(
                "notice.withdrawn",
                subject=("place", notice.place_id),
                actor=actor,
                said={"notice": str(notice.id)},
            )


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
