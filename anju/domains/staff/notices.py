"""What people read of leave, swaps and stand-ins."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.staff.handover.rules import LATE, MISSING
from anju.domains.staff.rules import KIND_NAMES
from anju.engine.loop.matters import AFTER
from anju.foundation.messages.registry import Facts, Words, opens, says

LASTS = timedelta(days=14)
KINDS = dict(KIND_NAMES)

opens("duty_change", "staff:change")
opens("handover", "console:handed_over")
opens("own_shift", "field:handover", by_id=False)
opens("shifts", "console:handover", by_id=False)


def _what(facts: Facts) -> dict[str, Any]:
    return {"what": KINDS[facts["kind"]], "when": facts["when"]}


def _where(facts: Facts) -> tuple[str, ...]:
    return (facts["post"],) if facts["post"] else ()


@says("duty.to_decide", label=gettext_lazy("leave or swap to decide"), ttl=LASTS)
def _to_decide(facts: Facts) -> Words:
    """Somebody of the team asks."""
    return Words(
        subject=_("To decide: %(what)s, %(when)s") % _what(facts),
        lines=(*_where(facts), _("See what it leaves uncovered, then approve it or say no.")),
        why=_("You get this because you lead this team or make its roster."),
    )


@says("duty.asked", label=gettext_lazy("a colleague asks you"), ttl=LASTS)
def _asked(facts: Facts) -> Words:
    """A colleague asks for a swap or a stand-in."""
    return Words(
        subject=_("A colleague asks you: %(what)s, %(when)s") % _what(facts),
        lines=(*_where(facts), _("Agree or say no; your leader approves it afterwards.")),
        why=_("You get this because a colleague has chosen you."),
    )


@says("duty.approved", label=gettext_lazy("leave or swap approved"), ttl=LASTS)
def _approved(facts: Facts) -> Words:
    """What was asked is granted."""
    return Words(
        subject=_("Approved: %(what)s, %(when)s") % _what(facts),
        lines=(*_where(facts), _("Your shifts are changed; look at them.")),
        why=_("You get this because you asked for it."),
    )


@says("duty.refused", label=gettext_lazy("leave or swap refused"), ttl=LASTS)
def _refused(facts: Facts) -> Words:
    """What was asked is not granted."""
    return Words(
        subject=_("Not approved: %(what)s, %(when)s") % _what(facts),
        lines=(*_where(facts), _("Your shifts stay as they are; the reason stands beside it.")),
        why=_("You get this because you asked for it."),
    )


@says("duty.back", label=gettext_lazy("leave ended early"), ttl=LASTS)
def _back(facts: Facts) -> Words:
    """Somebody is back before the time."""
    return Words(
        subject=_("Leave ended early: %(when)s") % _what(facts),
        lines=(_("Shifts that had not begun are changed back; look at the roster."),),
        why=_("You get this because it is your leave, you stood in, or you lead this team."),
    )


@says("duty.yours", label=gettext_lazy("a shift is yours now"), ttl=LASTS)
def _yours(facts: Facts) -> Words:
    """Somebody takes over."""
    return Words(
        subject=_("You take over: %(what)s of a colleague, %(when)s") % _what(facts),
        lines=(*_where(facts), _("Your shifts are changed; look at them.")),
        why=_("You get this because you stand in or swap."),
    )


@says("handover.objected", label=gettext_lazy("shift taken over with an objection"), ttl=LASTS)
def _objected(facts: Facts) -> Words:
    """Who came did not agree."""
    return Words(
        subject=_("Shift taken over with an objection: %(post)s") % facts,
        lines=(_("See what was counted otherwise or is not right, and settle it with both."),),
        why=_("You get this because you lead this post or manage the place."),
    )


@says(LATE, label=gettext_lazy("shift still to be handed over"), ttl=AFTER)
def _late(facts: Facts) -> Words:
    """It is over, somebody came after, and nobody signed; it is of use while it can be signed."""
    return Words(
        subject=_("Shift not handed over yet: %(post)s, until %(until)s") % facts,
        lines=(_("Hand it over now: it can be signed until %(signed_by)s.") % facts,),
        why=_("You get this because it was your shift."),
    )


@says(MISSING, label=gettext_lazy("shift not handed over"), ttl=timedelta(days=1))
def _missing(facts: Facts) -> Words:
    """Nobody signed while it could be signed."""
    return Words(
        subject=_("Shift not handed over: %(post)s, until %(until)s") % facts,
        lines=(
            _("It could be signed until %(signed_by)s. Ask who was on it what was left open, and "
              "tell whoever came after.") % facts,
        ),
        why=_("You get this because you lead this post or manage the place."),
    )  # fmt: skip
