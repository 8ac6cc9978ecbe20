"""What the laws allow, written by hand: nothing here is read from the product's own tables.

A move: the states it may be taken from, the state after it, and what it does to the clocks.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One line of the table. `to` None: the state stays."""

    sources: frozenset[str]
    to: str | None = None
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    runs_again: tuple[str, ...] = ()
    holds: bool = False
    resumes: bool = False


def _s(
    sources: str, to: str | None = None, *, starts: str = "", stops: str = "", ends: str = ""
) -> Step:
    clocks = (tuple(kinds.split()) for kinds in (starts, stops, ends))
    return Step(frozenset(sources.split()), to, *clocks)


OPENING = ("respond", "dispatch", "arrive", "finish", "feedback")
EVERY = " ".join((*OPENING, "accept", "verify", "callback", "reply"))

CASE_STEPS = {
    "respond": _s("open", stops="respond"),
    "tell": _s("open answered", stops="respond feedback"),
    "note": _s("open answered closed"),
    "classify": _s("open answered"),
    "answer": _s(
        "open", "answered", starts="callback", stops="respond dispatch arrive finish"
    ),
    "waive": _s("open answered", stops="verify"),
    "ring": _s("answered"),
    "callback": _s("answered", stops="callback"),
    "close": _s("answered", "closed", ends=EVERY),
    "reopen": _s("answered closed", "open", starts=" ".join(OPENING), ends="callback"),
    "void": _s("open answered", "void"),
    "merge": _s("open answered", "closed", ends=EVERY),
    "told_along": _s("closed"),
    "owned": _s("open answered"),
    "cause": _s("open answered"),
    "problem": _s("open answered closed"),
    "link": _s("open answered closed"),
    "split": _s("open answered"),
    "settle": _s("open answered"),
    "own": _s("open answered"),
    "urge": _s("open answered"),
    "escalate": _s("open answered"),
    "deadline": _s("open answered"),
    "extension": _s("open answered"),
    "reply": _s("open answered", stops="reply"),
}  # fmt: skip
WORK_STEPS = {
    "assign": _s("waiting assigned accepted", "assigned", starts="accept",
                 stops="respond dispatch", ends="accept"),
    "accept": _s("assigned", "accepted", stops="accept"),
    "claim": _s("waiting", "accepted", stops="respond dispatch"),
    "hand_back": _s("assigned accepted", "waiting", starts="dispatch", stops="accept"),
    "arrive": _s("accepted", "arrived", stops="arrive"),
    "start": _s("accepted arrived", "doing", stops="arrive"),
    "hold": Step(frozenset({"accepted", "arrived", "doing"}), "held", holds=True),
    "resume": Step(frozenset({"held"}), "doing", resumes=True),
    "finish": _s("arrived doing", "done", starts="verify", stops="arrive finish"),
    "pass": _s("done", "passed", stops="verify"),
    "fail": Step(frozenset({"done"}), "doing", stops=("verify",), runs_again=("finish",)),
    "void": Step(
        frozenset({"waiting", "assigned", "accepted", "arrived", "doing", "held"}),
        "void",
        ends=("accept",),
        resumes=True,
    ),
}  # fmt: skip

# What somebody does at any time; the rest follows from it, or is a step of its own (`recurs`).
TAKEN = frozenset(CASE_STEPS) - {"told_along", "owned", "cause", "problem"}
ANY_VERSION = frozenset(
    {"note", "link", "problem", "own", "urge", "escalate"}
)  # these change no case
BEGUN = frozenset({"arrived", "doing", "held", "done"})
UPWARDS = ("leader", "manager", "headquarters")
RECORDED = {"settle": "liability", "urge": "urge", "escalate": "escalation", "deadline": "outside",
            "extension": "extension", "reply": "reply"}  # fmt: skip

WORKED = frozenset({"repair", "complaint", "finding", "alarm", "incident"})
VERIFIED = WORKED
OWED = frozenset({"repair", "complaint", "suggestion", "enquiry", "booking", "application"})
CALLED_BACK = frozenset({"satisfied", "not_reached", "no_answer"})
SUBSTANCE = frozenset({"result", "plan", "reason"})
