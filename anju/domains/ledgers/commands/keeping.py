"""How a ledger is kept, and looking through a month of it."""

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from anju.domains.ledgers.models import Ledger, Review
from anju.domains.ledgers.queries import form_of, month_figures, month_of
from anju.domains.ledgers.rules import settings_faults
from anju.engine.forms.commands import draft_form, publish_paper
from anju.engine.forms.models import Form
from anju.engine.library.papers import forms
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.people.models import Post
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only
from anju.foundation.texts import plain

WORDS_MOST = 2_000


@dataclass(frozen=True)
class Kept:
    """How a ledger is kept; the fields of `Ledger`."""

    name: str
    form: str
    post: Post | None = None
    ends_with: str = ""
    within: int = 0
    signers: int = 1
    certificate: str = ""
    personal: bool = False
    keep_days: int = 0


def open_ledger(place: Place, code: str, said: Kept, *, actor: Actor) -> Ledger:
    """Begin a ledger at a community. Refuses (`NotYet`) a form that is not in force or has no such
    item, and (`Conflict`) a code that the community has already. Tells ledger.opened."""
    actor.require("ledger.edit", place.path)
    with acting(actor):
        ledger = Ledger(company_id=actor.company_id, place=place, code=code.strip().upper())
        _put(ledger, said, actor)
        try:
            with acting(actor):  # a savepoint: the one who comes second is told so
                ledger.save(force_insert=True)
        except IntegrityError as error:
            words = _("This community has a ledger with that code already. Choose another one.")
            raise Conflict(words, code="taken", fields={"code": words}) from error
        _told("ledger.opened", ledger, actor)
    return ledger


def change_ledger(id: UUID, said: Kept, *, actor: Actor, version: int | None = None) -> Ledger:
    """Keep a ledger otherwise from now on; its lines keep the form they were written by. Refuses as
    `open_ledger`, a stale `version` (`Conflict`),
    a ledger that has ended and another end while lines are open (`NotYet`). Tells
    ledger.changed."""
    with acting(actor):
        ledger = _mine(id, actor, version)
        same = (said.ends_with, said.form) == (ledger.ends_with, ledger.form)
        if not same and (n := ledger.lines.waiting().count()):
            words = _("%(n)d lines are still open and end as they began. End them first.")
            raise NotYet(words % {"n": n}, fields={"ends_with": words % {"n": n}})
        _put(ledger, said, actor)
        ledger.version += 1
        ledger.save()
        _told("ledger.changed", ledger, actor)
    return ledger


def end_ledger(id: UUID, *, actor: Actor, version: int | None = None) -> Ledger:
    """Write in it no more; what it holds stays. Refuses (`NotYet`) while lines of it are open.
    Tells ledger.ended."""
    with acting(actor):
        ledger = _mine(id, actor, version)
        if n := ledger.lines.waiting().count():
            words = _("%(n)d lines are still open. End them first, so that nothing is forgotten.")
            raise NotYet(words % {"n": n})
        ledger.state, ledger.version = "ended", ledger.version + 1
        ledger.save(update_fields=["state", "version"])
        _told("ledger.ended", ledger, actor)
    return ledger


def review_month(id: UUID, month: date, *, actor: Actor, words: str = "") -> Review:
    """Say that a month of a ledger was looked through (月度审核), with what was found. `month`: any
    day of it. Refuses (`NotYet`) a month that is not over, and one with open or unsigned lines or
    lines that are not right and no words about them; (`Conflict`) the second time. Tells
    ledger.reviewed."""
    with acting(actor):
        ledger = _mine(id, actor, None)
        first = month.replace(day=1)
        if month_of(first, actor.company_id)[1] > now():
            raise NotYet(_("This month is not over. Look it through when its last day is written."))
        figures = asdict(month_figures(ledger, first))
        text = words.strip()[:WORDS_MOST]
        if (figures["open"] or figures["failed"] or figures["unsigned"]) and not text:
            said = _("Some lines are open, unsigned or not right. Say what becomes of them.")
            raise NotYet(said, fields={"words": said})
        if ledger.reviews.filter(month=first).exists():
            raise Conflict(_("Somebody has looked this month through already."))
        review = Review.objects.create(
            company_id=actor.company_id, ledger=ledger, month=first, figures=figures, by=actor.id
        )
        tell(
            "ledger.reviewed",
            subject=("ledger", ledger.id),
            actor=actor,
            said={"month": first.isoformat(), **figures},
            wrote=written(review),
            values={"words": text} if text else {},
        )
    return review


def _mine(id: UUID, actor: Actor, version: int | None) -> Ledger:
    seen = Ledger.objects.seen_by(actor).select_related("place")
    ledger = only(seen.select_for_update(of=("self",)).filter(id=id))
    if ledger is None:
        raise Unknown(_("There is no such ledger, or you may not see it."))
    actor.require("ledger.edit", ledger.place.path)
    if version is not None and version != ledger.version:
        raise Conflict(_("Somebody changed this ledger meanwhile. Look at it again."))
    if ledger.state == "ended":
        raise NotYet(_("This ledger has ended. Nothing can be changed in it any more."))
    return ledger


def _put(ledger: Ledger, said: Kept, actor: Actor) -> None:
    form = form_of(said.form, actor) or _of_the_library(said.form, actor)
    wrong = settings_faults(form.sheet if form else None, said.ends_with, said.signers, said.within)
    if not said.name.strip():
        wrong["name"] = _("Give the ledger a name.")
    if wrong:
        raise NotYet(" ".join(str(words) for words in wrong.values()), fields=wrong)
    for name, value in vars(said).items():
        setattr(ledger, name, value.strip() if isinstance(value, str) else value)


def _of_the_library(code: str, actor: Actor) -> Form | None:
    """A form of the library as it stands, put in force where the company has none of its own: who
    begins a ledger need not be who writes standards. What somebody changed waits for them."""
    sheet = forms().get(code)
    mine = list(Form.objects.filter(company_id=actor.company_id, code=code))
    if sheet is None or any(one.body != plain(sheet) for one in mine):
        return None
    library = Actor.machine(actor.company_id, "library")
    draft = mine[0] if mine else draft_form(sheet, actor=library)
    return publish_paper(Form, draft.id, actor=library) if draft.state == "draft" else None


def _told(name: str, ledger: Ledger, actor: Actor) -> None:
    tell(
        name,
        subject=("ledger", ledger.id),
        actor=actor,
        said={"code": ledger.code, "version": ledger.version},
        wrote=written(ledger),
    )
