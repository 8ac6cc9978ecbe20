"""A data folder with every table made and no row, kept from run to run: tests begin with a copy.

Making it takes longer than most files of tests. It is made anew when anything changes that it is
made of, migrations above all.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from anju.foundation.server.cluster import DATABASE, Cluster

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".cache" / "ready"
# What migrations are made of: the rule `migrations_stand_alone` of the house holds them to it.
MADE_OF = ("anju/foundation/lib", "anju/foundation/server", "anju/foundation/tenancy")


def begun_with(data: Path) -> None:
    """Make `data` such a folder, with its owners: the files of the server belong to its user."""
    kept = KEPT / _key()
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "making").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not kept.exists():
            for older in KEPT.glob("*-*"):
                shutil.rmtree(older)
            _make(kept)
    _copy(kept, data)


def migrate(database: str, **where: str) -> None:
    """Make all tables in a database of the server that the environment, or `where`, names."""
    named = {"DJANGO_SETTINGS_MODULE": "anju.settings", "ANJU_DATABASE": database, **where}
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--database", "owner", "-v", "0"],
        env={**os.environ, **named},
        check=True,
    )


def _make(kept: Path) -> None:
    with TemporaryDirectory(prefix="anju-ready-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        with Cluster(folder / "data", fsync=False):
            migrate(DATABASE, ANJU_DATA=str(folder / "data"))
        _copy(folder / "data", kept.with_suffix(".new"))
    kept.with_suffix(".new").rename(kept)


def _copy(folder: Path, to: Path) -> None:
    subprocess.run(["cp", "-a", folder, to], check=True)


def _key() -> str:
    """Of the sources, the packages and the user, who may be another one next time."""
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return f"{os.getuid()}-{digest.hexdigest()[:20]}"


def _sources() -> Iterator[Path]:
    yield from ROOT.glob("anju/**/migrations/*.py")
    for room in MADE_OF:
        yield from (path for path in (ROOT / room).glob("**/*.py") if "tests" not in path.parts)
    yield from (ROOT / name for name in ("anju/settings.py", "requirements/all.lock"))
