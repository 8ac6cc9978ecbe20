"""Refusals are read in English here."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    from django.utils import translation  # only after django.setup()

    with translation.override("en"):
        yield
