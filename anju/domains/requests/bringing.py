"""Something wrong, reported on a telephone without a signal, brought by it later."""

from django.utils import timezone
from django.utils.translation import gettext as _

from anju.domains.requests.commands import Seen, report_seen
from anju.engine.loop.commands.evidence import Given
from anju.engine.loop.models import WorkOrder
from anju.engine.offline.doing import Brought
from anju.engine.offline.rules import LATE
from anju.foundation.lib import now
from anju.foundation.tenancy.errors import Unknown


def bring_report(one: Brought) -> None:
    """`report` of `POST /api/v1/commands`, about the work somebody was at: `words`, or a photo or a
    voice in `file` or `files`; it becomes a case where that work is. What is promised of it runs
    from when it came: nobody could go there before; when it was seen stands with it."""
    works = WorkOrder.objects.seen_by(one.actor).select_related("asset__place", "place")
    work = works.filter(id=one.subject).first()
    if work is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    words = one.text("words")[:2000]
    if now() - one.at > LATE:
        seen = _("Seen at %(at)s, without a signal.") % {
            "at": f"{timezone.localtime(one.at):%m-%d %H:%M}"
        }
        words = f"{words or _title(one)} {seen}"
    photos = [Given(file.name, file) for file in one.files.values()]
    place = work.asset.place if work.asset else work.place
    report_seen(Seen(words or _title(one), place, work.asset, photos), actor=one.actor)


def _title(one: Brought) -> str:
    """What a case is called that nobody wrote a word about."""
    spoken = any(file.kind.startswith("audio/") for file in one.files.values())
    return _("Listen to the voice") if spoken else _("See the photo") if one.files else ""
