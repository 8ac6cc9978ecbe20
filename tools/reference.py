"""Write docs/reference/ from the docstrings: `python -m tools.reference`.

`pages()` gives each page's text by its name; tests/house compares them with what is committed.
"""

import ast
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
FLOORS = ("foundation", "engine", "domains")
ROOMS = {
    "commands": "The verbs: the only writes. Each runs in one transaction as its `actor`, "
    "and refuses in words for the person who asked.",
    "queries": "What is read and joined; each says its cost.",
    "rules": "Pure functions and tables; they know neither rows nor requests.",
}


def pages() -> dict[str, str]:
    """The text of every page, by the name of its file."""
    return {f"{room}.md": _page(room, about) for room, about in ROOMS.items()}


def _page(room: str, about: str) -> str:
    parts = [
        f"# {room.capitalize()}",
        about,
        "Printed from the docstrings by `tools/reference.py`.",
    ]
    for floor in FLOORS:
        for app in sorted((ROOT / "anju" / floor).iterdir()):
            if told := list(_told(app, room)):
                parts += [f"## {floor}/{app.name}", *told]
    return "\n\n".join(parts) + "\n"


def _told(app: Path, room: str) -> Iterator[str]:
    """Every public function of the room, in the order of its files."""
    for path in _files(app, room):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                if said := ast.get_docstring(node):
                    yield f"### `{node.name}({_arguments(node.args)})`\n\n{_quoted(said)}"


def _files(app: Path, room: str) -> Iterable[Path]:
    """The room's file, or the files of its folder, in this app and in an app within it."""
    found = (p for p in sorted(app.rglob("*.py")) if "tests" not in p.parts)
    return (p for p in found if room in (p.stem, *p.relative_to(app).parts[:-1]))


def _arguments(args: ast.arguments) -> str:
    """The names as they are given; those after the star by name only."""
    names = [a.arg for a in (*args.posonlyargs, *args.args)]
    named = [a.arg for a in args.kwonlyargs]
    return ", ".join([*names, *(["*"] if named else []), *named])


def _quoted(said: str) -> str:
    """Markdown shows it as it stands: angle brackets are no tags."""
    return cleandoc(said).replace("<", "&lt;")


def main() -> None:
    """Write the pages, and take away those that no room has any more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.md"):
        old.unlink()
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
