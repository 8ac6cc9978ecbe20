"""Writing: a model as the one canonical text, and the schema of such texts."""

import re
from collections.abc import Collection
from typing import Any

import yaml
from pydantic import BaseModel

_ODD_BREAKS = re.compile("[\r\x85\u2028\u2029]")  # readers take them for ends of lines
SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"


class _Dumper(yaml.SafeDumper):
    """Lists are indented under their name; texts of several lines are written as such."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


class _Line(dict[str, Any]):
    """Names with their values on one line."""


class _Row(list[Any]):
    """A list on one line."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _ODD_BREAKS.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _line(dumper: yaml.SafeDumper, said: _Line) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", said, flow_style=True)


def _row(dumper: yaml.SafeDumper, said: _Row) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", said, flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Line, _line)
_Dumper.add_representer(_Row, _row)


def plain(model: BaseModel) -> dict[str, Any]:
    """Plain values of a model, in its order; what is at its default is left out."""
    said: dict[str, Any] = model.model_dump(mode="json", exclude_defaults=True)
    return said


def write_text(
    model: BaseModel, *, head: dict[str, str] | None = None, on_a_line: Collection[str] = ()
) -> str:
    """The canonical YAML of a model; `head` stands before it (the kind of text and its edition).

    `on_a_line`: the names whose value, or each part of whose value, stands on one line.
    """
    said = {**(head or {}), **plain(model)}
    return yaml.dump(
        _shortened(said, frozenset(on_a_line)) if on_a_line else said,
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=10_000 if on_a_line else 100,
    )


def _shortened(said: Any, names: frozenset[str]) -> Any:
    if isinstance(said, list):
        return [_shortened(one, names) for one in said]
    if not isinstance(said, dict):
        return said
    return {
        name: _on_lines(one) if name in names else _shortened(one, names)
        for name, one in said.items()
    }


def _on_lines(said: Any) -> Any:
    if isinstance(said, dict):
        return _Line(said)
    if isinstance(said, list) and any(isinstance(one, dict) for one in said):
        return [_on_lines(one) for one in said]
    return _Row(said) if isinstance(said, list) else said


def schema_of(model: type[BaseModel], title: str) -> dict[str, Any]:
    """The published JSON Schema of such texts."""
    said = {k: v for k, v in model.model_json_schema().items() if k != "title"}
    return {"$schema": SCHEMA_ID, "title": title, **said}
