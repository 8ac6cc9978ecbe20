"""Writing, publishing and retiring standards."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from anju.engine.standards.asking import Asking, asking_faults, asking_from_json, asking_to_json
from anju.engine.standards.defaults import DEFAULTS
from anju.engine.standards.models import Standard
from anju.engine.standards.rules import Limit, limit_faults, limits_to_json
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown

_ELEMENTS = (
    "audience", "item", "requirements", "items", "provider", "method", "evaluation", "verify",
    "callback",
)  # fmt: skip


def draft_standard(
    *,
    actor: Actor,
    code: str,
    name: str,
    kinds: Sequence[str],
    limits: Sequence[Limit],
    elements: Mapping[str, Any] | None = None,
) -> Standard:
    """Write the next version of the standard `code` as a draft; cases do not use it yet.

    `elements` may hold audience, item, requirements, provider, method, evaluation, verify,
    callback and asking. Refuses limits and shares that cannot be kept apart (`NotYet`).
    """
    actor.require("standard.edit", "")
    _check("limits", limit_faults(limits))
    _check("asking", asking_faults(asking_from_json((elements or {}).get("asking", {}))))
    with acting(actor):
        last = Standard.objects.filter(code=code).aggregate(n=Max("version"))["n"] or 0
        standard = Standard.objects.create(
            company_id=actor.company_id,
            code=code,
            version=last + 1,
            name=name,
            kinds=list(kinds),
            limits=limits_to_json(limits),
            **(elements or {}),
        )
        _told("standard.drafted", standard, actor)
    return standard


def publish_standard(standard_id: UUID, *, actor: Actor) -> Standard:
    """Put a draft into force for cases opened from now on; its text is frozen for ever.

    The version in force before is retired in the same step; its cases keep it.
    """
    actor.require("standard.edit", "")
    with acting(actor):
        standard = _draft(standard_id, actor)
        moment = now()
        older = Standard.objects.filter(code=standard.code, state="published")
        for old in older:
            _set(old, actor, "retired", retired_at=moment)
        _set(standard, actor, "published", published_at=moment)
    return standard


def change_asking(standard_id: UUID, asking: Asking, *, actor: Actor) -> Standard:
    """Put the next version of a standard into force that asks afterwards as `asking` says, and is
    the same in all else. Cases that are open keep the version they were opened under (law 6).

    Refuses what is not in force and shares that cannot be kept apart (`NotYet`).
    """
    actor.require("standard.edit", "")
    with acting(actor):
        old = Standard.objects.seen_by(actor).filter(id=standard_id, state="published").first()
        if old is None:
            raise Unknown(_("There is no such standard in force any more. Open the page again."))
        elements = {name: getattr(old, name) for name in _ELEMENTS}
        draft = draft_standard(
            actor=actor,
            code=old.code,
            name=old.name,
            kinds=old.kinds,
            limits=old.time_limits,
            elements={**elements, "asking": asking_to_json(asking)},
        )
        return publish_standard(draft.id, actor=actor)


def install_defaults(*, actor: Actor) -> list[Standard]:
    """Publish the shipped standards of this company once; those already there are left alone."""
    made = []
    with acting(actor):
        have = set(Standard.objects.values_list("code", flat=True))
        for shipped in DEFAULTS:
            if shipped.code in have:
                continue
            draft = draft_standard(
                actor=actor,
                code=shipped.code,
                name=shipped.name,
                kinds=shipped.kinds,
                limits=shipped.limits,
                elements=shipped.elements,
            )
            made.append(publish_standard(draft.id, actor=actor))
    return made


def _check(field: str, faults: Sequence[str]) -> None:
    if faults:
        raise NotYet(
            _("This part of the standard cannot stand: %(faults)s. Mend it and save again.")
            % {"faults": ", ".join(faults)},
            fields={field: ", ".join(faults)},
        )


def _draft(standard_id: UUID, actor: Actor) -> Standard:
    standard = Standard.objects.seen_by(actor).filter(id=standard_id).first()
    if standard is None:
        raise Unknown(_("There is no such standard, or you may not see it."))
    if standard.state != "draft":
        raise NotYet(_("Only a draft can be published. Make a new version first."))
    return standard


def _set(standard: Standard, actor: Actor, state: str, **times: Any) -> None:
    won = Standard.objects.filter(id=standard.id, state=standard.state).update(state=state, **times)
    if not won:
        raise Conflict(_("Someone else has just changed this standard. Open it again."))
    standard.state = state
    for name, value in times.items():
        setattr(standard, name, value)
    _told(f"standard.{state}", standard, actor)


def _told(name: str, standard: Standard, actor: Actor) -> None:
    tell(
        name,
        subject=("standard", standard.id),
        actor=actor,
        said={"code": standard.code, "version": standard.version},
        wrote=written(standard),
    )
