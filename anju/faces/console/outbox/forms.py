"""What the pages about messages ask for."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from anju.foundation.messages.commands import Browser, Setting
from anju.foundation.messages.models import Gateway
from anju.foundation.messages.rules.policy import PERSONAL, QUIET_FROM, QUIET_UNTIL, USUAL

# Families of events a receiver can be told of; single names can be added by hand.
FAMILIES = (
    ("case.*", _("cases: reported, told, closed, reopened ...")),
    ("work.*", _("work orders: dispatched, accepted, done, checked ...")),
    ("clock.*", _("promises: warned, broken, escalated")),
    ("place.*", _("places")),
    ("person.*", _("people (ids only)")),
    ("account.*", _("accounts and roles")),
)


class AddressForm(forms.Form):
    """Where one is reached by email."""

    text = forms.CharField(
        label=_("Email"),
        max_length=254,
        required=False,
        help_text=_("Escalations come here too. Empty: no email."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class PhoneForm(forms.Form):
    """Where one gets text messages."""

    sms = forms.CharField(
        label=_("Mobile number"),
        max_length=24,
        required=False,
        help_text=_(
            "Urgent matters come here as a text message, where the company has set that up."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )


class BrowserForm(forms.Form):
    """What a browser says of itself when it is to take notices, or no more (`off`)."""

    endpoint = forms.CharField(max_length=500)
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=40)
    off = forms.BooleanField(required=False)

    def browser(self) -> Browser:
        """As the commands take it."""
        return Browser(**{name: self.cleaned_data[name] for name in ("endpoint", "p256dh", "auth")})


class GatewayForm(forms.Form):
    """A channel to the outside. What is secret is never shown again: left empty, it stays."""

    name = forms.CharField(
        label=_("Name of the channel"),
        max_length=40,
        help_text=_("For example: front desk group."),
    )
    address = forms.CharField(
        label=_("Address of the robot"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    key_id = forms.CharField(
        label=_("AccessKey ID"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label=_("Secret to sign with"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    sign_name = forms.CharField(label=_("Signature of the texts"), required=False, max_length=40)
    template = forms.CharField(
        label=_("Template code"),
        required=False,
        max_length=40,
        help_text=_("An approved template with one variable, for example: ${what}, see Anju."),
    )
    variable = forms.CharField(label=_("Its variable"), required=False, max_length=20)
    show_number = forms.CharField(
        label=_("Number that shows"),
        required=False,
        max_length=20,
        help_text=_("One you have bought from the provider; empty: a number of the provider's."),
    )
    urgencies = forms.TypedMultipleChoiceField(
        label=_("Priorities"),
        coerce=int,
        required=False,
        choices=(
            (1, _("P1 life safety")),
            (2, _("P2 urgent")),
            (3, _("P3 normal")),
            (4, _("P4 planned")),
        ),
        widget=forms.CheckboxSelectMultiple,
    )
    place = forms.ChoiceField(label=_("Only what concerns"), required=False)
    quiet_from = forms.TypedChoiceField(
        label=_("Quiet from"), coerce=int, choices=[(n, f"{n:02}:00") for n in range(24)]
    )
    quiet_until = forms.TypedChoiceField(
        label=_("Quiet until"),
        coerce=int,
        choices=[(n, f"{n:02}:00") for n in range(24)],
        help_text=_("P1 and P2 are sent at any hour. The same hour twice: never quiet."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    residents = forms.BooleanField(
        label=_("Tell residents too"),
        required=False,
        help_text=_(
            "That their report was received and that it is settled, that planned work which "
            "touches them is announced, moved or called off, where no notice reaches their "
            "browser: at most five texts about one matter. Put the address of the residents' pages "
            "into the fixed text of the template."
        ),
    )
    on = forms.BooleanField(label=_("Switched on"), required=False, initial=True)

    def __init__(self, *args: Any, kind: str, communities: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["place"]
        place.choices = [("", _("all communities")), *communities.items()]  # type: ignore[attr-defined]  # a ChoiceField
        if "name" in (kwargs.get("initial") or {}):  # one that is set up already
            for name in ("address", "key_id", "secret"):
                self.fields[name].help_text = _("Left empty, it stays as it is.")
        else:
            self.fields["address"].required = kind not in PERSONAL
            for name in NEEDED.get(kind, ()):
                self.fields[name].required = True
        if kind in ("sms", "voice"):
            self.fields["address"].label = _("Host")
            if not self.fields["address"].help_text:
                self.fields["address"].help_text = _("Empty: the provider's own.")
            self.fields["secret"].label = _("AccessKey secret")
        for name in UNWANTED.get(kind, OTHERS):
            del self.fields[name]

    def setting(self) -> Setting:
        """What was chosen, as the command takes it."""
        given = dict(self.cleaned_data)
        hours = (given.pop("quiet_from"), given.pop("quiet_until"))
        place = given.pop("place", "")
        return Setting(**given, hours=hours, place=UUID(place) if place else None)


OF_ALIYUN = ("key_id", "template", "variable")
OF_SMS = ("sign_name", "residents")
OF_VOICE = ("show_number",)
OTHERS = (*OF_ALIYUN, *OF_SMS, *OF_VOICE)
NEEDED = {
    "sms": ("key_id", "secret", "sign_name", "template", "variable"),
    "voice": ("key_id", "secret", "template", "variable"),
}
UNWANTED = {
    "sms": ("place", "language", *OF_VOICE),
    "voice": ("place", "language", *OF_SMS),
    "push": ("address", "secret", "place", "language", *OTHERS),
    "wecom": ("secret", *OTHERS),
}


def initial_of_gateway(gateway: Gateway) -> dict[str, Any]:
    """The fields of a channel as it stands, nothing secret among them."""
    return {
        "name": gateway.name,
        "urgencies": gateway.urgencies,
        "place": str(gateway.place_id or ""),
        "quiet_from": gateway.quiet_from,
        "quiet_until": gateway.quiet_until,
        "language": gateway.language,
        "on": gateway.on,
        **gateway.options,
    }


def initial_of_kind(kind: str) -> dict[str, Any]:
    """The fields of a new channel: what experience recommends."""
    hours = {"quiet_from": QUIET_FROM, "quiet_until": QUIET_UNTIL}
    usual = {"language": "zh-hans", "variable": "what", "residents": True}
    return {"urgencies": USUAL[kind], **usual, **hours}


class WebhookForm(forms.Form):
    """A receiver outside."""

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("https://example.com/hook: a public address that answers with 2xx."),
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"), choices=FAMILIES, widget=forms.CheckboxSelectMultiple, required=False
    )
    names = forms.CharField(
        label=_("Single events"),
        required=False,
        max_length=400,
        help_text=_("Names with commas, for example case.reported, case.close."),
    )
    on = forms.BooleanField(label=_("Switched on"), required=False, initial=True)

    def chosen(self) -> list[str]:
        """Families and single names together."""
        named = (name.strip() for name in self.cleaned_data["names"].split(","))
        return [*self.cleaned_data["events"], *(name for name in named if name)]


def initial_of(url: str, events: list[str], *, on: bool) -> dict[str, Any]:
    """The fields of a webhook as it stands."""
    families = [name for name, _label in FAMILIES]
    return {
        "url": url,
        "on": on,
        "events": [e for e in events if e in families],
        "names": ", ".join(e for e in events if e not in families),
    }
