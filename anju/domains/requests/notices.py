"""What staff are told about cases: what happened, which case, until when, why it came to them."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anju.domains.requests.answered import has_answered
from anju.engine.clocks.models import KINDS
from anju.engine.loop.models import KIND_NAMES
from anju.foundation.access.rules import ROLE_NAMES
from anju.foundation.messages.registry import Facts, Words, ends_calls, opens, says

CLOCKS, CASES = dict(KINDS), dict(KIND_NAMES)
DAY = timedelta(days=1)
SHOWN = 10  # matters of a digest; the board has all

opens("case", "requests:case")
opens("work", "requests:work")
opens("board", "requests:board", by_id=False)
opens("communities", "console:communities", by_id=False)


def _which(facts: Facts) -> str:
    """The case in one line: kind, place, priority."""
    parts = [str(CASES.get(facts["kind"], facts["kind"])), facts["place"], f"P{facts['urgency']}"]
    return " · ".join(part for part in parts if part)


def _until(facts: Facts) -> dict[str, Any]:
    return {
        "number": facts["number"],
        "promise": CLOCKS.get(facts.get("clock", ""), facts.get("clock", "")),
        "due": facts.get("due", ""),
    }


def why(facts: Facts) -> str:
    """Why this account is told."""
    role = ROLE_NAMES.get(facts.get("role", ""), facts.get("role", ""))
    match facts["why"]:
        case "work":
            return _("You get this because the work is given to you or to your post.")
        case "owner":
            return _("You get this because the case is yours from now on, until it is closed.")
        case "yours":
            return _("You get this because you own the case and nobody has its work yet.")
        case "desk":
            return _("You get this because you are on the desk for this place.")
        case "next":
            return _("You get this because you are next on duty here and nobody has answered.")
        case "above":
            return _("You get this because nobody holds the role %(role)s at this place.") % {
                "role": role
            }
    return _("You get this because you are %(role)s for this place.") % {"role": role}


def _aloud(facts: Facts) -> str:
    """What a telephone reads out: where, and no number nobody can follow."""
    return _("Life safety, urgent: %(place)s. Answer in Anju now.") % {"place": facts["place"]}


ends_calls("case", has_answered)


@says("clock.warned", label=gettext_lazy("promise about to break"), ttl=timedelta(hours=4))
def _warned(facts: Facts) -> Words:
    """A quarter of the allowance is left."""
    return Words(
        subject=_("%(number)s: %(promise)s by %(due)s") % _until(facts),
        lines=(
            _which(facts),
            _("A quarter of the time is left. Do it now, or put it on hold and say why."),
        ),
        why=why(facts),
    )


@says("clock.broken", label=gettext_lazy("promise broken"), ttl=DAY)
def _broken(facts: Facts) -> Words:
    """The deadline has passed."""
    return Words(
        subject=_("%(number)s: %(promise)s is late, it was due by %(due)s") % _until(facts),
        lines=(
            _which(facts),
            _("The promise is broken. Do it now and tell the reporter by when it will be done."),
        ),
        why=why(facts),
    )


@says("clock.escalated", label=gettext_lazy("escalation"), ttl=DAY)
def _escalated(facts: Facts) -> Words:
    """A rung of the ladder is reached."""
    return Words(
        subject=_("%(number)s was escalated to you: %(promise)s, due by %(due)s") % _until(facts),
        lines=(
            _which(facts),
            _("See what holds it up: give it to someone else, help, or talk to the reporter."),
        ),
        why=why(facts),
        spoken=_aloud(facts),
    )


@says("case.reported", label=gettext_lazy("new case"), ttl=DAY)
def _reported(facts: Facts) -> Words:
    """Someone reported something."""
    return Words(
        subject=_("New case %(number)s") % _until(facts),
        lines=(_which(facts), _("Answer the reporter and send someone.")),
        why=why(facts),
        spoken=_aloud(facts),
    )


@says("case.reopened", label=gettext_lazy("case reopened"), ttl=DAY)
def _reopened(facts: Facts) -> Words:
    """The reporter is not satisfied."""
    return Words(
        subject=_("%(number)s was reopened") % _until(facts),
        lines=(_which(facts), _("It was not settled. Call the reporter and send someone again.")),
        why=why(facts),
    )


@says("work.assigned", label=gettext_lazy("work given to you"), ttl=DAY)
def _assigned(facts: Facts) -> Words:
    """Somebody dispatched a work order."""
    return Words(
        subject=_("Work for you: %(number)s") % _until(facts),
        lines=(_which(facts), _("Accept it, or hand it back and say why.")),
        why=why(facts),
        spoken=_aloud(facts),
    )


@says("work.failed", label=gettext_lazy("work not passed"), ttl=DAY)
def _failed(facts: Facts) -> Words:
    """A check failed."""
    return Words(
        subject=_("%(number)s did not pass its check") % _until(facts),
        lines=(_which(facts), _("Read what was found in the timeline and put it right.")),
        why=why(facts),
    )


@says("work.to_check", label=gettext_lazy("work to be checked"), ttl=DAY)
def _to_check(facts: Facts) -> Words:
    """Work is done and waits for someone who did not do it."""
    return Words(
        subject=_("%(number)s is done and waits for its check") % _until(facts),
        lines=(_which(facts), _("Someone who did not do the work verifies it.")),
        why=why(facts),
    )


@says("case.owned", label=gettext_lazy("a case is yours now"), ttl=DAY)
def _owned(facts: Facts) -> Words:
    """A case came from another desk."""
    return Words(
        subject=_("%(number)s is yours now") % _until(facts),
        lines=(
            _which(facts),
            _("Nobody at the desk before yours could answer. Answer the reporter, stay with it."),
        ),
        why=why(facts),
        spoken=_aloud(facts),
    )


@says("case.urged_on", label=gettext_lazy("urged"), ttl=DAY)
def _urged(facts: Facts) -> Words:
    """Whoever owns the case cannot wait any longer."""
    return Words(
        subject=_("%(number)s cannot wait") % _until(facts),
        lines=(_which(facts), _("Get on with it now, or say in the case by when.")),
        why=why(facts),
    )


@says("case.escalated", label=gettext_lazy("escalated by hand"), ttl=DAY)
def _escalated_by_hand(facts: Facts) -> Words:
    """Whoever owns the case asks one level up."""
    return Words(
        subject=_("%(number)s was escalated to you") % _until(facts),
        lines=(_which(facts), _("Read the reason in the case and decide what happens now.")),
        why=why(facts),
    )


@says("work.waiting", label=gettext_lazy("not accepted yet"), ttl=DAY)
def _waiting(facts: Facts) -> Words:
    """Ordinary work nobody has accepted, all of a half hour in one."""
    matters = sorted(map(tuple, facts["matters"]))
    count = len(matters)
    lines = [_unaccepted(*one) for one in matters[:SHOWN]]
    if count > SHOWN:
        lines.append(_("and %(count)s more, on the board") % {"count": count - SHOWN})
    return Words(
        subject=ngettext(
            "%(count)s matter that nobody had accepted in time",
            "%(count)s matters that nobody had accepted in time",
            count,
        )
        % {"count": count},
        lines=(
            *lines,
            _("See on the board who is free and give it to them, or call who has it."),
        ),
        why=why(facts),
    )


def _unaccepted(number: str, place: str, seen: str = "") -> str:
    """A matter of the digest, and by when nobody had accepted it: somebody may have since."""
    parts = [number, place]
    if seen:
        parts.append(_("not accepted by %(time)s") % {"time": seen})
    return " · ".join(part for part in parts if part)


@says("cases.morning", label=gettext_lazy("daily report to headquarters"), ttl=DAY)
def _morning(facts: Facts) -> Words:
    """Yesterday's broken promises and what is late, by community."""
    said = {**facts, "day": str(facts["day"])[5:], "count": facts["of"]}
    because = _("You get this every morning because you are headquarters for these communities.")
    if not facts["communities"]:
        calm = _("No promise was broken, and nothing is late at %(at)s.") % said
        return Words(subject=_("%(day)s: nothing late") % said, lines=(calm,), why=because)
    if facts.get("more"):
        others = _(
            "%(count)s communities, as it stood at %(at)s. The worst are listed here; "
            "%(more)s more have something late, on the page of communities."
        )
    else:
        others = _("%(count)s communities, as it stood at %(at)s. The others have nothing late.")
    return Words(
        subject=_("%(day)s: %(broken)s broken, %(late)s late now") % said,
        lines=(
            others % said,
            _("Ask the manager of the first one what holds it up and by when it is settled."),
        ),
        why=because,
        links=tuple(link for one in facts["communities"] for link in _lists(one, facts["day"])),
    )


def _lists(community: Sequence[Any], day: str) -> Iterator[tuple[str, str]]:
    """The lists behind the numbers of a community."""
    name, code, broken, late = community
    cases = reverse("requests:cases")
    if broken:
        asked = urlencode({"place": code, "broke_from": day, "broke_to": day})
        label = _("%(place)s: %(count)s broke a promise") % {"place": name, "count": broken}
        yield label, f"{cases}?{asked}"
    if late:
        asked = urlencode({"state": "live", "late": "yes", "place": code, "sort": "due"})
        label = _("%(place)s: %(count)s late now") % {"place": name, "count": late}
        yield label, f"{cases}?{asked}"
