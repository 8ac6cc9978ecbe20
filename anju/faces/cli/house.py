"""The house as a command finds it: its database running, Django set up, a language chosen."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.conf import settings
from django.utils import translation

from anju.foundation.lib.loading import for_good
from anju.foundation.server.cluster import Cluster
from anju.foundation.server.data_dir import data_dir_path
from anju.foundation.server.errors import Held, ServerError, _


@contextmanager
def house(*, database: bool = True, read: bool = True) -> Iterator[None]:
    """Use the database of a house that is up, or run its database for this command alone.

    Without `database` none is started: for a command that only tells how it is used. `read`: a
    person at a terminal reads what it says, in the terminal's language; what a process writes for
    the house, such as the title of a finding, is in the house's.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.settings")
    ours = database and not os.environ.get("DATABASE_URL")
    cluster = Cluster(data_dir_path(os.environ)) if ours else None
    if cluster is not None and not cluster.data.is_there:
        raise ServerError(
            _(
                "There is no house in %(path)s, so there is nothing to do there. Name its folder "
                "with --data or ANJU_DATA, or found one with `anju up`."
            ),
            path=cluster.data.path,
        )
    try:
        if cluster is not None:
            try:
                cluster.start(lambda line: print(line, file=sys.stderr))
            except Held:
                cluster = None  # `anju up` runs it
        with for_good():
            django.setup(set_prefix=False)
        terminal = language_of(os.environ.get("LC_ALL") or os.environ.get("LANG"))
        with translation.override(terminal if read else settings.LANGUAGE_CODE):
            yield
    finally:
        if cluster is not None:
            from django.db import connections  # there is nothing to close before django.setup()

            connections.close_all()
            cluster.stop()


def language_of(locale: str | None) -> str:
    """The language of a terminal: Chinese for zh_*, else English (C, POSIX and all others)."""
    name = (locale or "").partition(".")[0].replace("_", "-").lower()
    if not name.startswith("zh"):
        return "en"
    return "zh-hant" if any(w in name for w in ("tw", "hk", "mo", "hant")) else "zh-hans"


def address(path: str) -> str:
    """A full address of the house for a message."""
    return f"{settings.URL}{path}"
