"""Whom to send: a rule that anybody can follow, and that says its reasons. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

FULL = 5  # work orders in hand that fill a shift: more is shown as too much


@dataclass(frozen=True)
class Hand:
    """Someone on duty who could be sent. `path`: where the post is; `done`: by category, the work
    orders finished in the last 90 days; `holds`: codes of certificates in date; `works`: not
    somebody who holds a desk, or whose role only hands work out."""

    id: UUID
    name: str
    in_hand: int
    path: str
    done: Mapping[str, int]
    holds: frozenset[str] = frozenset()
    works: bool = True


@dataclass(frozen=True)
class Job:
    """A work order that nobody has yet. `needs`: the code of a certificate, or empty."""

    id: UUID
    path: str
    category: str
    needs: str = ""


@dataclass(frozen=True)
class Advice:
    """Who should go, and why: what the rule looked at. `near`: posted nearer than others are."""

    hand: Hand
    done: int
    in_hand: int
    near: bool


def advise(jobs: Sequence[Job], hands: Iterable[Hand]) -> dict[UUID, Advice]:
    """For each job, in the order given, who on duty should go.

    Only those whose role does work, with the certificate in date where the job needs one. First
    those who have done this category in the last 90 days, else any work at all, else anyone; among
    these who has least in hand, counting what was advised before; then who is posted nearest in the
    tree of places, then who has done it most. Nobody who has a shift's work in hand is advised:
    such a job is a person's to decide.
    """
    crew = [hand for hand in hands if hand.works]
    given: Counter[UUID] = Counter()
    found = {}
    for job in jobs:
        free = [hand for hand in _skilled(job, crew) if hand.in_hand + given[hand.id] < FULL]
        if free:
            best = min(free, key=lambda hand: _order(job, hand, given))
            found[job.id] = Advice(
                hand=best,
                done=best.done.get(job.category, 0),
                in_hand=best.in_hand + given[best.id],
                near=_nearness(best, job) > min(_nearness(hand, job) for hand in crew),
            )
            given[best.id] += 1
    return found


def shared(a: str, b: str) -> int:
    """How many steps down the tree of places two paths go together."""
    count = 0
    for one, other in zip(a.split("."), b.split("."), strict=False):
        if one != other or not one:
            break
        count += 1
    return count


def _skilled(job: Job, crew: Sequence[Hand]) -> Sequence[Hand]:
    crew = [hand for hand in crew if not job.needs or job.needs in hand.holds]
    by_category = [hand for hand in crew if job.category and hand.done.get(job.category)]
    return by_category or [hand for hand in crew if hand.done] or crew


def _nearness(hand: Hand, job: Job) -> int:
    return shared(hand.path, job.path)


def _order(job: Job, hand: Hand, given: Counter[UUID]) -> tuple[int, int, int, str]:
    return (
        hand.in_hand + given[hand.id],
        -_nearness(hand, job),
        -hand.done.get(job.category, 0),
        str(hand.id),
    )
