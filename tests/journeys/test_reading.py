"""New rules reach who works by them: read and signed in 2 taps, five questions in 6, all at 390 px;
the manager sees who has not."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from anju.domains.documents.commands.quizzes import write_quiz
from anju.domains.documents.commands.readers import distribute
from anju.domains.documents.examining import from_standard
from anju.domains.documents.models import Reading
from anju.domains.documents.testing import a_document
from anju.engine.standards.models import Standard
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, a_hand
from tests.journeys.test_field import SIXTY
from tests.journeys.world import World, a_world
from tests.sizes import some

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("technician", "headquarters", "desk"))


@pytest.mark.parametrize("language", some(["zh-hans", "en"]))
def test_a_document_is_read_and_signed_in_two_taps(
    browser: Browser, base: str, world: World, language: str
) -> None:
    row = a_document(world.actor, code=f"QI-{language}", title=f"入户维修 {language}")
    person = world.people["technician"]
    distribute("document", row.code, [f"person:{person.id}"], actor=world.actor)
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language=language, size=PHONE) as hand:
        hand.go("/work")
        hand.start()
        hand.tap(f".field-card:has-text('{row.title}') a.btn.primary")
        assert hand.page.evaluate(SIXTY) == []
        hand.tap("form button.primary")
        hand.page.wait_for_url("**/work")
        assert hand.taps == 2
        assert row.title not in hand.page.inner_text("#day")
        assert hand.wrong == []
    with acting(world.actor):
        assert Reading.objects.get(paper=row.id, person=person).signed_at is not None


def test_five_questions_on_a_standard_take_six_taps_and_say_what_was_wrong(
    browser: Browser, base: str, world: World
) -> None:
    with acting(world.actor):
        standard = Standard.objects.seen_by(world.actor).in_force().get(code="repair")
    asks = from_standard(standard.document)
    assert len(asks) == 5
    write_quiz("standard", standard.id, asks, mark=4, actor=world.actor)
    people = [world.people["technician"], world.people["desk"]]
    distribute("standard", "repair", [f"person:{one.id}" for one in people], actor=world.actor)
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        hand.go("/work")
        hand.tap(f".field-card:has-text('{standard.name}') a.btn.primary")
        hand.tap("form button.primary")
        hand.page.wait_for_url("**/questions")
        assert hand.page.evaluate(SIXTY) == []
        for right in (False, True):
            hand.start()
            for n, one in enumerate(asks):
                wrong = (one.right + 1) % len(one.choices)
                choice = one.right if right or n > 2 else wrong
                hand.tap(f"label[for=q{n}-{choice}]")
            hand.tap("form button.primary")
            assert hand.taps == 6
            if not right:
                hand.page.wait_for_selector("text=Not passed yet")
                said = hand.page.inner_text("main")
                assert "2 right of 5" in hand.page.inner_text("header")
                assert asks[0].choices[asks[0].right] in said
                assert asks[0].why in said
                hand.tap("a:has-text('Try again')")
        hand.page.wait_for_selector("h1:has-text('Passed')")
        assert hand.wrong == []
    with a_hand(browser, base, device=world.devices["headquarters"], language="en") as hand:
        hand.go("/readers/standard/repair")
        shown = hand.page.inner_text("main")
        assert "1 of 2" in shown
        first, second = hand.page.locator("tbody tr").all_inner_texts()
        assert "not read" in first
        assert "passed" in second
        assert hand.wrong == []
    with a_hand(browser, base, device=world.devices["desk"], language="en") as hand:
        hand.go("/")
        hand.tap("text=1 paper for you to read")
        assert standard.name in hand.page.inner_text("main")
        assert hand.wrong == []
