"""Whom to call afterwards: the shares of each standard, the attempts, the silence, the words."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anju.domains.requests.forms import URGENCY_NAMES
from anju.engine.loop.models import KIND_NAMES
from anju.engine.standards.asking import Asking, Script, Share
from anju.engine.standards.commands import change_asking
from anju.engine.standards.models import Standard
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown

SPARE = 3  # empty rows to write new shares into


class AskingForm(KitForm):
    """How one standard asks afterwards. A row without a percentage is left out."""

    attempts = forms.IntegerField(
        label=_("Calls in vain until “not reached”"), min_value=0, max_value=20
    )
    silence_days = forms.IntegerField(
        label=_("Days of silence after which it is closed"),
        min_value=0,
        max_value=365,
        help_text=_("Counted from when the reporter was told; 0: silence closes nothing."),
    )
    script = forms.CharField(
        label=_("What to say, one line per sentence"),
        required=False,
        max_length=4000,
        help_text=_("{reporter}, {caller}, {company}, {matter}, {number} and {day} are filled in."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, standard: Standard, **kwargs: Any) -> None:
        self.standard = standard
        asks = standard.asks
        general = next((s for s in asks.scripts if not s.category and not s.kind), None)
        first: dict[str, Any] = {
            "attempts": asks.attempts,
            "silence_days": asks.silence_days,
            "script": "\n".join(general.lines) if general else "",
        }
        super().__init__(*args, initial=first, prefix=standard.code, **kwargs)
        self.shares = [*asks.shares, *[None] * SPARE]
        named = {*standard.kinds, *(share.kind for share in asks.shares)}
        kinds = [("", _("any kind")), *((k, n) for k, n in KIND_NAMES if k in named)]
        for n, share in enumerate(self.shares):
            for name, field in _share_fields(kinds).items():
                field.widget.attrs["class"] = "input"
                field.initial = getattr(share, name) if share else None
                self.fields[f"{name}_{n}"] = field

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The controls of the shares, row by row."""
        return [
            [self[f"{name}_{n}"] for name in ("percent", "kind", "category", "urgency")]
            for n in range(len(self.shares))
        ]

    @property
    def asking(self) -> Asking:
        """What was entered; scripts of one kind or category stay as they are."""
        said = self.cleaned_data
        shares = [
            Share(
                said[f"percent_{n}"],
                said[f"kind_{n}"],
                said[f"category_{n}"].strip(),
                said[f"urgency_{n}"] or None,
            )
            for n in range(len(self.shares))
            if said[f"percent_{n}"] is not None
        ]
        kept = [s for s in self.standard.asks.scripts if s.category or s.kind]
        lines = tuple(line.strip() for line in said["script"].splitlines() if line.strip())
        return Asking(
            tuple(shares),
            said["attempts"],
            said["silence_days"],
            (*((Script(lines),) if lines else ()), *kept),
        )


def _share_fields(kinds: list[tuple[str, Any]]) -> dict[str, forms.Field]:
    return {
        "percent": forms.IntegerField(
            label=_("of 100"), required=False, min_value=0, max_value=100
        ),
        "kind": forms.ChoiceField(label=_("Kind"), required=False, choices=kinds),
        "category": forms.CharField(label=_("Category"), required=False, max_length=120),
        "urgency": forms.TypedChoiceField(
            label=_("Urgency"),
            required=False,
            coerce=int,
            empty_value=None,
            choices=[("", _("any urgency")), *URGENCY_NAMES],
        ),
    }


@door("standard.edit")
def callback_rules(request: Request) -> HttpResponse:
    """The standards in force that ask afterwards, each with its form; saving makes the next version
    of it, for cases opened from then on."""
    actor = request.actor
    actor.require("standard.edit", "")
    asking = [s for s in Standard.objects.seen_by(actor).in_force() if s.callback]
    posted = request.POST.get("standard", "") if request.method == "POST" else ""
    if request.method == "POST" and posted not in {str(s.id) for s in asking}:
        raise Unknown(_("There is no such standard in force any more. Open the page again."))
    shown = [AskingForm(request.POST if str(s.id) == posted else None, standard=s) for s in asking]
    for form in shown:
        if form.is_bound and form.is_valid():
            try:
                change_asking(UUID(posted), form.asking, actor=actor)
            except (NotYet, Conflict) as refusal:
                show_refusal(form, refusal)
            else:
                return HttpResponseRedirect(reverse("console:callback_rules"))
    wrong = any(form.errors for form in shown if form.is_bound)
    return render(
        request, "console/callback_rules.html", {"shown": shown}, status=422 if wrong else 200
    )
