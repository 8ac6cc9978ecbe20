"""Reads of the loop that join or summarise."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case as If
from django.db.models import F, Func, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from anju.engine.clocks.models import Clock
from anju.engine.loop.asked import events_of
from anju.engine.loop.linked import links_of, untold_along
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.loop.rules import CALLED_BACK, CaseFacts
from anju.engine.standards.asking import ALL, LOTS, Asking, Share, asking_from_json, drawn
from anju.engine.standards.models import Standard
from anju.engine.standards.rules import Limit, Subject, limits_from_json
from anju.engine.standards.scope import Scope, ruling
from anju.foundation.calendars.queries import calendars_at
from anju.foundation.calendars.rules import WorkCalendar
from anju.foundation.events.archive.dossier import Dossier, DossierFile
from anju.foundation.events.models import Event, EventValue
from anju.foundation.files.models import StoredFile
from anju.foundation.files.queries import open_content
from anju.foundation.files.rules import KINDS
from anju.foundation.places.models import Place
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.acting import prepared
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Unknown


class Spot(NamedTuple):
    """A place as far as opening a case needs it."""

    id: UUID
    path: str


@dataclass(frozen=True)
class OpeningFacts:
    """What opening a case depends on: the place with its number series and zone, the standards in
    force for its kind with their scopes, and the calendars as they stand now."""

    place: Spot | None
    series: str
    zone: str
    standing: tuple[tuple[UUID, Scope], ...]
    calendars: Callable[[str], WorkCalendar]

    def ruling(self, subject: Subject) -> UUID | None:
        """The version that rules such a case: the most specific in force."""
        return ruling(self.standing, subject)


# One round trip: the place, the community above it, the published standards of the kind and the
# versions of the calendars. Several rows where several places have the same code.
_FACTS = """
    SELECT co.code, co.zone, s.standing, v.calendars, p.id, p.path, p.retired_on IS NULL,
           c.code, c.zone
      FROM tenancy_company co
      CROSS JOIN LATERAL (
           SELECT json_object_agg(code, json_build_array(id, version)) AS calendars
             FROM calendars_calendar WHERE company_id = co.id) v
      CROSS JOIN LATERAL (
           SELECT json_agg(json_build_array(id, scope) ORDER BY published_at DESC) AS standing
             FROM standards_standard
            WHERE company_id = co.id AND state = 'published' AND kinds @> to_jsonb(%s::text)) s
      LEFT JOIN places_place p ON p.company_id = co.id AND p.{} = %s
      LEFT JOIN LATERAL (
           SELECT code, zone FROM places_place
            WHERE company_id = co.id AND kind = 'community' AND path = ANY(ARRAY(
                  SELECT left(p.path, n) FROM generate_series(1, length(p.path)) AS n
                   WHERE substr(p.path, n, 1) = '.'))
            ORDER BY length(path) DESC LIMIT 1) c ON true
     WHERE co.id = %s
     LIMIT 21
"""
_BY_ID, _BY_PATH, _BY_CODE = (_FACTS.format(column) for column in ("id", "path", "full_code"))


def opening_facts(place: Place | Spot | None, kind: str, *, actor: Actor) -> OpeningFacts:
    """The facts for a case of `kind` at `place`; one query, limits parsed once per version."""
    rows = prepared(_BY_ID, [kind, place.id if place else None, actor.company_id]).fetchall()
    if not rows:
        raise Unknown(_("There is no such company."))
    return _opening(rows[0])


def opening_facts_at(text: str, kind: str, *, actor: Actor) -> OpeningFacts:
    """The same for a place named as people name it; raises NotYet as `place_named` does.

    One query where the name is good; where it is not, `place_named` finds the words for it.
    """
    asked = text.strip()
    community, _space, code = asked.rpartition(" ")
    by: tuple[str, UUID | str]
    try:
        by = _BY_ID, UUID(asked)
    except ValueError:
        by = (_BY_PATH, asked) if asked.endswith(".") else (_BY_CODE, code)
    found = prepared(by[0], [kind, by[1], actor.company_id]).fetchall()
    seen = [r for r in found if r[4] and r[6] and actor.may("place.see", r[5])]
    meant = [r for r in seen if r[7] == community] if by[0] is _BY_CODE and community else seen
    if len(meant) == 1:
        return _opening(meant[0])
    return opening_facts(place_named(text, actor=actor), kind, actor=actor)


def _opening(row: tuple[Any, ...]) -> OpeningFacts:
    code, zone, standing, versions, place, path, _standing, series, own_zone = row
    return OpeningFacts(
        place=Spot(place, path) if place else None,
        series=series or code.upper(),
        zone=own_zone or zone,
        standing=tuple((UUID(id), Scope.of(scope)) for id, scope in standing or ()),
        calendars=calendars_at(versions or {}),
    )


@lru_cache(maxsize=1024)
def limits_of(standard: UUID) -> tuple[Limit, ...]:
    """The limits of a published version: it is frozen, so they may be kept in memory."""
    found: list[dict[str, Any]] = Standard.objects.values_list("limits", flat=True).get(id=standard)
    return limits_from_json(found)


def facts_of(case: Case) -> CaseFacts:
    """What closing this case depends on (law 2)."""
    live = set(WorkOrder.objects.filter(case_id=case.id).live().values_list("state", flat=True))
    return CaseFacts(
        kind=case.kind,
        by_person=case.reporter_id is not None,
        callback=call_owed(case),
        told=case.told_at is not None,
        untold=untold_along(case),
        called_back=case.outcome in CALLED_BACK,
        unfinished=bool(live - {"done"}),
        unchecked="done" in live,
        history=case.history,
        owes_reply=owes_reply(case.id),
    )


def owes_reply(case: UUID) -> bool:
    """Whether somebody outside waits for the reply to this case. One query."""
    owed = Clock.objects.filter(case_id=case, kind="reply", stopped_at=None)
    return owed.exclude(state="void").exists()


@lru_cache(maxsize=1024)
def _calling(standard: UUID) -> Asking | None:
    """How a published version asks, None where it does not; frozen as its limits are."""
    callback, said = Standard.objects.values_list("callback", "asking").get(id=standard)
    return asking_from_json(said) if callback else None


def asking_of(case: Case) -> Asking:
    """How the standard of this case asks afterwards."""
    return (_calling(case.standard_id) if case.standard_id else None) or Asking()


def call_owed(case: Case) -> bool:
    """Whether the reporter of this case is to be called once it is answered: its standard asks for
    callbacks, and the case is among those it draws or was opened again. No query but the first
    for a version."""
    asking = _calling(case.standard_id) if case.standard_id else None
    if case.reporter_id is None or asking is None:
        return False
    share = asking.share_of(case.kind, case.category, case.urgency)
    return case.reopened > 0 or drawn(case.number, share)


def rings_of(case: Case) -> QuerySet[Record]:
    """The calls that reached nobody since the case was last answered, the latest first."""
    rings = Record.objects.filter(case_id=case.id, kind="ring").order_by("-at", "-id")
    return rings.filter(at__gte=case.answered_at) if case.answered_at else rings.none()


def silent_since(case: Case) -> datetime | None:
    """From when on the silence of a reporter counts: told and answered, the later of both."""
    if case.told_at is None or case.answered_at is None:
        return None
    return max(case.told_at, case.answered_at)


# `lot_of` as the database computes it.
_LOT = """(get_byte(sha256(convert_to(%(expressions)s, 'UTF8')), 0) * 256
    + get_byte(sha256(convert_to(%(expressions)s, 'UTF8')), 1))"""


def calls_owed(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Those of `cases` that are answered and whose reporter is still to be called: `call_owed` as
    the database says it. One query more, for the versions of the standards that ask."""
    shares = [
        When(Q(standard_id=id) & _which(share), then=Value(share.percent))
        for id, asking in Standard.objects.filter(callback=True).values_list("id", "asking")
        for share in asking_from_json(asking).narrowest_first
    ]
    return (
        cases.filter(state="answered", reporter__isnull=False, history=False)
        .filter(standard__callback=True)
        .exclude(outcome__in=CALLED_BACK)
        .annotate(
            share=If(*shares, default=Value(ALL), output_field=IntegerField()),
            lot=Func(F("number"), template=_LOT, output_field=IntegerField()) * ALL,
        )
        .filter(Q(lot__lt=F("share") * LOTS) | Q(reopened__gt=0))
    )


def _which(share: Share) -> Q:
    within = Q()
    if share.category:
        within = Q(category=share.category) | Q(category__startswith=share.category + "/")
    if share.kind:
        within &= Q(kind=share.kind)
    return within & Q(urgency=share.urgency) if share.urgency is not None else within


def dossier_of(case: Case) -> Dossier:
    """Everything that belongs to a case the caller may see, for its archive. Seven queries.

    What its work found stands with the finding, but was found at this case: it belongs to both.
    """
    of_it = Q(case_id=case.id) | Q(work__case_id=case.id)
    records = list(Record.objects.filter(of_it).order_by("noted_at", "id"))
    found = [record for record in records if record.case_id != case.id]
    files = files_of(records)
    clocks = list(Clock.objects.filter(case_id=case.id).order_by("started_at", "id"))
    about = [
        *Event.objects.about("case", case.id).values_list("id", flat=True),
        *Event.objects.filter(subject_kind="file", subject_id__in=files).values_list(
            "id", flat=True
        ),
        *events_of(found).values_list("id", flat=True),
    ]
    return Dossier(
        subject=("case", case.id),
        title=str(case),
        rows=[case, *case.work.order_by("id"), *links_of(case), *records, *clocks, *files.values()],
        events=about,
        files=[
            DossierFile(f.sha256, f.name, KINDS[f.kind].ending, partial(open_content, f))
            for f in files.values()
            if f.erased_at is None
        ],
        shown={
            "number": case.number,
            "kind": case.kind,
            "title": case.title,
            "text": case.text,
            "category": case.category,
            "urgency": case.urgency,
            "place": str(case.place) if case.place else None,
            "standard": str(case.standard) if case.standard else None,
            "state": case.state,
            "at": case.at,
            "closed_at": case.closed_at,
            "clocks": [
                {"kind": c.kind, "state": c.state, "due_at": c.due_at, "stopped_at": c.stopped_at}
                for c in clocks
            ],
        },
    )


def told_of(cases: Iterable[UUID]) -> list[UUID]:
    """The events about cases, and those of the answers their work gave. Three queries."""
    ids = list(cases)
    found = Record.objects.filter(work__case_id__in=ids).exclude(case_id__in=ids)
    about = Event.objects.filter(subject_kind="case", subject_id__in=ids)
    return [
        event for told in (about, events_of(found)) for event in told.values_list("id", flat=True)
    ]


def files_of(records: Iterable[Record]) -> dict[UUID, StoredFile]:
    """The files of records the caller may see, by id, erased ones included. One query."""
    ids = [record.file_id for record in records if record.file_id]
    return {file.id: file for file in StoredFile.objects.filter(id__in=ids).order_by("id")}


def had_part(account: UUID) -> Q:
    """Records of what somebody did, or wrote down for who did it: neither is checked by them."""
    return Q(by=account) | Q(written_by=account)


def result_of(work: WorkOrder) -> str:
    """What whoever finished this work wrote last, as far as it is still held. One query."""
    said = EventValue.objects.filter(
        event__name="work.finish",
        event__subject_kind="case" if work.case_id else "work",
        event__subject_id=work.case_id or work.id,
        event__said__work=str(work.id),
        name="result",
    )
    last: str | None = said.order_by("-event__id").values_list("text", flat=True).first()
    return last or ""


@dataclass(frozen=True)
class Used:
    """One line of materials; `total` and `price` in yuan."""

    id: UUID
    name: str
    quantity: Decimal
    unit: str
    price: Decimal

    @property
    def total(self) -> Decimal:
        """What the line costs."""
        return (self.quantity * self.price).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class Effort:
    """What work took, as it counts: lines taken back are left out. `signature` is the newest."""

    used: tuple[Used, ...] = ()
    times: tuple[tuple[UUID, int], ...] = ()
    signature: Record | None = None
    photos: Mapping[str, int] = field(default_factory=dict)

    @property
    def minutes(self) -> int:
        """All working time."""
        return sum(minutes for _id, minutes in self.times)

    @property
    def total(self) -> Decimal:
        """All materials, in yuan."""
        return sum((line.total for line in self.used), Decimal(0))


def effort_of(case: Case | None, *, work: UUID | None = None) -> Effort:
    """Materials, time, signature and photos by stage of a case the caller may see, of one of its
    work orders, or (without a case) of planned work. One query."""
    asked = case.records.all() if case else Record.objects.filter(work_id=work)
    asked = asked.filter(work_id=work) if work else asked
    records = list(asked.filter(work__isnull=False).order_by("noted_at", "id"))
    gone = {r.value.get("record") for r in records if r.kind == "taken_back"}
    counted = [r for r in records if str(r.id) not in gone]
    stages = Counter(str(r.value.get("stage")) for r in counted if r.value.get("stage"))
    return Effort(
        used=tuple(
            Used(
                r.id,
                str(r.value["name"]),
                Decimal(r.value["quantity"]),
                str(r.value["unit"]),
                Decimal(r.value["price"]),
            )
            for r in counted
            if r.kind == "material"
        ),
        times=tuple((r.id, int(r.value["minutes"])) for r in counted if r.kind == "labour"),
        signature=next((r for r in reversed(counted) if r.kind == "signature"), None),
        photos=stages,
    )
