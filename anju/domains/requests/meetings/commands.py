"""Keeping minutes, and opening the cases they ask for."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from anju.domains.requests.meetings.models import Minutes, MinutesItem
from anju.domains.requests.meetings.rules import MOST, items_in
from anju.engine.loop.commands.erasing import ERASED, erase_cases
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.models import Case
from anju.engine.loop.queries import told_of
from anju.foundation.events.commands import erase_values, tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now, uuid7
from anju.foundation.places.models import Place
from anju.foundation.places.queries import place_named, zone_of
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only

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
    characters, one without or with more than a hundred items, a title of more than 120
    characters, a day that has not come at the place.
    """
    actor.require("work.dispatch", place.path)
    said = text.replace("\0", "").replace("\r\n", "\n").strip()
    found = items_in(said) if len(said) <= LONGEST else []
    digest = hashlib.sha256(said.encode()).hexdigest()
    with acting(actor):
        today = now().astimezone(ZoneInfo(zone_of(place))).date()
        faults = {
            "text": _fault_of(said, len(found)),
            "title": _fault_of_title(title.strip()),
            "held_on": _("That day lies in the future. Check the date.") if held_on > today else "",
        }
        if fields := {name: words for name, words in faults.items() if words}:
            raise NotYet(_("The minutes were not kept. Nothing is lost."), fields=fields)
        minutes, fresh = Minutes.objects.get_or_create(
            company_id=actor.company_id,
            place=place,
            digest=digest,
            defaults={
                "id": uuid7(), "title": title.strip(), "held_on": held_on, "text": said,
                "by": actor.id,
            },
        )  # fmt: skip
        _refuse_erased(minutes)
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
    (`Unknown`) minutes that are not seen, (`NotYet`) none chosen, and with fields `<n>-<name>` a
    place outside the community and whatever `report` refuses.
    """
    with acting(actor):
        minutes = _held(id, actor)
        actor.require("work.dispatch", minutes.place.path)
        _refuse_erased(minutes)
        items = {one.n: one for one in minutes.items.order_by("n")}
        asked = {one.n: one for one in chosen if one.n in items}.values()
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


def erase_minutes(id: UUID, *, actor: Actor) -> Minutes:
    """Erase the words of minutes, of their items and of the cases opened from them for good, as
    somebody named in them may ask: the words of the cases are those of the minutes.

    The meeting's day and the digest of the words stay, and of the cases what is no word, so all
    seals hold; nothing more is opened from them. Done again, it stays as it is. Refuses
    (`Unknown`) minutes that are not seen, (`Refused`) without `erase.person` at their place.
    """
    with acting(actor):
        minutes = _held(id, actor)
        actor.require("erase.person", minutes.place.path)
        if not minutes.erased:
            cases = [id for id in minutes.items.values_list("case_id", flat=True) if id]
            minutes.text, minutes.title = "", ERASED
            minutes.save(update_fields=["text", "title"])
            minutes.items.update(text="", under="")
            erase_cases(cases, actor=actor)
            erase_values(actor=actor, events=told_of(cases))
            _told("minutes.erased", minutes, actor, *minutes.items.order_by("n"))
    return minutes


def _held(id: UUID, actor: Actor) -> Minutes:
    mine = Minutes.objects.seen_by(actor).select_related("place")
    minutes = only(mine.select_for_update(of=("self",)).filter(id=id))
    if minutes is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return minutes


def _refuse_erased(minutes: Minutes) -> None:
    if minutes.erased:
        words = _("The words of these minutes were erased. Nothing is opened from them.")
        raise NotYet(words, fields={"text": words})


def _opened(minutes: Minutes, one: Chosen, actor: Actor) -> Case:
    source = _("From the minutes “%(title)s” of %(day)s, item %(n)s") % {
        "title": minutes.title,
        "day": minutes.held_on,
        "n": one.n,
    }
    try:
        place = place_named(one.place, actor=actor)
        if not place.path.startswith(minutes.place.path):
            words = _("This place is outside the community of the meeting. Choose one inside it.")
            raise NotYet(words, fields={"place": words})
        said = Report(
            kind=one.kind,
            title=one.title,
            text="\n".join(filter(None, [one.text.strip(), source])),
            place=place,
            category=one.category,
            urgency=one.urgency,
            channel="meeting",
        )
        return report(said, actor=actor).case
    except NotYet as refusal:
        fields = {f"{one.n}-{name}": words for name, words in refusal.fields.items()}
        words = _("Nothing was opened: please correct the marked items.")
        raise NotYet(words, code=refusal.code, fields=fields) from refusal


def _fault_of(text: str, items: int) -> str:
    if not text:
        return _("Paste the minutes, or choose a file.")
    if len(text) > LONGEST:
        return _("These are more than 100,000 characters. Take only the resolutions.")
    if not items:
        return _("No item was found. Write each matter on a line of its own.")
    if items > MOST:
        return _("These are more than 100 items. Take only the resolutions.")
    return ""


def _fault_of_title(title: str) -> str:
    if not title:
        return _("Say which meeting it was, for example: third owners' meeting.")
    if len(title) > 120:
        return _("The name of the meeting is longer than 120 characters. Shorten it.")
    return ""


def _told(name: str, minutes: Minutes, actor: Actor, *items: MinutesItem) -> None:
    tell(
        name,
        subject=("minutes", minutes.id),
        actor=actor,
        said={"items": len(items)},
        wrote=written(minutes, *items),
    )
