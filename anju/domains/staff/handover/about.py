"""What was written about a person when shifts changed.

Known to be about them is what was written beside a case of theirs, and what holds their telephone,
wherever in the company. A telephone is found by all its digits, with single spaces or hyphens among
them and with the country code before them, never inside a longer number; one of fewer than
`DIGITS_LEAST` digits is an extension or a hotline and nobody's alone.

A name alone says less: others have it, or one that begins with it. It counts where the words belong
to the person, that is

- beside a matter whose place is a home of theirs, lies in it or holds it;
- else in a shift whose area holds their home or the place they belong to (one of the whole company
  holds all);
- in a shift of a post that they hold, held or were on duty at;

and only a name of two characters or more, that is no word for many (`ANYBODY`), and outside any
longer name that somebody else is registered by: 王建国庆家 is about 王建国庆, where such a one is
known. What counts by the name alone is erased with the person and never handed out to them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from anju.domains.staff.handover.models import Handover
from anju.engine.loop.matters import Matter
from anju.engine.loop.models import Case, WorkOrder
from anju.foundation.events.models import EventValue
from anju.foundation.lib.fold import fold
from anju.foundation.people.models import Assignment, Duty, Occupancy, Person

DIGITS_LEAST, NAME_LEAST = 7, 2
ANYBODY = frozenset(
    "业主 住户 租户 租客 房东 户主 居民 家属 家人 客户 客人 访客 物业 "
    "管家 前台 客服 保安 保洁 维修 工程 师傅 经理 主任 先生 女士 "
    "owner tenant resident family contact".split()
)
_NOBODY = re.compile(r"(?!)")
_NO_DIGIT_BEFORE, _NO_DIGIT_AFTER = "(?<![0-9])", "(?![0-9])"


@dataclass(frozen=True)
class Called:
    """By what somebody is called in words: `phone`, one of `names`, which are their own and the
    longer ones that it stands in."""

    phone: str
    name: str
    names: re.Pattern[str]

    @classmethod
    def of(cls, person: Person) -> Self:
        """As `Called`. One query."""
        digits = person.phone.removeprefix("+")
        phone = "[ -]?".join(digits) if len(digits) >= DIGITS_LEAST else ""
        if phone:
            phone = rf"{_NO_DIGIT_BEFORE}(?:(?:00|\+)?86[ -]?)?{phone}{_NO_DIGIT_AFTER}"
        name = person.name.strip()
        if len(name) < NAME_LEAST or fold(name) in ANYBODY:
            return cls(phone, "", _NOBODY)
        others = Person.objects.filter(company_id=person.company_id, name__contains=name)
        longer = {one.strip() for one in others.values_list("name", flat=True)} - {name}
        names = [_whole(one) for one in sorted(longer, key=len, reverse=True)] + [_whole(name)]
        return cls(phone, name, re.compile("|".join(names)))

    def might(self, field: str) -> Q:
        """Rows in whose text, `field`, one of both stands."""
        found = Q(**{f"{field}__regex": self.phone}) if self.phone else Q(pk__in=[])
        return found | Q(**{f"{field}__contains": self.name}) if self.name else found

    def by_phone(self, text: str) -> bool:
        """Whether their telephone stands in it."""
        return bool(self.phone and re.search(self.phone, text))

    def by_name(self, text: str) -> bool:
        """Whether their name stands in it, and not as a part of somebody else's."""
        return any(found.group() == self.name for found in self.names.finditer(text))


def _whole(name: str) -> str:
    """Of letters, never inside a longer word."""
    word = re.escape(name)
    return rf"(?<![A-Za-z]){word}(?![A-Za-z])" if name.isascii() else word


@dataclass(frozen=True)
class Belongs:
    """Where a person belongs: by paths the `homes` they ever had and all their places (`at`), and
    the posts they ever had."""

    homes: tuple[str, ...]
    at: tuple[str, ...]
    posts: frozenset[UUID]

    @classmethod
    def of(cls, person: Person) -> Self:
        """As `Belongs`. Four queries."""
        mine = {"company_id": person.company_id, "person_id": person.id}
        homes = Occupancy.objects.filter(**mine).values_list("place__path", flat=True)
        at = {*homes, person.place.path} if person.place else {*homes}
        held = Assignment.objects.filter(**mine).values_list("post_id", flat=True)
        duty = Duty.objects.filter(**mine).values_list("post_id", flat=True)
        return cls(tuple(homes), tuple(at), frozenset({*held, *duty}))

    def shift(self, one: Handover) -> bool:
        """Whether it is a shift of theirs, or in an area that holds a place of theirs."""
        area = one.place.path if one.place else ""
        return one.post_id in self.posts or any(path.startswith(area) for path in self.at)

    def matter(self, one: Handover, path: str) -> bool:
        """Whether it is a shift of theirs, or what was written beside is at a place that is, holds
        or lies in one of theirs."""
        around = any(mine.startswith(path) for mine in self.at)
        return one.post_id in self.posts or around or path.startswith(self.homes)


@dataclass(frozen=True)
class Words:
    """What was written about somebody: what is `known` to be about them, and what counts by their
    name alone."""

    known: tuple[EventValue, ...]
    named: tuple[EventValue, ...]


def words_about(person: Person) -> Words:
    """As `Words`, the oldest first, as the module says. Nine queries at most."""
    called = Called.of(person)
    held = EventValue.objects.filter(called.might("text") | Q(person_id=person.id))
    held = held.filter(company_id=person.company_id, event__subject_kind="handover")
    rows = list(held.select_related("event").order_by("event__at", "id"))
    known: list[EventValue] = []
    rest: list[EventValue] = []
    for one in rows:
        if one.person_id == person.id or called.by_phone(one.text):
            known.append(one)
        elif called.by_name(one.text):
            rest.append(one)
    return Words(tuple(known), tuple(_of_theirs(rest, Belongs.of(person)) if rest else ()))


def _of_theirs(values: Iterable[EventValue], mine: Belongs) -> list[EventValue]:
    """Those that belong to somebody. Three queries."""
    held = list(values)
    ids = {one.event.subject_id for one in held}
    shifts = Handover.objects.filter(id__in=ids).select_related("place").in_bulk()
    beside = {one.id: _matter(one, shifts[one.event.subject_id]) for one in held}
    paths = _paths(matter for matter in beside.values() if matter)
    found = []
    for one in held:
        shift, matter = shifts[one.event.subject_id], beside[one.id]
        path = paths.get(matter.id) if matter else None
        if mine.shift(shift) if path is None else mine.matter(shift, path):
            found.append(one)
    return found


def _matter(value: EventValue, shift: Handover) -> Matter | None:
    """What it was written beside, if beside anything."""
    n = value.name.removeprefix("line")
    signed = shift.signed
    return signed[int(n)] if n.isdigit() and int(n) < len(signed) else None


def _paths(matters: Iterable[Matter]) -> dict[UUID, str]:
    """Where cases and work are, by id; of other kinds only the shift is known. Two queries."""
    ids = {one.id for one in matters}
    found: dict[UUID, str] = {}
    for model in (Case, WorkOrder):
        rows = model._default_manager.filter(id__in=ids).exclude(place=None)
        found |= dict(rows.values_list("id", "place__path"))
    return found


@dataclass(frozen=True)
class Things:
    """A handover with things that are called by somebody: as `Words`, their names in it."""

    handover: Handover
    known: tuple[str, ...]
    named: tuple[str, ...]


def things_about(person: Person) -> list[Things]:
    """The handovers in which a thing is called by a person, held, the oldest first, as the module
    says. Six queries at most."""
    called, mine = Called.of(person), Belongs.of(person)
    rows = Handover.objects.filter(company_id=person.company_id).exclude(things=[])
    rows = rows.annotate(names=Cast("things", TextField())).filter(called.might("names"))
    found = []
    for one in rows.select_related("place").select_for_update(of=("self",)).order_by("id"):
        names = [name for name, _n in one.things]
        known = tuple(name for name in names if called.by_phone(name))
        named = tuple(n for n in names if called.by_name(n) and n not in known and mine.shift(one))
        if known or named:
            found.append(Things(one, known, named))
    return found
