"""A lock file: the kernel frees it whenever its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from anju.foundation.server.account import Account


class Lock:
    """A lock whose file names the holder for the one who is refused."""

    def __init__(self, file: Path, account: Account | None = None) -> None:
        self.file = file
        self._account = account
        self._descriptor: int | None = None

    def acquire(self, holder: str) -> str | None:
        """Take the lock alone and write down who holds it; else return what the holder wrote."""
        if self._descriptor is not None:
            return None
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            written = os.read(descriptor, 1000).decode(errors="replace")
            os.close(descriptor)
            return written.strip() or "?"
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, holder.encode(), 0)
        self._descriptor = descriptor
        return None

    def share(self) -> None:
        """Hold the lock together with others who share it; waits for one who holds it alone."""
        self._descriptor = self._open()
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def await_others(self) -> None:
        """Wait until nobody else shares the lock, and hold it alone."""
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def release(self) -> None:
        """Give the lock back; the file stays, so nobody can lock a file that is gone."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        if self._account is not None and self._account.dropped:
            os.fchown(descriptor, self._account.uid, self._account.gid)
        return descriptor
