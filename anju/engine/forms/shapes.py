"""What all papers have in common: their parts, what they rest on, how they are read. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from anju.foundation.texts import BadText, TextFile, read_text

LONGEST = 200_000  # characters of one paper; the longest that ships has 9,000


def _number(said: object) -> object:
    """What is a whole number as such, so that it is written back alike."""
    if isinstance(said, float) and said.is_integer():
        return int(said)
    if isinstance(said, str) and said.lstrip("-").isdecimal() and len(said) < 16:
        return int(said)
    return said


Slug = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
Code = Annotated[str, Slug, Field(max_length=32)]
PartCode = Annotated[str, Slug, Field(max_length=24)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Number = Annotated[int | float, BeforeValidator(_number), Field(allow_inf_nan=False)]


class Part(BaseModel):
    """A part of a paper: what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Basis(Part):
    """What something rests on. Not `confirmed`, it is a suggestion and never feeds compliance."""

    kind: Literal["law", "national", "industry", "local", "practice"]
    ref: Annotated[str, Field(min_length=1, max_length=200)]
    source: Annotated[str, Field(max_length=400)] = ""
    status: Literal["in_force", "superseded", "unknown"] = "unknown"
    certainty: Literal["confirmed", "suggested"] = "suggested"


class Paper(Part):
    """What is written in versions. `anju`: which kind of paper it is, and the edition of that."""

    anju: str
    code: Code
    name: Name


P = TypeVar("P", bound=Paper)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong though each part is well formed: at which part, a stable code, in
    words."""

    at: tuple[str | int, ...]
    code: str
    words: str


def read_paper(text: str | bytes, model: type[P], *, file: str) -> TextFile[P]:
    """A paper as somebody wrote it. Raises `BadText` with the line of the first fault."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError:
            what = _("This is no text in UTF-8.")
            raise BadText(what, _("Save it as UTF-8 and give it again."), file=file) from None
    if len(text) > LONGEST:
        what = _("This text has more than %(n)s characters.") % {"n": f"{LONGEST:,}"}
        raise BadText(what, _("Split it into several."), file=file)
    read = read_text(text, model, file=file)
    if "anju" not in read.said.model_fields_set:
        kind = model.model_fields["anju"].default
        what = _("'%(name)s' is missing.") % {"name": "anju"}
        raise BadText(what, _("Begin with the line “anju: %s”.") % kind, line=1, file=file)
    return read


def refuse(read: TextFile[P], faults: Sequence[Fault]) -> None:
    """Raise `BadText` with the line of the first fault and the words of all, if there are any."""
    if faults:
        words = [faults[0].words, *(f.words for f in faults[1:] if f.words != faults[0].words)]
        raise read.refusal(" ".join(words), "", *faults[0].at)
