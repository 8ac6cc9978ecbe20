"""Duty over the API, and a calendar that a real calendar library reads."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from icalendar import Calendar

from anju.domains.staff.commands import lay
from anju.domains.staff.rules import BY_CODE
from anju.domains.staff.testing import a_crew
from anju.engine.loop.testing import a_house
from anju.foundation.access.testing import a_token, an_account
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

ZONE, DAY = ZoneInfo("Asia/Shanghai"), timedelta(days=1)


@pytest.fixture
def client(actor: Actor) -> Client:
    """A guard's calendar program."""
    house = a_house(actor)
    crew = a_crew(actor, place=house.community)
    first = now().astimezone(ZONE).date() + DAY
    lay(crew.post, BY_CODE["4-3"], people=crew.people, shifts=crew.shifts, first=first,
        last=first + 7 * DAY, actor=actor)  # fmt: skip
    someone = an_account(actor, "guard", house.community.path, person_id=crew.people[0].id)
    return Client(headers={"Authorization": f"Bearer {a_token(actor, someone)}"})


def test_own_shifts_are_read_by_a_calendar(client: Client) -> None:
    shifts = client.get("/api/v1/shifts").json()["items"]
    assert len(shifts) == 6
    answer = client.get("/api/v1/shifts/calendar.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    read = [(str(e["UID"]), e["DTSTART"].dt, e["DTEND"].dt, str(e["SUMMARY"])) for e in events]
    assert read == [
        (
            f"{one['id']}@anju", datetime.fromisoformat(one["starts_at"]),
            datetime.fromisoformat(one["ends_at"]), "大门岗",
        )
        for one in shifts
    ]  # fmt: skip


def test_who_is_on_duty_at_an_instant(client: Client) -> None:
    at = client.get("/api/v1/shifts").json()["items"][0]["starts_at"]
    there = client.get("/api/v1/on-duty", {"at": at}).json()["items"]
    assert [(one["name"], one["post_name"]) for one in there] == [("赵保安", "大门岗")]
    assert client.get("/api/v1/on-duty").json() == {"items": []}
    assert client.get("/api/v1/on-duty", {"at": "x"}).status_code == 422


def test_whoever_is_no_staff_member_has_no_shifts(actor: Actor) -> None:
    with acting(actor):
        house = a_house(actor)
    someone = an_account(actor, "desk", house.community.path)
    client = Client(headers={"Authorization": f"Bearer {a_token(actor, someone)}"})
    assert client.get("/api/v1/shifts").json() == {"items": []}
