"""Taking pieces and facts of the library over into a company."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from anju.engine.forms.commands import draft_form
from anju.engine.forms.models import Form
from anju.engine.library.comparing import asked_of
from anju.engine.library.drafting import document_of
from anju.engine.library.grading import Home, Part, parts_of, standard_of
from anju.engine.library.models import SCRIPTS, Adopted, Installed
from anju.engine.library.papers import papers_of
from anju.engine.library.reading import library
from anju.engine.library.rules import Item, Piece, Value
from anju.engine.library.script import in_script, written_in
from anju.engine.procedures.commands import draft_procedure
from anju.engine.procedures.models import Procedure
from anju.engine.standards.commands import draft_standard, put_in_force
from anju.engine.standards.models import Standard
from anju.engine.standards.rules import Subject
from anju.engine.standards.scope import ruling
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only


@dataclass(frozen=True)
class Done:
    """What installing made: the row of the piece, how many facts, the draft of a standard, how
    many drafts of forms and procedures."""

    installed: Installed
    adopted: int
    standard: Standard | None
    papers: int = 0


def install_piece(code: str, *, actor: Actor, level: str = "", script: str = "zh-Hans") -> Done:
    """Take a piece over for all communities: its facts as rows of the company, its promises as a
    draft of a standard, its forms and procedures as drafts, all for somebody to review and publish.

    Facts, forms and procedures the company has already are left as they are. Refuses (`Unknown`) a
    piece that is not there, (`NotYet`) a piece of several levels without one of them and an unknown
    script, and (`Conflict`) a piece that is installed already or whose
    standard is in preparation.
    """
    actor.require("standard.edit", "")
    piece = _piece(code)
    _check_level(piece, level)
    if script not in dict(SCRIPTS):
        raise NotYet(
            _("There is no script %(script)s. Choose zh-Hans or zh-Hant.") % {"script": script},
            fields={"script": _("Choose one of the list.")},
        )
    with acting(actor):
        if Installed.objects.filter(company_id=actor.company_id, piece=code).exists():
            raise _twice(piece)
        rows = _rows(piece, level, script, actor)
        try:
            installed = Installed.objects.create(
                company_id=actor.company_id,
                piece=code,
                level=level,
                script=script,
                items=len(rows),
                by=actor.id,
            )
        except IntegrityError:
            raise _twice(piece) from None
        Adopted.objects.bulk_create(rows)
        tell(
            "library.installed",
            subject=("library", installed.id),
            actor=actor,
            said={"piece": code, "level": level, "items": len(rows)},
            wrote=written(installed, *rows),
        )
        draft = _drafted(piece, level, script, actor)
        return Done(installed, len(rows), draft, _papers(piece, script, actor))


def adopt_item(
    item_id: str,
    *,
    actor: Actor,
    place_id: UUID,
    level: str = "",
    values: Sequence[Value] | None = None,
    why: str = "",
) -> Adopted:
    """Take one fact over for one community, as shipped or with other values.

    `values`: what shall hold there instead; a change needs its reason `why`, which is kept. Refuses
    (`NotYet`) a change without one, (`Conflict`) a fact the community has already, (`Unknown`) a
    fact or a place that is not there.
    """
    with acting(actor):
        item = library().items.get(item_id)
        place = only(Place.objects.seen_by(actor).filter(id=place_id))
        if item is None or place is None:
            raise Unknown(_("There is no such fact or place. Open the page again."))
        actor.require("standard.edit", place.path)
        piece = library().pieces[item.piece]
        _check_level(piece, level)
        shipped = [v for i, v in asked_of(piece, level) if i.id == item.id]
        changed = values is not None and list(values) != shipped
        if changed and not why.strip():
            raise NotYet(
                _("The value is another than in the library. Say why; it is kept with it."),
                fields={"why": _("Please fill this in; it is needed.")},
            )
        mine = Adopted.objects.filter(company_id=actor.company_id, place_id=place.id)
        if mine.filter(item=item.id).exists():
            raise Conflict(_("%(place)s has this already.") % {"place": place.name})
        row = _row(item, shipped if values is None else values, "zh-Hans", actor)
        row.place_id, row.changed, row.why = place.id, changed, why.strip()[:300]
        try:
            with acting(actor):
                row.save(force_insert=True)
        except IntegrityError:
            raise Conflict(_("%(place)s has this already.") % {"place": place.name}) from None
        tell(
            "library.adopted",
            subject=("library", row.id),
            actor=actor,
            said={"item": item.id, "place": str(place.id), "changed": changed},
            wrote=written(row),
        )
    return row


@dataclass(frozen=True)
class Graded:
    """A part of a grade and its standard for a community: in force, or a draft where nothing of it
    is confirmed yet."""

    part: Part
    standard: Standard


def promise_grade(
    grade: str, parts: Collection[str], *, place: Place, actor: Actor, why: str, script: str
) -> list[Graded]:
    """Promise a community the chosen parts of a grade ("piece/level"): a standard for each, in
    force from now on where something of it is confirmed, else a draft; and its confirmed facts
    adopted there. Suggestions stand in the standards as words that say so and measure nothing.

    Safe to repeat: the next version of each standard, no fact twice. Refuses (`NotYet`) an unknown
    grade, no part of it, and what publishing refuses, (`Conflict`) a standard of the community that
    is in preparation; all or nothing. Tells library.graded.
    """
    actor.require("standard.edit", "")
    code, _slash, level = grade.partition("/")
    piece = library().pieces.get(code)
    chosen = [one for one in parts_of(piece, level) if one.code in parts] if piece else []
    if piece is None or not chosen:
        raise NotYet(
            _("Choose a grade of the library, and at least one part of it."),
            fields={"parts": _("Choose at least one part.")},
        )
    with acting(actor):
        home = Home(place.path, place.name, _home_code(place, actor))
        made = [
            Graded(one, _made(one, piece, home, script=script, why=why, actor=actor))
            for one in chosen
        ]
        mine = Adopted.objects.filter(company_id=actor.company_id, place_id=place.id)
        have = set(mine.values_list("item", flat=True))
        values: dict[str, list[Value]] = {}
        for item, value in (pair for one in chosen for pair in one.confirmed):
            values.setdefault(item.id, []).append(value)
        items = library().items
        rows = [
            _row(items[id], said, script, actor) for id, said in values.items() if id not in have
        ]
        for row in rows:
            row.place_id = place.id
        Adopted.objects.bulk_create(rows)
        tell(
            "library.graded",
            subject=("place", place.id),
            actor=actor,
            said={"grade": grade, "parts": [one.code for one in chosen], "items": len(rows)},
            wrote=written(*rows),
        )
    return made


def _home_code(place: Place, actor: Actor) -> str:
    """What the codes of a community's standards begin with: its own code, as far as it can be
    written; with a part of its id where another community's begin so too."""
    plain_ = "".join(c for c in place.code.casefold() if c.isascii() and c.isalnum())[:12]
    others = Standard.objects.filter(company_id=actor.company_id, code__startswith=f"{plain_}-")
    strange = [o for o in others if o.where.places and o.where.places != (place.path,)]
    return f"{plain_}{place.id.hex[-4:]}" if strange or not plain_ else plain_


def _made(part: Part, piece: Piece, home: Home, *, script: str, why: str, actor: Actor) -> Standard:
    code = f"{home.code}-{part.code}"
    ruling_ = ruling(
        [
            (one, one.where)
            for one in Standard.objects.seen_by(actor).in_force()
            if part.code in one.kinds and one.code != code
        ],
        Subject("", 3, home.path),
    )
    document = standard_of(
        library(), part, piece, home=home, base=ruling_.document if ruling_ else None, script=script
    )
    if part.confirmed:
        return put_in_force(document, actor=actor, why=why)
    mine = Standard.objects.filter(company_id=actor.company_id, code=code)
    return mine.order_by("version").last() or draft_standard(document, actor=actor)


def _piece(code: str) -> Piece:
    piece = library().pieces.get(code)
    if piece is None:
        raise Unknown(
            _("There is no piece %(code)s in the library. `anju library list` names them all.")
            % {"code": code}
        )
    return piece


def _check_level(piece: Piece, level: str) -> None:
    if (level or piece.levels) and level not in piece.levels:
        raise NotYet(
            _("Choose one of the levels of this piece: %(levels)s.")
            % {"levels": "、".join(piece.levels) or "-"},
            fields={"level": _("Choose one of the list.")},
        )


def _twice(piece: Piece) -> Conflict:
    return Conflict(
        _("%(piece)s is installed already. Change its facts, or the standard made of it.")
        % {"piece": piece.title}
    )


def _rows(piece: Piece, level: str, script: str, actor: Actor) -> list[Adopted]:
    have = set(
        Adopted.objects.filter(company_id=actor.company_id, place=None).values_list(
            "item", flat=True
        )
    )
    by_item: dict[str, list[Value]] = {}
    for item, value in asked_of(piece, level):
        by_item.setdefault(item.id, []).append(value)
    items = library().items
    return [
        _row(items[id], values, script, actor) for id, values in by_item.items() if id not in have
    ]


def _row(item: Item, values: Sequence[Value], script: str, actor: Actor) -> Adopted:
    return Adopted(
        company_id=actor.company_id,
        item=item.id,
        piece=item.piece,
        kind=item.kind,
        title=in_script(item.title, script),
        values=[
            {
                name: in_script(said, script) if name in ("scope", "text", "level") else said
                for name, said in value.model_dump(mode="json", exclude_defaults=True).items()
            }
            for value in values
        ],
        confirmed=item.feeds,
        at=now(),
        by=actor.id,
    )


def _papers(piece: Piece, script: str, actor: Actor) -> int:
    """Drafts of its forms and procedures that the company has no version of; how many."""
    sheets, flows = papers_of(piece.code)
    have = {
        model: set(model.objects.filter(company_id=actor.company_id).values_list("code", flat=True))
        for model in (Form, Procedure)
    }
    new_sheets = [one for one in sheets if one.code not in have[Form]]
    new_flows = [one for one in flows if one.code not in have[Procedure]]
    for sheet in new_sheets:
        draft_form(written_in(sheet, script), actor=actor)
    for flow in new_flows:
        draft_procedure(written_in(flow, script), actor=actor)
    return len(new_sheets) + len(new_flows)


def _drafted(piece: Piece, level: str, script: str, actor: Actor) -> Standard | None:
    """The draft of its promises; `Conflict` where a version of that code is in preparation."""
    document = document_of(library(), piece, level=level, script=script)
    return draft_standard(document, actor=actor) if document else None
