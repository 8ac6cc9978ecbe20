"""Writing: a model as the one canonical text, and the schema of such texts."""

from typing import Any

import yaml
from pydantic import BaseModel

SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"


class _Dumper(yaml.SafeDumper):
    """Lists are indented under their name; texts of several lines are written as such."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def plain(model: BaseModel) -> dict[str, Any]:
    """Plain values of a model, in its order; what is at its default is left out."""
    said: dict[str, Any] = model.model_dump(mode="json", exclude_defaults=True)
    return said


def write_text(model: BaseModel, *, head: dict[str, str] | None = None) -> str:
    """The canonical YAML of a model; `head` stands before it (the kind of text and its edition)."""
    return yaml.dump(
        {**(head or {}), **plain(model)},
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=100,
    )


def schema_of(model: type[BaseModel], title: str) -> dict[str, Any]:
    """The published JSON Schema of such texts."""
    said = {k: v for k, v in model.model_json_schema().items() if k != "title"}
    return {"$schema": SCHEMA_ID, "title": title, **said}
