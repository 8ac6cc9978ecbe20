"""Which category a report is likely of, learnt from the company's own cases. Pure.

Complement naive Bayes over pairs of characters, weighted by TF-IDF (Rennie et al. 2003): one pass
over the cases, a sum per category, and every part of the sum is a word one can show. It abstains
where it would be wrong more than once in ten on cases it had not seen (docs/suggesting.md).
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from anju.foundation.lib.fold import fold

BEGINNING = 160  # characters of the details that count: a letter says its matter first
TITLE = 5  # how often the title counts
SMOOTH = 0.2
FEW = 5  # cases of a category, below which nothing is learnt about it
LEAST = 30  # cases in all, below which nothing is suggested
MOST = 10_000  # the newest cases that are learnt from
FOLDS, HELD_OUT = 5, 1_500  # cases that the margin is found on
RIGHT = 0.9  # of what is suggested, so much must have been right
REASONS = 3
SMALL = frozenset("的了是我们在有不吗呢就都也和很要这那个一")  # these say nothing to a reader

_CJK = re.compile("[\u3400-\u9fff]+")
_LATIN = re.compile("[a-z]{2,}")

Grams = Counter[str]


@dataclass(frozen=True)
class Learnt:
    """A case that has a category."""

    title: str
    text: str
    category: str


@dataclass(frozen=True)
class Suggestion:
    """A category, the words that decided, and how far it is ahead of the next one."""

    category: str
    why: tuple[str, ...]
    margin: float


@dataclass(frozen=True)
class Model:
    """What was learnt. `parts`: per gram its weight and, by category, what it speaks for;
    `base`: what a category gets for any gram; `margin`: how far ahead the first must be."""

    categories: tuple[str, ...]
    parts: Mapping[str, tuple[float, Mapping[int, float]]]
    base: tuple[float, ...]
    margin: float
    cases: int

    def ranked(self, title: str, text: str = "") -> list[tuple[str, float]]:
        """Every category with its score, the likeliest first; nothing known, nothing ranked."""
        weights = self._weights(grams(title, text))
        return [(self.categories[n], score) for n, score in self._ranked(weights)]

    def suggest(self, title: str, text: str = "") -> Suggestion | None:
        """The category, or None where it is not far enough ahead of the next one."""
        weights = self._weights(grams(title, text))
        ranked = self._ranked(weights)
        if len(ranked) < 2:
            return None
        (first, best), (_, second) = ranked[:2]
        if best - second < self.margin:
            return None
        why = self._why(weights, first)  # without a word to show for it, it is a guess
        return Suggestion(self.categories[first], why, best - second) if why else None

    def _weights(self, found: Grams) -> dict[str, float]:
        known = {gram: n for gram, n in found.items() if gram in self.parts}
        return _unit({gram: _often(n) * self.parts[gram][0] for gram, n in known.items()})

    def _ranked(self, weights: Mapping[str, float]) -> list[tuple[int, float]]:
        if not weights:
            return []
        whole = sum(weights.values())
        scores = [base * whole for base in self.base]
        for gram, weight in weights.items():
            for n, part in self.parts[gram][1].items():
                scores[n] += weight * part
        return sorted(enumerate(scores), key=lambda one: (-one[1], self.categories[one[0]]))

    def _why(self, weights: Mapping[str, float], first: int) -> tuple[str, ...]:
        """The grams that spoke most for this category and less for the others."""
        said = {}
        for gram, weight in weights.items():
            parts = self.parts[gram][1]
            others = sum(parts.values()) - parts.get(first, 0.0)
            apart = parts.get(first, 0.0) - others / max(1, len(self.categories) - 1)
            if len(gram) > 1 and apart > 0 and not SMALL & set(gram):
                said[gram] = weight * apart
        best = sorted(said, key=lambda gram: (-said[gram], gram))
        kept: list[str] = []
        for gram in best:
            if not any(set(gram) & set(one) for one in kept):
                kept.append(gram)
        return tuple(kept[:REASONS])


def grams(title: str, text: str = "") -> Grams:
    """Characters, pairs of them and Latin words; the title counts more than the details."""
    found: Grams = Counter()
    for times, part in ((TITLE, title), (1, " ".join(text.split())[:BEGINNING])):
        for gram in _grams(fold(part)):
            found[gram] += times
    return found


def learn(cases: Sequence[Learnt]) -> Model | None:
    """A model of these cases, the newest first; None when they are too few to tell apart.

    The margin below which it abstains is found on cases it was not trained on."""
    common = Counter(one.category for one in cases[:MOST])
    known = [
        (grams(one.title, one.text), one.category)
        for one in cases[:MOST]
        if one.category and common[one.category] >= FEW
    ]
    if len(known) < LEAST or len({category for _, category in known}) < 2:
        return None
    return _trained(known, _margin(known[:HELD_OUT]))


def _grams(text: str) -> Iterator[str]:
    for run in _CJK.findall(text):
        yield from run
        yield from (run[n : n + 2] for n in range(len(run) - 1))
    yield from _LATIN.findall(text)


def _often(n: int) -> float:
    return 1 + math.log(n)


def _unit(weights: dict[str, float]) -> dict[str, float]:
    size = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {gram: weight / size for gram, weight in weights.items()} if size else {}


def _trained(known: Sequence[tuple[Grams, str]], margin: float) -> Model:
    spread = Counter(gram for found, _ in known for gram in found)
    rare = {gram: math.log((1 + len(known)) / (1 + n)) + 1 for gram, n in spread.items() if n > 1}
    categories = tuple(sorted({one for _, one in known}))
    at = {category: n for n, category in enumerate(categories)}
    sums: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    of_category = [0.0] * len(categories)
    for found, category in known:
        n = at[category]
        raw = {gram: _often(many) * rare[gram] for gram, many in found.items() if gram in rare}
        for gram, weight in _unit(raw).items():
            sums[gram][n] += weight
            of_category[n] += weight
    whole, smooth = sum(of_category), SMOOTH * len(rare)
    parts = {}
    for gram, by_category in sums.items():
        total = sum(by_category.values()) + SMOOTH
        told = {n: math.log(total / (total - part)) for n, part in by_category.items()}
        parts[gram] = (rare[gram], told)
    base = tuple(math.log(whole - part + smooth) for part in of_category)
    return Model(categories, parts, base, margin, len(known))


def _margin(known: Sequence[tuple[Grams, str]]) -> float:
    """The smallest lead from which on the first category was right often enough."""
    seen: list[tuple[float, bool]] = []
    for fold_n in range(FOLDS):
        others = [one for n, one in enumerate(known) if n % FOLDS != fold_n]
        model = _trained(others, 0.0)
        for found, category in known[fold_n::FOLDS]:
            ranked = model._ranked(model._weights(found))
            if len(ranked) > 1:
                lead = ranked[0][1] - ranked[1][1]
                seen.append((lead, model.categories[ranked[0][0]] == category))
    best, right = math.inf, 0
    for count, (lead, was_right) in enumerate(sorted(seen, reverse=True), 1):
        right += was_right
        if right >= RIGHT * count and count >= LEAST // 2:
            best = lead if count < len(seen) else 0.0
    return best
