"""How near a question comes to an answer. Pure.

A pair of characters that few answers hold says more than one that many hold (inverse document
frequency: Spärck Jones, 1972); the points are the share of the asked pairs' weight that an answer's
question and other words hold.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from anju.foundation.lib.search import words

BLANK = re.compile("【([^【】]{1,40})】")  # what is filled in before a text is used
ENOUGH = 0.4  # of the weight of what was asked
UNHEARD = 0.25  # what no answer holds tells little: people speak in many words
CHECKED = 20  # of a hundred answers told, so many are drawn to be checked
FILLERS = frozenset(
    "多少 怎么 什么 可以 我们 你们 我想 想问 请问 一下 问一 哪里 几点 时候 是不 不是".split()
)


@dataclass(frozen=True)
class Match:
    """Which of the answers, how near (0 to 1), and the words that decided."""

    index: int
    points: float
    why: tuple[str, ...]


def nearest(asked: str, answers: Sequence[str], *, most: int) -> list[Match]:
    """The answers that come near what was asked, the nearest first; none where none is near.

    `answers`: question and other words of each.
    """
    held = [words(text) for text in answers]
    spread = Counter(word for one in held for word in one)
    weight = {
        word: log((1 + len(held)) / (1 + spread[word])) + 1 if spread[word] else UNHEARD
        for word in words(asked)
        if len(word) > 1 and word not in FILLERS
    }
    whole = sum(weight.values())
    found = []
    for index, one in enumerate(held):
        shared = sorted(weight.keys() & one, key=lambda word: (-weight[word], word))
        points = sum(weight[word] for word in shared) / whole if whole else 0.0
        if points >= ENOUGH:
            found.append(Match(index, round(points, 3), tuple(shared[:3])))
    return sorted(found, key=lambda match: (-match.points, match.index))[:most]


def blanks(texts: Iterable[str]) -> list[str]:
    """What the texts ask to be filled in, each once, in their order."""
    return list(dict.fromkeys(name for text in texts for name in BLANK.findall(text)))
