"""A database of its own for a harness that is run by hand; under pytest the test's is used."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.apps import apps

from anju.foundation.server.cluster import Cluster
from tests.ready import begun_with


@contextmanager
def a_house() -> Iterator[None]:
    """Django set up on migrated tables; a server started here is stopped and removed again."""
    if apps.ready:
        yield
        return
    folder = Path(tempfile.mkdtemp(prefix="anju-harness-"))
    folder.chmod(0o755)
    os.environ["DJANGO_SETTINGS_MODULE"] = "anju.settings"
    os.environ["ANJU_DATA"] = str(folder / "data")
    os.environ.pop("DATABASE_URL", None)
    begun_with(folder / "data")
    cluster = Cluster(folder / "data", fsync=False).start()
    try:
        django.setup(set_prefix=False)
        yield
    finally:
        if apps.ready:
            from django.db import connections  # only there once Django is set up

            connections.close_all()
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
