"""The table of the long forms: every part is a program that takes what it is given."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests import deep

SIZES = {
    "calendar-oracle": 100_000, "plan-oracle": 10_000, "expand-kill9": 1_000,
    "tamper": 10_000, "outbox": 500, "once": 1_000, "search": 1_000_000,
    "figures": 100_000, "rounds-month": 2_000, "xss": 500, "bugs": 193, "channels": 20,
    "planned": 1_000,
    "sync-model": 1_000_000, "sync-real": 5_000, "sync-tab": 200,
    "laws": 2_000, "clock-year": 1_000_000, "api-fuzz": 200_000, "hostile": 100_000, "kill9": 1_000,
}  # fmt: skip


def test_the_parts_of_a_name_meet_and_add_up() -> None:
    for name, n in SIZES.items():
        parts = [p for p in deep.PARTS.values() if deep._named(p, name)]
        assert [p.first for p in parts] == [0, *(p.until for p in parts[:-1])]
        assert parts[-1].until == n
    assert sum(SIZES.values()) == sum(p.n for p in deep.PARTS.values())


def test_every_sown_bug_counts() -> None:
    part, own = deep.PARTS["bugs"], os.environ.get("PYTEST_XDIST_WORKER", "solo")
    size = {"CI": "true", "ANJU_DEEP_SIZE": str(part.n), "PYTEST_XDIST_WORKER": f"{own}-bugs"}
    collected = subprocess.run(
        [*part.command(1), "--collect-only", "-p", "no:cacheprovider"],
        cwd=deep.ROOT,
        env={**os.environ, "PYTHONPATH": str(deep.ROOT), **size},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = re.findall(r"(\d+)/\d+ tests collected", collected.stdout)
    assert found == [str(part.n)], collected.stdout[-2000:] + collected.stderr[-2000:]
    row = (deep.ROOT / "docs/proofs.md").read_text(encoding="utf-8")
    assert f"`bugs`: all {part.n} " in row


def test_a_part_runs_and_is_written_down(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(deep, "KEPT", tmp_path / "deep.jsonl")
    asked = ["--part", "calendar-oracle", "--seed", "3", "--first", "40", "--n", "40"]
    assert deep.main(asked) == 0
    (line,) = (tmp_path / "deep.jsonl").read_text(encoding="utf-8").splitlines()
    kept = json.loads(line)
    assert (kept["part"], kept["seed"], kept["first"], kept["n"]) == ("calendar-oracle", 3, 40, 40)
    assert kept["held"]
    assert "seed 3, first 40, n 40" in kept["said"]
    assert line in capsys.readouterr().out


def test_a_part_that_fails_or_takes_too_long_is_no_success(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(deep, "KEPT", tmp_path / "deep.jsonl")
    monkeypatch.setattr(deep, "LIMIT", 0.5)
    sleeps = ("python", "-c", "import time; print('begun', flush=True); time.sleep(60)")
    fails = ("python", "-c", "print('0 of 1'); raise SystemExit(1)")
    monkeypatch.setattr(
        deep, "PARTS", {n: deep.Part(n, "", 1, run) for n, run in (("s", sleeps), ("f", fails))}
    )
    assert deep.main([]) == 1
    lines = [json.loads(x) for x in (tmp_path / "deep.jsonl").read_text().splitlines()]
    assert [line["held"] for line in lines] == [False, False]
    assert lines[0]["said"].startswith("stopped after")


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(SystemExit):
        deep.main(["--part", "nothing"])


def test_going_on_in_the_middle_of_a_name_asks_one_part(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert deep.main(["--part", "laws", "--first", "510", "--n", "10", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["laws-2"]
