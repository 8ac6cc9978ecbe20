"""When a standard or a procedure is looked at again: the same column and filter on every list."""

from datetime import date
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from anju.engine.standards.commands import REVIEW_NOTICE
from anju.foundation.kit.filters import Filter
from anju.foundation.kit.list import Column
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.lib import now


def today() -> date:
    """The day it is for whoever reads the page."""
    return localtime(now()).date()


def review_mark(row: Any) -> Any:
    """The day of the next review, marked when it comes near or has passed."""
    if row.review_on is None or row.state != "published":
        return "—"
    day = f"{row.review_on:%Y-%m-%d}"
    if row.review_on < today():
        return tags.tag(_("overdue since %(day)s") % {"day": day}, "bad")
    return tags.tag(day, "warn") if row.review_on <= today() + REVIEW_NOTICE else day


def review_column() -> Column:
    """Next review, sortable."""
    return Column(
        name="review", label=_("Next review"), render=review_mark, look="mark", sort="review_on"
    )


def review_filter() -> Filter:
    """Only what is due: overdue, or within the days in which its writers are told."""

    def apply(rows: Any, value: str) -> Any:
        until = today() + REVIEW_NOTICE if value == "near" else today()
        return rows.filter(state="published", review_on__lte=until)

    choices = [("near", _("due within 30 days")), ("due", _("due today or overdue"))]
    return Filter(name="review", label=_("Review"), apply=apply, choices=choices)
