"""`anju import cases` over and over: small files in small chunks, each repeated until it is whole.

Run as a program it is that command with chunks of a few rows, so that a kill finds it between two.
"""

import csv
import json
import sys
import threading
import time
from pathlib import Path
from random import Random
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from typing import Any

from anju.faces.cli.main import main
from tests.harness.kill9_bugs import on_import
from tests.harness.kill9_house import ROOT, Up
from tests.harness.kill9_load import Ledger

MAPPING = "examples/mappings/messages_zh_replied.yaml"
HEADER = ("留言编号", "留言主题", "留言详情", "留言时间", "答复时间", "答复意见")
ROWS, BAD_EVERY, CHUNK = 60, 20, 3
BAD = ROWS // BAD_EVERY
SECONDS = 60.0  # an import that takes longer is a finding


class Importer(threading.Thread):
    """Makes a file and imports it, again after every failure, until every row is accounted for."""

    def __init__(self, house: Up, rng: Random, ledger: Ledger) -> None:
        super().__init__(name="importer", daemon=True)
        self.house, self.rng, self.ledger, self.over = house, rng, ledger, False
        self.files: list[Path] = []
        self.whole = self.runs = 0
        self.process: Popen[str] | None = None
        self.wanted = threading.Event()  # somebody waits for an import to kill
        self.rest = threading.Event()  # the tables are being compared: none begins meanwhile

    def run(self) -> None:
        while not self.over and not self.ledger.faults:
            if self.whole == len(self.files):
                self.files.append(self._file(len(self.files)))
            self.try_once()
            self.wanted.wait(self.rng.uniform(2.0, 6.0))
            self.wanted.clear()
            while self.rest.is_set() and not self.over:
                time.sleep(0.05)

    def try_once(self) -> None:
        """One run over the last file; what it says of the rows must add up."""
        said = self.import_(self.files[-1])
        if said is None:
            return
        here = said["imported"] + said["already_there"]
        if (said["rows"], here, said["rejected"]) != (ROWS, ROWS - BAD, BAD):
            self.ledger.fault(f"an import does not account for its rows: {said}")
        self.whole += 1

    def import_(self, file: Path) -> dict[str, Any] | None:
        """What the command said at its end; None when it did not come to one."""
        self.runs += 1
        self.process = Popen(
            [sys.executable, "-m", __name__, "import", "cases", str(file), "--mapping", MAPPING,
             "--json"],
            env=self.house.env, cwd=ROOT, text=True, stdin=DEVNULL, stdout=PIPE, stderr=PIPE,
        )  # fmt: skip
        try:
            out, err = self.process.communicate(timeout=SECONDS)
        except TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            self.ledger.fault(f"an import took more than {SECONDS:.0f} s")
            return None
        if self.process.returncode == 0:
            said: dict[str, Any] = json.loads(out.splitlines()[-1])
            return said
        if "Traceback" in err and "psycopg" not in err:
            self.ledger.fault(f"an import ended with a traceback: {err[-600:]}")
        return None

    def everything(self) -> dict[str, Any] | None:
        """Import all files once more, as one."""
        whole = self.house.folder / "everything.csv"
        parts = [file.read_text() for file in self.files]
        whole.write_text(parts[0] + "".join(part.split("\n", 1)[1] for part in parts[1:]))
        return self.import_(whole)

    def _file(self, number: int) -> Path:
        path = self.house.folder / f"past-{number}.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            write = csv.writer(out, lineterminator="\n").writerow
            write(HEADER)
            for n in range(ROWS):
                day = "2025-02-30" if n % BAD_EVERY == 7 else f"2025-03-{1 + n % 28:02d}"
                at = f"{day} {n % 24:02d}:15:00"
                write((f"K{number}-{n}", "路灯不亮", "三天没有亮", at, "2025-04-02", "已修复"))
        return path


def _in_small_chunks(importing: Any) -> None:
    importing.import_cases.__kwdefaults__["chunk"] = CHUNK


if __name__ == "__main__":
    on_import("anju.domains.requests.history.commands.importing", _in_small_chunks)
    sys.exit(main())
