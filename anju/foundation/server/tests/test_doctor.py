"""The doctor sees what is wrong, and says what to do."""

import ctypes
import shutil
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from anju.foundation.lib import frozen, now
from anju.foundation.server import doctor
from anju.foundation.server.cluster import Cluster
from anju.foundation.server.doctor import Check, doctor_checks


def _look(directory: Path) -> dict[str, Check]:
    checks = doctor_checks({"ANJU_DATA": str(directory)}, lambda _line: None)
    assert all(check.ok or check.advice for check in checks)
    return {check.name: check for check in checks}


def test_a_house_in_order_has_nothing_to_say(made_dir: Path) -> None:
    """Durable, as it always is outside tests: the doctor starts it with our own settings."""
    found = _look(made_dir)
    assert [check for check in found.values() if not check.ok] == []
    assert set(found) >= {
        "data directory",
        "disk",
        "server version",
        "durability",
        "role anju_app",
        "role anju_ticker",
        "clock of the database",
    }


def test_lost_durability_is_seen(own_cluster: Cluster) -> None:
    check = _look(own_cluster.data.path)["durability"]
    assert not check.ok
    assert "fsync" in check.message


def test_an_open_directory_is_seen(own_cluster: Cluster) -> None:
    own_cluster.data.keys.chmod(0o755)
    try:
        check = _look(own_cluster.data.path)["data directory"]
    finally:
        own_cluster.data.keys.chmod(0o700)
    assert not check.ok
    assert str(own_cluster.data.keys) in check.message
    assert "chmod" in check.advice


def test_a_role_above_the_fence_is_seen(own_cluster: Cluster) -> None:
    with psycopg.connect(own_cluster.dsn("admin"), autocommit=True) as admin:
        admin.execute("ALTER ROLE anju_app BYPASSRLS")
        try:
            assert not _look(own_cluster.data.path)["role anju_app"].ok
        finally:
            admin.execute("ALTER ROLE anju_app NOBYPASSRLS")
    assert _look(own_cluster.data.path)["role anju_app"].ok


def test_a_full_disk_is_seen(own_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil._ntuple_diskusage(100 * 10**9, 95 * 10**9, 5 * 10**9)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert not _look(own_cluster.data.path)["disk"].ok


def test_a_wrong_clock_is_seen(own_cluster: Cluster) -> None:
    with frozen(now() + timedelta(hours=2)):
        assert not _look(own_cluster.data.path)["clock of the database"].ok


def test_a_free_running_clock_is_only_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kernel:
        def __init__(self, answer: int) -> None:
            self.answer = answer

        def adjtimex(self, _buffer: object) -> int:
            return self.answer

    for answer, advised in ((5, True), (0, False)):
        monkeypatch.setattr(ctypes, "CDLL", lambda _name, answer=answer: Kernel(answer))
        check = doctor._system_clock()
        assert check.ok
        assert bool(check.advice) is advised


def test_no_house_and_a_broken_one_are_told_apart(tmp_path: Path) -> None:
    assert "does not exist" in _look(tmp_path / "nowhere")["data directory"].message
    (tmp_path / "letter").write_text("mine")
    assert "holds other things" in _look(tmp_path)["database"].message
