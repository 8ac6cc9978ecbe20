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
# The same two as those who live there see them.
opens("matter", "portal:matter")
opens("news", "portal:notice")


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


@says("matter.received", label=gettext_lazy("a resident's report was received"), ttl=DAY)
def _received(facts: Facts) -> Words:
    """The number to ask for."""
    return Words(
        subject=_("%(number)s: we have your report") % facts,
        why=_because_reported(),
    )


@says("matter.told", label=gettext_lazy("answer to a resident"), ttl=3 * DAY)
def _answered(facts: Facts) -> Words:
    """Somebody wrote or said something of substance."""
    return Words(
        subject=_("%(number)s: there is an answer for you") % facts, why=_because_reported()
    )


@says("matter.sent_out", label=gettext_lazy("somebody is sent to a resident"), ttl=DAY)
def _sent_out(facts: Facts) -> Words:
    """Work is given to a person or taken by one."""
    return Words(subject=_("%(number)s: somebody is sent to you") % facts, why=_because_reported())


@says("matter.held", label=gettext_lazy("a resident's matter is paused"), ttl=DAY)
def _held(facts: Facts) -> Words:
    """The reason stands on the page."""
    return Words(
        subject=_("%(number)s is paused; see why, and when it goes on") % facts,
        why=_because_reported(),
    )


@says("matter.settled", label=gettext_lazy("a resident's matter is settled"), ttl=7 * DAY)
def _settled(facts: Facts) -> Words:
    """The one question is on the page."""
    return Words(
        subject=_("%(number)s is settled from our side. Is it good?") % facts,
        why=_because_reported(),
    )


@says("notice.news", label=gettext_lazy("announcement to residents"), ttl=DAY)
def _news(facts: Facts) -> Words:
    """The title in the company's own words, and when it is planned."""
    parts = [str(facts["title"]), str(facts.get("when") or "")]
    why = _("You get this because you live there.")
    return Words(subject=" · ".join(part for part in parts if part), why=why)


@says("notice.step", label=gettext_lazy("how far announced work is"), ttl=DAY)
def _step(facts: Facts) -> Words:
    """Begun, over, moved, or not taking place."""
    words = {
        "begun": _("%(title)s: it has begun"),
        "ended": _("%(title)s: it is over"),
        "moved": _("%(title)s: moved to %(when)s"),
        "off": _("%(title)s: it does not take place"),
    }[str(facts["step"])]
    return Words(subject=words % facts, why=_("You get this because you live there."))


def _because_reported() -> str:
    return _("You get this because you, or somebody you act for, reported this matter.")
