"""Taking pieces and facts of the library over into a company."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from anju.engine.forms.commands import draft_form
from anju.engine.forms.models import Form
from anju.engine.library.comparing import asked_of
from anju.engine.library.drafting import document_of
from anju.engine.library.models import SCRIPTS, Adopted, Installed
from anju.engine.library.papers import papers_of
from anju.engine.library.reading import library
from anju.engine.library.rules import Item, Piece, Value
from anju.engine.library.script import in_script, written_in
from anju.engine.procedures.commands import draft_procedure
from anju.engine.procedures.models import Procedure
from anju.engine.standards.commands import draft_standard
from anju.engine.standards.models import Standard
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown


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
        place = Place.objects.seen_by(actor).filter(id=place_id).first()
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
