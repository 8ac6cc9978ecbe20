"""The import contracts in pyproject.toml hold for the tree, and break when they should."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT

pytestmark = pytest.mark.house

# contract: (module that imports, what it must not import)
SEEDED = {
    "Floors": ("foundation.lib.a", "engine.loop.a"),
    "Foundation": ("foundation.places.a", "foundation.people.a"),
    "Engine": ("engine.clocks.a", "engine.loop.a"),
    "Domains": ("domains.requests.a", "domains.rounds.a"),
    "Faces": ("faces.api.a", "faces.console.a"),
    "Rooms": ("engine.plans.models", "engine.plans.commands.expand"),
}


def lint_imports(where: Path) -> str:
    config = ROOT / "pyproject.toml"
    run = "from importlinter.cli import lint_imports_command as main; main()"
    done = subprocess.run(
        [sys.executable, "-c", run, "--no-cache", "--config", str(config)],
        cwd=where,
        env={"PYTHONPATH": str(where), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def write(root: Path, module: str, text: str = "") -> None:
    path = root.joinpath("anju", *module.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    for folder in path.parents:
        if folder == root:
            break
        (folder / "__init__.py").touch()


def test_the_tree_keeps_every_contract() -> None:
    said = lint_imports(ROOT)
    assert ", 0 broken." in said, said


def test_each_contract_breaks_when_it_should(tmp_path: Path) -> None:
    for floor in ("faces", "domains", "engine", "foundation"):
        write(tmp_path, f"{floor}.__init__")
    for importer, target in SEEDED.values():
        write(tmp_path, importer, f"import anju.{target}\n")
        if not (tmp_path / "anju" / Path(*target.split("."))).with_suffix(".py").exists():
            write(tmp_path, target)
    said = lint_imports(tmp_path)
    broken = {line.partition(":")[0].split()[0] for line in said.splitlines() if "BROKEN" in line}
    assert broken == set(SEEDED), said


def test_no_import_is_excused() -> None:
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
