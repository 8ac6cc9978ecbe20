"""What the harnesses of whole houses share."""

import os
from pathlib import Path

import pytest

from tests.ready import begun_with


@pytest.fixture(scope="session")
def ready_house() -> str:
    """A data folder that houses begin with: every table, and no row."""
    data = Path(os.environ["ANJU_DATA"]).with_name(f"ready-{os.getpid()}")
    begun_with(data)
    return str(data)
