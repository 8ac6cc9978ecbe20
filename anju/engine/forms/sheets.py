"""The items of a form from a table somebody has: one row an item, in Excel or CSV."""

from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from anju.engine.forms.labels import LANGUAGES, WORDS
from anju.engine.forms.papers import refused
from anju.engine.forms.rules import KIND, Form
from anju.engine.forms.shapes import read_paper
from anju.foundation.registry.reading import read_table
from anju.foundation.texts import BadText
from anju.foundation.texts.writing import plain

COLUMNS = {
    "code": gettext_lazy("Code"),
    "text": gettext_lazy("Question of the form"),
    "kind": gettext_lazy("How it is answered"),
    "weight": gettext_lazy("Points"),
    "veto": gettext_lazy("veto"),
    "required": gettext_lazy("required"),
    "min": gettext_lazy("at least"),
    "max": gettext_lazy("at most"),
    "unit": gettext_lazy("Unit"),
    "choices": gettext_lazy("choices"),
    "columns": gettext_lazy("columns"),
    "evidence": gettext_lazy("with a photo"),
    "on_fail": gettext_lazy("If it fails"),
    "method": gettext_lazy("how it is found out"),
}
YES = frozenset({"yes", "y", "true", "1", "是", "√", "✓"})
MANY = "、"


def with_items(text: str, content: bytes, name: str) -> str:
    """The text of a form with the rows of a table in place of its items. Refuses (`NotYet`) what
    `items_from_table` refuses, and a text that is no form."""
    try:
        form = read_paper(text, Form, file="form.yaml").said
    except BadText as bad:
        raise refused(str(bad)) from None
    data = {"anju": KIND, **plain(form), "items": items_from_table(content, name)}
    return str(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))


def items_from_table(content: bytes, name: str) -> list[dict[str, Any]]:
    """The rows of a table as the items of a form's text, whatever of our languages it is in.

    Refuses (`NotYet`) what is no table, a column that is not known, a word that is not known, each
    with its row.
    """
    table = read_table(content, name)
    known = _known({key: (key, label) for key, label in COLUMNS.items()})
    columns = [known.get(head.strip()) for head in table.header]
    for head, key in zip(table.header, columns, strict=True):
        if head.strip() and key is None:
            words = _("There is no column “%(name)s”. Export a form to see them.")
            raise refused(words % {"name": head})
    items = []
    for number, cells in table.rows:
        given = {key: cell.strip() for key, cell in zip(columns, cells, strict=False) if key}
        items.append({k: _value(k, v, number) for k, v in given.items() if v})
    return [{k: v for k, v in item.items() if v not in (False, [])} for item in items]


def _known(words: dict[str, tuple[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with override(language):
            found |= {str(said): key for key, both in words.items() for said in both}
    return found


def _value(name: str, said: str, row: int) -> Any:
    if name in WORDS:
        known = _known({key: (key, label) for key, label in WORDS[name].items()})
        if said not in known:
            words = _("Row %(row)s: “%(said)s” is not known here. It is one of: %(known)s.")
            listed = ", ".join(str(label) for label in WORDS[name].values())
            raise refused(words % {"row": row, "said": said, "known": listed})
        return known[said]
    if name in ("veto", "required"):
        return said.lower() in YES
    if name == "evidence":
        return ["photo"] if said.lower() in YES else []
    if name in ("choices", "columns"):
        return [part.strip() for part in said.replace(",", MANY).split(MANY) if part.strip()]
    return said
