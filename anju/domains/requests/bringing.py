"""Something wrong, reported on a telephone without a signal, brought by it later."""

from django.utils import timezone
from django.utils.translation import gettext as _

from anju.domains.requests.commands import Seen, report_seen
from anju.engine.loop.commands.evidence import Given
from anju.engine.loop.models import WorkOrder
from anju.engine.offline.doing import Brought
from anju.engine.offline.rules import LATE
from anju.foundation.lib import given_id, now
from anju.foundation.places.models import Asset, Label, Place
from anju.foundation.tenancy.errors import Unknown
from anju.foundation.tenancy.rows import only


def bring_report(one: Brought) -> None:
    """`report` of `POST /api/v1/commands`: `words`, or a photo or a voice in `file` or `files`. Its
    subject is the work somebody was at, and it becomes a case where that is; or a new id, and where
    it is is said by the code of a `label` read there, by a `work` or a `place`, the first of these
    that is known. What is promised of it runs from when it came: nobody could go there before; when
    it was seen stands with it."""
    place, asset = _where(one)
    words = one.text("words")[:2000]
    if now() - one.at > LATE:
        seen = _("Seen at %(at)s, without a signal.") % {
            "at": f"{timezone.localtime(one.at):%m-%d %H:%M}"
        }
        words = f"{words or _title(one)} {seen}"
    photos = [Given(file.name, file) for file in one.files.values()]
    report_seen(Seen(words or _title(one), place, asset, photos), actor=one.actor)


def _where(one: Brought) -> tuple[Place | None, Asset | None]:
    actor, code = one.actor, one.text("label")[:12]
    known = Label.objects.seen_by(actor).select_related("asset__place", "place")
    works = WorkOrder.objects.seen_by(actor).select_related("asset__place", "place")
    there: Label | WorkOrder | None = only(known.filter(code=code)) if code else None
    for id in (one.subject, given_id(one.text("work"))):
        there = there or only(works.filter(id=id))
    if there:
        return (there.asset.place if there.asset else there.place), there.asset
    place = only(Place.objects.seen_by(actor).standing().filter(id=given_id(one.text("place"))))
    if place is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return place, None


def _title(one: Brought) -> str:
    """What a case is called that nobody wrote a word about."""
    spoken = any(file.kind.startswith("audio/") for file in one.files.values())
    return _("Listen to the voice") if spoken else _("See the photo") if one.files else ""
