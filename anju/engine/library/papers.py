"""The procedures and forms of the library: one file each, read when asked for."""

from functools import cache
from pathlib import Path

from anju.engine.forms.rules import Form, read_form
from anju.engine.library.reading import DATA
from anju.engine.procedures.rules import Procedure, read_procedure

SHEETS = "sheet-"  # the score sheets of section 14; every other form belongs to a procedure


def papers_of(piece: str) -> tuple[list[Form], list[Procedure]]:
    """The forms and procedures that come with a piece; most pieces have none."""
    if piece == "manual-procedures":
        return [f for code, f in forms().items() if not code.startswith(SHEETS)], list(
            procedures().values()
        )
    if piece == "score-sheets":
        return [f for code, f in forms().items() if code.startswith(SHEETS)], []
    return [], []


@cache
def procedures(folder: Path = DATA / "procedures") -> dict[str, Procedure]:
    """Every procedure by its code. Raises `BadText` with the file and the line."""
    read = (
        read_procedure(path.read_bytes(), file=path.name) for path in sorted(folder.glob("*.yaml"))
    )
    return {one.code: one for one in read}


@cache
def forms(folder: Path = DATA / "forms") -> dict[str, Form]:
    """Every form by its code. Raises `BadText` with the file and the line."""
    read = (read_form(path.read_bytes(), file=path.name) for path in sorted(folder.glob("*.yaml")))
    return {one.code: one for one in read}
