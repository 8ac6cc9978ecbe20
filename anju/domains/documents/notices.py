"""What people read of documents."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.foundation.messages.registry import Facts, Words, opens, says

opens("document", "console:document")
opens("reading", "field:reading")


@says("document.review", label=gettext_lazy("review of a document"), ttl=timedelta(days=30))
def _review(facts: Facts) -> Words:
    """The day of a review has come."""
    return Words(
        subject=_("%(title)s (%(code)s) is due for review since %(on)s") % facts,
        lines=(_("Read it. If it still holds, confirm it; if not, write the next version."),),
        why=_("You get this because you own this document or keep the company's documents."),
    )


@says("reading.asked", label=gettext_lazy("something to read"), ttl=timedelta(days=30))
def _asked(facts: Facts) -> Words:
    """A version in force is given to be read."""
    return Words(
        subject=_("To read: %(title)s v%(version)s") % facts,
        lines=(_("Read it, sign that you have, and answer its questions if there are any."),),
        why=_("You get this because you are on the list of those who work by it."),
    )


@says("reading.late", label=gettext_lazy("still to read"), ttl=timedelta(days=30))
def _late(facts: Facts) -> Words:
    """Somebody has not read it."""
    return Words(
        subject=_("Still to read: %(title)s v%(version)s") % facts,
        lines=(_("You have not signed it yet. Your manager sees who has not."),),
        why=_("You get this because you are on the list of those who work by it."),
    )
