"""The data directory: one place that holds everything a house owns.

anju.data    marks the directory as ours; nothing unmarked is ever taken over
postgres/    the database            files/   photographs and documents, by hash
secrets/     passwords of the database roles (libpq password files, 0600)
keys/        keys of the application, 0600: part of every backup
run/         the socket              log/     PostgreSQL's log, a week of it
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from anju.foundation.server.account import Account, account_of
from anju.foundation.server.errors import ServerError, _
from anju.foundation.server.lock import Lock

MARK = "anju.data"
# sun_path holds 108 bytes with its final zero; the socket's own name takes 16 of them.
LONGEST_SOCKET_DIR = 107 - len("/.s.PGSQL.65535")


def data_dir_path(env: Mapping[str, str]) -> Path:
    """`ANJU_DATA`, or `/var/lib/anju` for root and `~/.local/share/anju` for anybody else.

    Root's is not below /root, because the unprivileged user that owns the data has to reach it.
    """
    if env.get("ANJU_DATA"):
        return Path(env["ANJU_DATA"]).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/anju")
    home = env.get("XDG_DATA_HOME") or Path("~/.local/share").expanduser()
    return (Path(home) / "anju").resolve()


class DataDir:
    """One data directory. Making the object touches nothing; `prepare` creates and guards it."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path).expanduser().resolve()
        self.postgres = self.path / "postgres"
        self.secrets = self.path / "secrets"
        self.keys = self.path / "keys"
        self.files = self.path / "files"
        self.log = self.path / "log"
        self._filling = False

    @cached_property
    def account(self) -> Account:
        return account_of(self.path)

    @cached_property
    def reachable(self) -> bool:
        """Whether the account can reach the directory by its full name (not so below /root)."""
        return self.account.may_enter(self.path)

    @property
    def socket_dir(self) -> Path:
        """Where the server's socket lies: a function of the path alone, so every process agrees.

        A path too long for a socket address gets a directory in /tmp; `prepare` takes it only
        when it is ours and closed to others.
        """
        near = self.path / "run"
        if len(os.fsencode(near)) <= LONGEST_SOCKET_DIR:
            return near
        return Path("/tmp") / f"anju-{hashlib.sha256(os.fsencode(self.path)).hexdigest()[:20]}"  # noqa: S108 - guarded by _own_directory

    @property
    def is_there(self) -> bool:
        """Whether it was made before; `prepare` would make it."""
        try:
            return (self.path / MARK).is_file()
        except PermissionError:
            return True  # somebody else's: `prepare` says so

    def prepare(self) -> None:
        """Create what is missing and close it to everyone else.

        Raises ServerError when the directory holds something that is not ours, or belongs to
        someone else (nothing of another owner is ever changed), or when a restore into it was
        interrupted.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._claim()
        except OSError as error:
            raise ServerError(
                _(
                    "The data directory %(path)s cannot be used (%(why)s). Name "
                    "another one with --data or ANJU_DATA."
                ),
                path=self.path,
                why=error,
            ) from error
        if self._unfinished.exists() and not self._filling:
            raise ServerError(
                _(
                    "A restore into %(path)s was interrupted, so what lies there is not whole. "
                    "Remove the directory and restore again."
                ),
                path=self.path,
            )
        places = (self.secrets, self.keys, self.files, self.log, self.socket_dir)
        for directory in places:
            _own_directory(directory, self.account)

    def _claim(self) -> None:
        held = self.path.stat()
        if held.st_uid not in (os.geteuid(), self.account.uid):
            raise ServerError(
                _(
                    "The data directory %(path)s belongs to another user of this "
                    "machine. Start Anju as that user or as root, or name another directory with "
                    "--data or ANJU_DATA."
                ),
                path=self.path,
            )
        marked = (self.path / MARK).is_file()
        if not marked and any(self.path.iterdir()):
            raise ServerError(
                _(
                    "The directory %(path)s holds other things and was not made by "
                    "Anju. It is left as it is: name an empty or new directory with --data or "
                    "ANJU_DATA."
                ),
                path=self.path,
            )
        _own_directory(self.path, self.account)
        if not marked:
            write_private(self.path / MARK, "Data of Anju, layout 1\n", self.account)

    def lock(self, name: str) -> Lock:
        """A lock of this directory, which `prepare` has made."""
        return Lock(self.path / f"{name}.lock", self.account)

    @property
    def _unfinished(self) -> Path:
        return self.path / "unfinished"

    def begin_filling(self) -> None:
        """Prepare the directory for a restore; until `end_filling` nothing else starts on it."""
        self._filling = True
        self.prepare()
        write_private(self._unfinished, "A restore is not finished.\n", self.account)

    def end_filling(self) -> None:
        """The restore is whole and on disk."""
        self._filling = False
        self._unfinished.unlink()
        sync_directory(self.path)

    def own_tree(self, top: Path) -> None:
        """Give everything below `top` to the account and close it to everyone else."""
        for folder, _folders, names in os.walk(top):
            for path, mode in ((folder, 0o700), *((os.path.join(folder, n), 0o600) for n in names)):
                os.chmod(path, mode)
                if self.account.dropped:
                    os.lchown(path, self.account.uid, self.account.gid)

    def key(self, name: str) -> str:
        """The application's key of this name (64 hex digits), made at the first call.

        Prepares the directory when need be. Keys are in every backup: without them sealed
        values of a restored house could not be read.
        """
        file = self.keys / name
        if not file.exists():
            self.prepare()
            write_private(file, secrets.token_hex(32) + "\n", self.account)
        return file.read_text().strip()

    def password_file(self, role: str) -> Path:
        """libpq's password file of a database role: connections name it and carry no password."""
        return self.secrets / f"{role}.pgpass"

    def password(self, role: str) -> str:
        """The role's password, made at the first call."""
        file = self.password_file(role)
        if not file.exists():
            write_private(file, f"*:*:*:{role}:{secrets.token_hex(24)}\n", self.account)
        return file.read_text().strip().rsplit(":", 1)[1]


def write_private(file: Path, text: str, account: Account) -> None:
    """Write a file only the account can read, whole or not at all; an existing one stands.

    The new file is linked into place, never opened by its final name: the directory belongs to
    the unprivileged user, and root must not follow a link that somebody put there.
    """
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
            if account.dropped:
                os.fchown(stream.fileno(), account.uid, account.gid)
        try:
            os.link(draft, file, follow_symlinks=False)
        except FileExistsError:
            return
    finally:
        draft.unlink()
    sync_directory(file.parent)


def sync_directory(directory: Path | str) -> None:
    """Make the names in a directory outlive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(top: Path) -> None:
    """Make every file and name below `top` outlive a power cut."""
    for folder, _folders, names in os.walk(top):
        for name in names:
            with open(os.path.join(folder, name), "rb") as stream:
                os.fsync(stream.fileno())
        sync_directory(folder)


def _own_directory(directory: Path, account: Account) -> None:
    """Make the directory, or check that it is the account's own and closed to everyone else.

    Everything is asked of the open descriptor, so a link or a directory that another user put in
    our place (the socket's may lie in /tmp) is found and refused, not followed.
    """
    with contextlib.suppress(FileExistsError):
        directory.mkdir(mode=0o700)
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise ServerError(
            _(
                "%(path)s is not a directory of ours (%(why)s). Another program or "
                "user put it there; remove it, or name another data directory."
            ),
            path=directory,
            why=error,
        ) from error
    try:
        held = os.fstat(descriptor)
        if held.st_uid == 0 and account.dropped:
            os.fchown(descriptor, account.uid, account.gid)
        elif held.st_uid != account.uid:
            raise ServerError(
                _(
                    "%(path)s belongs to another user of this machine, and Anju would "
                    "trust what lies there. Remove it, or name another data directory."
                ),
                path=directory,
            )
        if stat.S_IMODE(held.st_mode) != 0o700:
            os.fchmod(descriptor, 0o700)
    finally:
        os.close(descriptor)
