"""Pages of standards: a draft is written, tried, published; what is wrong is said and kept."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from anju.domains.promises.testing import a_need
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.standards.commands import draft_standard, move_standard
from anju.engine.standards.defaults import DEFAULTS
from anju.engine.standards.document import Document, write_standard
from anju.engine.standards.models import Manual, Standard
from anju.engine.standards.rules import Limit, Subject, limits_for
from anju.faces.console.standards.forms import DraftForm
from anju.faces.console.standards.manual import manual
from anju.faces.console.standards.printing import print_waiting
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def client(house: House) -> Client:
    return signed_in(house, "headquarters", "")


def signed_in(house: House, role: str, path: str) -> Client:
    found = Client(headers={"accept-language": "en"})
    found.cookies[DEVICE_COOKIE] = an_account(house.actor, role, path).device
    return found


def sent(form: DraftForm, **said: Any) -> dict[str, Any]:
    """What a browser would send of a form as it was drawn."""
    drawn = {name: form[name].value() for name in form.fields}
    kept = {k: v for k, v in drawn.items() if v is not None and v is not False and v != []}
    return {**kept, **said}


def drawn(standard: Standard, actor: Actor) -> DraftForm:
    with acting(actor):
        return DraftForm(document=standard.document, edited=standard.edited, actor=actor)


@pytest.mark.parametrize("shipped", DEFAULTS, ids=lambda s: s.code)
def test_a_draft_sent_back_as_it_was_drawn_says_the_same(
    house: House, client: Client, shipped: Document
) -> None:
    with acting(house.actor):
        old = Standard.objects.get(code=shipped.code, state="published")
    answer = client.post(reverse("console:next_standard", args=[old.id]))
    with acting(house.actor):
        draft = Standard.objects.get(code=shipped.code, state="draft")
    assert answer["Location"] == reverse("console:write_standard", args=[draft.id])
    answer = client.post(answer["Location"], sent(drawn(draft, house.actor)))
    assert answer.status_code == 302
    with acting(house.actor):
        draft.refresh_from_db()
    assert draft.edited == 1
    same = draft.document.model_copy(update={"limits": ()})
    assert same == old.document.model_copy(update={"limits": ()})
    assert set(draft.document.limits) == set(old.document.limits)


def test_a_standard_is_written_tried_and_published_on_its_pages(
    house: House, client: Client
) -> None:
    made = client.post(reverse("console:new_standard"), {"code": "water", "name": "漏水急修"})
    with acting(house.actor):
        draft = Standard.objects.get(code="water")
    assert made["Location"] == reverse("console:write_standard", args=[draft.id])
    said = sent(
        drawn(draft, house.actor),
        **{
            "kinds": ["repair"], "categories": "水电/漏水", "audience": "业主",
            "requirement-0-text": "20 分钟到场", "requirement-0-metric": "clock.arrive",
            "requirement-0-op": "<=", "requirement-0-value": "20", "requirement-0-unit": "min",
            "limit-0-clock": "arrive", "limit-0-calendar": "always",
            "limit-0-p1": "10", "limit-0-p2": "20",
            "labour-0-post": "工程", "labour-0-minutes": "45", "labour-0-people": "1",
        },
    )  # fmt: skip
    assert client.post(made["Location"], said).status_code == 302
    page = reverse("console:standard", args=[draft.id])
    shown = client.get(page).content.decode()
    assert "20 分钟到场" in shown
    assert "arrive ≤ 20 min" in shown  # in words, not as the text file spells it
    for step in (
        {"move": "submit", "why": "写好了"},
        {"move": "try", "why": "先试", "places": [house.community.path]},
        {"move": "publish", "why": "试行达标"},
    ):
        assert client.post(page, step).status_code == 302
    with acting(house.actor):
        draft.refresh_from_db()
        assert draft.state == "published"
        assert draft.document.limits == (
            Limit("arrive", 10, urgency=1),
            Limit("arrive", 20, urgency=2),
        )
    opened = a_case(house, category="水电/漏水", urgency=2)
    assert opened.case.standard_id == draft.id
    shown = client.get(page).content.decode()
    for words in ("先试", "试行达标", house.community.name):  # its figure: tests/journeys
        assert words in shown


def test_a_wide_limit_hides_no_narrower_one(house: House, client: Client) -> None:
    wide = (Limit("arrive", 120), Limit("arrive", 5, urgency=1))
    draft = draft_standard(Document(code="x", name="x", limits=wide), actor=house.actor)
    address = reverse("console:write_standard", args=[draft.id])
    assert client.post(address, sent(drawn(draft, house.actor))).status_code == 302
    with acting(house.actor):
        draft.refresh_from_db()
    bound = [limits_for(draft.time_limits, Subject("", n, ""))["arrive"].minutes for n in (1, 2, 4)]
    assert bound == [5, 120, 120]


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(house: House, client: Client) -> None:
    draft = draft_standard(Document(code="x", name="x"), actor=house.actor)
    address = reverse("console:write_standard", args=[draft.id])
    for said in (
        {"limit-0-p1": "5"},  # no clock
        {"limit-0-clock": "arrive", "limit-0-p1": "soon"},
        {"limit-0-clock": "arrive", "limit-0-p1": "2.5"},
        {
            "limit-0-clock": "arrive",
            "limit-0-p1": "5",
            "limit-1-clock": "arrive",
            "limit-1-p1": "6",
        },
        {"limit-0-clock": "feedback", "limit-0-calendar": "service", "limit-0-p1": "5"},
        {"basis-0-ref": "合同第 3 条"},  # no kind
        {"name": ""},
    ):
        answer = client.post(address, sent(drawn(draft, house.actor), audience="独居老人", **said))
        assert answer.status_code == 422, said
        assert "独居老人" in answer.content.decode()
    with acting(house.actor):
        assert Standard.objects.get(id=draft.id).edited == 0


def test_two_who_write_one_draft_are_told(house: House, client: Client) -> None:
    draft = draft_standard(Document(code="x", name="x"), actor=house.actor)
    address, seen = reverse("console:write_standard", args=[draft.id]), drawn(draft, house.actor)
    assert client.post(address, sent(seen, audience="甲")).status_code == 302
    late = client.post(address, sent(seen, audience="乙", kinds=["repair", "finding"]))
    assert late.status_code == 422
    assert "乙" in late.content.decode()
    assert late.content.decode().count("checked") == 4  # two kinds, and verify and callback
    assert 'name="edited" value="1"' in late.content.decode()


def test_a_text_makes_a_draft_and_a_version_is_given_as_text(house: House, client: Client) -> None:
    with acting(house.actor):
        old = Standard.objects.get(code="repair", state="published")
    text = client.get(reverse("console:standard_text", args=[old.id])).content.decode()
    assert text == write_standard(old.document)
    made = client.post(reverse("console:new_standard"), {"text": text})
    assert made.status_code == 302
    with acting(house.actor):
        draft = Standard.objects.get(code="repair", state="draft")
    assert draft.document == old.document
    again = client.post(reverse("console:new_standard"), {"text": text})
    assert again.status_code == 422  # one version in preparation
    for wrong in ("code: [", "anju: standard/1\ncode: a\nnmae: b\n", ""):
        answer = client.post(reverse("console:new_standard"), {"text": wrong})
        assert answer.status_code == 422
        assert wrong in answer.content.decode().replace("&#x27;", "'")


def test_versions_are_compared_and_steps_out_of_turn_refused(house: House, client: Client) -> None:
    with acting(house.actor):
        old = Standard.objects.get(code="repair", state="published")
    a_need(house.actor, code="quick-repair", text="报修后很快有人来")
    first, *others = old.document.requirements
    asked = (first.model_copy(update={"needs": ("quick-repair",)}), *others)
    new = draft_standard(
        old.document.model_copy(update={"audience": "独居老人优先", "requirements": asked}),
        actor=house.actor,
    )
    shown = client.get(reverse("console:compare_standards", args=[new.id, old.id])).content.decode()
    assert "独居老人优先" in shown
    assert f"{first.text} · answers 报修后很快有人来" in shown  # not the same words on both sides
    assert shown.count("<tr>") == 3
    page = reverse("console:standard", args=[new.id])
    assert client.post(page, {"move": "publish", "why": "x"}).status_code == 422
    move_standard(new.id, "submit", actor=house.actor, why="x")
    assert client.post(page, {"move": "try", "why": "x"}).status_code == 422
    assert client.post(page, {"move": "publish", "why": ""}).status_code == 422
    reader = signed_in(house, "manager", house.community.path)
    assert reader.get(page).status_code == 200
    assert reader.post(page, {"move": "publish", "why": "x"}).status_code == 403


def test_all_in_force_are_one_paper(house: House, client: Client) -> None:
    draft_standard(Document(code="x", name="x"), actor=house.actor)
    page = reverse("console:standards_manual")
    assert "No manual yet" in client.get(page).content.decode()
    for _twice in range(2):
        assert client.post(page).status_code == 302
    assert client.get(page).content.decode().count("<progress") == 1
    with acting(house.actor):
        asked = Manual.objects.get()
    way = reverse("console:manual_progress", args=[asked.id])
    file = reverse("console:manual_file", args=[asked.id])
    assert "0 of 3" in client.get(way).content.decode()
    assert client.get(file).status_code == 404
    assert print_waiting() >= 1  # other companies of this database may wait too
    assert print_waiting() == 0
    assert file in client.get(way).content.decode()
    answer = client.get(file)
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer).startswith(b"%PDF")  # type: ignore[arg-type]  # a file is iterable
    with acting(house.actor):
        standing = list(Standard.objects.seen_by(house.actor).in_force())
        pages = manual(
            standing,
            actor=house.actor,
            company="滨海物业",
            url="https://anju.example",
            on=date(2026, 11, 29),
            kind="png",
        )
    assert len(pages) == 2 + len(standing) == 4
    for page, one in zip(pages[2:], standing, strict=True):
        (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(page)))
        assert code.text == f"https://anju.example/standards/{one.id}"


def test_excel_of_a_standard_goes_out_and_comes_in(house: House, client: Client) -> None:
    with acting(house.actor):
        old = Standard.objects.get(code="repair", state="published")
    book = b"".join(client.get(f"/standards/{old.id}/text?format=xlsx"))  # type: ignore[arg-type]  # a file is iterable
    broken = SimpleUploadedFile("a.xlsx", book[: len(book) // 2])
    refused = client.post("/standards/new", {"file": broken})
    assert refused.status_code == 422
    assert "cannot be read" in refused.content.decode()
    named = client.post("/standards/new", {"name": "大堂 Lobby 保洁"})
    with acting(house.actor):
        assert Standard.objects.get(code="da-tang-lobby-bao-jie").state == "draft"
    assert named.status_code == 302
    twice = client.post("/standards/new", {"name": "另一个", "code": "repair"})
    assert "This code is taken already" in twice.content.decode()
    sent = client.post("/standards/new", {"file": SimpleUploadedFile("a.xlsx", book)})
    assert sent.status_code == 302
    with acting(house.actor):
        new = Standard.objects.get(code="repair", state="draft")
    assert new.document == old.document
