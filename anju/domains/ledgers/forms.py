"""A ledger and its lines as forms."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from anju.domains.ledgers.commands import Kept, Said
from anju.domains.ledgers.rules import field_name
from anju.engine.forms.rules import FILED, Form, Item
from anju.engine.loop.asked import shaped
from anju.foundation.access.models import Account
from anju.foundation.kit.forms import FilesField, KitForm
from anju.foundation.people.models import Post

PICTURES = "image/jpeg,image/png,image/webp"


def _whole(label: Any, help_text: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=most, required=False, help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip


class LedgerForm(KitForm):
    """How a ledger is kept."""

    code = forms.RegexField(
        r"^[A-Za-z0-9-]{2,16}\Z",
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Letters, digits, hyphens: it begins the number of each line."),
        error_messages={"invalid": gettext_lazy("Use 2 to 16 letters, digits or hyphens.")},
    )
    name = forms.CharField(label=gettext_lazy("Name of the ledger"), max_length=80)
    post = forms.ChoiceField(label=gettext_lazy("Post that keeps it"), required=False)
    ends_with = forms.ChoiceField(
        label=gettext_lazy("Item that ends a line"), required=False,
        help_text=gettext_lazy("It and what stands after it are filled in when the line ends."),
    )  # fmt: skip
    within = _whole(
        gettext_lazy("Minutes until a line has to end"),
        gettext_lazy("Then who keeps it and the leader are told. Empty: all the time."), 525_600,
    )  # fmt: skip
    signers = forms.TypedChoiceField(
        label=gettext_lazy("Signed by"), coerce=int, initial=1,
        choices=((1, gettext_lazy("who writes it")), (2, gettext_lazy("two persons"))),
        widget=forms.RadioSelect(attrs={"look": "seg"}),
    )  # fmt: skip
    certificate = forms.CharField(
        label=gettext_lazy("Certificate they hold"), max_length=60, required=False,
        help_text=gettext_lazy("As in the list of staff. Empty: none is asked."),
    )  # fmt: skip
    personal = forms.BooleanField(
        label=gettext_lazy("It names people: only who keeps it reads what was typed"),
        required=False,
    )
    keep_days = _whole(
        gettext_lazy("Days until what was typed is erased"),
        gettext_lazy("Only where it names people. Empty: never."), 36_500,
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, posts: Sequence[Post], sheet: Form, first: bool, **kwargs: Any
    ) -> None:
        """`sheet`: the form that its lines are asked by; it is chosen before."""
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        self.posts = {str(post.id): post for post in posts}
        offered = [("", "—"), *((id, str(post)) for id, post in self.posts.items())]
        self.fields["post"].choices = offered  # type: ignore[attr-defined]  # a choice field's own
        ends = [("", _("whole as it is written")), *((i.code, i.text) for i in sheet.items[1:])]
        self.fields["ends_with"].choices = ends  # type: ignore[attr-defined]  # a choice field's own
        if not first:  # lines carry it
            del self.fields["code"]

    def kept(self) -> Kept:
        """What was filled in."""
        said = self.cleaned_data
        names = ("name", "ends_with", "signers", "certificate", "personal")
        return Kept(
            **{name: said[name] for name in names},
            form=self.sheet.code,
            post=self.posts.get(said["post"]),
            within=said["within"] or 0,
            keep_days=said["keep_days"] or 0,
        )


FOR = "for"  # whoever did it, where somebody else writes it down


def given_to(items: Sequence[Item], said: Mapping[str, Any]) -> dict[str, Said]:
    """What was filled in, by the names of `LineForm`: item by item, pictures as lists."""
    found = {}
    for item in items:
        typed = str(said.get(field_name(item.code)) or "").strip()
        files = said.get(f"picture.{item.code}") or []
        note = str(said.get(f"note.{item.code}") or "")
        if typed or files:
            value = shaped(item, typed, note=note)
            found[item.code] = Said(typed if item.kind == "pass" else "", value, files)
    return found


VERDICTS = (
    ("pass", gettext_lazy("pass")),
    ("fail", gettext_lazy("fail")),
    ("na", gettext_lazy("not applicable")),
)


class LineForm(KitForm):
    """The items of a form that are asked of a line. Each answer is a field `answers.CODE`, as the
    command calls it; pictures `picture.CODE`, words about a verdict `note.CODE`."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, items: Sequence[Item], again: bool = False,
        hands: Sequence[Account] = (), **kwargs: Any,
    ) -> None:  # fmt: skip
        """`hands`: whom it may be written down for."""
        super().__init__(*args, **kwargs)
        self.items, self.again = tuple(items), again
        for item in self.items:
            self._ask(item)
        if hands:
            self.fields[FOR] = forms.ChoiceField(
                label=_("Who did it"), required=False,
                choices=[("", _("I did")), *((str(one.id), one.name) for one in hands)],
                help_text=_(
                    "It is theirs, and marked as written down by you. It counts as weaker evidence."
                ),
            )  # fmt: skip
        if again:
            self.fields["reason"] = forms.CharField(
                label=_("Why it is answered again"), max_length=400, required=False
            )

    def _ask(self, item: Item) -> None:
        needed = item.required and not self.again
        about: dict[str, Any] = {"label": item.text, "required": needed, "help_text": _help(item)}
        if item.kind == "pass":
            seg = forms.RadioSelect(attrs={"look": "seg"})
            self.fields[field_name(item.code)] = forms.ChoiceField(
                choices=VERDICTS, widget=seg, **about
            )
            self.fields[f"note.{item.code}"] = forms.CharField(
                label=_("Note"), max_length=400, required=False
            )
        elif item.kind == "choice":
            choices = [(one, one) for one in item.choices]
            self.fields[field_name(item.code)] = forms.ChoiceField(
                choices=choices, widget=forms.RadioSelect, **about
            )
        elif item.kind == "table":
            rows = forms.Textarea(attrs={"rows": 3})
            self.fields[field_name(item.code)] = forms.CharField(
                max_length=8_000, widget=rows, **about
            )
        elif item.kind not in FILED:
            attrs = {"inputmode": "decimal"} if item.kind == "number" else {}
            self.fields[field_name(item.code)] = forms.CharField(
                max_length=2_000, widget=forms.TextInput(attrs=attrs), **about
            )
        if item.kind in FILED or item.evidence:
            self.fields[f"picture.{item.code}"] = FilesField(
                label=item.text if item.kind in FILED else _("Picture"), accept=PICTURES,
                required=needed, attrs={"capture": "environment"},
            )  # fmt: skip

    def given(self) -> dict[str, Said]:
        """What was filled in, item by item; what was left empty is not answered."""
        return given_to(self.items, self.cleaned_data)

    def place_faults(self, faults: Mapping[str, Any]) -> None:
        """Put what the command found wrong beside its item."""
        for name, words in faults.items():
            field = name if name in self.fields else name.replace("answers.", "picture.")
            self.add_error(field if field in self.fields else None, str(words))


class NewLineForm(LineForm):
    """A new line: also where, and when it happened."""

    place = forms.CharField(
        label=pgettext_lazy("line", "Where"), max_length=120, required=False,
        help_text=gettext_lazy("By code: 3-2-1201. Empty: the community."),
    )  # fmt: skip
    at = forms.DateTimeField(
        label=pgettext_lazy("line", "When"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Empty: now."),
    )  # fmt: skip
    field_order = ("version",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [name for name in self.fields if name not in ("place", "at", FOR)]
        self.order_fields([*own, "place", "at", FOR])

    def happened(self) -> datetime | None:
        """When it happened; None: now."""
        at: datetime | None = self.cleaned_data.get("at")
        return at


def _help(item: Item) -> str:
    if item.kind == "table":
        columns = "，".join(item.columns)
        return f"{columns} · " + _("One row a line, cells parted by a comma.")
    return item.limits_said or item.unit
