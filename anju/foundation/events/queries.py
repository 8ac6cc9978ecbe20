"""Reads of the memory that join or summarise."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from anju.foundation.events.models import Event, Position, Seal
from anju.foundation.lib import now
from anju.foundation.tenancy.across import across
from anju.foundation.tenancy.acting import unfenced
from anju.foundation.tenancy.actor import Actor

SKIMMED = 10  # times its limit, a reader passes over what does not concern it


def seal_lag() -> float:
    """Seconds the oldest event has waited for its seal; 0.0 when none waits.

    For /readyz (red above 60) and /metrics, from any process. One index look-up over all
    companies; the age is read from the event's id, so no clock of a simulation disturbs it.
    """
    with unfenced("how long events wait is a figure of the whole installation"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT events_waiting_since()")
            oldest: UUID | None = cursor.fetchone()[0]
    if oldest is None:
        return 0.0
    made_at = datetime.fromtimestamp((oldest.int >> 80) / 1000, UTC)
    return max(0.0, (now() - made_at).total_seconds())


@dataclass(frozen=True)
class Behind:
    """A listener that has not read all sealed events of a company."""

    listener: str
    company: UUID
    events: int


def listeners_behind(listeners: Collection[str]) -> list[Behind]:
    """Who has something to read now, over all companies; those backing off are left out.

    For the ticker. Costs one index look-up per company and listener.
    """
    with across("ticker", "which company has news for which listener") as cursor:
        cursor.execute(
            "SELECT l.name, c.id, s.last - coalesce(k.n, 0)"
            " FROM tenancy_company c CROSS JOIN unnest(%s::text[]) AS l(name)"
            " CROSS JOIN LATERAL (SELECT last FROM events_seal WHERE company_id = c.id"
            " ORDER BY n DESC LIMIT 1) AS s"
            " LEFT JOIN events_cursor k ON k.company_id = c.id AND k.listener = l.name"
            " WHERE s.last > coalesce(k.n, 0) AND coalesce(k.retry_at <= %s, true)",
            [list(listeners), now()],
        )
        return [Behind(*row) for row in cursor.fetchall()]


def position_after(company: UUID, n: int, *, limit: int) -> int:
    """The last of the next `limit` positions behind `n`; `n` itself when there is none."""
    behind = Position.objects.filter(company_id=company, n__gt=n).order_by("n")
    return max(behind.values_list("n", flat=True)[:limit], default=n)


def events_after(
    company: UUID, n: int, *, limit: int, names: Sequence[str] = ()
) -> tuple[int, list[Event]]:
    """The sealed events at the next `limit` positions behind `n`, in order, and the last position.

    Inside the caller's `acting`. With `names` at most `limit` events of those names; the last
    position covers the others too, which are passed over SKIMMED times as far at once (one by one
    with a limit of 1). Each event carries its place as `event.position`.
    """
    span = limit if limit == 1 or not names else limit * SKIMMED
    behind = Position.objects.filter(company_id=company, n__gt=n).order_by("n")
    places = list(behind.values_list("n", "event_id")[:span])
    if not places:
        return n, []
    wanted = _at(company, places)
    if names:
        wanted = wanted.filter(name__in=names)
        ids = set(wanted.values_list("id", flat=True))
        hits = [at for at, (_n, event) in enumerate(places) if event in ids]
        if len(hits) > limit:
            places = places[: hits[limit - 1] + 1]
        wanted = _at(company, [places[at] for at in hits[:limit]])
    found = {event.id: event for event in wanted}
    events = []
    for place, id in places:
        if event := found.get(id):
            event.position = place
            events.append(event)
    return places[-1][0], events


def _at(company: UUID, places: Sequence[tuple[int, UUID]]) -> QuerySet[Event]:
    """The events at these places, in no order; nothing is asked where there are none."""
    if not places:
        return Event.objects.none()
    ids = [event for _n, event in places]
    # One array: with `IN`, each id would be a parameter of its own.
    array = RawSQL("SELECT unnest(%s::uuid[])", [ids])
    return Event.objects.filter(company_id=company, id__in=array)


def sealed_up_to(company: UUID) -> int:
    """The last sealed position of a company, 0 when there is none. Inside the caller's `acting`."""
    last = Seal.objects.filter(company_id=company).order_by("-n").values_list("last", flat=True)
    return last.first() or 0


def journal(actor: Actor, *, after: int = 0, limit: int = 100) -> list[Event]:
    """Sealed events behind the position `after`, in the company's order, for who may see them."""
    if not actor.may("journal.see", ""):
        return []
    return events_after(actor.company_id, after, limit=limit)[1]
