"""Handovers of shifts over the API: who signed what, and when."""

from datetime import datetime
from uuid import UUID

from ninja import Field, Query, Router, Schema

from anju.domains.staff.handover.models import STATES, Handover
from anju.foundation.access.doors import Request, api_door
from anju.foundation.access.queries import names_of
from anju.foundation.tenancy.errors import known_word
from anju.foundation.tenancy.rows import cursor_page

router = Router(tags=["staff"])
MOST = 200


class MatterOut(Schema):
    """What was left open: a row of this kind (case, work, reading, line), and why it was named."""

    kind: str
    id: UUID
    why: list[str]


class ThingOut(Schema):
    """What went from hand to hand, counted; `found`: how many who came counted, where otherwise."""

    name: str
    n: int
    found: int | None


class HandoverOut(Schema):
    """A handover. `post`: its code, null for a desk whose roster names nobody; `until`: the end of
    the shift. `state`: given, taken or replaced by a later one of the same giver. What was written
    beside it is read on its page."""

    id: UUID
    place_id: UUID | None
    post: str | None
    post_name: str | None
    until: datetime | None
    state: str
    giver: UUID
    giver_name: str
    given_at: datetime
    taker: UUID | None
    taker_name: str | None
    taken_at: datetime | None
    objected: bool
    matters: list[MatterOut]
    things: list[ThingOut]


class HandoverPage(Schema):
    """Handovers, the newest first; `next` is the cursor of the page after, null on the last."""

    items: list[HandoverOut]
    next: UUID | None


class HandoverFilter(Schema):
    """Filters of the list. `post`: the id of a post."""

    state: str = ""
    post: UUID | None = None
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=MOST)


@router.get("/handovers", response=HandoverPage, operation_id="list_handovers")
@api_door("work.see")
def list_handovers(request: Request, asked: Query[HandoverFilter]) -> dict[str, object]:
    """Handovers of the places where the token's owner hands out work, of the posts they are at,
    and those they signed."""
    known_word("state", asked.state, dict(STATES))
    found = Handover.objects.seen_by(request.actor).select_related("post").order_by("-id")
    if asked.state:
        found = found.filter(state=asked.state)
    if asked.post:
        found = found.filter(post=asked.post)
    if asked.cursor:
        found = found.filter(id__lt=asked.cursor)
    rows, after = cursor_page(found, asked.limit)
    names = names_of([id for one in rows for id in (one.giver, one.taker) if id],
                     actor=request.actor)  # fmt: skip
    return {"items": [_out(one, names) for one in rows], "next": after}


def _out(one: Handover, names: dict[UUID, str]) -> dict[str, object]:
    return {
        "id": one.id, "place_id": one.place_id, "post": one.post.code if one.post else None,
        "post_name": one.post.name if one.post else None, "until": one.until, "state": one.state,
        "giver": one.giver, "giver_name": names.get(one.giver, ""), "given_at": one.given_at,
        "taker": one.taker, "taker_name": names.get(one.taker, "") if one.taker else None,
        "taken_at": one.taken_at, "objected": one.objected,
        "matters": [{"kind": m.kind, "id": m.id, "why": list(m.why)} for m in one.signed],
        "things": [{"name": t.name, "n": t.n, "found": t.found} for t in one.counts],
    }  # fmt: skip
