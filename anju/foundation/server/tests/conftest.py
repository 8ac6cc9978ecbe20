"""A server of this room's own: these tests kill, close and misuse it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from anju.foundation.server.cluster import Cluster
from anju.foundation.server.tests.people import place


@pytest.fixture(scope="session")
def own_cluster() -> Iterator[Cluster]:
    with place(inside="data") as directory, Cluster(directory, fsync=False) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def made_dir() -> Iterator[Path]:
    """A data directory that was used and stopped; tests that start it stop it again.

    initdb is half of the cost of most tests here.
    """
    with place(inside="data") as directory:
        Cluster(directory, fsync=False).start().stop()
        yield directory
