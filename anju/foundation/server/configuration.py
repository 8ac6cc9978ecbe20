"""Our postgresql.conf and pg_hba.conf, written anew at every start."""

from __future__ import annotations

import os
from pathlib import Path

MIB = 1024 * 1024

HBA = """\
# Written by Anju at every start. Passwords for everyone: no user of this machine is trusted.
local all         all               scram-sha-256
host  all         all 127.0.0.1/32  scram-sha-256
host  all         all ::1/128       scram-sha-256
"""

# Commits wait for the disk: an acknowledged write is never lost.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
# For tests only: a power cut may ruin the whole cluster.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def memory_of_machine() -> int:
    """Bytes of memory we may count on: the machine's, or the container's limit when lower."""
    physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = Path("/sys/fs/cgroup/memory.max")
    try:
        return min(physical, int(limit.read_text()))
    except (OSError, ValueError):
        return physical


def configuration(*, memory: int, port: int | None, socket_dir: str, fsync: bool) -> str:
    """The text of postgresql.conf for a machine with that many bytes of memory.

    A quarter of what a dedicated server would take: web, worker and ticker live here too, and the
    idle product has to fit 600 MB. Without a port there is no TCP at all.
    """
    shared = _between(64, memory // 12 // MIB, 2048)
    settings = {
        "listen_addresses": "127.0.0.1" if port else "",
        "port": str(port or 5432),
        "unix_socket_directories": socket_dir,
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(128, memory // 2 // MIB)}MB",
        "work_mem": f"{_between(4, memory // 768 // MIB, 32)}MB",
        "maintenance_work_mem": f"{_between(32, memory // 48 // MIB, 512)}MB",
        "max_wal_size": f"{_between(512, shared * 4, 8192)}MB",
        "checkpoint_timeout": "10min",
        "wal_compression": "on",
        "random_page_cost": "1.1",
        "jit": "off",
        "autovacuum_vacuum_scale_factor": "0.05",
        "autovacuum_analyze_scale_factor": "0.02",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "default_text_search_config": "pg_catalog.simple",
        # A week of logs, overwritten; terse and without statements, so that no personal value
        # outlives its erasure there.
        "logging_collector": "on",
        "log_directory": "../log",
        "log_filename": "postgresql-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_size": "0",
        "log_line_prefix": "%m [%p] %u@%d ",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_checkpoints": "off",
        "log_startup_progress_interval": "1s",
        **(DURABLE if fsync else FAST),
    }
    lines = [f"{name} = {_quoted(value)}" for name, value in settings.items()]
    head = "# Written by Anju at every start. Your own settings go to postgres.local.conf beside\n"
    return (
        head
        + "# this file's directory.\n"
        + "\n".join(lines)
        + ("\ninclude_if_exists = '../postgres.local.conf'\n")
    )


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _between(least: int, value: int, most: int) -> int:
    return max(least, min(value, most))
