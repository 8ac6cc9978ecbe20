"""The pages of sources."""

from anju.engine.loop.testing import a_house
from anju.foundation.access.testing import a_browser
from anju.foundation.tenancy.actor import Actor


def test_a_source_is_added_and_shows_address_and_secret(actor: Actor) -> None:
    house = a_house(actor)
    client = a_browser(actor, "admin")
    assert "No sources yet" in client.get("/sources").content.decode()
    given = {"name": "总机", "kind": "telephone", "place": str(house.community.id)}
    made = client.post("/sources/new", given)
    assert made.status_code == 302, made.content.decode()
    page = client.get(made["Location"]).content.decode()
    assert "/api/v1/hooks/" in page
    assert page.count("anju_in_") == 1
    assert client.post(f"{made['Location']}/secret").status_code == 302
    assert client.get(made["Location"]).content.decode().count("anju_in_") == 2
    again = client.post("/sources/new", given)
    assert again.status_code == 422
    assert "Another source has this name" in again.content.decode()
    assert 'value="总机"' in again.content.decode()
    off = client.post(made["Location"], {"name": "总机", "place": given["place"]})
    assert off.status_code == 302
    assert "switched off" in client.get("/sources").content.decode()
