"""Proof 3: the model check, the real server behind a faulty proxy, and that both find bugs."""

import pytest

from tests.harness import sync, sync_real
from tests.harness.seeding import looked_for
from tests.harness.sync_bugs import BUGS
from tests.harness.sync_real_bugs import BUGS as REAL_BUGS
from tests.sizes import sized


def test_nothing_is_lost_doubled_or_falsely_done(capsys: pytest.CaptureFixture[str]) -> None:
    n = sized(20_000, by_hand=3_000)
    assert sync.main(["--n", str(n), "--seed", "20261129"]) == 0
    assert f"n {n} interleavings" in capsys.readouterr().out


def test_nor_by_the_real_server_behind_a_bad_line(capsys: pytest.CaptureFixture[str]) -> None:
    n = sized(60, by_hand=8)
    assert sync_real.main(["--n", str(n), "--seed", "20261129"]) == 0
    said = capsys.readouterr().out
    assert f"n {n} interleavings" in said
    assert all(fault in said for fault in ("lost", "reply lost", "twice", "cut", "late"))


@pytest.mark.parametrize("name", looked_for(BUGS))
def test_every_sown_bug_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert sync.main(["--n", "3000", "--seed", "1", "--seed-bug", name]) == 1
    assert "BROKEN" in capsys.readouterr().out


@pytest.mark.parametrize("name", looked_for(REAL_BUGS))
def test_every_bug_sown_into_the_server_is_found(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sync_real.main(["--n", "60", "--seed", "1", "--seed-bug", name]) == 1
    assert "BROKEN" in capsys.readouterr().out
