"""Bugs that a harness sows into the product to show that it finds them.

A bug is a named function of the product replaced by a wrong one while the harness runs; the
product itself holds no switch for it. A harness keeps a table `BUGS: dict[str, Bug]`, offers
`--seed-bug NAME` and `--list-bugs`, and must end with a finding for every name in its table.
"""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import structlog

from tests.sizes import some


@dataclass(frozen=True)
class Bug:
    """`owner.name` is replaced by `wrong(right)`: the wrong one may call the right one. `deep`: it
    is looked for by `make test-deep PART=bugs` alone, another of its law is by `.ci/run` too."""

    law: str
    owner: Any
    name: str
    wrong: Callable[[Callable[..., Any]], Callable[..., Any]]
    deep: bool = False


def looked_for(
    bugs: Mapping[str, Bug], law: Callable[[Bug], str] = lambda bug: bug.law
) -> list[str]:
    """The names of those this run has to find: every one of them in the long form; in CI at least
    five, and at least one for each `law`; one where `make test` was called by hand."""
    if "ANJU_DEEP_SIZE" in os.environ:
        return list(bugs)
    named = [name for name, bug in bugs.items() if not bug.deep]
    assert len(named) >= 5
    assert {law(bugs[name]) for name in named} == {law(bug) for bug in bugs.values()}
    return some(named)


@contextmanager
def sown(bug: Bug | None) -> Iterator[None]:
    """Run the block with the bug in place; None runs it as the product is."""
    if bug is None:
        yield
        return
    right = getattr(bug.owner, bug.name)
    with patch.object(bug.owner, bug.name, bug.wrong(right)):
        yield


@contextmanager
def quiet() -> Iterator[None]:
    """Without a line per request; pages, which nobody looks at here, name their files plainly."""
    from django.conf import settings  # needs Django set up
    from django.test import override_settings  # it too needs Django

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    before = structlog.get_config()
    nothing = structlog.make_filtering_bound_logger(logging.CRITICAL)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=nothing)
    try:
        with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
            yield
    finally:
        structlog.configure(**before)
        logging.disable(logging.NOTSET)
