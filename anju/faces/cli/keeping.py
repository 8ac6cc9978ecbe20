"""`anju backup`, `anju restore`, `anju doctor`: keeping the house and its data."""

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path

from anju.foundation.server.backup import Outcome, backup, restore
from anju.foundation.server.doctor import doctor_checks

EXIT_FAILED = 1


def run_backup(argv: Sequence[str]) -> int:
    """Write a backup of database, files and keys; it is restored and compared before it counts."""
    parser = argparse.ArgumentParser(prog="anju backup", description=run_backup.__doc__)
    parser.add_argument("to", type=Path, help="folder for the archive")
    asked = parser.parse_args(argv)
    _print(backup(asked.to, env=os.environ))
    return 0


def run_restore(argv: Sequence[str]) -> int:
    """Restore a backup into an empty data directory, never over a live or filled one."""
    parser = argparse.ArgumentParser(prog="anju restore", description=run_restore.__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--into", type=Path, required=True, help="a new data directory")
    asked = parser.parse_args(argv)
    _print(restore(asked.archive, asked.into, env=os.environ))
    return 0


def _print(done: Outcome) -> None:
    print(
        f"{done.path}: {done.tables} tables, {done.rows} rows, {done.files} files, "
        f"{done.bytes / 1e6:.1f} MB, {done.seconds:.0f} s"
    )
    for name in done.damaged:
        print(f"  damaged: {name}")


def run_doctor(argv: Sequence[str]) -> int:
    """Look at the ground the house stands on; exit code 1 when something needs a hand."""
    parser = argparse.ArgumentParser(prog="anju doctor", description=run_doctor.__doc__)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(argv)
    checks = doctor_checks(os.environ, progress=lambda _line: None)
    if asked.json:
        rows = [
            {"name": c.name, "ok": c.ok, "message": str(c.message), "advice": str(c.advice)}
            for c in checks
        ]
        print(json.dumps({"checks": rows}, ensure_ascii=False))
    else:
        for check in checks:
            print(f"{'ok ' if check.ok else 'BAD'} {check.name}: {check.message}")
            if not check.ok and str(check.advice):
                print(f"    {check.advice}")
    return 0 if all(c.ok for c in checks) else EXIT_FAILED
