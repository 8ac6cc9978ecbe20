"""A process of its own, with Django set up on the house: founds its company, verifies its record.

A line asks ("found" or "verify"), a line of JSON answers. It is no part of the house, so no bug is
sown into it and nobody kills it.
"""

import json
import os
import subprocess
import sys
from types import TracebackType
from typing import Any

import django


class Judge:
    """The process, seen from the harness."""

    def __init__(self, env: dict[str, str], root: str) -> None:
        clean = {k: v for k, v in env.items() if k != "PYTHONPATH"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.harness.kill9_judge"], env=clean, cwd=root, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, what: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the judge has ended")
        said: dict[str, Any] = json.loads(line)
        return said

    def __enter__(self) -> "Judge":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        for end in (self._process.stdin, self._process.stdout):
            if end is not None:
                end.close()


def _serve() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "anju.settings"
    django.setup(set_prefix=False)
    from tests.harness import kill9_world  # needs Django set up

    for line in sys.stdin:
        said = kill9_world.found() if line.strip() == "found" else kill9_world.verified()
        print(json.dumps(said, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    _serve()
