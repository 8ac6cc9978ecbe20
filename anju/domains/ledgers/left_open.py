"""Lines of a post's ledgers that a change of shift must not forget: keys out, visitors inside."""

from collections.abc import Collection
from uuid import UUID

from django.utils.timezone import localtime

from anju.domains.ledgers.models import Line
from anju.domains.ledgers.queries import called, hides, typed_of_lines
from anju.domains.ledgers.rules import STANDING_NAMES
from anju.engine.loop.left_open import Words
from anju.engine.loop.matters import Matter
from anju.foundation.lib import now
from anju.foundation.people.models import Post
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor

MOST = 100


def find_open(_place: Place | None, post: Post | None, actor: Actor) -> list[Matter]:
    """The lines of the ledgers a post keeps that have not ended, the oldest first. One query;
    nothing without a post."""
    if post is None:
        return []
    moment = now()
    lines = Line.objects.seen_by(actor).waiting().filter(ledger__post=post, ledger__state="active")
    return [
        Matter("line", id, ("late",) if due is not None and due < moment else ("open",))
        for id, due in lines.order_by("at", "id").values_list("id", "due_at")[:MOST]
    ]


def read_lines(ids: Collection[UUID], actor: Actor) -> dict[UUID, Words]:
    """As `words_of` asks: the ledger, the number of the line and what it begins with, as far as the
    actor may read it. Three queries."""
    seen = Line.objects.seen_by(actor).filter(id__in=list(ids))
    lines = list(seen.select_related("ledger__place", "form", "place"))
    typed, moment = typed_of_lines(lines), now()
    found = {}
    for one in lines:
        name = called(one, typed.get(one.id, {}), hide=hides(one.ledger, actor))
        title = f"{one.ledger.name} {one.n} {name}".strip()
        where = f"{one.place} {localtime(one.at):%m-%d %H:%M}"
        note = STANDING_NAMES[one.standing(moment)]
        found[one.id] = Words(title, where, note, over=one.ended_at is not None)
    return found
