"""Reading: YAML into a model, or words that say what is wrong, on which line, and what to do."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar, get_args

import yaml
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from anju.foundation.texts.faults import line_of, problem, written_twice

Model = TypeVar("Model", bound=BaseModel)
LONGEST = 1_000_000  # characters; the largest standard we know has 60,000


class BadText(Exception):
    """The text cannot be used: where (line, 0 if none), what is wrong, what to do."""

    def __init__(self, what: str, advice: str, *, line: int = 0, file: str = "") -> None:
        self.what, self.advice, self.line, self.file = what, advice, line, file
        place = _("%(file)s, line %(line)d") % {"file": file, "line": line} if line else file
        super().__init__(": ".join(p for p in (place, f"{what} {advice}".strip()) if p))


# The one in C reads ten times as fast; it has the same names.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Plain(_Loader):  # type: ignore[misc]  # one of two classes of the same shape
    """YAML in which every plain word is the text it looks like: a name may be No or 1."""

    yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in known if tag == "tag:yaml.org,2002:null"]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class TextFile(Generic[Model]):
    """A model as read from a text, which still knows the line of each of its parts."""

    def __init__(self, said: Model, *, file: str, node: yaml.Node | None) -> None:
        self.said, self.file, self._node = said, file, node

    def line(self, *at: str | int) -> int:
        """The line of the part at `at` ("steps", 3, "next"), counted from 1; 0 if there is none."""
        return line_of(self._node, at)

    def refusal(self, what: str, advice: str, *at: str | int) -> BadText:
        """An error about the part at `at`, with its line."""
        return BadText(what, advice, line=self.line(*at), file=self.file)


def read_text(
    text: str,
    model: type[Model],
    *,
    file: str,
    help: str = "",
    words: Mapping[str, str] | None = None,
    anchors: bool = False,
) -> TextFile[Model]:
    """Read `text` into `model`; `file` is its name in messages, `help` what to read about it.

    Raises `BadText` for the first fault; `words` says those the model finds by rules of its own, by
    their type. `anchors`: whether parts may be named and repeated.
    """
    if len(text) > LONGEST:
        raise BadText(
            _("This text has more than %(n)s characters.") % {"n": f"{LONGEST:,}"},
            _("Give a part of it at a time."),
            file=file,
        )
    node, plain = _composed(text, file, anchors)
    if twice := written_twice(node):
        raise BadText(
            _("'%(name)s' is written twice.") % {"name": twice.value},
            _("Only the last would count: take one of them out."),
            line=twice.start_mark.line + 1,
            file=file,
        )
    try:
        return TextFile(model.model_validate(plain), file=file, node=node)
    except ValidationError as errors:
        # A misspelt name makes two errors, unknown and missing; the first says what to do.
        first = min(errors.errors(), key=lambda e: e["type"] != "extra_forbidden")
        at = tuple(first["loc"])
        raise BadText(
            problem(first, at, words or {}),
            _remedy(first, at, model) or help,
            line=line_of(node, at),
            file=file,
        ) from None


def _composed(text: str, file: str, anchors: bool) -> tuple[yaml.Node | None, Any]:
    try:
        if not anchors:
            _refuse_anchors(text, file)
        node = yaml.compose(text, Loader=_Plain)
        return node, yaml.load(text, Loader=_Plain)  # noqa: S506  # a SafeLoader, fewer guesses
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BadText(
            _("This is not YAML (%(problem)s).")
            % {"problem": getattr(error, "problem", None) or str(error)[:120]},
            _("Check indentation, colons and quotes at this line."),
            line=min(mark.line, text.count("\n")) + 1 if mark else 0,
            file=file,
        ) from None


def _refuse_anchors(text: str, file: str) -> None:
    for event in yaml.parse(text, Loader=_Plain):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise BadText(
                _("Parts of this text are repeated by an anchor (& or *)."),
                _("Write them out; that is not allowed here."),
                line=event.start_mark.line + 1 if event.start_mark else 0,
                file=file,
            )


def _remedy(error: Any, at: Sequence[str | int], model: type[BaseModel]) -> str:
    if error["type"] == "extra_forbidden":
        if near := difflib.get_close_matches(str(at[-1]), names_of(model), n=1):
            return _("Did you mean '%(near)s'?") % {"near": near[0]}
    return ""


@cache
def names_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The names of all fields of a model and of the models in it."""
    seen: dict[str, None] = {}
    for part in _parts(model, set()):
        seen |= dict.fromkeys(part.model_fields)
    return tuple(seen)


def _parts(model: Any, seen: set[Any]) -> Iterator[type[BaseModel]]:
    if isinstance(model, type) and issubclass(model, BaseModel):
        if model in seen:
            return
        seen.add(model)
        yield model
        for field in model.model_fields.values():
            yield from _parts(field.annotation, seen)
    for inner in get_args(model):
        yield from _parts(inner, seen)
