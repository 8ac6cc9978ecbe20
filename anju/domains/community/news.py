"""What those who live there are told of an announcement: what of it still holds, in which words."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from anju.domains.community.models import AHEAD_OF_IT, Notice
from anju.domains.community.reaching import ORDINARY
from anju.foundation.events.models import Event
from anju.foundation.lib import now
from anju.foundation.messages.commands import Note
from anju.foundation.messages.models import Message
from anju.foundation.people.models import Occupancy, Person
from anju.foundation.places.models import under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today, zone_of_company

NEWS = "notice.published"
# Of the work that was announced: how far it is.
STEPS = ("notice.begun", "notice.ended", "notice.moved", "notice.off")
GOES_ON = "notice.texting"  # one of these is still told to the rest of those who live there
OF_NEWS = ("notice.news", "notice.step")  # kinds of their messages
OUTAGE = 2  # water off cannot wait for the morning, unless it is planned
TEXTED = ("", "moved", "off")  # steps worth a text message: they change the day of whom they touch


@dataclass(frozen=True)
class News:
    """What is told of an announcement. `step`: how far its work is, "" that it is announced at all;
    `later`: that is not when it was told to be; `when`: for when it is planned."""

    notice: Notice
    step: str
    later: bool
    when: str

    @property
    def worth_a_text(self) -> bool:
        """What changes the day of whom planned work touches."""
        return self.notice.work_id is not None and worth_a_text(self.step, self.later)

    @property
    def key(self) -> str:
        """The same work, step and words are the same news, at however many places."""
        if not self.notice.work_id:
            return f"news:{self.notice.id}"
        words = hashlib.sha256(f"{self.notice.title}\0{self.when}".encode()).hexdigest()
        return f"work:{self.notice.work_id}:{self.step or 'told'}:{words[:16]}"

    def to(self, account: UUID) -> Note:
        """The note of it to an account."""
        facts: dict[str, Any] = {"title": self.notice.title, "when": self.when}
        if self.step:
            facts["step"] = self.step
        if self.later:
            facts["later"] = True
        urgent = self.notice.kind == "outage" and not self.notice.work_id
        return Note(
            key=self.key,
            kind="notice.step" if self.step else "notice.news",
            account=account,
            subject=("news", self.notice.id),
            facts=facts,
            priority=OUTAGE if urgent else ORDINARY,
        )


def worth_a_text(step: str, later: bool) -> bool:
    """That it is announced, moved, off; that it begins or ends, where that is not when it was told
    to."""
    return step in TEXTED or later


def step_told(event: Event) -> str:
    """The step an event tells of; "" is the announcement itself."""
    if event.name in STEPS:
        return event.name.removeprefix("notice.")
    return str(event.said.get("step", ""))


def news_of(events: Sequence[Event], actor: Actor) -> Iterator[tuple[Event, News]]:
    """What still holds of what events tell of announcements. One query."""
    news = [event for event in events if event.name in (NEWS, *STEPS, GOES_ON)]
    ids = {UUID(str(event.said["notice"])) for event in news}
    standing = {notice.id: notice for notice in standing_of(actor).filter(id__in=ids)}
    for event in news:
        notice = standing.get(UUID(str(event.said["notice"])))
        if notice is None:
            continue
        step, later = step_told(event), bool(event.said.get("later"))
        # What was moved to where it was is told to nobody.
        same = event.said.get("starts_at") == str(notice.starts_at) and (step != "moved" or later)
        if not notice.work_id or (same and _still_so(step, notice)):
            yield event, News(notice, step, later, when_of(notice, actor))


def given_up_of(lost: Message, notice: Notice, actor: Actor) -> News | None:
    """What a notice that no browser took tells of an announcement; None where it holds no more."""
    step, when = str(lost.facts.get("step", "")), when_of(notice, actor)
    if lost.facts.get("when") != when or not _still_so(step, notice):
        return None
    return News(notice, step, bool(lost.facts.get("later")), when)


def _still_so(step: str, notice: Notice) -> bool:
    """Whether its work stands so: who hears late hears only the last."""
    return notice.phase in (AHEAD_OF_IT if step in ("", "moved") else (step,))


def standing_of(actor: Actor) -> QuerySet[Notice]:
    """The announcements of the company that are shown now, each with its place."""
    mine = Notice.objects.standing(now()).filter(company_id=actor.company_id)
    return mine.select_related("place")


def when_of(notice: Notice, actor: Actor) -> str:
    """For when its work is planned, as a message says it."""
    at: datetime | None = notice.starts_at
    return f"{at.astimezone(zone_of_company(actor.company_id)):%m-%d %H:%M}" if at else ""


def living(notice: Notice, actor: Actor) -> QuerySet[Person]:
    """Who lives below the place of an announcement today. One query."""
    lived = Occupancy.objects.filter(
        under([notice.place.path], "place__path"), company_id=actor.company_id
    ).on(today(actor.company_id))
    mine = Person.objects.filter(company_id=actor.company_id, erased_at=None)
    return mine.filter(id__in=lived.values("person_id")).order_by("id")
