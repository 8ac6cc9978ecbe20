"""docs/keystrokes.md is printed from what the journeys count; the model is the published one."""

from pathlib import Path

import pytest

from tests.journeys.keystrokes import TASKS, Acts, keys_of
from tools.keystroke_table import table

ROOT = Path(__file__).resolve().parents[2]
JOURNEYS = "\n".join(p.read_text() for p in (ROOT / "tests" / "journeys").glob("test_*.py"))


def test_the_document_is_what_the_table_says() -> None:
    written = (ROOT / "docs" / "keystrokes.md").read_text()
    assert written == table(), "run: python -m tools.keystroke_table > docs/keystrokes.md"


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_counted_by_a_journey(name: str) -> None:
    assert f'hand.took("{name}")' in JOURNEYS


def test_the_model_adds_up() -> None:
    """The book's way: think, point, press, think, type five letters and Enter."""
    assert Acts(points=1, keys=6, minds=2, moves=1).seconds == pytest.approx(5.98)
    assert keys_of("3-2-1201") == 8
    assert keys_of("漏水 A") == 8
