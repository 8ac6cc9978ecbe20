"""One world for all of the matrix."""

from typing import Any

import pytest


@pytest.fixture(scope="session")
def world() -> Any:
    from tests.matrix.world import a_world  # only after django.setup()

    return a_world()
