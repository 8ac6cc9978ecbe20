"""Keeping minutes, and opening the cases they ask for."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from anju.domains.requests.meetings.models import Minutes, MinutesItem
from anju.domains.requests.meetings.rules import MOST, items_in
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.models import Case
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now, uuid7
from anju.foundation.places.models import Place
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown

LONGEST = 100_000


@dataclass(frozen=True)
class Chosen:
    """An item that becomes a case, as somebody corrected it."""

    n: int
    title: str
    text: str
    place: str
    kind: str
    category: str = ""
    urgency: int = 3


def keep_minutes(text: str, *, actor: Actor, place: Place, title: str, held_on: date) -> Minutes:
    """Keep the minutes of a meeting with the items found in them; no case is opened yet.

    The same text for the same community a second time is the same minutes. Refuses (`Refused`)
    without `work.dispatch` at the place, and (`NotYet`) an empty text, one of more than 100,000
    characters, one without or with more than a hundred items, a day to come.
    """
    actor.require("work.dispatch", place.path)
    said = text.replace("\0", "").replace("\r\n", "\n").strip()
    found = items_in(said)
    _check(said, len(found), title, held_on)
    digest = hashlib.sha256(said.encode()).hexdigest()
    with acting(actor):
        minutes, fresh = Minutes.objects.get_or_create(
            company_id=actor.company_id,
            place=place,
            digest=digest,
            defaults={
                "id": uuid7(), "title": title.strip(), "held_on": held_on, "text": said,
                "by": actor.id,
            },
        )  # fmt: skip
        if fresh:
            items = [
                MinutesItem(
                    company_id=actor.company_id, minutes=minutes, n=n, text=one.text,
                    under=one.under[:400],
                )
                for n, one in enumerate(found, 1)
            ]  # fmt: skip
            MinutesItem.objects.bulk_create(items)
            _told("minutes.kept", minutes, actor, *items)
    return minutes


def open_items(id: UUID, chosen: Iterable[Chosen], *, actor: Actor) -> list[Case]:
    """Open a case for each chosen item: all of them or none. Returns those opened now.

    An item is opened once, however often and by however many it is asked for; the rest stay and
    can be opened later. The promises run from now: the hour it was said at is not known. Refuses
    (`Unknown`) minutes that are not seen, (`NotYet`) none chosen, and whatever `report` refuses,
    with fields `<n>-<name>`.
    """
    with acting(actor):
        mine = Minutes.objects.seen_by(actor).select_related("place")
        minutes = mine.select_for_update(of=("self",)).filter(id=id).first()
        if minutes is None:
            raise Unknown(_("There is no such record, or you may not see it."))
        actor.require("work.dispatch", minutes.place.path)
        items = {one.n: one for one in minutes.items.order_by("n")}
        asked = [one for one in chosen if one.n in items]
        if not asked:
            raise NotYet(_("Nothing is chosen. Choose at least one item to open a case for it."))
        opened = [
            (items[one.n], _opened(minutes, one, actor))
            for one in asked
            if items[one.n].case_id is None
        ]
        for item, case in opened:
            item.case = case
        MinutesItem.objects.bulk_update([item for item, _case in opened], ["case"])
        if opened:
            _told("minutes.opened", minutes, actor, *(item for item, _case in opened))
    return [case for _item, case in opened]


def _opened(minutes: Minutes, one: Chosen, actor: Actor) -> Case:
    source = _("From the minutes “%(title)s” of %(day)s, item %(n)s") % {
        "title": minutes.title,
        "day": minutes.held_on,
        "n": one.n,
    }
    try:
        said = Report(
            kind=one.kind,
            title=one.title,
            text="\n".join(filter(None, [one.text.strip(), source])),
            place=place_named(one.place, actor=actor),
            category=one.category,
            urgency=one.urgency,
            channel="meeting",
        )
        return report(said, actor=actor).case
    except NotYet as refusal:
        fields = {f"{one.n}-{name}": words for name, words in refusal.fields.items()}
        words = _("Nothing was opened: please correct the marked items.")
        raise NotYet(words, code=refusal.code, fields=fields) from refusal


def _check(text: str, items: int, title: str, held_on: date) -> None:
    faults: dict[str, Any] = {}
    if not text:
        faults["text"] = _("Paste the minutes, or choose a file.")
    elif len(text) > LONGEST:
        faults["text"] = _("These are more than 100,000 characters. Take only the resolutions.")
    elif not items:
        faults["text"] = _("No item was found. Write each matter on a line of its own.")
    elif items > MOST:
        faults["text"] = _("These are more than 100 items. Take only the resolutions.")
    if not title.strip():
        faults["title"] = _("Say which meeting it was, for example: third owners' meeting.")
    if held_on > timezone.localtime(now()).date():
        faults["held_on"] = _("That day lies in the future. Check the date.")
    if faults:
        raise NotYet(_("The minutes were not kept. Nothing is lost."), fields=faults)


def _told(name: str, minutes: Minutes, actor: Actor, *items: MinutesItem) -> None:
    tell(
        name,
        subject=("minutes", minutes.id),
        actor=actor,
        said={"items": len(items)},
        wrote=written(minutes, *items),
    )
