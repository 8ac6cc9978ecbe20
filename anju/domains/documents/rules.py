"""The life of a revision, and which words name a law. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS = (
    ("manual", pgettext_lazy("document", "manual")),
    ("procedure", pgettext_lazy("document", "procedure")),
    ("instruction", pgettext_lazy("document", "work instruction")),
    ("form", pgettext_lazy("document", "form")),
    ("external", pgettext_lazy("document", "external document")),
)
STATES = (
    ("draft", _("draft")),
    ("review", _("in review")),
    ("in_force", _("in force")),
    ("obsolete", pgettext_lazy("document", "obsolete")),
)
IN_PREPARATION = ("draft", "review")
MOVE_NAMES = (
    ("submit", _("Submit for review")),
    ("give_up", _("Give this draft up")),
    ("send_back", _("Send back to be written again")),
    ("enforce", _("Put into force")),
    ("confirm", _("Reviewed, stays as it is")),
    ("withdraw", _("Withdraw")),
)
State = Literal["draft", "review", "in_force", "obsolete"]


@dataclass(frozen=True)
class Move:
    """From which state a step may be taken, to which it leads, and the event that tells of it."""

    name: str
    come_from: State
    to: State
    tells: str


MOVES: Mapping[str, Move] = MappingProxyType(
    {
        move.name: move
        for move in (
            Move("submit", "draft", "review", "document.submitted"),
            Move("give_up", "draft", "obsolete", "document.given_up"),
            Move("send_back", "review", "draft", "document.sent_back"),
            Move("enforce", "review", "in_force", "document.enforced"),
            Move("confirm", "in_force", "in_force", "document.confirmed"),
            Move("withdraw", "in_force", "obsolete", "document.withdrawn"),
        )
    }
)


def moves_from(state: str) -> list[Move]:
    """What can be done with a revision in this state, in the order of the table."""
    return [move for move in MOVES.values() if move.come_from == state]


# Laws

LAW_KINDS = (
    ("law", _("law")),
    ("national", _("national standard")),
    ("industry", _("industry standard")),
    ("local", _("local rule")),
)
LAW_STATES = (
    ("in_force", _("in force")),
    ("amended", pgettext_lazy("law", "amended")),
    ("repealed", pgettext_lazy("law", "repealed")),
    ("coming", _("not in force yet")),
    ("unknown", pgettext_lazy("law", "not looked up")),
)
_YEAR = re.compile(r"-(19|20)\d\d$")
_NUMBERED = re.compile(r"[（(][^（）()]*[)）]")  # （2020年修正）, （应急管理部令第5号）
_NATION = "中华人民共和国"
# A local law of the same name as the national one begins with the name of its region.
_REGION = frozenset("省市区县州盟旗")
# What follows the title of a law where the title of another one that carries it out goes on.
_ANOTHER = ("实施", "司法解释")


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s《》「」]+", "", folded).replace("—", "-").replace("–", "-")


def keys_of(title: str, code: str) -> tuple[str, ...]:
    """By which words a text names a law: its title without the state's name and what stands in
    brackets, its code with and without the year."""
    bare, number = _plain(_NUMBERED.sub("", title)).replace(_NATION, ""), _plain(code)
    every = (bare, _YEAR.sub("", bare), number, _YEAR.sub("", number))
    return tuple(dict.fromkeys(key for key in every if len(key) > 2))


def names_law(text: str, keys: tuple[str, ...]) -> bool:
    """Whether a text rests on a law: it names it, and not another whose name only holds its name.

    "GB 5749-2022" is named by "GB 5749", not by "GB 57490"; 物业管理条例 is not named by
    北京市物业管理条例.
    """
    said = _plain(text).replace(_NATION, "")
    return any(_named(said, key) for key in keys)


def _named(said: str, key: str) -> bool:
    at = said.find(key)
    while at >= 0:
        before, after = said[at - 1 : at], said[at + len(key) :]
        if key[0].isascii():
            glued = before.isascii() and before.isalnum()  # "" is neither
            free = not glued and not after[:1].isdecimal()
        else:
            free = not (before and before in _REGION) and not after.startswith(_ANOTHER)
        if free:
            return True
        at = said.find(key, at + 1)
    return False


def words(given: str) -> str:
    """One line without needless blanks."""
    return " ".join(given.split())


def lines(given: str) -> list[str]:
    """The lines of a text that say something."""
    return [line for line in map(words, given.splitlines()) if line]


def faults_of(
    said: Mapping[str, str], longest: Mapping[str, int], needed: tuple[str, ...]
) -> dict[str, Any]:
    """What is missing or longer than its column, by field."""
    faults: dict[str, Any] = {
        name: _("This is too long: at most %(n)s characters.") % {"n": longest[name]}
        for name, value in said.items()
        if name in longest and len(value) > longest[name]
    }
    missing = {name: _("Please fill this in; it is needed.") for name in needed if not said[name]}
    return faults | missing
