"""The rules of the house, over the whole tree."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.house.rules import PYTHON_RULES, TEMPLATE_RULES, TEXT_RULES, Rule
from tests.house.sources import ROOT, Source, files, sources, texts

pytestmark = pytest.mark.house


def findings(rule: Rule, over: Iterable[Source]) -> str:
    """One line per finding; the empty string when the house is in order."""
    return "\n".join(f"{source.path}:{found}" for source in over for found in rule(source))


@pytest.mark.parametrize("rule", PYTHON_RULES, ids=lambda r: r.__name__)
def test_code(rule: Rule) -> None:
    assert findings(rule, sources(".py")) == ""


@pytest.mark.parametrize("rule", TEMPLATE_RULES, ids=lambda r: r.__name__)
def test_templates(rule: Rule) -> None:
    pages = (s for s in sources(".html") if "templates" in s.parts)
    assert findings(rule, pages) == ""


@pytest.mark.parametrize("rule", TEXT_RULES, ids=lambda r: r.__name__)
def test_texts(rule: Rule) -> None:
    assert findings(rule, texts()) == ""


def test_every_app_has_its_ten_lines() -> None:
    """An app (a folder with commands or tables of its own) explains itself in a README."""
    rooms = {"models", "commands", "queries"}
    apps = {
        "/".join(s.parts[:3])
        for s in sources(".py")
        if s.is_product and len(s.parts) > 3 and s.rooms & rooms and not s.is_migration
    }
    assert [app for app in sorted(apps) if not (ROOT / app / "README.md").is_file()] == []


def test_no_built_thing_is_committed() -> None:
    built = (".mo", ".pot", ".pyc", ".ttf", ".ttc", ".otf", ".woff", ".woff2")
    assert [path for path in files() if path.endswith(built)] == []
