"""What those who are called out read."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.emergency.queries import has_answered
from anju.foundation.messages.registry import Facts, Words, ends_calls, opens, says

opens("emergency", "field:emergency")
ends_calls("emergency", has_answered)


@says("emergency.called_out", label=gettext_lazy("called out"), ttl=timedelta(hours=2))
def _called_out(facts: Facts) -> Words:
    """An emergency was started."""
    return Words(
        subject=_("EMERGENCY %(plan)s: %(place)s") % facts,
        lines=(str(facts["do"]), _("Case %(number)s. Say that you are coming.") % facts),
        why=_("You get this because you are on duty or answer for this place."),
        spoken=_("Emergency, %(plan)s: %(place)s. Say in Anju that you are coming.") % facts,
    )
