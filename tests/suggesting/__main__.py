"""`python -m tests.suggesting`: the figures of docs/suggesting.md."""

from __future__ import annotations

import resource
import time
from statistics import mean

from anju.domains.requests.suggesting import Learnt, learn
from anju.foundation.lib.wilson import wilson
from tests.suggesting import measure


def share(name: str, hits: int, n: int) -> None:
    """A share with its n and its 95 % interval (Wilson)."""
    low, high = wilson(hits, n) or (0.0, 0.0)
    print(f"  {name:<34} {hits / max(n, 1):.3f}  ({low:.3f} to {high:.3f}; {hits} of {n})")


def categories() -> None:
    cases = measure.letters()
    print("Category, letters to a city, seven classes, 5-fold cross-validation")
    if not cases:
        print(
            f"  not measured: {measure.LETTERS.name} is not here. It stays outside the repository;"
        )
        print("  no extract is committed, because its terms are those of a public competition.")
        return
    guesses = measure.cross_validated(cases, measure.SEED)
    n = len(guesses)
    share(f"top-1, seed {measure.SEED}", measure.top(guesses, 1), n)
    share(f"top-3, seed {measure.SEED}", measure.top(guesses, 3), n)
    print(f"  macro-F1{'':<26} {measure.macro_f1(guesses):.3f}")
    runs = [measure.cross_validated(cases, seed) for seed in range(1, measure.REPEATS + 1)]
    for most in (1, 3):
        shares = [measure.top(run, most) / n for run in runs]
        spread = f"({min(shares):.3f} to {max(shares):.3f})"
        print(f"  top-{most}, mean of {len(runs)} seeds{'':<13} {mean(shares):.3f}  {spread}")
    print(f"  macro-F1, mean of {len(runs)} seeds         {mean(map(measure.macro_f1, runs)):.3f}")
    said = [guess for guess in guesses if guess.said]
    share("suggested (else it abstains)", len(said), n)
    share("right of what it suggests", sum(guess.right for guess in said), len(said))
    print("  if it answered only the surest:")
    surest = sorted(guesses, key=lambda guess: -guess.lead)
    for part in (100, 90, 80, 70, 60, 50):
        kept = surest[: n * part // 100]
        share(f"  right among the surest {part} %", sum(guess.right for guess in kept), len(kept))


def speed() -> None:
    """10,000 short reports put together from the labelled ones."""
    texts = [said.text for half in measure.halves() for p in half for said in (p.old, p.new)]
    cases = [
        Learnt(texts[n % len(texts)] + texts[n * 7 % len(texts)], "", f"c{n * 31 % 15}")
        for n in range(10_000)
    ]
    began = time.perf_counter()
    model = learn(cases)
    took = time.perf_counter() - began
    assert model is not None
    began = time.perf_counter()
    for case in cases[:1000]:
        model.suggest(case.title)
    asked = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"Learning 10,000 cases of 15 categories: {took:.1f} s; one suggestion {asked:.2f} ms;")
    print(f"  {len(model.parts):,} grams kept; the whole process at most {peak} MB")


def duplicates() -> None:
    tuned, reported = measure.halves()
    for name, pairs in (("tuned on (not a result)", tuned), ("reported", reported)):
        found, said, there = measure.counts(pairs)
        print(f"Duplicates, the half that is {name}: {len(pairs)} pairs, {there} duplicates")
        share("precision", found, said)
        share("recall", found, there)
        loud = measure.strangers(pairs)
        share("said of unpaired, same building", sum(loud), len(loud))


if __name__ == "__main__":
    categories()
    duplicates()
    speed()
