"""What the pages of the past show, and where their addresses lead."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from anju.domains.requests.views import past
from anju.engine.loop.models import Case
from anju.engine.loop.testing import a_case, a_house
from anju.foundation.access.testing import a_browser
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def test_looking_again_shows_no_less_and_imported_history_has_no_past(actor: Actor) -> None:
    house = a_house(actor)
    with frozen(now().replace(microsecond=400_000) - timedelta(hours=1)):
        case = a_case(house).case
        at = now().isoformat()
    client = a_browser(actor, "manager")
    url = f"/cases/{case.id}/past"
    for _look in range(2):
        page = client.get(url, {"at": at}).content.decode()
        assert "Nobody knew of it yet" not in page
        (at,) = re.findall(r'name="at" value="([^"]+)"', page)
    with acting(actor):
        Case.objects.update(history=True)
    assert client.get(url).status_code == 404


def test_an_address_keeps_the_offset_of_its_instant() -> None:
    at = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    url = past._step("", at).url
    given = datetime.fromisoformat(unquote(url.removeprefix("?at=")))
    assert given == at
    assert "+" not in url  # a blank, once it is read
