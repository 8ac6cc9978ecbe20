"""The operating-system user that owns the data and runs PostgreSQL.

PostgreSQL refuses to run as root, rightly. Started as root we work as a locked system user of our
own; started by anybody else, as that person.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anju.foundation.server.errors import ServerError, _

USER = "anju"


@dataclass(frozen=True)
class Account:
    """A user of this machine. `dropped` says that we are root and must become it to act as it."""

    name: str
    uid: int
    gid: int
    dropped: bool

    @property
    def popen(self) -> dict[str, Any]:
        """Keyword arguments that make `subprocess` run a program as this user."""
        if not self.dropped:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def may_enter(self, directory: Path) -> bool:
        """Whether this user can reach the directory; asked of the system, so ACLs count."""
        if not self.dropped:
            return os.access(directory, os.X_OK)
        probe = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(directory)]
        return subprocess.run(probe, check=False, cwd="/", **self.popen).returncode == 0

    def may_read(self, file: Path) -> bool:
        """Whether this user can read the file."""
        if not self.dropped:
            return os.access(file, os.R_OK)
        probe = ["/bin/sh", "-c", 'test -r "$1"', "sh", str(file)]
        return subprocess.run(probe, check=False, cwd="/", **self.popen).returncode == 0


def account_of(data_dir: Path) -> Account:
    """Who owns, or will own, this data directory.

    An ordinary user works as themself. Root works as the directory's owner where it is already
    Anju's (a stray `sudo` must not take it away from its user), else as the user `anju`, which is
    made when it does not exist.
    """
    if os.geteuid() != 0:
        me = pwd.getpwuid(os.geteuid())
        return Account(me.pw_name, me.pw_uid, me.pw_gid, dropped=False)
    if (data_dir / "anju.data").is_file():
        uid = data_dir.stat().st_uid
        if uid != 0:
            owner = pwd.getpwuid(uid)
            return Account(owner.pw_name, uid, owner.pw_gid, dropped=True)
    found = _system_user() or _make_system_user()
    return Account(found.pw_name, found.pw_uid, found.pw_gid, dropped=True)


def _system_user() -> pwd.struct_passwd | None:
    try:
        found = pwd.getpwnam(USER)
    except KeyError:
        return None
    if found.pw_uid == 0:
        raise ServerError(
            _(
                "The user %(user)s of this machine is root by another name, and "
                "PostgreSQL does not run as root. Remove that user, or start Anju as an ordinary "
                "user."
            ),
            user=USER,
        )
    return found


def _make_system_user() -> pwd.struct_passwd:
    ways = (
        [
            "useradd",
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/usr/sbin/nologin",
            USER,
        ],
        ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", USER],  # busybox
    )
    for way in ways:
        if shutil.which(way[0]) is None:
            continue
        subprocess.run(way, check=False, capture_output=True)
        found = _system_user()  # also when another start made it between the two lines
        if found is not None:
            return found
    raise ServerError(
        _(
            "Started as root, Anju works as a user of its own, and that user could not "
            "be made. Make it with `useradd --system %(user)s`, or start Anju as an ordinary user."
        ),
        user=USER,
    )
