"""Forms of the registry. Places are typed as people say them; the view finds them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anju.foundation.kit.forms import KitForm
from anju.foundation.people import models as people
from anju.foundation.places import models as places

PLACE_HINT = _("For example 3-2-1201, or with the community's code in front: DH1 3-2-1201.")


def _day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("This is no possible date. Write it like 2019-06-30.")},
    )


def _text(label: Any, most: int, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=required, help_text=help_text)


class Versioned(KitForm):
    """A form about something that is there: the version its editor saw travels with it."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class PlaceForm(Versioned):
    kind = forms.ChoiceField(label=_("Kind"), choices=places.KIND_NAMES, initial="room")
    parent = _text(_("Stands in"), 150, required=False, help_text=PLACE_HINT)
    code = _text(_("Code"), 24, help_text=_("Short, for example 3, 2 or 1201."))
    name = _text(pgettext_lazy("thing", "Name"), 120, required=False)
    use = _text(_("Use"), 40, required=False)
    area = forms.DecimalField(
        label=_("Area (m²)"), required=False, min_value=0, max_digits=12, decimal_places=2
    )
    delivered_on = _day(_("Delivered on"))
    zone = _text(
        _("Time zone"),
        64,
        required=False,
        help_text=_("Only where it differs from the place above, for example Asia/Urumqi."),
    )
    climate = forms.ChoiceField(
        label=_("Climate zone"), required=False, choices=[("", "—"), *places.CLIMATE_NAMES],
        help_text=_("By GB 50352, of a community: in which months its plants are looked after."),
    )  # fmt: skip


class PlaceEditForm(PlaceForm):
    kind = None  # type: ignore[assignment]  # what a place is, and where, changes elsewhere
    parent = None  # type: ignore[assignment]  # as above


class MoveForm(KitForm):
    to = _text(_("New place above"), 150, required=False, help_text=PLACE_HINT)


class DayForm(Versioned):
    on = _day(_("Day"), required=True)


class DeskLineForm(KitForm):
    phone = _text(
        _("Telephone"), 20, required=False, help_text=_("Leave it empty to take it away.")
    )
    hours = _text(
        _("When somebody answers"), 40, required=False, help_text=_("For example: 24 hours.")
    )
    greeting = _text(
        _("What the desk says first"),
        200,
        required=False,
        help_text=_("Stands on the desk's screen. Empty: hello, and the name of the community."),
    )


class AssetForm(Versioned):
    code = _text(
        _("Equipment code"), 40, help_text=_("Never used twice, for example DH1-LE-KT-3-001.")
    )
    name = _text(pgettext_lazy("thing", "Name"), 120)
    system = forms.ChoiceField(label=_("System"), choices=places.SYSTEM_NAMES)
    place = _text(_("Place"), 150, help_text=PLACE_HINT)
    type = _text(_("Type"), 40, required=False)
    model = _text(_("Brand and model"), 80, required=False)
    importance = forms.ChoiceField(
        label=_("Importance"), choices=places.IMPORTANCE_NAMES, initial="C"
    )
    status = forms.ChoiceField(label=_("State"), choices=places.ASSET_STATE_NAMES)
    parent = _text(_("Part of"), 40, required=False, help_text=_("The code of what it belongs to."))
    serves = _text(
        _("Serves"), 400, required=False, help_text=_("Places, separated by semicolons.")
    )
    meter = forms.ChoiceField(label=_("Meter"), choices=places.METER_NAMES, required=False)
    installed_on = _day(_("Installed on"))


class PersonForm(Versioned):
    kind = forms.ChoiceField(label=_("Kind"), choices=people.KIND_NAMES)
    name = _text(_("Name"), 80)
    phone = _text(_("Telephone"), 20, required=False)
    place = _text(
        _("Belongs to"), 150, required=False, help_text=_("The community, by name or code.")
    )
    note = _text(_("Note"), 200, required=False)


class PersonEditForm(PersonForm):
    """The telephone stays masked: an empty field leaves it as it is."""

    kind = None  # type: ignore[assignment]  # a person stays what they are
    place = None  # type: ignore[assignment]  # where a person belongs changes with an import

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].help_text = _("Leave it empty to keep the present number.")


class MoveInForm(KitForm):
    name = _text(_("Name"), 80)
    phone = _text(_("Telephone"), 20, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=people.ROLE_NAMES)
    since = _day(_("Since"))


class VehicleForm(KitForm):
    plate = _text(_("Plate"), 12, help_text=_("For example 沪A12345."))
    place = _text(_("Parking place"), 150, required=False, help_text=PLACE_HINT)
    note = _text(_("Note"), 80, required=False)


class RevealForm(KitForm):
    reason = _text(
        _("Why do you need the number?"),
        200,
        help_text=_("It is kept with your name; the person may see it."),
    )


class EraseForm(KitForm):
    sure = forms.BooleanField(
        label=_("I have checked the identity and the request; this cannot be undone."),
    )


class UploadForm(KitForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (.xlsx, .xls) or CSV, at most 20 MB and 50,000 rows."),
        error_messages={"required": _("Please choose a file.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )


class TeamForm(KitForm):
    code = _text(_("Team code"), 24)
    name = _text(pgettext_lazy("thing", "Name"), 60)
    place = _text(_("Community"), 150, help_text=PLACE_HINT)
    leader = _text(_("Team leader"), 80, required=False, help_text=_("Name or telephone."))


class PostForm(KitForm):
    code = _text(_("Post code"), 24)
    name = _text(pgettext_lazy("thing", "Name"), 60)
    place = _text(_("Community"), 150, help_text=PLACE_HINT)
    team = _text(_("Team"), 60, required=False, help_text=_("Code or name."))
    headcount = forms.IntegerField(label=_("Headcount"), min_value=0, max_value=9999, initial=1)
    desk = forms.ChoiceField(
        label=_("Desk"),
        choices=people.DESK_NAMES,
        required=False,
        help_text=_("A concierge's post stands at her building and owns the cases of it."),
    )


class AssignmentForm(KitForm):
    person = _text(_("Staff member"), 80, help_text=_("Name or telephone."))
    post = _text(_("Post"), 60, help_text=_("Code or name."))
    since = _day(_("Since"))


class DeputyForm(KitForm):
    person = _text(_("Staff member"), 80, help_text=_("Name or telephone."))
    stands_in = _text(_("Deputy"), 80, help_text=_("Name or telephone."))
    since = _day(_("Since"), required=True)
    until = _day(_("Until"))


class DutyForm(KitForm):
    post = _text(_("Post"), 60, help_text=_("Code or name."))
    person = _text(_("Staff member"), 80, help_text=_("Name or telephone."))
    day = _day(_("Day"), required=True)
    begins = forms.TimeField(
        label=_("Begins"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=_("Ends"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("An end before the beginning is on the next day."),
    )


class QualificationForm(KitForm):
    person = _text(_("Staff member"), 80, help_text=_("Name or telephone."))
    type = _text(_("Certificate"), 60)
    number = _text(_("Number"), 60, required=False)
    issued_on = _day(_("Issued on"))
    expires_on = _day(_("Valid until"))
