"""`anju up` where it must not go on."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from anju.faces.cli.up import EXIT_REFUSED, run_up


@pytest.mark.parametrize(
    ("host", "url"), [("0.0.0.0", ""), ("127.0.0.1", "https://anju.example.com")]
)
def test_the_demo_is_refused_off_loopback(
    host: str, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if url:
        monkeypatch.setenv("ANJU_URL", url)
    else:
        monkeypatch.delenv("ANJU_URL", raising=False)
    assert run_up(["--demo", "--host", host]) == EXIT_REFUSED
    assert "--demo" in capsys.readouterr().out


PREPARING = """
import sys
from anju.faces.cli import up
up._ourselves = lambda: [sys.executable, "-c"]
up._anju("import os, time; print(os.getpid(), flush=True); time.sleep(60)")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells children only on Linux")
def test_what_a_start_runs_ends_with_it() -> None:
    """Else the next start would migrate beside the migration of a killed one."""
    start = subprocess.Popen([sys.executable, "-c", PREPARING], stdout=subprocess.PIPE, text=True)
    with start:
        assert start.stdout is not None
        preparing = int(start.stdout.readline())
        start.kill()
    end = time.monotonic() + 10
    while _runs(preparing) and time.monotonic() < end:
        time.sleep(0.02)
    assert not _runs(preparing)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
