"""What is told of planned work."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.foundation.access.rules import ROLE_NAMES
from anju.foundation.messages.registry import Facts, Words, opens, says

opens("work", "console:round")


@says("round.late", label=gettext_lazy("planned work is late"), ttl=timedelta(hours=4))
def _late(facts: Facts) -> Words:
    """Its window has closed and nobody has done it."""
    if facts["until"] == facts["due"]:
        line = _("It cannot be made up any more: it stands as missed. Say what was in the way.")
    else:
        line = _("It can be made up until %(until)s. Do it now, or say what is in the way.") % facts
    return Words(
        subject=_("%(title)s at %(place)s was due by %(due)s") % facts,
        lines=(line,),
        why=_why(facts),
    )


@says("round.points", label=gettext_lazy("points of a round are left out"), ttl=timedelta(hours=4))
def _points(facts: Facts) -> Words:
    """The time of these points is over and nobody has passed them."""
    if facts["until"] == "":
        line = _("They cannot be made up any more: each is a finding. Say what was in the way.")
    else:
        line = _("They can be made up until %(until)s. See to it, or say what is in the way.")
    barred = facts.get("unreached", "")
    more = (_("Could not be reached: %(points)s") % {"points": barred},) if barred else ()
    return Words(
        subject=_("%(title)s: not passed yet: %(points)s") % facts,
        lines=(line % facts, *more),
        why=_why(facts),
    )


def _why(facts: Mapping[str, Any]) -> str:
    if facts["why"] == "work":
        return _("You get this because it is yours or your post's to do.")
    role = ROLE_NAMES.get(str(facts.get("role")), "")
    return _("You get this because you are %(role)s for this place.") % {"role": role}
