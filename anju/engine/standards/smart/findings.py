"""What the check can say: the codes, whether one stops publication, the words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.engine.standards.rules import Limit

Severity = Literal["stop", "advice"]
STOPS = frozenset({"contradiction", "feedback-paused", "overlap", "orphan"})

# What each says; a finding may name another of its code ("orphan:need").
WORDS = {
    "vague": _("“%(word)s” binds nobody: “%(part)s”. Say how much, how often or by when."),
    "vague:hedge": _(
        "“%(word)s” takes the promise back: “%(part)s”. Name the cases, or leave it out."
    ),
    "no-audience": _(
        "It does not say for whom it is. Name the customers, such as owners and tenants."
    ),
    "no-provider": _("It names no post that does it. Name the post, not a person."),
    "no-place": _("“%(text)s” is done nowhere in particular. Give its scope a place."),
    "no-measure": _("“%(text)s” cannot be measured: %(lacking)s is missing."),
    "no-evaluation": _(
        "Nobody can tell whether it is kept: the evaluation has no sample and no indicator."
    ),
    "no-time": _("“%(text)s” has no period. Say over which time it is counted."),
    "no-time:limits": _("Cases are opened under it, but no clock runs: it has no time limit."),
    "not-achieved": _(
        "In the last %(days)d days: %(clock)s within %(time)s in %(share)d %% [%(low)d, %(high)d], "
        "n = %(n)d. Nine in ten is out of reach today: change the work first, or promise less."
    ),
    "uncertain": _(
        "In the last %(days)d days: %(clock)s within %(time)s in %(share)d %% [%(low)d, %(high)d], "
        "n = %(n)d. Whether nine in ten can be kept is open. Try it in one community first."
    ),
    "few-cases": _(
        "In the last %(days)d days: %(clock)s within %(time)s %(kept)d of %(n)d times. So few say "
        "nothing yet. Try it in one community first."
    ),
    "no-record": _(
        "Whether it can be kept is not known: nothing of the last %(days)d days says so for "
        "%(clocks)s. Try it in one community first."
    ),
    "no-need": _("“%(text)s” answers no need of the customers. Who asked for it?"),
    "no-weight": _("“%(text)s” answers only needs that nobody has weighed: %(needs)s."),
    "contradiction:limit": _("“%(text)s” promises %(value)s, but its clock allows %(time)s."),
    "contradiction:inside": _(
        "“%(text)s” and “%(other)s” cannot both be meant: one thing, two figures."
    ),
    "contradiction:range": _(
        "“%(text)s” and “%(other)s” cannot both be kept: nothing lies between."
    ),
    "contradiction:standard": _(
        "“%(text)s” contradicts “%(other)s” of %(standard)s, which is in force for the same."
    ),
    "contradiction:limits": _(
        "%(clock)s within %(time)s contradicts %(standard)s, which is in force and gives the same "
        "cases %(longer)s."
    ),
    "contradiction:order": _(
        "%(clock)s is owed within %(time)s, before %(after)s within %(longer)s. It "
        "cannot come first."
    ),
    "contradiction:urgency": _(
        "%(clock)s: the more urgent P%(urgency)d has %(time)s, the less urgent P%(other)d only "
        "%(shorter)s."
    ),
    "feedback-paused": _(
        "The answer to the person who waits is owed by day and night. Take its calendar and its "
        "pauses out."
    ),
    "warning:late": _(
        "%(clock)s: nobody above is told before it is too late; the first is %(minutes)d minutes "
        "after. Tell somebody before the deadline, or at it."
    ),
    "warning:early": _(
        "%(clock)s: a warning %(minutes)d minutes before the deadline lies before the clock begins "
        "(%(time)s). It would come with every case."
    ),
    "overlap": _("%(standard)s, which is in force, rules the same already: “%(text)s”."),
    "overlap:limits": _(
        "%(standard)s, which is in force, promises the same cases the same already: %(clock)s "
        "within %(time)s."
    ),
    "overlap:scope": _(
        "%(standard)s, which is in force, rules the same cases as closely. Which one would bind "
        "them? Give one of both a narrower scope."
    ),
    "orphan:procedure": _("There is no procedure “%(name)s”. Write it first, or choose another."),
    "orphan:form": _("There is no form “%(name)s”. Write it first, or choose another."),
    "orphan:library": _("The library has no item “%(name)s” to rest on."),
    "orphan:need": _("There is no customers' need “%(name)s”. Record and weigh it first."),
    "orphan:calendar": _("There is no calendar “%(name)s”: this clock would never run."),
    "orphan:clock": _(
        "“%(text)s” is measured by a clock that never runs: it has no limit (%(clock)s)."
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing an expert would say.

    `code`: docs/smart.md. `where`: an element, `requirements/CODE`, `limits/CLOCK/URGENCY` (`*`:
    any) or `limits` for all. `facts`: what the words are filled with; `about`: which words.
    """

    code: str
    where: str
    about: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """Whether it stops publication or is advice."""
        return "stop" if self.code in STOPS else "advice"

    @property
    def words(self) -> str:
        """What is wrong and what to do, in the language of who reads it."""
        said = WORDS[f"{self.code}:{self.about}" if self.about else self.code]
        return str(said) % {name: _shown(name, value) for name, value in self.facts.items()}

    @property
    def beside(self) -> str:
        """The words where they stand under the requirement they are about: it is not quoted again.
        What two requirements do to each other quotes both."""
        text = self.facts.get("text", "")
        bare = self.words.removeprefix(f"“{text}”").removeprefix(f"「{text}」").lstrip()
        if self.code == "contradiction" or not text or bare == self.words:
            return self.words
        return bare[:1].upper() + bare[1:]

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return {
            "code": self.code,
            "severity": self.severity,
            "where": self.where,
            "words": self.words,
            "facts": {k: list(v) if isinstance(v, tuple) else v for k, v in self.facts.items()},
        }


# Facts that are minutes, and facts that are names of clocks, said in words when they are read.
TIMES, CLOCKS = frozenset({"time", "longer", "shorter"}), frozenset({"clock", "clocks", "after"})


def _shown(name: str, value: Any) -> Any:
    if name in TIMES:
        return duration(value)
    if name in CLOCKS:
        value = tuple(gettext(one) for one in ([value] if isinstance(value, str) else value))
    return gettext(", ").join(value) if isinstance(value, tuple) else value


def duration(minutes: float) -> str:
    """So many minutes in the largest unit that leaves a whole number."""
    for size, one in ((1440, _("%(n)d d")), (60, _("%(n)d h"))):
        if minutes >= size and minutes % size == 0:
            return str(one) % {"n": minutes // size}
    return gettext("%(n)g min") % {"n": minutes}


def place_of(limit: Limit) -> str:
    """The limit's `where`."""
    parts = ["limits", limit.clock, str(limit.urgency or "*"), limit.category, limit.place]
    return "/".join(part for part in parts if part)
