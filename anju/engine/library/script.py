"""The library in the other Chinese script. Its files are simplified; traditional is made of them.

OpenCC's tables for Taiwan's characters ("s2tw"), by phrase first, so that one simplified character
finds the right one of several (干粉 -> 乾粉, 树干 -> 樹幹). Words stay those of the mainland.
"""

from functools import cache, lru_cache
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

Script = Literal["zh-Hans", "zh-Hant"]
Paper = TypeVar("Paper", bound=BaseModel)
# What the tables do not know: the field's own compounds.
MENDED = {"傢俱": "家具"}


@cache
def _tables(way: str) -> Any:
    from opencc import OpenCC  # its tables take a while: only who reads traditional waits for them

    return OpenCC(way)


@lru_cache(maxsize=20_000)
def in_script(text: str, script: str) -> str:
    """A simplified text in the script; it is left as it is for any but "zh-Hant"."""
    if script != "zh-Hant" or not text:
        return text
    found: str = _tables("s2tw").convert(text)
    for wrong, right in MENDED.items():
        found = found.replace(wrong, right)
    return found


def written_in(paper: Paper, script: str) -> Paper:
    """A form or a procedure with all its words in the script; codes are no words."""
    if script != "zh-Hant":
        return paper
    said = _converted(paper.model_dump(mode="json"), script)
    return type(paper).model_validate(said)


def _converted(said: Any, script: str) -> Any:
    if isinstance(said, dict):
        return {name: _converted(one, script) for name, one in said.items()}
    if isinstance(said, list):
        return [_converted(one, script) for one in said]
    return in_script(said, script) if isinstance(said, str) else said


def simplified(text: str) -> str:
    """What somebody typed in either script as the library would write it."""
    found: str = _tables("tw2s").convert(text)
    return found
