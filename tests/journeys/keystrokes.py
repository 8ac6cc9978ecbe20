"""Human seconds of a task from what a hand does: the keystroke-level model. Pure.

Card, Moran and Newell, "The keystroke-level model for user performance time with interactive
systems", Communications of the ACM 23 (1980) 396-410, and "The Psychology of Human-Computer
Interaction" (1983), chapter 8:

    K  0.28 s   a key, average typist who is no secretary (40 words a minute)
    P  1.10 s   pointing at a target; B 0.10 s pressing there
    H  0.40 s   the hand from keyboard to pointing device or back
    M  1.35 s   making up one's mind: before each thing that is pointed at, each text, each key that
                is a choice; not before Tab, Enter or Control+Enter, which only end what was begun

Ours, not theirs: a finger on a telephone is taken for pointing and pressing (P + B), which is slow
rather than fast; a Chinese character is three keys (its share of the pinyin and of the choice).
What the model leaves out is left out: listening and speaking, walking, holding the camera, reading
what came back, and the machine's own time, which the bench measures.
"""

from __future__ import annotations

from dataclasses import dataclass

K, P, B, H, M = 0.28, 1.10, 0.10, 0.40, 1.35
CHARACTER = 3  # keys of a Chinese character
ENDS = frozenset({"Tab", "Enter", "Control+Enter"})


@dataclass(frozen=True)
class Acts:
    """What was done: things pointed at, keys, times of making up one's mind, moves of the hand."""

    points: int = 0
    keys: int = 0
    minds: int = 0
    moves: int = 0

    @property
    def seconds(self) -> float:
        """By the model."""
        return self.points * (P + B) + self.keys * K + self.minds * M + self.moves * H


@dataclass(frozen=True)
class Task:
    """A task of experience.md B1: whose it is, the seconds it may take, what it takes. The journey
    that does it compares what it counted with `acts`."""

    role: str
    task: str
    goal: float
    acts: Acts


def keys_of(text: str) -> int:
    """Keys that a text takes."""
    return sum(1 if sign.isascii() else CHARACTER for sign in text)


TASKS = {
    "find": Task("desk", "find a household by its building and room", 3, Acts(0, 5, 1, 0)),
    "log": Task("desk", "log a repair from a call and send somebody", 45, Acts(0, 26, 2, 0)),
    "answer": Task("desk", "“where is my repair?”", 8, Acts(0, 5, 1, 0)),
    "steps": Task("desk", "F9 to the steps of the plan", 10, Acts(0, 2, 2, 0)),
    "call out": Task("desk", "F9 to the first message", 60, Acts(0, 3, 2, 0)),
    "dispatch": Task("desk", "dispatch to the advised", 10, Acts(1, 0, 1, 0)),
    "accept": Task("technician", "accept", 5, Acts(1, 0, 1, 0)),
    "arrive": Task("technician", "arrive, the camera reads the label", 5, Acts(1, 0, 1, 0)),
    "finish": Task("technician", "finish with two photos and result", 30, Acts(4, 0, 4, 0)),
    "hold": Task("technician", "cannot enter, needs parts or help", 15, Acts(2, 0, 2, 0)),
    "round": Task("technician", "a round: a photo and done", 15, Acts(3, 0, 3, 0)),
    "point": Task("guard", "a point of a round: scan, photo, in order", 15, Acts(3, 0, 3, 0)),
    "gap": Task("leader", "see a gap of the roster and fill it", 10, Acts(2, 0, 2, 0)),
    "leave": Task("guard", "ask for leave", 30, Acts(4, 0, 4, 0)),
    "report": Task("resident", "report with a photo", 40, Acts(3, 0, 3, 0)),
    "progress": Task("resident", "see progress", 3, Acts(1, 0, 1, 0)),
    "rate": Task("resident", "rate", 10, Acts(1, 0, 1, 0)),
    "complain": Task("resident", "complain one level up", 10, Acts(2, 0, 2, 0)),
    "reopen": Task("resident", "open again", 10, Acts(2, 0, 2, 0)),
    "elderly": Task("elderly resident", "ask to be called", 15, Acts(2, 0, 2, 0)),
    "set up": Task(
        "founder", "from the set-up link to the first measured case", 900, Acts(10, 296, 36, 9)
    ),
}
