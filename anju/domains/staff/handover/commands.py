"""Handing a shift over and taking it: two signatures, each with an account of its own."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from anju.domains.staff.commands.telling import tell_of_objection, tell_who_leads, tell_who_went
from anju.domains.staff.handover.about import things_about, words_about
from anju.domains.staff.handover.models import Handover, posts_at_hand
from anju.domains.staff.handover.queries import (
    changed_since,
    desk_shift,
    shift_handed,
    shifts_untold,
)
from anju.domains.staff.handover.rules import (
    GRACE,
    LATE,
    MISSING,
    STILL,
    changes,
    counted,
    matters_to_json,
    things_fault,
)
from anju.engine.loop.left_open import left_open
from anju.engine.loop.matters import AFTER, Matter, matters_named
from anju.engine.loop.models import Case
from anju.foundation.events.commands import erase_values, tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.people.models import Person, Post
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only
from anju.foundation.tenancy.turns import one_at_a_time

WORDS_MOST, BESIDE_MOST = 4_000, 200
TOLD_MOST = 500  # shifts at a time; the rest with the next tick


def give_over(
    place: Place | None,
    *,
    actor: Actor,
    post: Post | None = None,
    drafted: Iterable[str] = (),
    text: str = "",
    beside: Mapping[str, str] | None = None,
    things: Sequence[tuple[str, int]] = (),
) -> Handover:
    """Sign what the shift leaves: everything `left_open` finds at this moment, at a desk's place
    or, with `post`, at that post.

    `drafted`: the matters (by key) of the draft the giver has read; those no longer owed are kept
    as `gone`, those that came since are signed with the rest, so nothing falls between draft and
    signature. `beside`: what the giver wrote beside matters, by key. `things`: what goes from hand
    to hand, counted. An earlier handover of the same shift by the same giver that nobody has taken
    is replaced.
    Refuses (`Refused`) who neither holds the post nor is or was just on duty at it, without
    `work.dispatch` at the place; (`NotYet`) things named twice or not counted.
    """
    with acting(actor):
        if post is not None:
            place = place or post.place
        _may_hand(place, post, actor)
        if fault := things_fault(things):
            raise NotYet(fault, code="things", fields={"things": fault})
        at = now()
        duty = shift_handed(post, actor, at) if post else desk_shift(actor, at)
        post = post or (duty.post if duty else None)
        matters = left_open(place, post, actor)
        until = duty.ends_at if duty else None
        given = Handover.objects.filter(giver=actor.id, place=place, state="given", until=until)
        of_desk = post is None or bool(post.desk)
        replaced = list(given.of_desks() if of_desk else given.filter(post=post))
        for old in replaced:
            _set(old, "replaced")
        handover = Handover.objects.create(
            company_id=actor.company_id, place=place, post=post,
            until=until, giver=actor.id, given_at=at, lines=matters_to_json(matters),
            gone=list(changes((one.key for one in matters_named(drafted)), matters).gone),
            things=[[name, n] for name, n in things],
        )  # fmt: skip
        words = _words(text)
        for n, one in enumerate(matters):
            if said := (beside or {}).get(one.key, "").strip():
                words[f"line{n}"] = _plain(said)[:BESIDE_MOST]
        whose = _reporters(matters) if words else {}
        _told("handover.given", handover, actor, words, *replaced, whose=whose)
    return handover


def _reporters(matters: Sequence[Matter]) -> dict[str, UUID]:
    """Whose the words beside each matter are: who reported the case. One query."""
    cases = [one.id for one in matters if one.kind == "case"]
    known = dict(Case.objects.filter(id__in=cases).values_list("id", "reporter_id"))
    return {
        f"line{n}": person
        for n, one in enumerate(matters)
        if one.kind == "case" and (person := known.get(one.id))
    }


def erase_words(person: Person, *, actor: Actor) -> int:
    """Erase what was written about a person when shifts changed, as `about` finds it: words,
    whosever case they stand beside, and the names of things. Whether the actor may is asked by
    `erase_person`. How many."""
    with acting(actor):
        words = words_about(person)
        doomed = [one.id for one in (*words.known, *words.named)]
        erased = erase_values(actor=actor, values=doomed)
        for of in things_about(person):
            one, called = of.handover, {*of.known, *of.named}
            gone = {name: f"— {n + 1}" for n, (name, _n) in enumerate(one.things) if name in called}
            one.things = [[gone.get(name, name), n] for name, n in one.things]
            found = one.taken.get("found", {})
            if found:
                one.taken["found"] = {gone.get(name, name): n for name, n in found.items()}
            one.version += 1
            one.save(update_fields=["things", "taken", "version"])
            tell("handover.erased", subject=("handover", one.id), actor=actor, wrote=written(one))
            erased += len(gone)
    return erased


def take_over(
    handover_id: UUID,
    *,
    actor: Actor,
    text: str = "",
    found: Mapping[str, int] | None = None,
    objects: bool = False,
) -> Handover:
    """Sign as who comes. What has changed since the giver signed is written into the record: what
    is over, and what came. `found`: how many of each thing the taker counted.

    Who `objects` takes the shift as well, says what is not right, and whoever leads the post is
    told. Refuses the giver's own (`NotYet`), things counted otherwise without an objection and an
    objection without a word (`NotYet`), and what somebody else has taken meanwhile (`Conflict`).
    """
    with acting(actor):
        seen = Handover.objects.seen_by(actor).select_related("place", "post__team", "post__place")
        handover = only(seen.filter(id=handover_id))
        if handover is None:
            raise Unknown(_("There is no such record, or you may not see it."))
        _may_hand(handover.place, handover.post, actor)
        if handover.giver == actor.id:
            raise NotYet(
                _("A handover needs two: whoever takes the shift over signs with an own account."),
                code="own_work",
            )
        if fault := things_fault(list((found or {}).items())):
            raise NotYet(fault, code="things", fields={"found": fault})
        other = counted(handover.things, found or {})
        _fits(other, text, objects)
        standing = left_open(handover.place, handover.post, actor)
        changed = changed_since(handover, standing, actor)
        taken: dict[str, Any] = {"gone": list(changed.gone), "new": matters_to_json(changed.new)}
        if objects:
            taken |= {"objected": True, "found": other}
        _set(handover, "taken", taker=actor.id, taken_at=now(), taken=taken)
        name = "handover.objected" if objects else "handover.taken"
        _told(name, handover, actor, _words(text))
        if objects:
            tell_of_objection(handover, actor=actor)
    return handover


def tell_missing(*, actor: Actor) -> int:
    """Tell of each shift that was followed by somebody and handed over by nobody: who was on it,
    from half an hour after its end and while it can still be signed; afterwards, until twelve hours
    after its end, whoever leads the post. How many were told of. Only at posts that have handed
    over before. Each once a shift: its event says that they were told. Safe to repeat."""
    with acting(actor):
        one_at_a_time("handovers", actor.company_id)
        late = shifts_untold(LATE, (AFTER, GRACE), TOLD_MOST, actor)
        missing = shifts_untold(MISSING, (STILL, AFTER), TOLD_MOST, actor)
        for name, shifts, tell_them in (
            (LATE, late, tell_who_went), (MISSING, missing, tell_who_leads)
        ):  # fmt: skip
            for one in shifts:
                said = {"until": one.until.isoformat()}
                tell(name, subject=("post", one.post.id), actor=actor, said=said)
                tell_them(one, actor=actor)
    return len(late) + len(missing)


def _fits(other: Mapping[str, int], text: str, objects: bool) -> None:
    if other and not objects:
        raise NotYet(
            _("You counted otherwise: %(things)s. Take the shift over with an objection, so that "
              "your leader knows, or count again.") % {"things": "、".join(other)},
            code="counts",
        )  # fmt: skip
    if objects and not text.strip():
        words = _("Say what is not right; your leader reads it.")
        raise NotYet(words, code="reason", fields={"text": words})


def _may_hand(place: Place | None, post: Post | None, actor: Actor) -> None:
    if post is None or not posts_at_hand(actor).filter(id=post.id).exists():
        actor.require("work.dispatch", place.path if place else "")


def _set(handover: Handover, state: str, **values: Any) -> None:
    won = Handover.objects.filter(id=handover.id, state="given", version=handover.version).update(
        state=state, version=F("version") + 1, **values
    )
    if not won:
        raise Conflict(
            _("Somebody else has taken this shift over in the meantime. Open the page again.")
        )
    handover.state, handover.version = state, handover.version + 1
    for name, value in values.items():
        setattr(handover, name, value)


def _words(text: str) -> dict[str, str]:
    return {"text": said[:WORDS_MOST]} if (said := _plain(text).strip()) else {}


def _plain(text: str) -> str:
    """Without what no column can hold."""
    return text.replace("\0", "")


def _told(
    name: str,
    handover: Handover,
    actor: Actor,
    words: Mapping[str, str],
    *more: Handover,
    whose: Mapping[str, UUID] = MappingProxyType({}),
) -> None:
    tell(
        name,
        subject=("handover", handover.id),
        actor=actor,
        said={"lines": len(handover.lines), "gone": len(handover.gone)},
        wrote=written(handover, *more),
        values=words or None,
        whose=whose,
    )
