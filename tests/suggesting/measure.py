"""The figures: categories by cross-validation on real letters, duplicates on the half that was not
tuned on."""

from __future__ import annotations

import csv
import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook

from anju.domains.requests.sameness import Near, Said, likeness
from anju.domains.requests.suggesting import Learnt, learn

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LETTERS = ROOT.parent / "shared" / "data" / "requests" / "messages_zh_classified.xlsx"
FOLDS, SEED, REPEATS = 5, 1, 20


def letters() -> list[Learnt]:
    """Residents' letters to a city with the class they were given; empty where there are none."""
    if not LETTERS.exists():
        return []
    sheet = load_workbook(LETTERS, read_only=True).active
    return [
        Learnt(str(row[2] or ""), " ".join(str(row[4] or "").split()), str(row[5]))
        for row in list(sheet.values)[1:]
    ]


@dataclass(frozen=True)
class Guess:
    """One letter the model had not seen: its class, the ranking, the lead, whether it dared."""

    category: str
    ranked: tuple[str, ...]
    lead: float
    said: bool

    @property
    def right(self) -> bool:
        return self.ranked[:1] == (self.category,)


def cross_validated(cases: list[Learnt], seed: int) -> list[Guess]:
    """Every letter, guessed by a model of the four fifths it is not in; classes spread evenly."""
    chosen, by_class, at = random.Random(seed), defaultdict(list), 0
    parts: list[list[Learnt]] = [[] for _ in range(FOLDS)]
    for case in cases:
        by_class[case.category].append(case)
    for category in sorted(by_class):
        chosen.shuffle(by_class[category])
        for case in by_class[category]:
            parts[at % FOLDS].append(case)
            at += 1
    return [guess for n in range(FOLDS) for guess in _guessed(parts, n, chosen)]


def _guessed(parts: list[list[Learnt]], n: int, chosen: random.Random) -> Iterator[Guess]:
    others = [case for m, part in enumerate(parts) if m != n for case in part]
    chosen.shuffle(others)
    model = learn(others)
    assert model is not None
    for case in parts[n]:
        ranked = model.ranked(case.title, case.text)
        lead = ranked[0][1] - ranked[1][1] if len(ranked) > 1 else 0.0
        said = model.suggest(case.title, case.text) is not None
        yield Guess(case.category, tuple(name for name, _ in ranked), lead, said)


def macro_f1(guesses: list[Guess]) -> float:
    """The mean over the classes of the harmonic mean of precision and recall."""
    told = Counter(guess.ranked[0] for guess in guesses if guess.ranked)
    real = Counter(guess.category for guess in guesses)
    right = Counter(guess.category for guess in guesses if guess.right)
    return sum(2 * right[name] / (told[name] + real[name]) for name in real) / len(real)


def top(guesses: list[Guess], most: int) -> int:
    """How many have their class among the first `most`."""
    return sum(guess.category in guess.ranked[:most] for guess in guesses)


@dataclass(frozen=True)
class Pair:
    """Two reports, and whether people say they are one matter."""

    old: Said
    new: Said
    near: Near
    minutes: float
    duplicate: bool
    why: str

    @property
    def said(self) -> bool:
        return likeness(self.new, self.old, near=self.near, minutes=self.minutes).likely


def halves() -> tuple[list[Pair], list[Pair]]:
    """The half that tunes and the half that is reported, as README.md says."""
    with (HERE / "duplicates.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    groups = [list(rows) for _, rows in itertools.groupby(rows, key=lambda row: row["place_a"])]
    odd = [_pair(row) for group in groups[0::2] for row in group]
    return odd, [_pair(row) for group in groups[1::2] for row in group]


def _pair(row: dict[str, str]) -> Pair:
    return Pair(
        Said(row["text_a"], row["place_a"]),
        Said(row["text_b"], row["place_b"]),
        nearness(row["place_a"], row["place_b"]),
        float(row["minutes"]),
        row["duplicate"] == "yes",
        row["why"],
    )


def nearness(one: str, other: str) -> Near:
    """How near two places of the set are, as `queries.nearness` says it of places."""
    a, b = one.split("/"), other.split("/")
    if a == b:
        return "place"
    both = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False))
    shared = sum(1 for _ in both)
    if shared == 0:
        return "community"
    return "unit" if shared > 1 or shared == min(len(a), len(b)) else "building"


def strangers(pairs: list[Pair]) -> list[bool]:
    """What is said of reports of one building that nobody paired: nearly all are other matters."""
    return [
        likeness(b.new, a.old, near=nearness(a.old.place, b.new.place), minutes=60).likely
        for a, b in itertools.permutations(pairs, 2)
        if a.old.place != b.old.place and a.old.place.split("/")[0] == b.new.place.split("/")[0]
    ]


def counts(pairs: list[Pair]) -> tuple[int, int, int]:
    """Duplicates that were said to be, pairs that were said to be, duplicates there are."""
    said = [pair for pair in pairs if pair.said]
    found = sum(pair.duplicate for pair in said)
    return found, len(said), sum(pair.duplicate for pair in pairs)
