"""What this trade decides: what follows from a call, who pays, whether somebody may be sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.domains.requests.calling import attempts_of
from anju.domains.requests.paying import BY_CODE, PAYER_NAMES, REPAIRER_NAMES
from anju.domains.requests.queries import liabilities_of
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.evidence import Given, add_evidence
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.models import Case
from anju.engine.loop.queries import facts_of, rings_of
from anju.engine.loop.rules import what_closing_lacks
from anju.foundation.places.models import Asset, Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only

TITLE = 300


@dataclass(frozen=True)
class Seen:
    """What somebody on foot has seen: words, photos, where, at which thing."""

    words: str
    place: Place | None
    asset: Asset | None = None
    photos: Sequence[Given] = ()


def report_seen(seen: Seen, *, actor: Actor) -> Case:
    """Open a repair for what a colleague has seen, with its photos. All or nothing: a photo that
    cannot be kept is said, and the words are still on the telephone.

    Refuses (`NotYet`) what has neither a word nor a photo, or no place, and a damaged photo.
    """
    words = " ".join(seen.words.split())
    if not words and not seen.photos:
        raise _wrong("words", _("Take a photo or say in a few words what is wrong."))
    if seen.place is None:
        raise _wrong("place", _("Choose where it is."))
    with acting(actor):
        opened = report(
            Report(
                kind="repair",
                title=words[:TITLE] or gettext("See the photo"),
                text=seen.words.strip() if len(words) > TITLE else "",
                place=seen.place,
                asset=seen.asset,
                channel="staff",
            ),
            actor=actor,
        )
        for _name, why in add_evidence(opened.case.id, seen.photos, actor=actor).refused:
            raise _wrong("photo", why)
    return opened.case


def record_call(
    case_id: UUID,
    *,
    actor: Actor,
    heard: str = "",
    outcome: str = "",
    text: str = "",
    version: int | None = None,
) -> Case:
    """Record one call: `heard` where nobody was reached, else the `outcome` the reporter stated.

    The call in vain that makes up the number the standard asks for counts as not reached. Whoever
    is dissatisfied says with what, and has the case opened again. A case that lacks nothing more is
    closed in the same step where the actor may close it. All or nothing; refuses as `move_case`.
    """
    if outcome == "dissatisfied" and not text.strip():
        wrong = _(
            "Write down what the reporter is not satisfied with: whoever goes there needs it."
        )
        raise NotYet(wrong, code="missing", fields={"text": wrong})
    with acting(actor):
        said = {"text": text} if text.strip() else {}
        if heard:
            case = move_case(
                case_id, "ring", actor=actor, version=version, said={"heard": heard, **said}
            )
            if rings_of(case).count() >= attempts_of(case):
                case = move_case(case_id, "callback", actor=actor, said={"outcome": "not_reached"})
        else:
            said["outcome"] = outcome
            case = move_case(case_id, "callback", actor=actor, version=version, said=said)
        path = case.place.path if case.place else ""
        if (
            case.outcome
            and case.state == "answered"
            and actor.may("case.close", path)
            and not what_closing_lacks(facts_of(case))
        ):
            case = move_case(case_id, "close", actor=actor)
    return case


def settle(
    case_id: UUID,
    said: Mapping[str, Any],
    *,
    actor: Actor,
    version: int | None = None,
) -> Case:
    """Decide who pays and who repairs: the rule's answer for `part` (and `major`), or another
    `payer` or `repairer` with its `reason`.

    Refuses (`NotYet`) an unknown part, payer or repairer, and an override without a reason.
    """
    part = BY_CODE.get(str(said.get("part", "")))
    if part is None:
        raise _wrong("part", _("Choose the part it is about."))
    with acting(actor):
        case = only(Case.objects.seen_by(actor).select_related("place").filter(id=case_id))
        if case is None:
            raise Unknown(_("There is no such record, or you may not see it."))
        (rule,) = liabilities_of(case, [part], major=bool(said.get("major")))
        payer = str(said.get("payer") or rule.payer)
        repairer = str(said.get("repairer") or rule.repairer)
        if payer not in PAYER_NAMES or (payer == "ours" and not rule.again):
            raise _wrong("payer", _("Choose who pays."))
        if repairer not in REPAIRER_NAMES:
            raise _wrong("repairer", _("Choose who repairs."))
        reason = str(said.get("reason") or "").strip()
        if (payer, repairer) != (rule.payer, rule.repairer) and not reason:
            text = _("The rule says otherwise (%(payer)s). Write why it is decided like this.")
            raise _wrong("reason", text % {"payer": PAYER_NAMES[rule.payer]})
        told = {
            "part": part.code,
            "payer": payer,
            "repairer": repairer,
            "basis": rule.basis,
            "until": rule.until.isoformat() if rule.until else "",
            "advised": rule.payer,
            "reason": reason,
            "to": rule.again if payer == "ours" else "",
        }
        return move_case(case.id, "settle", actor=actor, version=version, said=told)


def _wrong(name: str, text: Any) -> NotYet:
    return NotYet(text, code="bad_value", fields={name: text})
