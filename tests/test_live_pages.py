"""An open page in a real Chromium hears, across the two ports, what others do."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, expect

from anju.engine.loop.testing import a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.events.testing import seal_all
from anju.foundation.messages.commands import queue_message
from anju.foundation.messages.testing import a_note
from anju.foundation.people.testing import a_duty, a_post
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

pytestmark = pytest.mark.browser


def test_a_page_hears_of_others_and_its_bell_rings(
    browser: Browser, address: str, actor: Actor
) -> None:
    house = a_house(actor)
    someone = an_account(actor, "desk")
    context = browser.new_context(locale="en")
    context.add_cookies([{"name": DEVICE_COOKIE, "value": someone.device, "url": address}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(f"{address}/cases")
    bell = page.locator("[data-bell]")
    expect(bell.locator("sup")).to_be_hidden()
    time.sleep(1)  # the stream is open: what comes from now on is news
    opened = a_case(house)
    queue_message(a_note(someone), actor=actor)
    seal_all()
    expect(page.get_by_text("One change since you opened this page")).to_be_visible()
    expect(bell.locator("sup")).to_have_text("1")
    assert bell.get_attribute("aria-label") == "1 unread messages"
    assert opened.case.number not in page.content()  # the page never changes by itself
    page.get_by_text("One change since you opened this page").click()
    expect(page.get_by_text(opened.case.number)).to_be_visible()
    bell.click()
    page.get_by_role("button", name="Email from Anju reaches you").click()
    expect(page.locator("[data-bell] sup")).to_be_hidden()
    assert [text for text in complaints if "Content Security Policy" in text] == []
    context.close()


def test_the_desk_shows_by_itself_what_another_browser_reports(
    browser: Browser, address: str, actor: Actor
) -> None:
    """The queue alone is read anew: what the desk is typing about stays; a reader inside the queue
    is offered the news instead."""
    house = a_house(actor)
    contexts = []
    for role in ("desk", "technician"):
        context = browser.new_context(locale="en")
        device = an_account(actor, role).device
        context.add_cookies([{"name": DEVICE_COOKIE, "value": device, "url": address}])
        contexts.append(context)
    desk, technician = (context.new_page() for context in contexts)
    with desk.expect_response("**/live?**"):
        desk.goto(f"{address}/desk")
    desk.get_by_role("searchbox").first.fill("1-1-1")
    technician.goto(f"{address}/cases/new")
    technician.locator("#id_title").fill("楼道灯不亮")
    technician.locator("#id_place").fill(house.room.full_code)
    technician.locator("#form footer button").first.click()
    technician.wait_for_url("**/cases/*-*-*")
    seal_all()
    row = desk.locator(".desk-queue li", has_text="楼道灯不亮")
    expect(row).to_be_visible()
    expect(desk.locator(".live")).to_be_hidden()
    assert desk.get_by_role("searchbox").first.input_value() == "1-1-1"
    row.locator("a").focus()
    opened = a_case(house)
    seal_all()
    expect(desk.get_by_text("One change since you opened this page")).to_be_visible()
    assert desk.locator(f".desk-queue a[href$='{opened.case.id}']").count() == 0
    for context in contexts:
        context.close()


def test_what_is_dispatched_shows_by_itself_on_the_telephone_of_who_has_it(
    browser: Browser, address: str, actor: Actor
) -> None:
    """Reported and sent at the desk in one browser; the day of the technician in another renews
    itself, the number above it too. Somebody with a finger in the list is offered the news."""
    house = a_house(actor)
    with acting(actor):
        post = a_post(actor, place=house.community)
        a_duty(actor, post=post, person=house.worker)
    contexts = []
    for role, person in (("desk", None), ("technician", house.worker.id)):
        context = browser.new_context(locale="en")
        device = an_account(actor, role, person_id=person).device
        context.add_cookies([{"name": DEVICE_COOKIE, "value": device, "url": address}])
        contexts.append(context)
    desk, phone = (context.new_page() for context in contexts)
    with phone.expect_response("**/live?**"):
        phone.goto(f"{address}/work")
    expect(phone.get_by_text("You have no work to do now")).to_be_visible()
    desk.goto(f"{address}/desk?place={house.room.id}")
    desk.locator("#id_title").fill("水管爆裂")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url("**/desk?done=*")
    seal_all()
    card = phone.locator("#day li", has_text="水管爆裂")
    expect(card.get_by_role("button", name="Accept")).to_be_visible()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Today 1 piece of work")
    expect(phone.locator(".live")).to_be_hidden()
    card.locator("a").first.focus()
    a_case(house)
    seal_all()
    expect(phone.get_by_text("since you opened this page")).to_be_visible()
    for context in contexts:
        context.close()
