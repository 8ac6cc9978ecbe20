"""The procedures and forms of the library: one file each, read when asked for."""

from functools import cache
from pathlib import Path

from anju.engine.forms.rules import Form, read_form
from anju.engine.library.reading import DATA
from anju.engine.procedures.rules import Procedure, read_procedure


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
