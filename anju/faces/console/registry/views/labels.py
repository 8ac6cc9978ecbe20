"""QR labels, printed as sheets. What a scan opens is the portal's."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.domains.community.queries import desk_line
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.export import download, file_name
from anju.foundation.lib import now
from anju.foundation.places.commands import make_labels
from anju.foundation.places.labels import MOST, Sticker, sheet
from anju.foundation.places.models import Asset, Place
from anju.foundation.places.queries import community_names
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.errors import NotYet


@door("place.see", methods="POST")
def place_labels(request: Request) -> HttpResponseBase:
    """The labels of the chosen places, as an A4 sheet."""
    rows = Place.objects.seen_by(request.actor).filter(id__in=_picked(request))
    return _sheet(request, list(rows.order_by("full_code")[: MOST + 1]))


@door("place.see", methods="POST")
def asset_labels(request: Request) -> HttpResponseBase:
    """The labels of the chosen equipment, as an A4 sheet."""
    rows = Asset.objects.seen_by(request.actor).filter(id__in=_picked(request))
    return _sheet(request, list(rows.select_related("place").order_by("code")[: MOST + 1]))


def _picked(request: Request) -> list[UUID]:
    try:
        return [UUID(one) for one in request.POST.getlist("pick")]
    except ValueError:
        raise NotYet(_("Choose the rows again; the page had changed.")) from None


def _sheet(request: Request, subjects: Sequence[Any]) -> HttpResponseBase:
    if not subjects:
        raise NotYet(_("Nothing was chosen. Tick the rows to print labels for."))
    if len(subjects) > MOST:
        raise NotYet(
            _("At most %(most)d labels can be printed at once. Choose fewer rows.") % {"most": MOST}
        )
    actor, names = request.actor, community_names(actor=request.actor)
    made = make_labels(subjects, actor=actor)
    stickers = [
        _sticker(subject, label.code, names) for subject, label in zip(subjects, made, strict=True)
    ]
    place = subjects[0] if isinstance(subjects[0], Place) else subjects[0].place
    line = desk_line(place.path, actor=actor)
    content = sheet(stickers, url=settings.URL, phone=line.phone if line else "")
    name = file_name([_("labels")], "pdf", at=now(), zone=timezone.get_current_timezone())
    return download(content if isinstance(content, bytes) else content[0], name)


def _sticker(subject: Place | Asset, short: str, names: dict[str, str]) -> Sticker:
    place = subject if isinstance(subject, Place) else subject.place
    above = " ".join(names[path] for path in ancestors(place.path) if path in names)
    if isinstance(subject, Asset):
        return Sticker(short, subject.code, subject.name, above)
    name = "" if subject.name == subject.code else subject.name
    return Sticker(short, subject.full_code, name, above)
