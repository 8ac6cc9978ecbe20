"""What people type: a report, and what a step needs."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from anju.domains.requests.queries import staff_to_send
from anju.domains.requests.triage import TRIAGE_FIELDS, merge_fields, settle_fields
from anju.engine.loop.models import CHANNEL_NAMES, KIND_NAMES, Case
from anju.engine.loop.rules import CALLBACK_OUTCOMES, HEARD, Move
from anju.foundation.files.rules import JPEG, MB
from anju.foundation.kit.forms import FilesInput, KitForm, filled
from anju.foundation.people.models import Person
from anju.foundation.tenancy.actor import Actor

URGENCY_NAMES = (
    (1, _("P1 life safety")),
    (2, _("P2 urgent")),
    (3, _("P3 normal")),
    (4, _("P4 planned")),
)
SUBSTANCE_NAMES = (
    ("result", _("a result")),
    ("plan", _("a plan with its date")),
    ("reason", _("the reason")),
)
# What is "an incoming call" when somebody reports is "by telephone" when we tell them.
TOLD_BY = tuple(
    (key, _("Telephone") if key == "phone" else name) for key, name in CHANNEL_NAMES[:7]
)
OUTCOME_NAMES = dict(
    zip(
        CALLBACK_OUTCOMES,
        (
            _("satisfied with the result"),
            _("dissatisfied: the case is opened again"),
            _("not reached"),
            _("no answer days after a notice"),
        ),
        strict=True,
    )
)
HEARD_NAMES = dict(zip(HEARD, (_("no answer"), _("busy"), _("wrong number")), strict=True))
PHOTOS = "image/jpeg,image/png,image/webp,application/pdf,video/mp4,audio/mp4"
PHOTO_HELP = filled(
    _("JPEG, PNG or WebP up to %(limit)s MB each; also PDF, MP4 and M4A. At most 20 at once."),
    limit=JPEG.limit // MB,
)
_AREA = forms.Textarea(attrs={"rows": 3})


def _seg(choices: Any, **more: Any) -> forms.ChoiceField:
    """A choice with all its answers in sight: one tap."""
    return forms.ChoiceField(
        choices=choices, widget=forms.RadioSelect(attrs={"look": "seg"}), **more
    )


class PlaceField(forms.CharField):
    """A place by its code; the browser offers codes that begin so."""

    def __init__(self, **more: Any) -> None:
        ask = {
            "list": "places",
            "hx-get": reverse_lazy("requests:places"),
            "hx-trigger": "input changed delay:150ms",
            "hx-target": "#places",
            "hx-sync": "this:replace",
            "spellcheck": "false",
        }
        super().__init__(max_length=200, widget=forms.TextInput(attrs=ask), **more)


class ReportForm(KitForm):
    """One form for whatever is reported by telephone or at a desk."""

    place = PlaceField(
        label=_("Place"),
        help_text=_("For example 3-2-1201, or BH1 3-2-1201 where several communities have it."),
    )
    title = forms.CharField(label=_("Matter"), max_length=300)
    text = forms.CharField(label=_("Details"), max_length=20_000, required=False, widget=_AREA)
    kind = forms.ChoiceField(label=_("Kind"), choices=KIND_NAMES)
    category = forms.CharField(
        label=_("Category"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "categories"}),
    )
    urgency = forms.TypedChoiceField(
        label=_("Urgency"), choices=URGENCY_NAMES, coerce=int, initial=3
    )
    urgency_reason = forms.CharField(label=_("Why this urgency"), max_length=120, required=False)
    reporter = forms.UUIDField(required=False, widget=forms.HiddenInput)
    reporter_name = forms.CharField(label=_("Reporter"), max_length=80, required=False)
    reporter_phone = forms.CharField(
        label=_("Telephone"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    channel = forms.ChoiceField(label=_("Received by"), choices=CHANNEL_NAMES, initial="phone")


class MoveForm(KitForm):
    """What one step needs; `version` is the one the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class PhotosField(forms.FileField):
    """Any number of files. What is in each is looked at when it is kept."""

    def __init__(self, **more: Any) -> None:
        widget = FilesInput(attrs={"multiple": True, "accept": PHOTOS})
        super().__init__(widget=widget, help_text=PHOTO_HELP, **more)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The files as they came: an empty or a broken one is refused by itself, later."""
        if not data and self.required:
            raise forms.ValidationError(_("Choose at least one photo."))
        return data or []


class PhotosForm(KitForm):
    """Photos for a case."""

    photos = PhotosField(label=_("Photos"))


class DeskForm(ReportForm):
    """The same at the desk: the place was chosen by whoever calls, choices are one key away."""

    kind = _seg(KIND_NAMES[:5], label=_("Kind"), initial="repair")
    urgency = forms.TypedChoiceField(
        label=_("Urgency"),
        choices=URGENCY_NAMES,
        coerce=int,
        initial=3,
        widget=forms.RadioSelect(attrs={"look": "seg"}),
    )
    title = forms.CharField(
        label=_("Matter"), max_length=300, widget=forms.TextInput(attrs={"autofocus": True})
    )

    photos = PhotosField(label=_("Photos"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].widget = forms.HiddenInput()


class RevealForm(KitForm):
    """Why a telephone number is needed."""

    reason = forms.CharField(
        label=_("What do you need the number for?"),
        max_length=200,
        help_text=_("For example: calling back about the leak. The person can see who looked."),
        widget=forms.TextInput(attrs={"autofocus": True}),
    )


def form_for(
    move: Move,
    *,
    data: Mapping[str, Any] | None,
    files: Any,
    case: Case,
    version: int,
    actor: Actor,
) -> MoveForm:
    """The form of a step: the fields its `needs` name."""
    if move.name == "assign":
        return assign_form(data, version=version, actor=actor)
    initial = {"version": version, "urgency": case.urgency, "category": case.category}
    form = MoveForm(data, files, initial=initial)
    own = settle_fields(case) if move.name == "settle" else {}
    form.fields |= own or {name: _field(name, actor) for name in _fields_of(move, case)}
    if move.name == "problem":
        form.fields["cause"] = TRIAGE_FIELDS["cause"]()
    if move.name == "split":
        form.initial["category"] = ""  # it is another matter
    if move.name == "claim":
        form.fields["reason"] = _unfit(_("Reason, if without the certificate"))
    if move.name == "merge":
        offered = merge_fields(case, actor)
        form.fields["into"].help_text = offered["help"]
        form.initial.update(into=offered["into"], text=offered["text"])
        form.fields["text"].label = _("What the reporter is told")
    if move.name == "deadline":
        form.fields["reason"].label, form.fields["reason"].required = _("Why it moved"), False
        form.fields["reason"].help_text = _("For example: the extension was granted.")
    if move.name == "reply":
        form.fields["text"].label = _("Reply text")
        form.fields["text"].help_text = _(
            "Drafted from the case. Correct it, send it where the request came from, then record "
            "it here as sent."
        )
        form.fields["text"].widget = forms.Textarea(attrs={"rows": 12})
    if move.name in ("callback", "ring"):
        form.fields["text"].label, form.fields["text"].required = _("What was said"), False
    return _begun(form)


def assign_form(data: Mapping[str, Any] | None, *, version: int, actor: Actor) -> MoveForm:
    """The form of giving work to somebody, one piece or many: whose it is changes nothing in it."""
    form = MoveForm(data, initial={"version": version})
    form.fields["person"] = _field("person", actor)
    form.fields["reason"] = _unfit(_("Reason, if off duty or without the certificate"))
    return _begun(form)


def _unfit(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=500, required=False)


def _begun(form: MoveForm) -> MoveForm:
    """The first field has the focus."""
    first = next(iter(form.visible_fields()), None)
    if first is not None and not isinstance(first.field.widget, forms.RadioSelect):
        first.field.widget.attrs["autofocus"] = True
    return form


def said_of(form: MoveForm) -> dict[str, Any]:
    """What was said, as a move takes it."""
    return {
        name: str(value.id) if isinstance(value, Person) else value
        for name, value in form.cleaned_data.items()
        if name not in ("version", "photos", "absent") and value not in (None, "")
    }


def _fields_of(move: Move, case: Case) -> tuple[str, ...]:
    """Fields beside those a move needs come first, photos last."""
    why: tuple[str, ...] = ()
    if case.outcome == "dissatisfied":  # whoever puts it right says why it had failed
        why = ("cause", "prevention")
    before = {
        "classify": ("urgency", "category"),
    }
    after = {
        "finish": (*why, "without", "photos"),
        "answer": why,
        "callback": ("text",),
        "ring": ("text",),
        "tell": ("by",),
        "split": ("category",),
        "deadline": ("number", "reason"),
    }
    return (*before.get(move.name, ()), *move.needs, *after.get(move.name, ()))


_TEXTS = {
    "reason": _("Reason"),
    "result": _("Result"),
    "cause": _("Root cause"),
    "prevention": _("So that it does not happen again"),
}
_HELPS = {"cause": _("Why the reporter was not satisfied the first time.")}


def _moment(label: Any) -> forms.Field:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


_MORE: Mapping[str, Callable[[], forms.Field]] = {
    **TRIAGE_FIELDS,
    "due": lambda: _moment(_("Outside deadline")),
    "until": lambda: _moment(_("Asked for until")),
    "without": lambda: forms.CharField(label=_("Why no photo"), max_length=200, required=False),
    "number": lambda: forms.CharField(label=_("Outside number"), max_length=120, required=False),
}


def _field(name: str, actor: Actor) -> forms.Field:
    match name:
        case "substance":
            return _seg(
                SUBSTANCE_NAMES,
                label=_("The message states"),
                help_text=_("Only such a message stops the feedback clock."),
            )
        case "by":
            return forms.DateField(
                label=_("Planned for"),
                required=False,
                help_text=_("For a plan: the day it is for."),
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )
        case "channel":
            return forms.ChoiceField(label=_("Told by"), choices=TOLD_BY, initial="phone")
        case "outcome":
            return forms.ChoiceField(
                label=_("Outcome"), choices=list(OUTCOME_NAMES.items()), widget=forms.RadioSelect
            )
        case "heard":
            return _seg(list(HEARD_NAMES.items()), label=_("What was heard"))
        case "urgency":
            return forms.TypedChoiceField(label=_("Urgency"), choices=URGENCY_NAMES, coerce=int)
        case "category":
            return forms.CharField(label=_("Category"), max_length=120, required=False)
        case "person":
            return _PersonField(
                label=_("Who does it"),
                queryset=staff_to_send(actor),
                actor=actor,
                help_text=_(
                    "Those on duty come first, with their post. In brackets: work orders in hand."
                ),
            )
        case "photos":
            return PhotosField(label=_("Photos"), required=False)
        case "reason" | "result" | "cause" | "prevention":
            return forms.CharField(
                label=_TEXTS[name], max_length=2000, widget=_AREA, help_text=_HELPS.get(name, "")
            )
        case _ if name in _MORE:
            return _MORE[name]()
        case _:
            return forms.CharField(label=_("Text"), max_length=20_000, widget=_AREA)


if TYPE_CHECKING:  # Django's field takes its type only from the stubs
    PersonChoice = forms.ModelChoiceField[Person]
else:
    PersonChoice = forms.ModelChoiceField


class _PersonField(PersonChoice):
    def __init__(self, *, actor: Actor, **kwargs: Any) -> None:
        super().__init__(empty_label=_("Choose"), **kwargs)
        self.actor = actor

    def label_from_instance(self, obj: Any) -> str:
        """The name as the actor may read it, the post now held, how much there is to do already."""
        who = " · ".join(filter(None, [obj.name_for(self.actor), obj.on_duty]))
        return f"{who} ({obj.in_hand})"
