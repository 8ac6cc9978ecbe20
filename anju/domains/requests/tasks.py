"""Who is told of what: events of cases and clocks become messages to staff (heard by a cursor)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case, CaseOwner, WorkOrder
from anju.engine.loop.owned import owners_of
from anju.engine.standards.rules import SECOND
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listen
from anju.foundation.lib import now
from anju.foundation.messages.commands import Note, queue_messages
from anju.foundation.messages.models import Message
from anju.foundation.messages.queries import Staff, holders_of_posts, staff
from anju.foundation.messages.rules.policy import QUIET_FROM, QUIET_UNTIL, quiet_until
from anju.foundation.people.queries import on_duty
from anju.foundation.places.models import Place
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Company

DESK = ("desk", "concierge")
CHECKERS = ("leader", "concierge")
# Who hears at once that a reporter is not satisfied: headquarters sees it the same day.
TO_ANSWER_FOR = (*DESK, "manager", "headquarters")
# event -> (kind of message, to whom). "role" is the one the event names.
TOLD: Mapping[str, tuple[str, str]] = {
    "case.reported": ("case.reported", "desk"),
    "case.reopen": ("case.reopened", "desk"),
    "case.callback": ("case.reopened", "dissatisfied"),
    "case.owned": ("case.owned", "owner"),
    "case.urge": ("case.urged_on", "work"),
    "case.escalate": ("case.escalated", "role"),
    "work.assign": ("work.assigned", "work"),
    "work.fail": ("work.failed", "work"),
    "work.finish": ("work.to_check", "check"),
    "clock.warned": ("clock.warned", "work"),
    "clock.broken": ("clock.broken", "work"),
    "clock.escalated": ("clock.escalated", "role"),
}
LIVE = ("open", "answered")
LIFE, URGENT, ORDINARY = 1, 2, 3
# What makes telephones ring where a life is at stake: it is new, it is given to someone, or nobody
# has said "I have it".
RINGS = ("case.reported", "case.owned", "work.assign")
UNANSWERED = ("respond", "accept")
# An ordinary matter nobody has accepted is told to the leader together with the others of its half
# hour, once until its promise begins anew, and not at night: by which step of a ladder is the
# standard's own.
GATHERED = ("respond", "dispatch", "accept")
HALF_HOUR, REMEMBERED = timedelta(minutes=30), timedelta(days=7)


@dataclass(frozen=True)
class Scene:
    """Everything a batch of events needs to be understood, read in a few queries."""

    cases: Mapping[UUID, Case]
    work: Mapping[UUID, list[WorkOrder]]
    holders: Mapping[UUID, list[UUID]]
    zones: Mapping[str, str]
    staff: Staff
    owners: Mapping[UUID, CaseOwner]
    gathered: MutableMapping[tuple[UUID, str], datetime]  # account, number: told in a digest when
    began: Mapping[tuple[UUID, str], datetime]  # case and kind of clock: when the latest began
    duty: Sequence[tuple[UUID, str]]  # accounts on duty, where; the nearest place first

    def on_duty(self, path: str) -> list[UUID]:
        """The accounts on duty for what stands at `path`, those of the nearest place first."""
        return list(dict.fromkeys(who for who, at in self.duty if path.startswith(at)))

    def next_on_duty(self, case: Case, path: str) -> list[UUID]:
        """The first on duty who was not told of the case when it came in: neither the desk nor who
        has the work."""
        told = {a for role in DESK for a in self.staff.holding(role, path, upwards=False)}
        told.update(self.doers(case.id, None), self.owner(case.id))
        return [account for account in self.on_duty(path) if account not in told][:1]

    def doers(self, case: UUID, work: str | None) -> list[UUID]:
        """Accounts the live work of a case (or one work order of it) is given to."""
        persons: list[UUID] = []
        for one in self.work.get(case, ()):
            if work is None or str(one.id) == work:
                if one.person_id:
                    persons.append(one.person_id)
                elif one.post_id:
                    persons += self.holders.get(one.post_id, [])
        return self.staff.of_persons(persons)

    def owner(self, case: UUID) -> list[UUID]:
        """The account of who owns a case."""
        row = self.owners.get(case)
        return self.staff.of_persons([row.person_id]) if row and row.person_id else []

    def zone_at(self, path: str) -> ZoneInfo:
        """The time zone of the nearest place above that has one of its own."""
        named = [self.zones[p] for p in ["", *ancestors(path)] if p in self.zones]
        return ZoneInfo(named[-1])


def tell_staff(actor: Actor, events: Sequence[Event]) -> None:
    """Queue the messages these events ask for; again and again, it is the same messages."""
    scene = _scene(actor, events)
    queue_messages((note for event in events for note in _notes(event, scene)), actor=actor)


listen("requests.staff", tell_staff, names=tuple(TOLD))


def _notes(event: Event, scene: Scene) -> Iterator[Note]:
    case = scene.cases.get(event.subject_id)
    if case is None or case.history or case.state not in LIVE or _is_nothing(event, scene):
        return
    kind, _to = TOLD[event.name]
    path = case.place.path if case.place else ""
    if _is_gathered(event, case):
        yield from _gathered(event, case, scene)
        return
    facts = {
        "number": case.number,
        "kind": case.kind,
        "place": str(case.place or ""),
        "urgency": case.urgency,
        **_promise(event, scene.zone_at(path)),
    }
    recipients = [r for r in _recipients(event, case, scene) if r[0] != event.by]
    called = _called([account for account, _why in recipients], event, case, scene)
    for account, because in recipients:
        yield Note(
            key=f"event:{event.id}",
            kind=kind,
            account=account,
            subject=("case", case.id),
            facts={**facts, **because},
            priority=case.urgency,
            at=event.at if event.name.startswith("clock.") else event.noted_at,
            email=kind == "clock.escalated" or case.urgency <= URGENT,
            path=path,
            call=account in called,
        )


def _called(told: Sequence[UUID], event: Event, case: Case, scene: Scene) -> Collection[UUID]:
    """Whose telephone rings: where a life is at stake and somebody must answer, those of them who
    are on duty, all of them where none is."""
    waits = event.name == "clock.escalated" and event.said.get("clock") in UNANSWERED
    if case.urgency != LIFE or not (waits or event.name in RINGS):
        return ()
    here = set(scene.on_duty(case.place.path if case.place else ""))
    return here.intersection(told) or told


def _is_gathered(event: Event, case: Case) -> bool:
    said = event.said
    waits = event.name == "clock.escalated" and said.get("clock") in GATHERED
    return waits and said.get("to") == "leader" and case.urgency > URGENT


def _gathered(event: Event, case: Case, scene: Scene) -> Iterator[Note]:
    """For the digest of a leader: nothing where somebody has accepted meanwhile, or it was told
    since this promise began. What is accepted before the digest is sent stays in it, so it says by
    when it was not."""
    works = scene.work.get(case.id, ())
    if works and all(work.state not in ("waiting", "assigned") for work in works):
        return
    path = case.place.path if case.place else ""
    zone, moment = scene.zone_at(path), now()
    until = gathers_until(moment, zone)
    began = scene.began.get((case.id, str(event.said["clock"])))
    seen = f"{moment.astimezone(zone):%H:%M}"
    for account, because in _recipients(event, case, scene):
        told = scene.gathered.get((account, case.number))
        if told is None or (began and told < began):
            scene.gathered[account, case.number] = moment
            yield Note(
                key=f"waiting:{until:%Y%m%dT%H%M}",
                kind="work.waiting",
                account=account,
                subject=("board", case.company_id),
                facts={"matters": [[case.number, str(case.place or ""), seen]], **because},
                priority=ORDINARY,  # also what is planned: the digest holds both
                at=event.at,
                email=True,
                path=path,
                gathers_until=until,
            )


def gathers_until(at: datetime, zone: ZoneInfo) -> datetime:
    """When the digest that gathers at `at` is sent: at the next half hour, after the night where
    that falls into it."""
    local = at.astimezone(zone)
    begun = local.replace(minute=local.minute // 30 * 30, second=0, microsecond=0)
    half = (begun + HALF_HOUR).astimezone(UTC)
    hours = (QUIET_FROM, QUIET_UNTIL)
    return quiet_until(half, priority=URGENT + 1, hours=hours, zone=zone) or half


def _is_nothing(event: Event, scene: Scene) -> bool:
    """Events that need nobody: a callback that found people satisfied, work that needs no check, a
    case that stays at its desk when the shift changes."""
    if event.name == "case.callback":
        return bool(event.said.get("outcome") != "dissatisfied")
    if event.name == "case.owned":
        return not event.said.get("moved")
    if event.name == "work.finish":
        wanted = str(event.said.get("work"))
        done = (w for w in scene.work.get(event.subject_id, ()) if str(w.id) == wanted)
        return not any(w.state == "done" for w in done)
    return False


def _promise(event: Event, zone: ZoneInfo) -> dict[str, str]:
    if "clock" not in event.said:
        return {}
    due = event.said.get("due_at")
    words = f"{datetime.fromisoformat(due).astimezone(zone):%m-%d %H:%M}" if due else ""
    return {"clock": str(event.said["clock"]), "due": words}


def _recipients(event: Event, case: Case, scene: Scene) -> Iterable[tuple[UUID, Mapping[str, Any]]]:
    """Accounts and why each is told. Nobody does the work yet: then its owner is told,
    or the desk where it has none."""
    path, to = case.place.path if case.place else "", TOLD[event.name][1]
    if event.said.get("to") == SECOND:
        return [(account, {"why": "next"}) for account in scene.next_on_duty(case, path)]
    if to == "owner":
        new = scene.staff.of_persons([UUID(str(event.said["person"]))])
        return [(account, {"why": "owner"}) for account in new]
    if to == "work":
        doers = scene.doers(case.id, event.said.get("work"))
        if doers or event.name.startswith("work."):
            return [(account, {"why": "work"}) for account in doers]
        if mine := scene.owner(case.id):  # a person with a name, before a role that many hold
            return [(account, {"why": "yours"}) for account in mine]
        to = "desk"
    named = {"desk": DESK, "check": CHECKERS, "dissatisfied": TO_ANSWER_FOR}
    roles = named.get(to) or (str(event.said.get("to")),)
    found: dict[UUID, Mapping[str, Any]] = {}
    for role in roles:
        for account in scene.staff.holding(role, path, upwards=role == roles[0]):
            because = "desk" if to == "desk" else "role"
            held = scene.staff.holds(account, role, path)
            found.setdefault(account, {"why": because if held else "above", "role": role})
    return found.items()


def _scene(actor: Actor, events: Sequence[Event]) -> Scene:
    """Seven queries for a batch, however long it is; two more where something is gathered, and one
    where a life is at stake."""
    of_company: dict[str, Any] = {"company_id": actor.company_id}
    ids = {event.subject_id for event in events}
    cases = {c.id: c for c in Case.objects.filter(**of_company, id__in=ids).select_related("place")}
    gathered = {
        e.subject_id
        for e in events
        if e.subject_id in cases and _is_gathered(e, cases[e.subject_id])
    }
    work = defaultdict(list)
    for one in WorkOrder.objects.filter(**of_company, case_id__in=cases).live():
        if one.case_id:
            work[one.case_id].append(one)
    posts = {w.post_id for held in work.values() for w in held if w.post_id and not w.person_id}
    above = {p for c in cases.values() if c.place for p in ancestors(c.place.path)}
    zones = Place.objects.filter(**of_company, path__in=above).exclude(zone="")
    roles = {*TO_ANSWER_FOR, *CHECKERS, *(str(e.said["to"]) for e in events if e.said.get("to"))}
    known = staff(roles, actor=actor)
    return Scene(
        cases=cases,
        work=work,
        holders=holders_of_posts(posts, actor=actor),
        zones={
            "": Company.objects.get(id=actor.company_id).zone,
            **dict(zones.values_list("path", "zone")),
        },
        staff=known,
        owners=owners_of(cases),
        gathered=_told_in_digests(actor) if gathered else {},
        began=_began(gathered, actor) if gathered else {},
        duty=_on_duty(known, actor) if any(c.urgency == LIFE for c in cases.values()) else (),
    )


def _on_duty(known: Staff, actor: Actor) -> list[tuple[UUID, str]]:
    """Accounts on duty now and the place of their post, the nearest first. One query."""
    duties = [
        (duty.person_id, duty.post.place.path)
        for duty in on_duty(actor=actor).select_related("post__place")
    ]
    duties.sort(key=lambda duty: -len(duty[1]))
    return [(known.accounts[p], path) for p, path in duties if p in known.accounts]


def _told_in_digests(actor: Actor) -> dict[tuple[UUID, str], datetime]:
    """Account and number of every matter the digests of these days have told, and when it was last
    told. One query."""
    rows = Message.objects.filter(
        company_id=actor.company_id,
        kind="work.waiting",
        channel="inapp",
        created_at__gte=now() - REMEMBERED,
    )
    held = rows.order_by("created_at").values_list("account_id", "facts", "created_at")
    return {(who, one[0]): at for who, facts, at in held for one in facts["matters"]}


def _began(cases: Collection[UUID], actor: Actor) -> dict[tuple[UUID, str], datetime]:
    """Case and kind of clock: when the latest of them began. One query."""
    rows = Clock.objects.filter(
        company_id=actor.company_id, case_id__in=cases, kind__in=GATHERED
    ).order_by("started_at")
    return {(one.case_id, one.kind): one.started_at for one in rows}
