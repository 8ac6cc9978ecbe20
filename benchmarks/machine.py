"""Where a figure was taken: machine, system, versions. Read from /proc; Linux only."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("anju", "django", "django-ninja", "psycopg", "granian", "pydantic")


def described(server_version: str = "") -> list[str]:
    """Lines for the head of every report."""
    memory = int(_line("/proc/meminfo", "MemTotal").split()[0]) / 2**20
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    lines = [
        f"machine   {_line('/proc/cpuinfo', 'model name')}, {os.cpu_count()} processors, "
        f"{memory:.0f} GiB, {platform.system()} {platform.release()}",
        f"load      {load} (1, 5, 15 minutes) before the run",
        f"versions  Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    ]
    if server_version:
        lines.append(f"database  PostgreSQL {server_version}, fsync on")
    return lines


def _line(path: str, name: str) -> str:
    for line in Path(path).read_text().splitlines():
        key, _colon, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown" if sys.platform == "linux" else ""
