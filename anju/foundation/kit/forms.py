"""Django forms as the kit draws them: what each control needs, and the key of the act."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BaseForm, BoundField, CheckboxInput, widgets
from django.utils.datastructures import MultiValueDict
from django.utils.functional import lazy
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from anju.foundation.lib import uuid7
from anju.foundation.tenancy.errors import Refusal

IDEMPOTENCY_KEY = "idempotency_key"


def _filled(text: Any, **values: Any) -> str:
    return str(text) % values


# A text with values for a class or a module: put together when it is shown, in the language then.
filled = lazy(_filled, str)


class KitForm(forms.Form):
    """A form whose messages name the field; browsers leave the checking to us, in our words."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def full_clean(self) -> None:
        """Check what was sent; only now are all fields here, those added afterwards too."""
        for field in self.fields.values():
            if (
                field.error_messages.get("required")
                == forms.Field.default_error_messages["required"]
            ):
                field.error_messages["required"] = _("Please fill this in; it is needed.")
        super().full_clean()


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """All files of that name."""
        return files.getlist(name) if isinstance(files, MultiValueDict) else []


class FilesField(forms.FileField):
    """Any number of files, as they came: an empty or a broken one is refused by itself, when it is
    kept, and what is needed is said then. `accept`: media types the browser offers; `attrs`: of its
    control."""

    def __init__(
        self, *, accept: str, attrs: Mapping[str, Any] = MappingProxyType({}), **more: Any
    ):
        widget = FilesInput(attrs={"multiple": True, "accept": accept, **attrs})
        super().__init__(widget=widget, **{"required": False, **more})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """All of them."""
        return list(data or [])


@dataclass(frozen=True, slots=True)
class Wrong:
    """One line of the error summary: the id of the control it leads to, and the same words."""

    target: str
    label: str
    message: str


def idempotency_key(form: BaseForm | None = None) -> str:
    """The key of one intended act: kept while the same form is being corrected, else a new one."""
    given = form.data.get(IDEMPOTENCY_KEY, "") if form is not None and form.is_bound else ""
    try:
        return str(UUID(str(given)))
    except ValueError:
        return str(uuid7())


def wrongs(form: BaseForm) -> list[Wrong]:
    """Everything wrong with a form, field by field in its order; the form's own errors first."""
    found = [Wrong("", "", str(message)) for message in form.non_field_errors()]
    for field in form:
        target = field.id_for_label or field.auto_id
        if shape(field) == "choices":
            target = f"{field.auto_id}_0"
        found += [Wrong(target, str(field.label), str(message)) for message in field.errors]
    return found


def shape(field: BoundField) -> str:
    """How a field is laid out: "hidden", "check" (label after), "choices" (a group) or "plain"."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple):
        return "choices"
    return "plain"


def control(field: BoundField) -> SafeString:
    """The widget with the kit's class; Django itself ties help and error to it by id."""
    look = "" if shape(field) in {"check", "choices"} else "input"
    given = field.field.widget.attrs.get("class", "")
    classes = " ".join(filter(None, [given, look, "bad" if field.errors else ""]))
    return field.as_widget(attrs={"class": classes} if classes else {})


def show_refusal(form: BaseForm, refusal: Refusal) -> None:
    """Put a command's refusal where it belongs: beside its fields, or above the form."""
    placed = {name: said for name, said in refusal.fields.items() if name in form.fields}
    for name, said in placed.items():
        form.add_error(name, str(said))
    if not placed:
        form.add_error(None, str(refusal.message))
