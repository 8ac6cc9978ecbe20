"""The planned work of a post that a change of shift must not forget, and readings out of limits."""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anju.domains.rounds.models import RoundPoint
from anju.domains.rounds.queries import clocks_of, planned_seen
from anju.domains.rounds.rules import BEGUN
from anju.engine.forms.rules import Item
from anju.engine.loop.asked import ANSWERS, asked_of
from anju.engine.loop.left_open import Words
from anju.engine.loop.matters import Matter
from anju.engine.loop.models import Record, WorkQuery
from anju.foundation.lib import now
from anju.foundation.people.models import Post
from anju.foundation.places.models import Place, under
from anju.foundation.places.queries import full_names
from anju.foundation.tenancy.actor import Actor

BACK = timedelta(days=31)  # how long work that stays owed is handed on
LATELY = timedelta(days=1)  # how old a reading that is handed on may be
MOST = 100


def find_open(_place: Place | None, post: Post | None, actor: Actor) -> list[Matter]:
    """Planned work of a post that can be done now and is not, what opened first on top; then what
    was read last of each thing, where it is out of its limits. Four queries; nothing without a
    post."""
    if post is None:
        return []
    moment = now()
    works = _owed(actor, moment).filter(post=post, opened_at__gt=moment - BACK)
    owed = list(works.order_by("opened_at", "id")[:MOST])
    clocks = clocks_of(owed)
    found = []
    for work in owed:
        clock = clocks.get(work.id)
        late = clock is not None and clock.due_at is not None and clock.due_at < moment
        how = "held" if work.state == "held" else "begun" if work.state in BEGUN else "open"
        found.append(Matter("work", work.id, ("late", how) if late else (how,)))
    return found + [Matter("reading", one.id, ("limits",)) for one in _bad(post, moment)]


def _owed(actor: Actor, moment: datetime) -> WorkQuery:
    """Planned work that can be done at an instant and is not."""
    return planned_seen(actor).to_do(moment).exclude(state="done")


def _bad(post: Post, moment: datetime) -> list[Record]:
    """The readings of a post that failed and were followed by no better one. One query."""
    answers = _numbers(post.company_id, moment - LATELY).filter(work__post=post)
    last = {(one.place_id, one.asset_id, one.item): one for one in answers.order_by("at", "id")}
    return [one for one in last.values() if one.verdict == "fail"]


def _numbers(company: UUID, since: datetime) -> QuerySet[Record]:
    """What was read in planned work since an instant."""
    return Record.objects.filter(
        company_id=company, work__case=None, kind__in=ANSWERS, at__gte=since,
        value__has_key="number",
    )  # fmt: skip


def _read_again(records: Collection[Record], company: UUID) -> set[UUID]:
    """Those that the same post has read again since. One query."""
    if not records:
        return set()
    later = _numbers(company, min(one.at for one in records)).filter(
        work__post__in={one.work.post_id for one in records if one.work},
        item__in={one.item for one in records},
    )
    last = {_thing(one): one.at for one in later.select_related("work").order_by("at")}
    return {one.id for one in records if last.get(_thing(one), one.at) > one.at}


def _thing(one: Record) -> tuple[Any, ...]:
    """What a reading is of."""
    return one.work and one.work.post_id, one.place_id, one.asset_id, one.item


def read_works(ids: Collection[UUID], actor: Actor) -> dict[UUID, Words]:
    """As `words_of` asks. Three queries."""
    works = planned_seen(actor).in_bulk(list(ids))
    owed = set(_owed(actor, now()).filter(id__in=works).values_list("id", flat=True))
    named = full_names(one.place for one in works.values() if one.place)
    return {
        id: Words(
            one.title,
            named.get(one.place_id or id, ""),
            one.get_state_display(),
            over=id not in owed,
        )
        for id, one in works.items()
    }


def read_readings(ids: Collection[UUID], actor: Actor) -> dict[UUID, Words]:
    """As `words_of` asks. Four queries, those of what is asked for each piece of work more."""
    seen = Record.objects.filter(
        under(actor.paths("work.see"), "work__place__path"), company_id=actor.company_id,
        value__has_key="number",
    )  # fmt: skip
    records = seen.select_related("work__standard", "work__place").in_bulk(list(ids))
    works = {one.work.id: one.work for one in records.values() if one.work}
    points = RoundPoint.objects.filter(work_id__in=works).select_related("point__route")
    asked: dict[tuple[UUID | None, str], Item] = {
        (one.work_id, one.point.item.code): one.point.item for one in points
    }
    for work in works.values():
        asked |= {(work.id, code): item for code, item in asked_of(work).items.items()}
    named = full_names(one.place for one in works.values() if one.place)
    again, found = _read_again(records.values(), actor.company_id), {}
    for id, one in records.items():
        item = asked.get((one.work_id, one.item))
        number = f"{Decimal(str(one.value['number'])).normalize():f}"
        place = named.get(one.work.place_id or id, "") if one.work else ""
        words = f"{item.text} {number} {item.unit}".strip() if item else number
        limits = item.limits_said if item else _("out of its limits")
        found[id] = Words(words, place, limits, over=id in again)
    return found
