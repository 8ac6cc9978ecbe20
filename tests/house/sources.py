"""The source tree as the house rules see it: each file read and parsed once."""

from __future__ import annotations

import ast
import io
import subprocess
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = "anju"


@dataclass(frozen=True)
class Source:
    """One file: its path from the root of the repository, and its text."""

    path: str
    text: str

    @property
    def parts(self) -> tuple[str, ...]:
        return PurePosixPath(self.path).parts

    @cached_property
    def rooms(self) -> frozenset[str]:
        """Names of the folders and the file without ending: `commands.py` and `commands/x.py`
        both stand in the room `commands`. An app of the engine or of a domain is no room, though
        one is called forms."""
        above = self.parts[:-1]
        if self.parts[1:2] in (("engine",), ("domains",)):
            above = (*above[:2], *above[3:])
        return frozenset((*above, PurePosixPath(self.path).stem))

    @property
    def is_product(self) -> bool:
        return self.parts[0] == PRODUCT and not self.is_test

    @property
    def is_test(self) -> bool:
        return bool(self.rooms & {"tests", "testing", "conftest"})

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.parts

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @cached_property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [n for n in self.nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]

    @cached_property
    def calls(self) -> list[ast.Call]:
        return [n for n in self.nodes if isinstance(n, ast.Call)]

    @cached_property
    def strings(self) -> list[tuple[int, str]]:
        """Line and value of every string that is not a docstring, pieces of f-strings too."""
        docs = {id(n.value) for n in self.nodes if isinstance(n, ast.Expr)}
        return [
            (n.lineno, n.value)
            for n in self.nodes
            if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs
        ]

    @cached_property
    def comments(self) -> dict[int, str]:
        """Line and text of every comment, without its sign."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {t.start[0]: t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT}

    def explained(self, line: int) -> bool:
        """A comment of at least three words stands on the line or right above it."""
        return any(len(self.comments.get(n, "").split()) >= 3 for n in (line, line - 1))


@cache
def files() -> tuple[str, ...]:
    """Every file git would commit, new ones not yet added included."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(sorted(p for p in listed.stdout.split("\0") if p and (ROOT / p).is_file()))


@cache
def sources(ending: str) -> tuple[Source, ...]:
    return tuple(
        Source(p, (ROOT / p).read_text(encoding="utf-8")) for p in files() if p.endswith(ending)
    )


def texts() -> Iterator[Source]:
    """Every file that is text."""
    for path in files():
        raw = (ROOT / path).read_bytes()
        if b"\0" not in raw[:4096]:
            yield Source(path, raw.decode("utf-8", errors="replace"))
