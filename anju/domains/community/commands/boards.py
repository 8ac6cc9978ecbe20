"""Announcements on paper: hung at a board with a photo, and taken down."""

from typing import Any, BinaryIO
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.domains.community.commands.notices import locked
from anju.domains.community.models import Notice, Posting
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.files.commands import keep_file
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only


def post_at_board(
    notice: Notice, board: str, photo: BinaryIO, *, actor: Actor, name: str = ""
) -> Posting:
    """Record that an announcement hangs at a board; the photo shows it.

    Refuses (`NotYet`) an empty board, one where it hangs already, what is no picture, and an
    announcement that is not shown yet, was withdrawn or is over.
    """
    where, moment = board.strip(), now()
    if not where or len(where) > 60:
        raise _wrong(
            "board", _("Say which board in a few words, for example: lobby of building 3.")
        )
    with acting(actor):
        notice = locked(notice.id, actor=actor)
        if notice.over or notice.published_at is None:
            raise NotYet(_("Only an announcement that is shown can be hung at a board."))
        if Posting.objects.filter(notice=notice, board=where, removed_at=None).exists():
            raise _wrong("board", _("It hangs at this board already."))
        kept = keep_file(photo, actor=actor, name=name)
        if not kept.is_picture:
            raise _wrong("photo", _("This is no picture. Take a photo of the board."))
        posting = Posting.objects.create(
            company_id=actor.company_id,
            notice=notice,
            board=where,
            photo=kept,
            by=actor.id,
            at=moment,
        )
        _told("notice.posted", posting, actor)
    return posting


def take_down(posting_id: UUID, *, actor: Actor) -> Posting:
    """Record that it hangs there no more, as of now. Refuses (`Conflict`) the second time."""
    with acting(actor):
        mine = Posting.objects.filter(
            company_id=actor.company_id, notice__in=Notice.objects.seen_by(actor)
        )
        mine = mine.select_related("notice__place").select_for_update(of=("self",))
        posting = only(mine.filter(id=posting_id))
        if posting is None:
            raise Unknown(_("There is no such record, or you may not see it."))
        actor.require("notice.edit", posting.notice.place.path)
        if posting.removed_at:
            raise Conflict(_("It was taken down already. Open the page again."))
        posting.removed_at, posting.removed_by = now(), actor.id
        posting.version += 1
        posting.save(update_fields=["removed_at", "removed_by", "version"])
        _told("notice.taken_down", posting, actor)
    return posting


def _told(name: str, posting: Posting, actor: Actor) -> None:
    tell(
        name,
        subject=("place", posting.notice.place_id),
        actor=actor,
        said={"notice": str(posting.notice_id), "posting": str(posting.id)},
        wrote=written(posting),
    )


def _wrong(name: str, words: Any) -> NotYet:
    return NotYet(words, fields={name: words})
