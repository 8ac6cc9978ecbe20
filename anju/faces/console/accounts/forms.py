"""What the pages about accounts ask for."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.foundation.access.rules import PASSWORD_LENGTH, ROLE_NAMES, SCOPES
from anju.foundation.kit.forms import filled

USERNAME = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
NEW = {"autocomplete": "new-password"}
LENGTH_HELP = filled(
    _("At least %(n)s characters; a short sentence is easy to keep in mind."), n=PASSWORD_LENGTH
)


class SignInForm(forms.Form):
    """Login name and password."""

    login = forms.CharField(
        label=_("Staff number or login name"),
        max_length=64,
        widget=forms.TextInput(attrs={**USERNAME, "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    mine = forms.BooleanField(
        label=_("This computer is mine: keep me signed in for 30 days"), required=False
    )


class CodeForm(forms.Form):
    """The six digits of the second factor."""

    code = forms.CharField(
        label=_("Code of your authenticator app"),
        max_length=10,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


class NewPasswordForm(forms.Form):
    """A password chosen by whoever holds a one-time link."""

    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        help_text=LENGTH_HELP,
        widget=forms.PasswordInput(attrs={**NEW, "autofocus": True}),
    )
    again = forms.CharField(
        label=_("The same once more"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs=NEW),
    )
    first = "password"

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("again") and values.get(self.first) != values["again"]:
            self.add_error("again", _("The two entries differ. Type the same password twice."))
        return values


class PinForm(forms.Form):
    """A PIN for shared phones, with one's present password."""

    old = forms.CharField(
        label=_("Present password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    pin = forms.CharField(
        label=_("PIN: six digits"),
        max_length=6,
        help_text=_("Not a birthday, not 123456. Nobody can read it; your manager can take it."),
        widget=forms.PasswordInput(attrs={**NEW, "inputmode": "numeric"}),
    )


class ChangePasswordForm(NewPasswordForm):
    """One's own password, with the present one."""

    password = None  # type: ignore[assignment]  # Django's way to drop an inherited field
    old = forms.CharField(
        label=_("Present password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    new = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        help_text=LENGTH_HELP,
        widget=forms.PasswordInput(attrs=NEW),
    )
    first = "new"
    field_order = ("old", "new", "again")


class SetUpForm(NewPasswordForm):
    """The company and the first administrator of an empty installation."""

    company = forms.CharField(
        label=_("Name of the company"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization", "autofocus": True}),
    )
    code = forms.SlugField(
        label=_("Short code of the company"),
        max_length=16,
        help_text=_("Letters and digits, for example donghu. It appears in commands."),
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        initial="Asia/Shanghai",
        choices=[(z, z) for z in sorted(available_timezones()) if "/" in z],
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    login = forms.CharField(
        label=_("Your login name"),
        max_length=64,
        help_text=_("For example a staff number."),
        widget=forms.TextInput(attrs=USERNAME),
    )
    field_order = ("company", "code", "zone", "name", "login", "password", "again")


class RoleForm(forms.Form):
    """A role at a place."""

    role = forms.ChoiceField(label=_("Role"), choices=list(ROLE_NAMES.items()))
    place = forms.CharField(
        label=_("Place"),
        max_length=400,
        required=False,
        help_text=_("Name or code of a community, building or room; empty: the whole company."),
    )
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: until it is taken back."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class UserForm(RoleForm):
    """A new account with its first role."""

    name = forms.CharField(label=_("Name"), max_length=80)
    login = forms.CharField(
        label=_("Login name"),
        max_length=64,
        help_text=_("For example a staff number."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    field_order = ("name", "login", "role", "place", "until")


class TokenForm(forms.Form):
    """A token for a program that acts as oneself."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        help_text=_("For example the name of the program that uses it."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=list(
            zip(
                SCOPES,
                (
                    _("read data"),
                    _("write data"),
                    _("import files"),
                    _("read figures of operation"),
                ),
                strict=True,
            )
        ),
        widget=forms.CheckboxSelectMultiple,
    )
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: until it is revoked."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
