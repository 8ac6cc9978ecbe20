"""Announcements to those who live here: written, published, withdrawn; how many homes have read."""

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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.answers.models import Answer
from anju.domains.answers.rules import blanks
from anju.domains.community.commands.notices import publish, withdraw
from anju.domains.community.models import NOTICE_KINDS, Notice
from anju.domains.community.queries import receipts_of
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.lib import now
from anju.foundation.places.queries import full_name, full_names, place_named
from anju.foundation.tenancy.errors import Refusal, Unknown


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
            Column(
                name="at",
                label=_("Published"),
                render=lambda row: tags.when(row.published_at),
                sort="published_at",
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
    return page.answer() or render(request, "console/notices.html", {"page": page})


def _state(row: Notice) -> Any:
    if row.withdrawn_at:
        return tags.tag(_("withdrawn"), "edge")
    if row.until and row.until < now():
        return tags.tag(_("over"), "edge")
    return tags.tag(_("shown"), "ok", "check")


@door("notice.edit")
def new(request: Request) -> HttpResponse:
    """Write an announcement, from a text that is kept for it or anew, and publish it."""
    kept = Answer.objects.seen_by(request.actor).current("notice").order_by("category", "question")
    initial: dict[str, Any] = request.GET.dict()
    if begin := next((one for one in kept if str(one.id) == initial.get("from")), None):
        initial |= {"title": begin.question, "text": begin.text}
    form = NoticeForm(request.POST or None, initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        day = given["until"]
        until = timezone.make_aware(datetime.combine(day, time.max)) if day else None
        try:
            place = place_named(given["place"], actor=request.actor)
            made = publish(
                place,
                title=given["title"],
                text=given["text"],
                until=until,
                kind=given["kind"],
                actor=request.actor,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("console:notice_page", args=[made.id]))
    context = {"form": form, "kept": kept, "begin": begin}
    return render(request, "console/new_notice.html", context, status=422 if form.errors else 200)


@door("notice.edit", methods="GET")
def notice(request: Request, id: UUID) -> HttpResponse:
    """One announcement, and in how many homes it was read."""
    shown = _the_notice(request, id)
    read, homes = receipts_of([shown])[shown.id]
    context = {
        "notice": shown,
        "state": _state(shown),
        "facts": [
            (_("What it is"), shown.get_kind_display()),
            (_("To everybody at"), full_name(shown.place)),
            (_("Published"), tags.when(shown.published_at)),
            (
                _("Shown until"),
                tags.moment(shown.until) if shown.until else _("until it is withdrawn"),
            ),
            (_("Homes that have read"), tags.percent(read, homes)),
        ],
        "may_withdraw": shown.withdrawn_at is None,
    }
    return render(request, "console/notice.html", context)


@door("notice.edit", methods="POST")
def withdraw_page(request: Request, id: UUID) -> HttpResponse:
    """Show it to nobody any more."""
    withdraw(_the_notice(request, id), actor=request.actor)
    return HttpResponseRedirect(reverse("console:notice_page", args=[id]))


def _the_notice(request: Request, id: UUID) -> Notice:
    found = Notice.objects.seen_by(request.actor).select_related("place").filter(id=id).first()
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    request.actor.require("notice.edit", found.place.path)
    return found
