"""Lines that were written, or ended, on a phone without a signal, and are brought later."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from anju.domains.ledgers.commands import add_to_line, write_line
from anju.domains.ledgers.forms import given_to
from anju.domains.ledgers.models import Ledger, Line
from anju.domains.ledgers.queries import form_in_force
from anju.engine.forms.rules import Item
from anju.engine.offline.doing import Brought, Stood, Whose
from anju.foundation.lib import given_id
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only

# `line` and `line_more` of `POST /api/v1/commands`. The subject of `line` is an id the phone makes;
# what follows about that line has the same subject, or the id of a line that the server knows. Said
# is what the fields of the page are called, and `ledger`: its id. `of`: for each of the files, the
# field it was given in.


def whose_lines(said: Iterable[str], actor: Actor) -> dict[str, Whose]:
    """The ledgers they are about, by how their ids were said."""
    ids = {one: given_id(one) for one in said}
    seen = Ledger.objects.seen_by(actor).select_related("place").in_bulk(set(ids.values()))
    return {
        one: Whose("ledger", id, seen[id].name, seen[id].place.path)
        for one, id in ids.items()
        if id in seen
    }


def bring_line(one: Brought) -> Stood:
    """A new line, at the time it was written, or the time that was typed. One that the phone
    brought before is refused."""
    actor = one.actor
    ledger = _the_ledger(one)
    known = Line.objects.filter(company_id=actor.company_id, brought=one.subject)
    if known.exists():
        text = _(
            "This line is written already, so nothing was written twice. Open it in the ledger and "
            "add there what is missing."
        )
        raise NotYet(text, code="known")
    items = form_in_force(ledger.form, actor).sheet.items
    words = one.text("place")
    place = place_named(words, actor=actor, at=ledger.place) if words else None
    line = write_line(
        ledger.id, given_to(items, _filled(one, items)), actor=actor, place=place,
        at=_typed_time(one) or one.at, brought=one.subject,
    )  # fmt: skip
    return _stood(line)


def bring_more(one: Brought) -> Stood:
    """More of a line, among it how it ended. What somebody else has answered meanwhile stays: then
    it is refused, since only a person can say why it is answered again."""
    lines = Line.objects.seen_by(one.actor).select_related("form")
    line = only(lines.filter(Q(id=one.subject) | Q(brought=one.subject)))
    if line is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    items = line.form.sheet.items
    given = given_to(items, _filled(one, items))
    if not given:
        raise NotYet(_("Nothing was filled in, so nothing was added."))
    at = _typed_time(one) or one.at
    return _stood(add_to_line(line.id, given, actor=one.actor, reason=one.text("reason"), at=at))


def _stood(line: Line) -> Stood:
    return Stood("ended" if line.ended_at else "open", line.version)


def _the_ledger(one: Brought) -> Ledger:
    seen = Ledger.objects.seen_by(one.actor).select_related("place")
    ledger = only(seen.filter(id=given_id(one.said.get("ledger"))))
    if ledger is None:
        raise Unknown(_("There is no such ledger, or you may not see it."))
    return ledger


def _filled(one: Brought, items: tuple[Item, ...]) -> dict[str, Any]:
    """As `given_to` takes it: the words, and of each picture field the files that came."""
    filled: dict[str, Any] = {name: one.text(name) for name in one.said}
    pictures = {f"picture.{item.code}" for item in items}
    hashes, of = one.said.get("files"), one.said.get("of")
    for sha, name in zip(_list(hashes), _list(of), strict=False):
        if name in pictures and (file := one.files.get(str(sha).lower())):
            held = filled.get(name) or []
            filled[name] = [*held, file]
    return filled


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


def _typed_time(one: Brought) -> Any:
    try:
        return forms.DateTimeField(required=False).clean(one.text("at"))
    except ValidationError as error:
        words = _("This is no day and time. Choose them again, or leave them empty for now.")
        raise NotYet(words, fields={"at": words}) from error
