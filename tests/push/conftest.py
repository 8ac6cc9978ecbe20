from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.push.service import Service


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator["Service"]:
    """A push service that may be reached although it is on the loopback."""
    from anju.foundation.messages.queries import push_key  # needs Django set up
    from anju.foundation.messages.rules.push import point_of, written  # as above
    from tests.push.service import a_push_service  # as above

    monkeypatch.setattr("django.conf.settings.PUSH_NETWORKS", "127.0.0.0/8")
    with a_push_service(written(point_of(push_key()))) as made:
        yield made
