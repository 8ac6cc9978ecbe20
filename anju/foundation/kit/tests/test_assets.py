"""What browsers load: small, without raw colours, readable in both themes."""

import re
from pathlib import Path

import pytest

from anju.foundation.kit import views

STATIC = Path(views.__file__).parent / "static/kit"
TOKENS = (STATIC / "tokens.css").read_text()


def themes() -> dict[str, dict[str, str]]:
    """Light and dark colours by token name."""
    light, dark = re.findall(r"data-theme=(?:light|dark)\]\{(.*?)\}", TOKENS, re.S)[:2]
    return {
        name: dict(re.findall(r"--([\w-]+):(#[0-9A-F]{3,6})\b", text, re.I))
        for name, text in (("light", light), ("dark", dark))
    }


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper", "least"),
    [
        ("text", "surface", 4.5), ("text-2", "surface", 4.5), ("text-2", "page", 4.5),
        ("text-2", "sunken", 4.5), ("text-3", "surface", 4.5), ("text-3", "sunken", 4.5),
        ("primary", "surface", 4.5), ("primary", "primary-tint", 4.5), ("primary", "page", 4.5),
        ("on-primary", "primary", 4.5), ("danger", "surface", 4.5), ("danger", "danger-tint", 4.5),
        ("on-danger", "danger-solid", 4.5), ("warn", "warn-tint", 4.5), ("warn", "surface", 4.5),
        ("ok", "surface", 4.5), ("ok", "ok-tint", 4.5), ("pause", "pause-b", 4.5),
        ("control", "surface", 3.0), ("text-2", "hover", 4.5), ("text", "select", 4.5),
    ],
)  # fmt: skip
def test_words_are_readable(theme: str, ink: str, paper: str, least: float) -> None:
    colours = themes()[theme]
    assert contrast(colours[ink], colours[paper]) >= least


def test_only_the_tokens_hold_colours() -> None:
    for name in ("kit.css", "pages.css"):
        text = (STATIC / name).read_text()
        assert not re.search(r"#[0-9a-f]{6}\b|rgba?\(", text, re.I)


def test_the_budget_of_script_and_style() -> None:
    script = sum((STATIC / n).stat().st_size for n in ("kit.js", "forms.js", "theme.js"))
    style = sum((STATIC / n).stat().st_size for n in ("tokens.css", "kit.css", "pages.css"))
    assert script < 12_000
    assert style < 40_000


def test_script_evaluates_nothing() -> None:
    for path in STATIC.glob("*.js"):
        text = path.read_text()
        assert not re.search(r"\beval\(|new Function|innerHTML|insertAdjacentHTML|\.style\b", text)


def test_nothing_is_fetched_from_elsewhere() -> None:
    for path in STATIC.iterdir():
        found = re.findall(r"https?://[^\"' )]+", path.read_text())
        assert set(found) <= {"http://www.w3.org/2000/svg"}
