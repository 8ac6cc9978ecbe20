"""What the writers of standards read before a review is due."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.foundation.messages.registry import Facts, Words, opens, says

opens("standard", "console:standard")
opens("procedure", "console:procedure")


@says("review.due", label=gettext_lazy("review of standards"), ttl=timedelta(days=30))
def _due(facts: Facts) -> Words:
    """Somebody has to look whether they are still right."""
    names = "、".join(facts["names"]) + ("…" if facts["count"] > len(facts["names"]) else "")
    return Words(
        subject=_("To be reviewed by %(on)s: %(count)s") % facts,
        lines=(
            _("%(names)s. Open it: confirm that it stays as it is, or write its next version.")
            % {"names": names},
        ),
        why=_("You get this because you write the company's standards."),
    )
