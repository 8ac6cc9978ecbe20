"""What is wrong with a text, in the reader's language, and on which line of its YAML."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from django.utils.translation import gettext as _


def written_twice(node: yaml.Node | None) -> yaml.ScalarNode | None:
    """The first name that stands twice in one block. Anchored parts are looked at once."""
    seen: set[int] = set()
    waiting = [node] if node else []
    while waiting:
        part = waiting.pop(0)
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, yaml.MappingNode):
            names = set()
            for name, value in part.value:
                if isinstance(name, yaml.ScalarNode):
                    if name.value in names:
                        return name
                    names.add(name.value)
                waiting.append(value)
        elif isinstance(part, yaml.SequenceNode):
            waiting.extend(part.value)
    return None


def problem(error: Any, at: tuple[str | int, ...], more: Mapping[str, str]) -> str:
    """What is wrong, in the reader's language; pydantic's own English where we have no words.

    `more`: words for the faults a model finds by rules of its own, by their type."""
    name = ".".join(str(p) for p in at) or _("the text")
    said = {"name": name, "given": str(error["input"])[:80], **error.get("ctx", {})}
    words = {
        "missing": _("'%(name)s' is missing."),
        "extra_forbidden": _("'%(name)s' is not known."),
        "model_type": _("'%(name)s' must be a list of names with their values."),
        "literal_error": _("'%(name)s' must be one of %(expected)s, not '%(given)s'."),
        "string_pattern_mismatch": _(
            "'%(name)s' cannot be '%(given)s': it must look like %(pattern)s."
        ),
        "tuple_type": _("'%(name)s' must be a list, not '%(given)s': write [%(given)s]."),
        "string_type": _("'%(name)s' must be a text, not '%(given)s'."),
        "greater_than_equal": _("'%(name)s' must be at least %(ge)s, not '%(given)s'."),
        "less_than_equal": _("'%(name)s' must be at most %(le)s, not '%(given)s'."),
        "int_parsing": _("'%(name)s' must be a whole number, not '%(given)s'."),
        "string_too_short": _("'%(name)s' is empty."),
        "string_too_long": _("'%(name)s' is longer than %(max_length)s characters."),
        "too_short": _("'%(name)s' is an empty list."),
        **more,
    }.get(error["type"])
    if words:
        return words % said
    return _("'%(name)s': %(problem)s.") % {"name": name, "problem": error["msg"].rstrip(".")}


def line_of(node: yaml.Node | None, at: Sequence[str | int]) -> int:
    """The line (from 1) of the deepest part of `at` that the YAML text has."""
    line = node.start_mark.line + 1 if node else 0
    for part in at:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == part:
                    line, node = key.start_mark.line + 1, value
                    break
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            if part < len(node.value):
                node = node.value[part]
                line = node.start_mark.line + 1
    return line
