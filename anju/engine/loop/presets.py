"""What is said with one tap: kept as a code, read in the words of the reader. What a person writes
stays as it was written."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Why work stands still. No written word begins with "#" and is one of these by chance.
HOLD_REASONS: Mapping[str, Any] = {
    "#nobody_home": _("Nobody at home"),
    "#another_time": _("The resident asks for another time"),
    "#not_let_in": _("The resident does not let us in"),
    "#part_in_store": _("Part is in the store"),
    "#part_ordered": _("Part must be ordered"),
    "#resident_buys": _("The resident buys the part"),
    "#second_person": _("A second person is needed"),
    "#another_trade": _("Another trade is needed"),
    "#certified": _("A certified person is needed"),
    "#supplier": _("The supplier must come"),
    "#dry_first": _("Must dry or rest first"),
    "#shut_off_first": _("Power or water must be shut off first"),
    "#desk_decides": _("Cannot be repaired: the desk decides"),
}
# Why finished work is sent back, in the order of their keys.
FAIL_REASONS: Mapping[str, Any] = {
    "#unseen": _("The photos do not show the finished work."),
    "#unfinished": _("The work is not finished."),
    "#unclean": _("The place was not left clean."),
    "#elsewhere": _("The photos show another place."),
    "#unwritten": _("What was done or used is not written down."),
}
# What became of it.
RESULTS: Mapping[str, Any] = {
    "fixed": _("Repaired"),
    "for_now": _("Repaired for now"),
    "no_fault": _("No fault found"),
}
# Why there is no photo where the standard asks for one.
NO_PHOTO: Mapping[str, Any] = {
    "refused": _("The resident does not want photos"),
    "nothing": _("There is nothing to see"),
    "camera": _("The camera does not work"),
}
_ALL = {**HOLD_REASONS, **FAIL_REASONS}


def in_words(kept: str) -> str:
    """What was kept of a reason, in the language of whoever reads it."""
    return str(_ALL.get(kept, kept))


def result_in_words(result: str, *, remark: str = "", without: str = "") -> str:
    """The result of a piece of work as it is kept: what became of it, the remark, why no photo."""
    why = NO_PHOTO.get(without, without)
    told = gettext("No photo: %(why)s") % {"why": why} if without else ""
    return " · ".join(str(part) for part in (RESULTS.get(result, result), remark, told) if part)


# As whom somebody signs for work.
SIGNERS = ("reporter", "household", "tenant", "client", "staff")
