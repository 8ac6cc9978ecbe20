"""docs/reference is what the docstrings say."""

from tools.reference import FOLDER, pages


def test_the_reference_is_what_the_docstrings_say() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert written == pages(), "run: python -m tools.reference"


def test_it_holds_the_doors_of_the_loop() -> None:
    commands = pages()["commands.md"]
    for verb in ("move_case(case_id, name, *, actor", "move_work(", "report(said, *, actor"):
        assert f"### `{verb}" in commands
