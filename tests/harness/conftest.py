"""What the harnesses of whole houses share."""

import fcntl
import os
from pathlib import Path

import pytest

from tests.harness.kill9_house import made_ready


@pytest.fixture(scope="session")
def ready_house() -> str:
    """A data folder that houses begin with; made once per run, by whichever worker comes first."""
    data = Path(os.environ["ANJU_DATA"]).with_name("ready")
    with data.with_name("making").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not data.exists():
            made_ready(data)
    return str(data)
