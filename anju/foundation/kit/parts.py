"""What pages hand to the kit's templates: small frozen descriptions, no behaviour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class Link:
    """A tab, an entry of a menu or of the rail."""

    label: Any
    url: str
    current: bool = False
    count: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """One entry of the rail with the pages under it. `hot`: the count concerns life safety."""

    label: Any
    icon: str
    url: str
    current: bool = False
    count: str = ""
    hot: bool = False
    links: Sequence[Link] = ()


@dataclass(frozen=True, kw_only=True)
class Shell:
    """Everything around a console page. `foot` are the lines at the bottom of the rail; `bell`
    is asked for only when it is drawn."""

    project: str
    person: str
    groups: Sequence[Group]
    sign_out_url: str
    person_id: str = ""
    person_note: Any = ""
    project_note: Any = ""
    projects: Sequence[Link] = ()
    search_url: str = ""
    account: Sequence[Link] = ()
    new_url: str = ""
    alarm_url: str = ""
    bell_url: str = ""
    bell: Callable[[], int] | int = 0
    live_url: str = ""
    foot: Sequence[Any] = ()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a timeline. `look`: "key" now, "done" kept, "miss" missed."""

    title: Any
    at: datetime | None = None
    look: Literal["", "key", "done", "miss"] = ""
    text: Any = ""
    note: Any = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One piece of evidence: a photo with its thumbnail, or a file shown by its icon."""

    caption: Any
    url: str = ""
    thumb: str = ""
    icon: str = "file"
    note: Any = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a stepper."""

    label: Any
    state: Literal["done", "current", "todo"] = "todo"
    note: Any = ""
