"""Announcements to those who live here: written, approved, hung at boards, withdrawn, read."""

from datetime import datetime, time
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.answers.models import Answer
from anju.domains.answers.rules import blanks
from anju.domains.community.commands.boards import post_at_board, take_down
from anju.domains.community.commands.notices import approve, ask_approval, publish, withdraw
from anju.domains.community.commands.telling import tell_of_work
from anju.domains.community.models import APPROVALS, NOTICE_KINDS, Notice
from anju.domains.community.queries import approval_of, boards_known, boards_of, receipts_of
from anju.domains.community.telling import affected
from anju.engine.loop.models import WorkOrder
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of
from anju.foundation.files.queries import stored_file
from anju.foundation.files.views import file_response
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.lib import given_id
from anju.foundation.places.queries import full_name, full_names, place_named
from anju.foundation.tenancy.errors import NotYet, Refusal, Unknown
from anju.foundation.tenancy.rows import only


class NoticeForm(KitForm):
    """What is announced, to whom, until when."""

    place = forms.CharField(
        label=gettext_lazy("To everybody at"),
        max_length=200,
        help_text=gettext_lazy(
            "A community, a building, a unit or a room; all below it are told. For example BH1."
        ),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=NOTICE_KINDS,
        required=False,
        help_text=gettext_lazy(
            "A known outage also stands on the desk's card of whoever calls from there."
        ),
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )
    until = forms.DateField(
        label=gettext_lazy("Shown until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("The last day. Leave it empty to show it until you withdraw it."),
    )

    work = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, of_work: bool = False, **kwargs: Any) -> None:
        """`of_work`: it announces a piece of work, which says to whom and until when."""
        super().__init__(*args, **kwargs)
        for name in ("place", "until") if of_work else ("work",):
            del self.fields[name]

    def clean_text(self) -> str:
        """Residents never read a blank."""
        text: str = self.cleaned_data["text"]
        if left := blanks([text]):
            raise forms.ValidationError(
                _("This is still to be filled in: %(blanks)s."),
                params={"blanks": "".join(f"【{name}】" for name in left)},
            )
        return text


class NoticeList(ListPage):
    """Announcements with what has been read, counted for the rows of a page."""

    @cached_property
    def receipts(self) -> dict[UUID, tuple[int, int]]:
        """Homes that have read, of all homes with somebody on record."""
        return receipts_of(self._page[0])

    @cached_property
    def boards(self) -> dict[UUID, tuple[int, int]]:
        """Boards where it hangs, of all it hung at."""
        return boards_of(self._page[0])

    @cached_property
    def places(self) -> dict[UUID, str]:
        """Where each stands."""
        return full_names(row.place for row in self._page[0])


@door("notice.edit", methods="GET")
def notices(request: Request) -> HttpResponseBase:
    """All announcements, the newest first."""
    page: NoticeList = NoticeList(
        request,
        Notice.objects.seen_by(request.actor).select_related("place"),
        columns=[
            Column(name="title", label=_("Title"), render=lambda row: row.title, look="title"),
            Column(name="state", label=_("State"), render=_state, look="mark"),
            Column(
                name="place", label=_("Place"), render=lambda row: page.places.get(row.place_id, "")
            ),
            Column(
                name="read",
                label=_("Homes that have read"),
                render=lambda row: tags.percent(*page.receipts[row.id]),
                numeric=True,
            ),
            Column(name="boards", label=_("Boards"), render=lambda row: _hung(row, page.boards)),
            Column(
                name="at",
                label=_("Published"),
                render=lambda row: tags.when(row.published_at),
                sort="id",
                value=lambda row: row.published_at,
            ),
        ],
        sort="-at",
        row_url=lambda row: reverse("console:notice_page", args=[row.id]),
        empty=(
            _("No announcements yet"),
            _("Water off, a lift stopped: write it once, and every home it concerns has it."),
        ),
    )
    context = {
        "page": page,
        "may_rule": request.actor.may("company.edit", ""),
    }
    return page.answer() or render(request, "console/notices.html", context)


class RuleForm(KitForm):
    """Who approves announcements."""

    approval = forms.ChoiceField(
        label=gettext_lazy("Who approves it"),
        choices=APPROVALS,
        widget=forms.RadioSelect,
    )


@door("company.edit")
def rule(request: Request) -> HttpResponse:
    """Which announcements a second person reads before they are shown."""
    request.actor.require("company.edit", "")
    form = RuleForm(request.POST or None, initial={"approval": approval_of(request.actor)})
    if form.is_valid():
        ask_approval(form.cleaned_data["approval"], actor=request.actor)
        return HttpResponseRedirect(reverse("console:notices"))
    status = 422 if form.errors else 200
    return render(request, "console/notice_rule.html", {"form": form}, status=status)


def _hung(row: Notice, boards: dict[UUID, tuple[int, int]]) -> Any:
    """At how many boards; marked where it hangs and should not."""
    hangs, every = boards.get(row.id, (0, 0))
    if hangs and row.over:
        return tags.tag(_("still hangs: %(n)s") % {"n": hangs}, "warn")
    return f"{hangs} / {every}" if every else ""


def _state(row: Notice) -> Any:
    if row.withdrawn_at:
        return tags.tag(_("withdrawn"), "edge")
    if row.published_at is None:
        return tags.tag(_("waits for approval"), "warn")
    if row.phase and not row.over:
        return tags.tag(row.get_phase_display(), row.tone)
    if row.over:
        return tags.tag(_("over"), "edge")
    return tags.tag(_("shown"), "ok", "check")


@door("notice.edit")
def new(request: Request) -> HttpResponse:
    """Write an announcement, from a text that is kept for it or anew, and publish it."""
    kept = Answer.objects.seen_by(request.actor).current("notice").order_by("category", "question")
    initial: dict[str, Any] = request.GET.dict()
    if begin := next((one for one in kept if str(one.id) == initial.get("from")), None):
        initial |= {"title": begin.question, "text": begin.text}
    work = _work_told_of(request)
    initial.setdefault("title", work.title if work else "")
    form = NoticeForm(request.POST or None, initial=initial, of_work=work is not None)
    if form.is_valid():
        try:
            made = _published(form.cleaned_data, work, request)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("console:notice_page", args=[made.id]))
    approval = approval_of(request.actor)
    context = {
        "form": form,
        "work": work,
        "touched": full_names(affected(work.place, work.asset)).values()
        if work and work.place
        else (),
        "kept": kept,
        "begin": begin,
        "approval": approval,
        "rule": dict(APPROVALS)[approval],
    }
    return render(request, "console/new_notice.html", context, status=422 if form.errors else 200)


def _work_told_of(request: Request) -> WorkOrder | None:
    """The piece of planned work that is announced; None where it is none."""
    given = request.POST.get("work") or request.GET.get("work")
    if not given:
        return None
    planned = WorkOrder.objects.seen_by(request.actor).filter(case=None, id=given_id(given))
    work = only(planned.select_related("place", "asset"))
    if work is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return work


def _published(given: dict[str, Any], work: WorkOrder | None, request: Request) -> Notice:
    words = {"title": given["title"], "text": given["text"], "kind": given["kind"]}
    if work is not None:
        return tell_of_work(work, actor=request.actor, **words)[0]
    day = given["until"]
    until = timezone.make_aware(datetime.combine(day, time.max)) if day else None
    place = place_named(given["place"], actor=request.actor)
    return publish(place, until=until, actor=request.actor, **words)


class PostingForm(KitForm):
    """Where it hangs, and the photo that shows it."""

    board = forms.CharField(
        label=gettext_lazy("Board"),
        max_length=60,
        help_text=gettext_lazy("For example: lobby of building 3."),
        widget=forms.TextInput(attrs={"list": "boards"}),
    )
    photo = forms.FileField(
        label=gettext_lazy("Photo"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


@door("notice.edit", methods="GET")
def notice(request: Request, id: UUID) -> HttpResponse:
    """One announcement: in how many homes it was read, at which boards it hangs."""
    return _shown(request, _the_notice(request, id), PostingForm())


def _shown(request: Request, shown: Notice, form: PostingForm, wrong: Any = "") -> HttpResponse:
    actor = request.actor
    read, homes = receipts_of([shown])[shown.id]
    names = names_of([one for one in (shown.by, shown.approved_by) if one], actor=actor)
    postings = list(shown.postings.order_by("-at"))
    waits = shown.published_at is None and shown.withdrawn_at is None
    hung = not shown.over and not waits
    facts = [
        (_("What it is"), shown.get_kind_display()),
        (_("To everybody at"), full_name(shown.place)),
        (_("Written by"), names.get(shown.by, "")),
        (_("Approved by"), names.get(shown.approved_by, "") if shown.approved_by else ""),
        (_("Published"), tags.when(shown.published_at) if shown.published_at else ""),
        (_("Shown until"), tags.moment(shown.until) if shown.until else _("until it is withdrawn")),
        (_("Homes that have read"), tags.percent(read, homes)),
        *_of_work(shown),
    ]
    context = {
        "notice": shown,
        "state": _state(shown),
        "facts": [(term, said) for term, said in facts if said],
        "waits": waits,
        "may_approve": waits and shown.by != actor.id,
        "may_withdraw": shown.withdrawn_at is None,
        "postings": postings,
        "overdue": [one for one in postings if not one.removed_at] if shown.over else [],
        "form": form if hung else None,
        "boards": boards_known(actor) if hung else [],
        "wrong": wrong,
    }
    status = 422 if form.errors or wrong else 200
    return render(request, "console/notice.html", context, status=status)


def _of_work(shown: Notice) -> list[tuple[Any, Any]]:
    """When the work is planned that it announces, and how far it is."""
    if shown.starts_at is None or shown.ends_at is None:
        return []
    far = format_html("{} · {}", shown.get_phase_display(), tags.when(shown.phase_at))
    times = (tags.moment(shown.starts_at), tags.moment(shown.ends_at))
    planned = format_html("{} – {}", *times)
    at = reverse("console:round", args=[shown.work_id])
    work = format_html('<a href="{}">{}</a>', at, shown.work or "")
    return [(_("Work order"), work), (_("Planned for"), planned), (_("How far it is"), far)]


@door("notice.edit", methods="POST")
def approve_page(request: Request, id: UUID) -> HttpResponse:
    """A second person has read it: show it."""
    shown = _the_notice(request, id)
    try:
        approve(id, actor=request.actor)
    except NotYet as refusal:
        return _shown(request, shown, PostingForm(), wrong=refusal.message)
    return HttpResponseRedirect(reverse("console:notice_page", args=[id]))


@door("notice.edit", methods="POST")
def post_page(request: Request, id: UUID) -> HttpResponse:
    """It hangs at a board; the photo shows it."""
    shown = _the_notice(request, id)
    form = PostingForm(request.POST, request.FILES)
    if form.is_valid():
        photo = form.cleaned_data["photo"]
        board = form.cleaned_data["board"]
        try:
            post_at_board(shown, board, photo.file, actor=request.actor, name=photo.name)
        except NotYet as refusal:
            fields = dict(refusal.fields)
            if "file" in fields:
                fields["photo"] = fields.pop("file")
            show_refusal(form, NotYet(refusal.message, fields=fields))
        else:
            return HttpResponseRedirect(reverse("console:notice_page", args=[id]))
    return _shown(request, shown, form)


@door("notice.edit", methods="POST")
def take_down_page(request: Request, id: UUID, posting: UUID) -> HttpResponse:
    """It hangs there no more."""
    _the_notice(request, id)
    take_down(posting, actor=request.actor)
    return HttpResponseRedirect(reverse("console:notice_page", args=[id]))


@door("notice.edit", methods="GET")
def posting_photo(request: Request, id: UUID, posting: UUID) -> HttpResponseBase:
    """The photo of a board, drawn smaller, or the original to keep."""
    found = only(_the_notice(request, id).postings.filter(id=posting))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    file = stored_file(found.photo_id, actor=request.actor)
    return file_response(file, size="400" if request.GET.get("size") else "original")


@door("notice.edit", methods="POST")
def withdraw_page(request: Request, id: UUID) -> HttpResponse:
    """Show it to nobody any more."""
    withdraw(_the_notice(request, id), actor=request.actor)
    return HttpResponseRedirect(reverse("console:notice_page", args=[id]))


def _the_notice(request: Request, id: UUID) -> Notice:
    found = only(Notice.objects.seen_by(request.actor).select_related("place").filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    request.actor.require("notice.edit", found.place.path)
    return found
