"""The questions by which staff are examined: written, drafted from what a paper promises, marked.
Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zlib import crc32

from django.utils.translation import gettext as _

from anju.engine.clocks.models import KINDS
from anju.engine.forms.rules import Item
from anju.engine.procedures.rules import Procedure
from anju.engine.standards.document import Document, Requirement
from anju.engine.standards.rules import Limit
from anju.foundation.kit.templatetags.kit import length

MOST, MOST_CHOICES, DRAFTED = 20, 6, 5
LONGEST, LONGEST_CHOICE = 300, 120
RIGHT, WHY = "*", "#"


@dataclass(frozen=True)
class Question:
    """One question. `right`: the number of the right choice; `why`: the clause that says so."""

    text: str
    choices: tuple[str, ...]
    right: int
    why: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Question":
        """As the table keeps it."""
        return cls(row["text"], tuple(row["choices"]), row["right"], row["why"])

    def plain(self) -> dict[str, Any]:
        """The inverse of `of`."""
        return {
            "text": self.text, "choices": list(self.choices), "right": self.right, "why": self.why,
        }  # fmt: skip

    @property
    def sound(self) -> bool:
        """Whether it can be asked: 2 to 6 different choices, one of them right."""
        return (
            0 < len(self.text) <= LONGEST
            and 2 <= len(self.choices) <= MOST_CHOICES
            and len(set(self.choices)) == len(self.choices)
            and all(0 < len(one) <= LONGEST_CHOICE for one in self.choices)
            and 0 <= self.right < len(self.choices)
            and len(self.why) <= LONGEST
        )


def marked(questions: Sequence[Question], answers: Sequence[int]) -> list[bool]:
    """Which answers are right; one that was left out is not."""
    given = [*answers, *[-1] * len(questions)]
    return [given[n] == one.right for n, one in enumerate(questions)]


def as_lines(questions: Sequence[Question]) -> str:
    """Questions as a person writes them: see `from_lines`."""
    blocks = []
    for one in questions:
        choices = [f"{RIGHT if n == one.right else '-'} {c}" for n, c in enumerate(one.choices)]
        blocks.append("\n".join([one.text, *choices, *([f"{WHY} {one.why}"] if one.why else [])]))
    return "\n\n".join(blocks)


def from_lines(text: str) -> list[Question]:
    """Questions with an empty line between them: the question, its choices each after "-", the
    right one after "*", and after "#" the clause that says so. What cannot be asked comes out
    not `sound`."""
    found = []
    for block in "\n".join(line.strip() for line in text.splitlines()).split("\n\n"):
        lines = [line for line in block.splitlines() if line]
        if not lines:
            continue
        said = [line for line in lines if line[0] not in "-*#＊"]
        choices = [line for line in lines if line[0] in "-*＊"]
        right = [n for n, line in enumerate(choices) if line[0] in "*＊"]
        found.append(
            Question(
                " ".join(said),
                tuple(line[1:].strip() for line in choices),
                right[0] if len(right) == 1 else -1,
                " ".join(line[1:].strip() for line in lines if line[0] == WHY),
            )
        )
    return found


def from_standard(said: Document) -> list[Question]:
    """At most five questions from what a standard promises: three of its time limits, its measures,
    the evidence its items ask for, more of its limits. The wrong choices are its other figures."""
    limits = [one for one in _of_limits(said) if one.sound]
    others = [*_of_requirements(said.requirements), *_of_evidence(said.items)]
    pool = [*limits[:3], *(one for one in others if one.sound), *limits[3:]]
    return pool[:DRAFTED]


def from_procedure(said: Procedure) -> list[Question]:
    """At most five questions from the steps of a procedure: within which time, and by whom."""
    minutes = [step.minutes for step in said.steps if step.minutes]
    people = [step.who for step in said.steps]
    pool = []
    for number, step in enumerate(said.steps, 1):
        why = f"{number}. {step.name}"
        if step.minutes:
            text = _("Within which time is this step done: %(step)s?") % {"step": step.name}
            pool.append(_timed(text, step.minutes, minutes, why))
        text = _("Who does this step: %(step)s?") % {"step": step.name}
        pool.append(_asked(text, step.who, people, why))
    return [one for one in pool if one.sound][:DRAFTED]


def _of_limits(said: Document) -> Iterator[Question]:
    clocks = dict(KINDS)
    for one in sorted(said.limits, key=_first_asked):
        minutes = [x.minutes for x in _nearest(one, said.limits)]
        parts = [f"P{one.urgency}" if one.urgency else "", one.category]
        which = " ".join(filter(None, [*parts, said.name]))
        text = _("%(which)s: within which time must this be done: %(clock)s?") % {
            "which": which, "clock": clocks[one.clock],
        }  # fmt: skip
        why = f"{said.name} · {_('Time limits')} · {clocks[one.clock]}"
        yield _timed(text, one.minutes, minutes, why)


def _first_asked(limit: Limit) -> tuple[int, int]:
    """What most work is about first: one limit of each clock, the urgent ones before the rest."""
    clocks, urgencies = ("arrive", "finish", "respond", "feedback"), (2, 1, 3, None, 4)
    clock = clocks.index(limit.clock) if limit.clock in clocks else len(clocks)
    return urgencies.index(limit.urgency), clock


def _nearest(one: Limit, limits: Sequence[Limit]) -> list[Limit]:
    """The others, those of the same clock first."""
    return sorted(limits, key=lambda other: other.clock != one.clock)


def _of_requirements(requirements: Sequence[Requirement]) -> Iterator[Question]:
    values = [r.value for r in requirements if r.value is not None]
    for one in requirements:
        if one.value is None:
            continue
        pool = [*values, one.value * 2, one.value / 2, one.value + 10]
        texts = [f"{value:g} {one.unit}".strip() for value in pool if value != one.value]
        bare = one.text.replace(f"{one.value:g}", "___")
        text = _("Which figure stands here: %(text)s?") % {"text": bare}
        yield _asked(text, f"{one.value:g} {one.unit}".strip(), texts, one.code or one.text)


def _of_evidence(items: Sequence[Item]) -> Iterator[Question]:
    words = {
        ("photo",): _("a photo"),
        ("signature",): _("a signature"),
        ("photo", "signature"): _("a photo and a signature"),
        (): _("no evidence"),
    }
    for one in items:
        if one.evidence:
            text = _("Which evidence does this need: %(item)s?") % {"item": one.text}
            key = tuple(sorted(set(one.evidence)))
            yield _asked(text, words[key], list(words.values()), one.text)


def _timed(text: str, minutes: int, others: Sequence[int], why: str) -> Question:
    """A length of time among those of the others; where they are too few, half of it, twice and
    three times as long."""
    pool = [*others, minutes * 2, max(1, minutes // 2), minutes * 3]
    return _asked(text, _long(minutes), [_long(one) for one in pool], why)


def _asked(text: str, right: str, pool: Sequence[str], why: str) -> Question:
    """Up to four choices in an order that rests on the words alone."""
    wrong = [one for one in dict.fromkeys(pool) if one != right][:3]
    choices = sorted([right, *wrong], key=lambda one: crc32(f"{text} {one}".encode()))
    return Question(text[:LONGEST], tuple(choices), choices.index(right), why[:LONGEST])


def _long(minutes: int) -> str:
    return str(length(timedelta(minutes=minutes)))
