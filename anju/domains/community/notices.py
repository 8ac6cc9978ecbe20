"""What is said about coming in, and to staff about what residents want."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.community.commands.coming_in import code_of
from anju.domains.community.rules import CODE_LASTS
from anju.engine.loop.models import KIND_NAMES
from anju.foundation.messages.registry import Facts, Words, opens, says

DAY = timedelta(days=1)
KINDS = dict(KIND_NAMES)
opens("notice", "console:notice_page")


@says(
    "home.code",
    label=gettext_lazy("code to come in"),
    ttl=CODE_LASTS,
    secret=lambda facts: {"code": code_of(UUID(str(facts["challenge"])))},
)
def _code(facts: Facts) -> Words:
    """To the telephone of somebody who wants to come in."""
    return Words(
        subject=_("%(code)s is your code. It is good for 10 minutes. Give it to nobody.")
        % {"code": facts["code"]}
    )


def _which(facts: Facts) -> str:
    parts = [str(KINDS.get(facts["kind"], facts["kind"])), facts["place"]]
    return " · ".join(part for part in parts if part)


@says("case.urged", label=gettext_lazy("a resident urges"), ttl=DAY)
def _urged(facts: Facts) -> Words:
    """The one it is owed to cannot wait any longer."""
    return Words(
        subject=_("%(number)s: the resident urges you") % facts,
        lines=(_which(facts), _("Say now when you come or what holds it up; the resident waits.")),
        why=_("You get this because you were named to the resident as the one who answers."),
    )


@says("case.said", label=gettext_lazy("a resident writes"), ttl=DAY)
def _said(facts: Facts) -> Words:
    """A word or a photo more."""
    return Words(
        subject=_("%(number)s: the resident has written") % facts,
        lines=(_which(facts), _("Read it in the timeline and answer.")),
        why=_("You get this because you answer for this matter."),
    )


@says("case.complained", label=gettext_lazy("complaint to you"), ttl=DAY)
def _complained(facts: Facts) -> Words:
    """One level up."""
    return Words(
        subject=_("%(number)s: the resident complains to you") % facts,
        lines=(_which(facts), _("Call the resident yourself and say what will be done, by when.")),
        why=_("You get this because you are above those who answer for this matter."),
    )


@says("case.rated", label=gettext_lazy("a resident is not satisfied"), ttl=DAY)
def _rated(facts: Facts) -> Words:
    """The one-question pulse was answered with no."""
    return Words(
        subject=_("%(number)s: the resident is not satisfied") % facts,
        lines=(_which(facts), _("Call the resident and ask what is missing.")),
        why=_("You get this because you answer for this matter."),
    )


@says("notice.waits", label=gettext_lazy("announcement waits for approval"), ttl=3 * DAY)
def _waits(facts: Facts) -> Words:
    """A second person reads it before residents do."""
    return Words(
        subject=_("An announcement waits for your approval: %(title)s") % facts,
        lines=(str(facts["place"]), _("Nobody who lives there sees it until it is approved.")),
        why=_("You get this because you manage this place."),
    )
