"""Keeping the register of laws, and looking at what rests on one that changed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from anju.domains.documents.models import Doubt, Law
from anju.domains.documents.queries import resting_on
from anju.domains.documents.rules import (
    LAW_KINDS,
    LAW_STATES,
    faults_of,
    keys_of,
    names_law,
    words,
)
from anju.engine.library.grounds import resting
from anju.engine.library.reading import library
from anju.engine.library.rules import Item, is_opinion
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only

LONGEST = {"title": 160, "code": 60, "issuer": 120, "source": 300, "why": 300}
# A change of one of these is a change of the law: what rests on it is looked at again.
MATTERS = ("title", "code", "state", "effective")
_NORM = re.compile(r"^(GB|GBZ|TSG|DL|JJG|JJF|XF|GA|DB\d*|CJJ|JGJ)(/T)? ?[A-Z]?[\d.]")
_AND = re.compile(r"、(?=[A-Z第])")  # between two norms or articles, not between two ministries
_ARTICLES = re.compile(r" *第[\d、条第]+条$")


@dataclass(frozen=True, kw_only=True)
class LawText:
    """What is written of a law. `why`: what changed; needed where what matters changed."""

    title: str
    code: str = ""
    kind: str = "law"
    issuer: str = ""
    state: str = "unknown"
    effective: date | None = None
    source: str = ""
    certain: bool = False
    why: str = ""


def write_law(
    said: LawText, *, actor: Actor, law_id: UUID | None = None, edited: int = 0
) -> tuple[Law, int]:
    """Write a law down, or write one anew; the law, and how many papers must be looked at now.

    A new title, code, state or day of effect puts every paper that rests on it in doubt until
    somebody has looked: standards, forms, procedures and documents in force and in preparation,
    clauses of contracts that are not over. Refuses (`NotYet`) with fields what is missing, too
    long, unknown or taken, and such a change without its reason; (`Conflict`) an edition somebody
    wrote over. Tells law.written.
    """
    actor.require("standard.edit", "")
    with acting(actor):
        body = _body(said)
        row, before = Law(company_id=actor.company_id), None
        if law_id is not None:
            row = _held(Law.objects.filter(company_id=actor.company_id), law_id)
            if row.edited != edited:
                raise Conflict(
                    _("Somebody changed this meanwhile. Look at it again before you save.")
                )
            before = {name: getattr(row, name) for name in MATTERS}
        changed = before is not None and _changes(before, body)
        if changed and not words(said.why):
            needed = _("Say what changed: whoever looks at the papers reads it.")
            raise NotYet(needed, fields={"why": needed})
        # What rests on it rests on it by the name it had, as well as by the one it gets.
        reached = resting_on(row, resting(actor)) if changed else []
        for name, value in body.items():
            setattr(row, name, value)
        if changed:
            reached += [one for one in resting_on(row, resting(actor)) if one not in reached]
        _save(row, actor)
        doubts = [_doubted(row, one, words(said.why), actor) for one in reached]
        _told(row, actor, doubts, reason=words(said.why) if changed else "")
    return row, len(doubts)


def clear_doubt(doubt_id: UUID, *, actor: Actor, note: str) -> Doubt:
    """Say that a paper was looked at and stays as it is. `note`: what was looked at.

    Refuses (`NotYet`) without a note, (`Conflict`) what somebody has cleared. Tells law.looked_at.
    """
    actor.require("standard.edit", "")
    if not words(note):
        needed = _("Say in a few words what you looked at. It is kept with your name.")
        raise NotYet(needed, fields={"note": needed})
    with acting(actor):
        row: Doubt = _held(Doubt.objects.filter(company_id=actor.company_id), doubt_id)
        if row.cleared_at is not None:
            raise Conflict(_("Somebody has looked at it already. Open the page again."))
        row.cleared_at, row.cleared_by, row.note = now(), actor.id, words(note)[:300]
        row.save(update_fields=["cleared_at", "cleared_by", "note"])
        tell(
            "law.looked_at",
            subject=("law", row.law_id),
            actor=actor,
            said={"kind": row.kind, "paper": str(row.paper), "part": row.part},
            wrote=written(row),
        )
    return row


def fill_laws(*, actor: Actor) -> int:
    """Write every law and norm of the library into the register that it does not hold yet; how
    many. One that nobody has looked up in its source is written as not certain. Tells law.filled.
    """
    actor.require("standard.edit", "")
    with acting(actor):
        held = list(Law.objects.select_for_update().filter(company_id=actor.company_id))
        known = {key for one in held for key in one.keys}
        rows = []
        for law in library_laws():
            keys = keys_of(law.title, law.code)
            if known.isdisjoint(keys):
                known.update(keys)
                rows.append(Law(company_id=actor.company_id, **_body(law)))
        try:
            with acting(actor):
                Law.objects.bulk_create(rows)
        except IntegrityError:
            raise Conflict(
                _("Somebody fills the register at this moment. Open it again.")
            ) from None
        if rows:
            tell(
                "law.filled",
                subject=("law", rows[0].id),
                actor=actor,
                said={"count": len(rows)},
                wrote=written(*rows),
            )
    return len(rows)


def library_laws() -> Iterator[LawText]:
    """The laws and norms that the facts of the library were seen in, or are believed to be in.

    No actor: it reads what is shipped.
    """
    citing: dict[str, list[Item]] = {}
    for item in library().items.values():
        for key in {*item.source, *(s for v in item.values for s in v.source)}:
            citing.setdefault(key.partition("#")[0], []).append(item)
    seen: list[LawText] = []
    for key, items in sorted(citing.items()):
        if key.startswith("law:") and key != "law:地方性法规":
            source = library().sources[key]
            seen.append(_seen(source.title, source.address, items))
    yield from seen
    keys = [keys_of(one.title, one.code) for one in seen]
    for key, items in sorted(citing.items(), key=lambda pair: -len(pair[0])):
        for name in _AND.split(key.split(" ", 1)[1]) if is_opinion(key) and " " in key else ():
            bare = _ARTICLES.sub("", name).strip()
            if bare and not bare.startswith("第") and not any(names_law(bare, k) for k in keys):
                keys.append(keys_of(bare, ""))
                yield _believed(bare, items)


def _seen(title: str, address: str, items: list[Item]) -> LawText:
    """A law that was read: in force where its facts are, with their day of effect."""
    alone = [i for i in items if len({s.partition("#")[0] for s in i.source}) == 1]
    days = {i.effective for i in alone if i.effective}
    local = "地方性法规" in title or re.match(r"《?.{1,4}[省市]", title) is not None
    named = "《" in title
    number = re.search(r"[（(](\D+令)第", title)
    return LawText(
        title=title.replace("《", "").replace("》", ""),
        kind="local" if local else "law",
        issuer=number[1].removesuffix("令") if number else "",
        state="in_force" if any(i.status == "in_force" for i in items) else "unknown",
        effective=days.pop() if len(days) == 1 else None,
        source=address,
        certain=named,
    )


def _believed(name: str, items: list[Item]) -> LawText:
    """A norm that is only believed to say so: nobody has looked."""
    norm = _NORM.match(name) is not None
    grounds = {"law", "national", "industry", "local"}
    kind = next((i.basis for i in items if i.basis in grounds), "law")
    if norm:
        by = {"GB": "national", "DB": "local"}
        kind = next((k for head, k in by.items() if name.startswith(head)), "industry")
    return LawText(title=name, code=name if norm else "", kind=kind)


def _body(said: LawText) -> dict[str, Any]:
    text = {name: words(getattr(said, name)) for name in LONGEST}
    faults = faults_of(text, LONGEST, ("title",))
    for name, choices in (("kind", LAW_KINDS), ("state", LAW_STATES)):
        if getattr(said, name) not in dict(choices):
            faults[name] = _("Choose one of the list.")
    if faults:
        raise NotYet(_("Nothing was saved yet, and nothing is lost."), fields=faults)
    del text["why"]
    rest = {name: getattr(said, name) for name in ("kind", "state", "effective", "certain")}
    return {**text, **rest}


def _changes(was: dict[str, Any], becomes: dict[str, Any]) -> bool:
    """Whether the law is another now. To look one up (that it is in force, since when) is none."""
    other = {name for name in MATTERS if was[name] != becomes[name]}
    if (was["state"], becomes["state"]) == ("unknown", "in_force"):
        other.discard("state")
    if was["effective"] is None:
        other.discard("effective")
    return bool(other)


def _save(row: Law, actor: Actor) -> None:
    if not row._state.adding:
        row.edited += 1
    try:
        with acting(actor):
            row.save()
    except IntegrityError:
        taken = {"title": _("This is taken already. Choose another.")}
        raise NotYet(_("Nothing was saved yet, and nothing is lost."), fields=taken) from None


def _doubted(law: Law, one: Any, why: str, actor: Actor) -> Doubt:
    """The doubt of a paper: the one that is open, with the newest reason, or a new one."""
    said = {"why": why, "at": now(), "mark": one.mark}
    found, _made = Doubt.objects.update_or_create(
        company_id=actor.company_id,
        law=law,
        kind=one.kind,
        paper=one.id,
        part=one.part,
        cleared_at=None,
        defaults=said,
    )
    return found


def _held(rows: Any, id: UUID) -> Any:
    row = only(rows.select_for_update(of=("self",)).filter(id=id))
    if row is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return row


def _told(law: Law, actor: Actor, doubts: list[Doubt], *, reason: str) -> None:
    said = {"state": law.state, "version": law.edited, "doubts": len(doubts)}
    tell(
        "law.written",
        subject=("law", law.id),
        actor=actor,
        said=said | ({"reason": reason} if reason else {}),
        wrote=written(law, *doubts),
    )
