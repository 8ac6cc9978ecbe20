"""A reading of a counter of equipment, entered by itself."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from anju.engine.forms.rules import Item, answer_of
from anju.engine.loop.commands.ground import happened, the_one
from anju.engine.loop.models import Record
from anju.engine.loop.readings import READING, Shown, readings_of
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.places.models import Asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


def note_reading(
    asset_id: UUID,
    counter: str,
    number: object,
    *,
    actor: Actor,
    at: datetime | None = None,
    set_back: str = "",
) -> Record:
    """Keep what a counter of a piece of equipment shows. `at`: when it was read (UTC; default now).

    A counter counts up: one that shows less than it did is refused (`NotYet`), unless `set_back`
    says why, for example that it was replaced; what is counted by it then begins anew. Refuses
    what is no number and a time in the future. Needs `record.add` there. Tells record.made.
    """
    with acting(actor):
        seen = Asset.objects.seen_by(actor).select_related("place")
        asset: Asset = the_one(seen, asset_id)
        actor.require("record.add", asset.place.path)
        item = Item(code=counter, text=counter, kind="number")
        given, wrong = answer_of(item, "", {"number": number})
        if wrong:
            raise NotYet(wrong, code="bad_value", fields={"number": wrong})
        moment, value, why = happened(at, None), dict(given.value or {}), set_back.strip()
        if why:
            value["reset"] = True
        else:
            _counts_up(asset.id, counter, Decimal(value["number"]), moment)
        record = Record.objects.create(
            company_id=actor.company_id,
            place=asset.place,
            asset=asset,
            kind=READING,
            item=counter,
            value=value,
            by=actor.id,
            written_by=actor.written_by,
            at=moment,
        )
        tell(
            "record.made",
            subject=("record", record.id),
            actor=actor,
            at=record.at,
            said={"kind": READING, "item": counter, "verdict": ""},
            wrote=written(record),
            values={"reason": why} if why else None,
        )
    return record


def _counts_up(asset: UUID, counter: str, number: Decimal, moment: datetime) -> None:
    """Refuse less than was shown before `moment`."""
    shown = readings_of([asset], counter).get(asset, Shown())
    most = max((one for at, one in shown.readings if at <= moment), default=number)
    if number < most:
        words = _(
            "It showed %(n)s before, and this is less. Look at it again; where it was replaced "
            "or set back, say so."
        ) % {"n": f"{most:f}"}
        raise NotYet(words, code="counts_up", fields={"number": words})
