"""What triage asks and shows: which case, which part, who pays; and what belongs together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.requests.paying import (
    BY_CODE,
    PARTS,
    PAYER_NAMES,
    REPAIRER_NAMES,
    Liability,
    part_meant,
)
from anju.domains.requests.queries import cases_alike, liabilities_of
from anju.engine.loop.linked import RECURS, alike_before, links_of, settled
from anju.engine.loop.models import Case, CaseLink, WorkOrder
from anju.foundation.kit.parts import Link
from anju.foundation.messages.registry import page_of
from anju.foundation.tenancy.actor import Actor

LIKELY = 3
TRIAGED = frozenset({"settle", "merge", "link", "split"})  # offered in the panel
# How a link reads on the page of the case it starts from, and on the page of the other one.
FROM: Mapping[str, Any] = {
    "merged": gettext_lazy("Merged into"),
    "related": gettext_lazy("Has to do with"),
    "split": gettext_lazy("Split from"),
    "problem": gettext_lazy("Problem record"),
    "rework": gettext_lazy("Done again, free, within the warranty of"),
}
TO: Mapping[str, Any] = {
    "merged": gettext_lazy("Merged into this one"),
    "related": gettext_lazy("Has to do with"),
    "split": gettext_lazy("Split off"),
    "problem": gettext_lazy("Explains"),
    "rework": gettext_lazy("Done again, free, as"),
}


@dataclass
class Triage:
    """The panel of a case: who pays, what belongs to it, whether it recurs."""

    payer: str = ""
    basis: str = ""
    otherwise: str = ""
    proposed: Liability | None = None
    links: list[tuple[Any, list[Link]]] = field(default_factory=list)
    alike: list[Case] = field(default_factory=list)
    explained: bool = False

    @property
    def recurs(self) -> bool:
        """Often enough to ask why."""
        return len(self.alike) + 1 >= RECURS and not self.explained

    @property
    def payer_proposed(self) -> str:
        """Who would pay by the rule, in words."""
        return str(PAYER_NAMES[self.proposed.payer]) if self.proposed else ""


def triage_of(case: Case, actor: Actor) -> Triage:
    """What triage knows of a case. Seven queries; one more where planned work is done again."""
    seen = links_of(case)
    ids = [link.other_id if link.case_id == case.id else link.case_id for link in seen]
    may = set(
        Case.objects.seen_by(actor).filter(id__in=filter(None, ids)).values_list("id", flat=True)
    )
    if works := {link.work_id for link in seen if link.work_id}:
        may |= set(
            WorkOrder.objects.seen_by(actor).filter(id__in=works).values_list("id", flat=True)
        )
    shown = Triage(links=_grouped(case, seen, may))
    shown.explained = any(k.kind == "problem" and k.case_id == case.id for k in seen)
    if case.kind in ("repair", "finding", "alarm") and not case.history:
        _who_pays(shown, case)
    shown.alike = list(alike_before(case))
    return shown


def _who_pays(shown: Triage, case: Case) -> None:
    found = settled(case)
    if found is None:
        shown.proposed = liabilities_of(case, [guess(case)], major=False)[0]
        return
    value = found.value
    names = (PAYER_NAMES.get(value["payer"]), REPAIRER_NAMES.get(value["repairer"]))
    part = BY_CODE.get(value["part"])
    parts = (part.name if part else None, *names)
    shown.payer = " · ".join(str(one) for one in parts if one)
    shown.basis = value.get("basis", "")
    advised = value.get("advised", "")
    if advised and advised != value["payer"]:
        shown.otherwise = str(PAYER_NAMES.get(advised, ""))


def guess(case: Case) -> Any:
    """The part the case is most likely about."""
    at_home = bool(case.place and case.place.kind == "room" and case.asset_id is None)
    return part_meant(f"{case.category} {case.title}", at_home=at_home)


def _grouped(case: Case, links: list[CaseLink], may: set[Any]) -> list[tuple[Any, list[Link]]]:
    found: dict[Any, list[Link]] = {}
    for link in links:
        mine = link.case_id == case.id
        other = (link.other or link.work) if mine else link.case
        if other is None:
            continue
        words = (FROM if mine else TO)[link.kind]
        page = page_of("work", link.work_id) or reverse("requests:case", args=[other.id])
        url = page if other.id in may else ""
        label = f"{other.number} {other.title if url else ''}".strip()
        found.setdefault(words, []).append(Link(label=label, url=url))
    return list(found.items())


def _outcome(rule: Liability) -> list[str]:
    """Who pays, and until when the warranty runs or ran: short enough for one line."""
    until = [_("warranty to %(until)s") % {"until": rule.until}] if rule.until else []
    return [str(PAYER_NAMES[rule.payer]), *until]


def settle_fields(case: Case) -> dict[str, forms.Field]:
    """One part is one press: each says what the rule makes of it."""
    rules = liabilities_of(case, PARTS, major=False)
    parts = [
        (rule.part, " · ".join([str(BY_CODE[rule.part].name), *_outcome(rule)])) for rule in rules
    ]
    as_ruled = ("", _("as the rule says"))
    return {
        "part": forms.ChoiceField(
            label=_("Part"), choices=parts, initial=guess(case).code, widget=forms.RadioSelect
        ),
        "major": forms.BooleanField(
            label=_("Renewal or large repair: what belongs to all is paid by the fund"),
            required=False,
        ),
        "payer": forms.ChoiceField(
            label=_("Who pays"), choices=[as_ruled, *_payers(rules)], required=False
        ),
        "repairer": forms.ChoiceField(
            label=_("Who repairs"), choices=[as_ruled, *REPAIRER_NAMES.items()], required=False
        ),
        "reason": forms.CharField(
            label=_("Reason, if not by rule"), max_length=500, required=False
        ),
    }


def _payers(rules: Iterable[Liability]) -> list[tuple[str, Any]]:
    """Who may be chosen; we ourselves only where our own work is still good."""
    ours = any(rule.again for rule in rules)
    return [(code, name) for code, name in PAYER_NAMES.items() if ours or code != "ours"]


def _number() -> forms.Field:
    return forms.CharField(label=_("Number of the other case"), max_length=32)


def _title() -> forms.Field:
    return forms.CharField(label=_("The second matter"), max_length=300)


def _cause() -> forms.Field:
    return forms.CharField(
        label=_("Root cause, as far as it is known"),
        max_length=2000,
        help_text=_("And what will keep it from coming back."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


TRIAGE_FIELDS: Mapping[str, Callable[[], forms.Field]] = {
    "into": _number,
    "to": _number,
    "title": _title,
    "cause": _cause,
}


def merge_fields(case: Case, actor: Actor) -> dict[str, Any]:
    """Help and first words of a merge: the likely first cases, and what the reporter is told."""
    likely: list[Case] = []
    if case.place:
        found = cases_alike(case.title, case.place, actor, category=case.category, most=LIKELY + 1)
        likely = [other for other, _like in found if other.id != case.id][:LIKELY]
    named = " · ".join(f"{one.number} {one.title[:20]}" for one in likely)
    return {
        "help": _("Likely: %(cases)s") % {"cases": named} if named else "",
        "into": likely[0].number if len(likely) == 1 else "",
        "text": _(
            "Others have reported the same matter as “%(title)s”. We handle both as one, and you "
            "are told whatever happens there."
        )
        % {"title": case.title},
    }
