"""Pages of lines: the ledger by lines, a new one, one with its story."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from anju.domains.ledgers.commands import add_to_line, sign_line, write_line
from anju.domains.ledgers.forms import FOR, LineForm, NewLineForm
from anju.domains.ledgers.models import Ledger, Line
from anju.domains.ledgers.queries import (
    Told,
    form_of,
    found_in,
    hides,
    story_of,
    told_of,
    typed_of_lines,
)
from anju.domains.ledgers.rules import STANDING_NAMES, TONES, parts_of
from anju.domains.ledgers.views.books import gone, the_ledger
from anju.domains.ledgers.workbook import DAY, NUMBER, PLACE, fits, list_of, titles_beside
from anju.engine.forms.rules import Item
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of, who_did
from anju.foundation.access.standing_in import hands_at, written_for
from anju.foundation.files.queries import stored_file
from anju.foundation.files.views import Size, file_response
from anju.foundation.kit.filters import Filter, Rows, between
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.lib import now
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refusal, Unknown
from anju.foundation.tenancy.rows import only

COLUMNS = 6  # items that a list shows; a file has all
SHORT = 24  # characters of an answer in a list
SIZES: dict[str, Size] = {"400": "400", "1600": "1600"}


@door("ledger.see", methods="GET")
def ledger(request: Request, id: UUID) -> HttpResponseBase:
    """The lines of a ledger, the newest first, as its form asks them."""
    actor, found = request.actor, the_ledger(id, request.actor)
    form = form_of(found.form, actor)
    items = form.sheet.items if form else ()
    page = _lines_page(request, found, items)
    context = {
        "ledger": found,
        "page": page,
        "form": form,
        "may_keep": found.state == "active" and actor.may("ledger.keep", found.place.path),
        "list": list_of(found) if fits(found, form, actor) else "",
        "may_edit": found.state == "active" and actor.may("ledger.edit", found.place.path),
    }
    return page.answer() or render(request, "ledgers/ledger.html", context)


def _lines_page(request: Request, found: Ledger, items: Sequence[Item]) -> ListPage:
    hidden = hides(found, request.actor)
    typed: dict[UUID, dict[str, str]] = {}
    names: dict[UUID, str] = {}

    def beside(rows: Sequence[Line]) -> None:
        typed.update(typed_of_lines(rows))
        people = [id for one in rows for id in (one.by, one.written_by) if id]
        names.update(names_of(people, actor=request.actor))

    def asked(item: Item) -> Column:
        def told(line: Line) -> Told:
            return told_of(line, typed.get(line.id, {}), hide=hidden, item=item)

        return Column(
            name=f"i-{item.code}", label=item.text, render=lambda line: _shown(told(line)),
            value=lambda line: _words(told(line)),
        )  # fmt: skip

    titles = titles_beside(items)
    shown = [asked(item) for item in (items if request.GET.get("format") else items[:COLUMNS])]
    return ListPage(
        request,
        found.lines.select_related("ledger", "form", "place", "asset"),
        columns=[
            Column(
                name="n", label=titles[NUMBER], look="title", sort="n",
                render=lambda line: line.n,
            ),
            Column(
                name="at", label=titles[DAY], sort="at",
                render=lambda line: tags.when(line.at), value=lambda line: line.at,
            ),
            *shown,
            Column(name="place", label=titles[PLACE], look="desk", render=_where),
            Column(
                name="by", label=_("Written by"), look="desk",
                render=lambda line: who_did(line.by, line.written_by, names) or "—",
            ),
            Column(name="state", label=_("State"), look="mark", render=mark, value=said),
        ],
        filters=_filters(found, hidden=hidden),
        sort="-at",
        row_url=lambda line: reverse("ledgers:line", args=[line.id]),
        file=(found.name,),
        beside=beside,
        empty=(_("No lines yet"), _("What is written here keeps its time and who wrote it.")),
    )  # fmt: skip


def _filters(found: Ledger, *, hidden: bool) -> list[Filter]:
    moment = now()
    asked = {
        "open": lambda rows: rows.waiting(),
        "overdue": lambda rows: rows.overdue(moment),
        "faulty": lambda rows: rows.filter(failed=True),
    }

    def words(rows: Rows, value: str) -> Rows:
        return rows.filter(id__in=found_in(found, value))

    filters = [
        Filter(
            name="state", label=_("State"), apply=lambda rows, value: asked[value](rows),
            choices=[(name, STANDING_NAMES[name]) for name in STANDING_NAMES if name in asked],
        ),
        Filter(name="day", label=_("Day"), kind="dates", apply=between("at")),
    ]  # fmt: skip
    if not hidden:
        filters.append(Filter(name="q", label=_("Words"), kind="text", apply=words))
    return filters


def _where(line: Line) -> str:
    return f"{line.place} · {line.asset}" if line.asset else str(line.place)


def said(line: Line) -> str:
    """Where a line stands, in words."""
    return str(STANDING_NAMES[line.standing(now())])


def mark(line: Line) -> Any:
    """Where a line stands, as a tag."""
    standing = line.standing(now())
    return tags.tag(STANDING_NAMES[standing], TONES.get(standing, "ok"))


def _words(told: Told) -> str:
    return " ".join(filter(None, [told.said, told.note])) if told.answered else ""


def _shown(told: Told) -> Any:
    """An answer in a cell: long words are cut, pictures counted."""
    if not told.answered:
        return "—"
    words = Truncator(_words(told)).chars(SHORT)
    pictures = format_html("{}{}", tags.icon("cam"), len(told.files)) if told.files else ""
    if told.bad:
        return format_html("{} {}", tags.tag(words, "warn"), pictures)
    return format_html("{} {}", words, pictures) if pictures else words


@door("ledger.keep")
def write(request: Request, id: UUID) -> HttpResponse:
    """A new line: what its form asks until it ends, where and when."""
    actor, found = request.actor, the_ledger(id, request.actor)
    actor.require("ledger.keep", found.place.path)
    paper = form_of(found.form, actor)
    if paper is None:
        return gone(request, found)
    posted = request.method == "POST"
    form = NewLineForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        items=parts_of(paper.sheet, found.ends_with).now,
        hands=hands_at(found.place.path, actor=actor),
    )
    if posted and form.is_valid() and (made := write_by(form, found, actor)):
        back = "ledgers:write" if request.POST.get("do") == "more" else "ledgers:ledger"
        return HttpResponseRedirect(f"{reverse(back, args=[id])}#l-{made.n}")
    context = {"ledger": found, "paper": paper, "form": form}
    return render(request, "ledgers/write.html", context, status=422 if form.errors else 200)


def write_by(form: NewLineForm, ledger: Ledger, actor: Actor) -> Line | None:
    """Write what a form holds; where it is refused, the form says why."""
    typed = form.cleaned_data["place"].strip()
    try:
        place = place_named(typed, actor=actor, at=ledger.place) if typed else None
    except NotYet as refusal:
        form.add_error("place", str(refusal.message))
        return None
    try:
        who = written_for(form.cleaned_data.get(FOR, ""), ledger.place.path, actor=actor)
        return write_line(ledger.id, form.given(), actor=who, place=place, at=form.happened())
    except NotYet as refusal:
        _say(form, refusal)
    return None


def add_by(form: LineForm, line: Line, actor: Actor) -> bool:
    """Add what a form holds to a line; where it is refused, the form says why. Raises `Conflict`
    where somebody added to it meanwhile."""
    said = form.cleaned_data
    try:
        who = written_for(said.get(FOR, ""), line.ledger.place.path, actor=actor)
        add_to_line(
            line.id, form.given(), actor=who, version=said["version"],
            reason=said.get("reason", ""),
        )  # fmt: skip
    except NotYet as refusal:
        _say(form, refusal)
        return False
    return True


def _say(form: LineForm, refusal: Refusal) -> None:
    if refusal.fields:
        form.place_faults(refusal.fields)
    else:
        form.add_error(None, str(refusal.message))


@door("ledger.see")
def line(request: Request, id: UUID) -> HttpResponse:
    """One line: every answer, what is still asked, its story; more is added with one press."""
    actor, shown = request.actor, _the_line(request, id)
    sheet = shown.form.sheet
    again = request.GET.get("again") == "1" or "reason" in request.POST
    parts = parts_of(sheet, shown.ledger.ends_with)
    # How it ended comes first; what was left out before may follow.
    unanswered = [i for i in (*parts.later, *parts.now) if i.code not in shown.answers]
    may_keep = actor.may("ledger.keep", shown.ledger.place.path)
    items = sheet.items if again else unanswered
    form, wrong = None, ""
    posted = request.method == "POST"
    if posted:
        actor.require("ledger.keep", shown.ledger.place.path)
    if may_keep and items:
        form = LineForm(
            request.POST if posted else None, request.FILES if posted else None, items=items,
            again=again, initial={"version": shown.version},
            hands=hands_at(shown.ledger.place.path, actor=actor),
        )  # fmt: skip
        if posted and form.is_valid():
            try:
                if add_by(form, shown, actor):
                    return HttpResponseRedirect(reverse("ledgers:line", args=[id]))
            except Conflict as refusal:
                wrong = str(refusal.message)
                form.data = {
                    **request.POST.dict(),
                    "version": shown.version,
                }  # of what is shown now
    bad = bool(wrong or (form is not None and form.errors))
    context = _line_context(request, shown) | {
        "form": form, "wrong": wrong, "again": again, "may_keep": may_keep,
        "ends": [item.text for item in parts.later if item.code not in shown.answers],
        "may_sign": may_keep and not shown.signed and actor.id not in (shown.by, shown.written_by),
    }  # fmt: skip
    return render(request, "ledgers/line.html", context, status=422 if bad else 200)


def _the_line(request: Request, id: UUID) -> Line:
    mine = Line.objects.seen_by(request.actor)
    found = only(mine.select_related("ledger__place", "form", "place", "asset").filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found


def _line_context(request: Request, shown: Line) -> dict[str, Any]:
    typed = typed_of_lines([shown]).get(shown.id, {})
    hidden = hides(shown.ledger, request.actor)
    told = [told_of(shown, typed, hide=hidden, item=item) for item in shown.form.sheet.items]
    story = story_of(shown)
    people = [shown.by, shown.written_by, shown.signed_by, *(e.by for e in story)]
    people += [UUID(event.said["written_by"]) for event in story if event.said.get("written_by")]
    names = names_of([one for one in people if one], actor=request.actor)
    texted = {str(id): name for id, name in names.items()}
    texts = {item.code: item.text for item in shown.form.sheet.items}
    return {
        "line": shown,
        "ledger": shown.ledger,
        "mark": mark(shown),
        "told": told,
        "where": _where(shown),
        "by": who_did(shown.by, shown.written_by, names),
        "signed_by": names.get(shown.signed_by, "") if shown.signed_by else "",
        "story": [
            (event, who_did(str(event.by), event.said.get("written_by"), texted),
             "、".join(texts.get(str(code), str(code)) for code in event.said.get("items", ())))
            for event in story
        ],
    }  # fmt: skip


@door("ledger.keep", methods="POST")
def sign(request: Request, id: UUID) -> HttpResponse:
    """Sign as the second person."""
    shown = _the_line(request, id)
    version = request.POST.get("version", "")
    try:
        sign_line(id, actor=request.actor, version=int(version) if version.isdigit() else None)
    except (NotYet, Conflict) as refusal:
        context = _line_context(request, shown) | {"wrong": refusal.message}
        return render(request, "ledgers/line.html", context, status=422)
    return HttpResponseRedirect(reverse("ledgers:line", args=[id]))


@door("ledger.see", methods="GET")
def picture(request: Request, id: UUID, file: UUID) -> HttpResponseBase:
    """A picture of a line; of a ledger that names people, for who keeps it."""
    shown = _the_line(request, id)
    if str(file) not in shown.files or hides(shown.ledger, request.actor):
        raise Unknown(_("There is no such file, or you may not see it."))
    kept = stored_file(file, actor=request.actor)
    return file_response(kept, size=SIZES.get(request.GET.get("size", ""), "original"))
