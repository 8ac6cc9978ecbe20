"""What managers read before a notice date of a contract."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.foundation.messages.registry import Facts, Words, opens, says

opens("contract", "console:contract")


@says("contract.date", label=gettext_lazy("date of a contract"), ttl=timedelta(days=14))
def _date(facts: Facts) -> Words:
    """A day of a contract comes near."""
    return Words(
        subject=_("Contract %(number)s: %(text)s by %(on)s") % facts,
        lines=(_("%(place)s. Open the contract and do what this date asks for.") % facts,),
        why=_("You get this because you manage this community or the company's standards."),
    )
