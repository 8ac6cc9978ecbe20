"""Lists in: choose, upload, match columns, look, confirm; undo while nothing hangs on it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from anju.faces.console.registry.forms import UploadForm
from anju.faces.console.registry.pages import form_page, one_of
from anju.faces.console.registry.tables import batch_columns, batch_state
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of
from anju.foundation.kit.export import download, file_name
from anju.foundation.kit.filters import Filter, equals
from anju.foundation.kit.list import ListPage
from anju.foundation.kit.parts import Step
from anju.foundation.lib import now
from anju.foundation.registry import commands
from anju.foundation.registry.lists import list_named, titles
from anju.foundation.registry.models import STATE_NAMES, Batch
from anju.foundation.registry.planning import VERDICTS
from anju.foundation.registry.queries import Preview, hanging, planned, preview
from anju.foundation.registry.sheet import Line, Sheet
from anju.foundation.registry.sheets import ALL
from anju.foundation.registry.workbooks import errors, template_csv
from anju.foundation.registry.workbooks import template as template_xlsx
from anju.foundation.tenancy.errors import NotYet, Unknown

LINES_SHOWN = 100
FILES = {"xlsx": template_xlsx, "csv": template_csv}


@door("import.run", methods="GET")
def imports(request: Request) -> HttpResponseBase:
    """Which lists there are, and what was imported."""
    actor = request.actor
    rows = Batch.objects.seen_by(actor).defer("table")
    makers = SimpleLazyObject(lambda: names_of(rows.values_list("made_by", flat=True), actor=actor))
    page = ListPage(
        request,
        rows,
        columns=batch_columns(titles(), makers),
        filters=[
            Filter(
                name="sheet", label=_("List"), apply=equals("sheet"),
                choices=[(sheet.name, sheet.title) for sheet in ALL],
            ),
            Filter(name="state", label=_("State"), apply=equals("state"), choices=STATE_NAMES),
        ],
        sort="-made",
        row_url=lambda batch: reverse("registry:batch", args=[batch.id]),
        empty=(
            _("Nothing imported yet"),
            _("Choose a list above, download its template, fill it in and upload it."),
        ),
    )  # fmt: skip
    return page.answer() or render(request, "registry/imports.html", {"page": page, "lists": ALL})


@door("import.run")
def upload(request: Request, sheet: str) -> HttpResponse:
    """Upload a file for one list."""
    one = list_named(sheet, request.actor)
    form = UploadForm(request.POST or None, request.FILES or None)

    def act(given: dict[str, Any]) -> str:
        file = given["file"]
        batch = commands.stage(file.read(), name=file.name, sheet=sheet, actor=request.actor)
        return reverse("registry:batch", args=[batch.id])

    return form_page(
        request,
        form,
        act,
        title=_("Import: %(list)s") % {"list": one.title},
        sub=one.help,
        label=_("Upload and look"),
        back=reverse("registry:imports"),
        sheet=sheet,
    )


@door("import.run", methods="GET")
def template(request: Request, sheet: str, kind: str) -> HttpResponseBase:
    """The empty list, as Excel or CSV."""
    one = list_named(sheet, request.actor)
    if kind not in FILES:
        raise Unknown(_("There is no such file."))
    return download(FILES[kind](one), f"{one.title}_{_('template')}.{kind}")


@door("import.run", methods="GET")
def batch(request: Request, id: UUID) -> HttpResponse:
    """One import: its preview while it waits, afterwards what it did."""
    shown = _batch(request, id)
    if shown.state == "staged" and shown.table is not None:
        return _preview_page(request, shown)
    context = {
        "batch": shown,
        "sheet": list_named(shown.sheet, request.actor),
        "state": batch_state(shown),
        "sums": [(verdict, shown.counts.get(verdict, 0)) for verdict in VERDICTS],
        "hanging": hanging(shown) if shown.state == "confirmed" else [],
    }
    return render(request, "registry/batch.html", context)


@door("import.run", methods="POST")
def columns(request: Request, id: UUID) -> HttpResponse:
    """Say which column of the file is which."""
    shown = _batch(request, id)
    mapping = {}
    for column in list_named(shown.sheet, request.actor).columns:
        chosen = request.POST.get(f"column-{column.key}", "")
        if chosen.isdigit():
            mapping[column.key] = int(chosen)
    commands.remap(id, mapping=mapping, actor=request.actor)
    return _to_batch(id)


@door("import.run", methods="GET")
def error_table(request: Request, id: UUID) -> HttpResponseBase:
    """The person's own rows, with what to do in each."""
    shown = _batch(request, id)
    if shown.table is None:
        raise NotYet(_("This import is no longer open. Upload the file again to see its rows."))
    content = errors(shown, planned(shown, actor=request.actor))
    title = str(list_named(shown.sheet, request.actor).title)
    name = file_name(
        [title, _("what to correct")], "xlsx", at=now(), zone=timezone.get_current_timezone()
    )
    return download(content, name)


@door("import.run", methods="POST")
def confirm_batch(request: Request, id: UUID) -> HttpResponse:
    """Write what the preview showed, all or nothing."""
    commands.confirm(id, digest=request.POST.get("digest", ""), actor=request.actor)
    return _to_batch(id)


@door("import.run", methods="POST")
def drop_batch(request: Request, id: UUID) -> HttpResponse:
    """Forget an upload."""
    commands.drop(id, actor=request.actor)
    return HttpResponseRedirect(reverse("registry:imports"))


@door("import.run", methods="POST")
def undo_batch(request: Request, id: UUID) -> HttpResponse:
    """Take an import back."""
    commands.undo(id, actor=request.actor)
    return _to_batch(id)


def _preview_page(request: Request, shown: Batch) -> HttpResponse:
    table = shown.table or {"header": [], "rows": []}
    sheet = list_named(shown.sheet, request.actor)
    context: dict[str, Any] = {
        "batch": shown,
        "sheet": sheet,
        "columns": _choices(sheet, table["header"], shown),
        "rows": len(table["rows"]),
        "steps": _steps(2),
    }
    try:
        seen = preview(shown, actor=request.actor)
    except NotYet as missing:  # a required column has no match: the choice of columns says which
        return render(request, "registry/preview.html", {**context, "missing": missing.message})
    wrong = sum(seen.plan.counts[v] for v in ("error", "conflict"))
    context |= {
        "seen": seen,
        "digest": seen.plan.digest,
        "sums": [(verdict, n) for verdict, n in seen.plan.counts.items()],
        "wrong": wrong,
        "good": len(seen.plan.lines) - wrong,
        "writes": seen.plan.counts["new"] + seen.plan.counts["changed"],
        "lines": _lines(seen),
        "most": LINES_SHOWN,
        "steps": _steps(3),
    }
    return render(request, "registry/preview.html", context)


def _choices(sheet: Sheet, header: list[str], shown: Batch) -> list[dict[str, Any]]:
    rows = (shown.table or {"rows": []})["rows"]
    first = dict(enumerate(rows[0][1])) if rows else {}
    return [
        {
            "column": column,
            "chosen": shown.mapping.get(column.key),
            "example": first.get(shown.mapping.get(column.key), ""),
            "options": list(enumerate(header)),
        }
        for column in sheet.columns
    ]


def _lines(seen: Preview) -> list[tuple[Line, str, list[tuple[Any, Any, Any]]]]:
    """What needs a look first: wrong rows, then changed, then new; as many as a page bears."""
    order = {
        verdict: n for n, verdict in enumerate(("error", "conflict", "changed", "new", "same"))
    }
    lines = sorted(seen.plan.lines, key=lambda line: (order[line.verdict], line.number))
    return [
        (line, " · ".join(text for text in line.cells.values() if text)[:200], _differences(line))
        for line in lines[:LINES_SHOWN]
    ]


def _differences(line: Line) -> list[tuple[Any, Any, Any]]:
    """(field, old, new) of what would change."""
    if line.verdict != "changed":
        return []
    return line.differences + [
        (
            entry.part.labels.get(name, name),
            getattr(entry.found, name),
            getattr(value, "entry", value),
        )
        for entry in line.planned.values()
        if entry.found is not None
        for name, value in entry.changes.items()
    ]


def _steps(at: int) -> list[Step]:
    labels = (_("Upload"), _("Columns"), _("Look"), _("Confirm"))
    return [
        Step(label=label, state="done" if n < at else "current" if n == at else "todo")
        for n, label in enumerate(labels, start=1)
    ]


def _batch(request: Request, id: UUID) -> Batch:
    found: Batch = one_of(Batch.objects.seen_by(request.actor), id)
    return found


def _to_batch(id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("registry:batch", args=[id]))
