"""What people read of documents."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.foundation.messages.registry import Facts, Words, opens, says

opens("document", "console:document")


@says("document.review", label=gettext_lazy("review of a document"), ttl=timedelta(days=30))
def _review(facts: Facts) -> Words:
    """The day of a review has come."""
    return Words(
        subject=_("%(title)s (%(code)s) is due for review since %(on)s") % facts,
        lines=(_("Read it. If it still holds, confirm it; if not, write the next version."),),
        why=_("You get this because you own this document or keep the company's documents."),
    )
