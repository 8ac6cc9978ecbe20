"""What an import must know before it judges: the promise, the calendar, the keys already taken."""

from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from anju.domains.requests.history.judging import Ground
from anju.domains.requests.history.mapping import MappingFile
from anju.domains.requests.history.models import HistoryKey
from anju.engine.standards.models import Standard
from anju.foundation.calendars.models import Calendar
from anju.foundation.calendars.queries import work_calendar
from anju.foundation.calendars.rules import WorkCalendar, always
from anju.foundation.tenancy.actor import Actor


@dataclass(frozen=True, slots=True)
class Standing:
    """The row that holds a key: the digest of its content, its number, its file."""

    content: bytes
    row: int
    file: str


def standing_keys(source: str, keys: Collection[str]) -> dict[str, Standing]:
    """Which of these keys of a source are taken, and by what. One query, one index look-up each."""
    # One array, where Django's `IN` would make a parameter of each of 5,000 keys.
    wanted = RawSQL("SELECT unnest(%s::text[])", [list(keys)])
    found = HistoryKey.objects.filter(source=source, key__in=wanted).values_list(
        "key", "content", "row", "batch__file"
    )
    return {key: Standing(bytes(content), row, file) for key, content, row, file in found}


def ground_of(file: MappingFile, *, actor: Actor) -> Ground:
    """The standard's version, the calendar and the zone a mapping names, inside `acting`.

    Raises `BadText` with line and advice where one is not there or they do not fit.
    """
    mapping = file.mapping
    standard = _standard(file, actor)
    kind = mapping.kind.constant
    if kind and kind not in standard.kinds:
        raise file.refusal(
            _("The standard %(code)s does not serve the kind '%(kind)s'.")
            % {"code": mapping.standard, "kind": kind},
            _("It serves: %(kinds)s.") % {"kinds": ", ".join(standard.kinds)},
            "kind",
        )
    return Ground(
        standard=standard.id,
        kinds=tuple(standard.kinds),
        limits=standard.time_limits,
        code=mapping.calendar,
        calendar=_calendar(file),
        zone=ZoneInfo(mapping.zone),
    )


def _standard(file: MappingFile, actor: Actor) -> Standard:
    code, version = file.mapping.standard.split("@")
    standing = Standard.objects.seen_by(actor).exclude(state="draft")
    found = standing.filter(code=code, version=int(version)).first()
    if found is None:
        names = ", ".join(f"{s.code}@{s.version}" for s in standing.order_by("code", "version"))
        raise file.refusal(
            _("There is no published standard %(code)s.") % {"code": file.mapping.standard},
            _("There are: %(names)s.") % {"names": names}
            if names
            else _("Publish one first; new companies begin with repair@1 and complaint@1."),
            "standard",
        )
    return found


def _calendar(file: MappingFile) -> WorkCalendar:
    """The named calendar; a bare date means its day there, so its zone must be the file's."""
    code, zone = file.mapping.calendar, file.mapping.zone
    if code == "always":
        return always(zone)
    row = Calendar.objects.filter(code=code).values_list("id", "zone").first()
    if row is None:
        codes = ", ".join(
            Calendar.objects.exclude(code="always").order_by("code").values_list("code", flat=True)
        )
        raise file.refusal(
            _("There is no calendar '%(code)s'.") % {"code": code},
            _("There are: always, %(codes)s.") % {"codes": codes},
            "calendar",
        )
    if row[1] != zone:
        raise file.refusal(
            _("The calendar '%(code)s' keeps the time of %(theirs)s, the file that of %(ours)s.")
            % {"code": code, "theirs": row[1], "ours": zone},
            _("Name a calendar of the file's zone, or 'always'."),
            "calendar",
        )
    return work_calendar(row[0])
