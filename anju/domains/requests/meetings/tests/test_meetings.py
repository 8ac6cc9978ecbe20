"""Minutes become cases, each item once, linked both ways."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from anju.domains.requests.learning import refresh
from anju.domains.requests.meetings.commands import Chosen, keep_minutes, open_items
from anju.domains.requests.meetings.models import Minutes, MinutesItem
from anju.domains.requests.meetings.queries import proposed_for
from anju.domains.requests.meetings.testing import the_minutes
from anju.engine.loop.models import Case
from anju.engine.loop.testing import a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import a_browser, an_account
from anju.foundation.events.models import Event
from anju.foundation.lib import frozen, now
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused, Unknown


def _chosen(minutes: Minutes, *numbers: int, place: str = "") -> list[Chosen]:
    return [
        Chosen(n=n, title=f"事项 {n}", text="", place=place or minutes.place.path, kind="repair")
        for n in numbers
    ]


def test_the_chosen_items_become_cases_and_each_only_once(actor: Actor) -> None:
    house = a_house(actor)
    minutes = the_minutes(actor, house.community)
    assert the_minutes(actor, house.community).id == minutes.id  # pasted twice: the same
    assert len(open_items(minutes.id, _chosen(minutes, 1, 3), actor=actor)) == 2
    assert open_items(minutes.id, _chosen(minutes, 1, 3), actor=actor) == []
    assert len(open_items(minutes.id, _chosen(minutes, 1, 2), actor=actor)) == 1
    with acting(actor):
        items = list(minutes.items.order_by("n").select_related("case"))
        assert [bool(one.case_id) for one in items] == [True, True, True, False, False]
        case = items[2].case
        assert case is not None
        assert (case.channel, case.title) == ("meeting", "事项 3")
        assert "第三次业主大会" in case.text
        assert Case.objects.filter(company_id=actor.company_id).count() == 3


def test_one_item_asked_for_twice_is_one_case(actor: Actor) -> None:
    house = a_house(actor)
    minutes = the_minutes(actor, house.community)
    assert len(open_items(minutes.id, _chosen(minutes, 1, 1), actor=actor)) == 1


def test_today_is_the_day_at_the_place(actor: Actor) -> None:
    community = a_house(actor).community
    with acting(actor):
        Place.objects.filter(id=community.id).update(zone="Pacific/Kiritimati")
        community = Place.objects.get(id=community.id)
    with frozen(datetime(2026, 11, 20, 12, tzinfo=UTC)):  # the 21st there, the 20th here
        for day, kept in ((21, True), (22, False)):
            given = {"actor": actor, "place": community, "held_on": date(2026, 11, day)}
            if kept:
                keep_minutes("1、修灯", title="大会", **given)
            else:
                with pytest.raises(NotYet):
                    keep_minutes("1、补漆", title="大会", **given)


def test_two_at_once_open_nothing_twice(actor: Actor) -> None:
    house = a_house(actor)
    minutes = the_minutes(actor, house.community)

    def both(_n: int) -> int:
        try:
            return len(open_items(minutes.id, _chosen(minutes, 1, 2, 3), actor=actor))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(both, range(4))) == [0, 0, 0, 3]


def test_one_item_that_cannot_be_opened_opens_none(actor: Actor) -> None:
    house = a_house(actor)
    minutes = the_minutes(actor, house.community)
    chosen = [*_chosen(minutes, 1), *_chosen(minutes, 2, place="99-9-9999")]
    with pytest.raises(NotYet) as refused:
        open_items(minutes.id, chosen, actor=actor)
    assert set(refused.value.fields) == {"2-place"}
    with acting(actor):
        beside = a_community(actor)
    with pytest.raises(NotYet) as outside:
        open_items(minutes.id, _chosen(minutes, 1, place=beside.path), actor=actor)
    assert set(outside.value.fields) == {"1-place"}
    with pytest.raises(NotYet):
        open_items(minutes.id, [], actor=actor)
    with acting(actor):
        assert not MinutesItem.objects.filter(minutes=minutes, case__isnull=False).exists()
        assert not Case.objects.filter(company_id=actor.company_id).exists()


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"text": " "}, "text"),
        ({"text": "时间：今天"}, "text"),
        ({"text": "\n".join(f"{n}、修灯" for n in range(1, 102))}, "text"),
        ({"text": "1、修灯\n" * 20_000}, "text"),
        ({"title": " "}, "title"),
        ({"title": "会" * 121}, "title"),
        ({"held_on": now().date() + timedelta(days=3)}, "held_on"),
    ],
)
def test_what_is_no_minutes_is_refused(actor: Actor, given: dict[str, Any], fault: str) -> None:
    community = a_house(actor).community
    asked: dict[str, Any] = {"text": "1、修灯", "title": "大会", "held_on": date(2026, 11, 20)}
    asked |= given
    with pytest.raises(NotYet) as refused:
        keep_minutes(asked.pop("text"), actor=actor, place=community, **asked)
    assert set(refused.value.fields) == {fault}


def test_another_community_neither_reads_nor_opens(actor: Actor) -> None:
    house = a_house(actor)
    minutes = the_minutes(actor, house.community)
    with acting(actor):
        beside = a_community(actor)
    stranger = an_account(actor, "desk", beside.path).actor
    with pytest.raises(Unknown):
        open_items(minutes.id, _chosen(minutes, 1), actor=stranger)
    with pytest.raises(Refused):
        the_minutes(stranger, house.community, title="别的")


def test_rooms_of_this_community_and_learnt_categories_are_proposed(actor: Actor) -> None:
    house = a_house(actor)
    for _n in range(16):
        a_case(house, title="卫生间漏水影响楼下", category="水电/漏水")
        a_case(house, title="路灯不亮", category="公共照明")
    refresh(actor.company_id)
    minutes = the_minutes(actor, house.community, room=house.room.full_code)
    with acting(actor):
        third = proposed_for(minutes, actor)[2]
        last = proposed_for(minutes, actor)[4]
    assert third.place == f"{house.community.code} {house.room.full_code}"
    assert third.category == "水电/漏水"
    assert last.place == house.community.full_code


def test_the_pages_lead_from_the_minutes_to_the_cases_and_back(actor: Actor) -> None:
    house = a_house(actor)
    client = a_browser(actor, "desk", house.community.path)
    given = {"title": "大会", "held_on": "2026-11-20", "place": str(house.community.id)}
    wrong = client.post("/cases/meetings/new", given)
    assert wrong.status_code == 422
    assert "Paste the minutes, or choose a file." in wrong.content.decode()
    locked = SimpleUploadedFile("纪要.docx", b"\xd0\xcf\x11\xe0")
    wrong = client.post("/cases/meetings/new", {**given, "file": locked, "text": "1、补漆"})
    assert wrong.status_code == 422
    for words in ("or protected by a password", 'value="大会"', "1、补漆"):
        assert words in wrong.content.decode()
    file = SimpleUploadedFile("纪要.txt", "1、修灯\n2、补漆".encode("gb18030"))
    kept = client.post("/cases/meetings/new", {**given, "file": file})
    url = kept["Location"]
    page = client.get(url).content.decode()
    assert page.count('value="修灯"') == 1
    one = {"1-keep": "on", "1-title": "修路灯", "1-place": "nowhere", "1-kind": "repair"}
    refused = client.post(url, {**one, "1-urgency": "3"})
    assert refused.status_code == 422
    assert "No place called nowhere" in refused.content.decode()
    assert 'value="修路灯"' in refused.content.decode()
    opened = client.post(url, {**one, "1-urgency": "3", "1-place": house.community.code})
    assert opened.status_code == 302, opened.content.decode()
    with acting(actor):
        case = Case.objects.get(title="修路灯")
    page = client.get(url).content.decode()
    assert f'href="/cases/{case.id}"' in page
    assert 'value="补漆"' in page  # what was left can be opened later
    assert f'href="{url}"' in client.get(f"/cases/{case.id}").content.decode()
    assert client.post(f"{url}/erase").status_code == 403
    client.cookies[DEVICE_COOKIE] = an_account(actor, "admin").device
    assert "Erase the words" in client.get(url).content.decode()
    assert client.post(f"{url}/erase").status_code == 302
    page = client.get(url).content.decode()
    assert "The words of these minutes were erased." in page
    assert "补漆" not in page
    with acting(actor):
        told = Event.objects.filter(company_id=actor.company_id, subject_kind="minutes")
        names = {"minutes.kept", "minutes.opened", "minutes.erased"}
        assert set(told.values_list("name", flat=True)) == names
