"""Small measures: percentiles, processor time and memory of processes, tables for the terminal."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median

TICK = os.sysconf("SC_CLK_TCK")
ROLES = (  # what a process of the house is, by a word of its command line
    ("postgres", "postgres"),
    ("anju.faces.wsgi", "web"),
    ("benchmarks.floor_wsgi", "web"),
    ("anju.faces.live", "live"),
    ("main tick", "ticker"),
    ("main work", "worker"),
)


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank; `values` sorted."""
    return values[max(0, min(len(values) - 1, round(share * len(values) + 0.5) - 1))]


def middle(values: Iterable[float]) -> float:
    """The median."""
    return float(median(values))


def descendants(pid: int) -> list[int]:
    """The process and all below it."""
    below: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parent = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            below.setdefault(int(parent), []).append(int(entry))
    found = [pid]
    for one in found:
        found += below.get(one, [])
    return found


def role_of(pid: int) -> str:
    """What the process is in the house."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        line = line or Path(f"/proc/{pid}/comm").read_text()  # about to end
    except OSError:
        return "other"
    return next((role for word, role in ROLES if word in line), "other")


def cpu_seconds(pid: int) -> dict[str, float]:
    """Processor time so far by role, of the process and all below it.

    That of those who have ended is with who waited for them: a session of the database with its
    server.
    """
    spent: dict[str, float] = {}
    for one in descendants(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        role = role_of(one)
        spent[role] = spent.get(role, 0.0) + sum(map(int, fields[11:15])) / TICK
    return spent


def memory_mb(pid: int) -> dict[str, float]:
    """Proportional set size by role, in MB, of the process and all below it."""
    held: dict[str, float] = {}
    for one in descendants(pid):
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        kb = next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
        role = role_of(one)
        held[role] = held.get(role, 0.0) + kb / 1024
    return held


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows of equal keys as aligned columns."""
    if not rows:
        return "(nothing)"
    head = list(rows[0])
    cells = [head, *([_shown(row.get(name, "")) for name in head] for row in rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if n else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
