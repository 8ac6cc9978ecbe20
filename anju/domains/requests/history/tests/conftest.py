from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """The messages these tests quote are the English ones."""
    with translation.override("en"):
        yield
