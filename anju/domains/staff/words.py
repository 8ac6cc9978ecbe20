"""What is wrong with a roster, and why a matter is handed over, in words."""

from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.staff.queries import Fit
from anju.domains.staff.rules import OVERTIME_HOURS, REST, WEEK_HOURS, Fault

WHY = {  # `matters.REASONS`
    "emergency": gettext_lazy("emergency running"),
    "urgent": gettext_lazy("urgent"),
    "late": gettext_lazy("overdue"),
    "limits": gettext_lazy("out of its limits"),
    "begun": gettext_lazy("begun"),
    "held": gettext_lazy("on hold"),
    "soon": gettext_lazy("due next shift"),
    "callback": gettext_lazy("callback due"),
    "unread": gettext_lazy("complaint nobody has answered"),
    "found": gettext_lazy("found today"),
    "ours": gettext_lazy("work of this post"),
    "open": gettext_lazy("not done yet"),
}


def said(fault: Fault) -> str:
    """One fault without its person: what it is, and what the limit is."""
    local = timezone.localtime(fault.at)
    facts = {
        "when": f"{local:%m-%d %H:%M}",
        "day": f"{local:%m-%d}",
        "hours": f"{fault.hours:.1f}".removesuffix(".0"),
        "rest": f"{REST.total_seconds() / 3600:.0f}",
        "week": f"{WEEK_HOURS:.0f}",
        "overtime": f"{OVERTIME_HOURS:.0f}",
    }
    match fault.kind:
        case "twice":
            return _("on duty twice at once from %(when)s") % facts
        case "rest":
            return _("only %(hours)s h of rest before %(when)s (at least %(rest)s)") % facts
        case "week":
            return _("%(hours)s h in the week of %(day)s (labour law: %(week)s)") % facts
    return _("%(hours)s h of overtime in this month (labour law: %(overtime)s)") % facts


def passed_over(fit: Fit) -> list[str]:
    """Why some of what was meant is not put on, one line each."""
    counted = (
        (fit.busy, _("%(n)d left as they are: the person is on duty at that time already.")),
        (fit.away, _("%(n)d left out: the person is on leave.")),
        (fit.begun, _("%(n)d left out: that time is over.")),
    )
    return [words % {"n": n} for n, words in counted if n]


def weekday(day: date) -> str:
    """`Mon`, or in Chinese the one sign that tells the days apart."""
    name = date_format(day, "D")
    return name[-1] if name[-1] >= "\u4e00" else name


def month_name(first: date) -> str:
    """`November 2026`, as the language writes it."""
    return date_format(first, "YEAR_MONTH_FORMAT")
