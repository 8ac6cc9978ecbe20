"""Settings of the kit's tests: its own addresses, the gallery open, plain static names."""

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

PLAIN = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@pytest.fixture(autouse=True)
def _plain_names() -> Iterator[None]:
    with override_settings(STORAGES=PLAIN):
        yield


@pytest.fixture
def client() -> Iterator[Client]:
    with override_settings(ROOT_URLCONF="anju.foundation.kit.tests.urls", DEBUG=True):
        yield Client(raise_request_exception=False)
