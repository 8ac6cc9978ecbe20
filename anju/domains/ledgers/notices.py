"""What is told of ledgers."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.foundation.messages.registry import Facts, Words, opens, says

opens("line", "ledgers:line")


@says("ledger.overdue", label=gettext_lazy("a line of a ledger is overdue"), ttl=timedelta(days=1))
def _overdue(facts: Facts) -> Words:
    """It should have ended: somebody is still in, a key is still out."""
    if facts["why"] == "post":
        why = _("You get this because you keep this ledger.")
    else:
        why = _("You get this because you lead the team at this place.")
    return Words(
        subject=_("%(ledger)s, line %(n)s at %(place)s should have ended by %(due)s") % facts,
        lines=(_("Look after it, then say in the ledger how it ended."),),
        why=why,
    )
