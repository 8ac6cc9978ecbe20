"""The kit in a real Chromium, offline: pages come from the test client, no server is started."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route

HOST = "http://localhost:8999"
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
pytestmark = pytest.mark.browser


class Site:
    """Answers the browser's requests with the test client and keeps what was posted."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.posted: list[str] = []
        self.answer = "/kit/gallery?page=list"

    def __call__(self, route: Route) -> None:
        request = route.request
        url = urlsplit(request.url)
        if url.path.startswith("/static/"):
            path = finders.find(url.path.removeprefix("/static/"))
            with open(str(path), "rb") as file:
                route.fulfill(body=file.read(), content_type=TYPES[url.path.rpartition(".")[2]])
            return
        if request.method == "POST":
            self.posted.append(request.post_data or "")
            url = urlsplit(self.answer)  # a redirect would leave the route, so its end is shown
        elif url.path == "/live":
            route.fulfill(body=": open\n\n", content_type="text/event-stream")
            return
        answer = self.client.get(f"{url.path}?{url.query}")
        headers = {k: v for k, v in answer.items() if k != "Content-Length"}
        route.fulfill(status=answer.status_code, body=answer.content, headers=headers)


@pytest.fixture
def site(client: Client) -> Site:
    return Site(client)


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    found = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    found.route(f"{HOST}/**", site)
    yield found
    found.close()


def opened(context: BrowserContext, name: str) -> Page:
    page = context.new_page()
    page.wrong = []  # type: ignore[attr-defined]  # what the page complains of, read by the tests
    page.on("console", lambda m: m.type == "error" and page.wrong.append(m.text))  # type: ignore[attr-defined]  # as above
    page.on("pageerror", lambda e: page.wrong.append(str(e)))  # type: ignore[attr-defined]  # as above
    page.goto(f"{HOST}/kit/gallery?page={name}")
    page.wait_for_load_state("load")
    return page


def wrong(page: Page) -> list[str]:
    return page.wrong  # type: ignore[attr-defined,no-any-return]  # set when it was opened


PAGES = (
    "problem",
    "gallery",
    "list",
    "detail",
    "dashboard",
    "signin",
    "form&wrong=1",
    "import",
    "journal",
)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_its_window(context: BrowserContext, name: str) -> None:
    page = opened(context, name)
    for width in (1440, 390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert wrong(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_targets_on_a_phone_are_large_enough(context: BrowserContext, name: str) -> None:
    page = opened(context, name)
    page.set_viewport_size({"width": 390, "height": 844})
    small = page.evaluate(
        """() => [...document.querySelectorAll('button,summary,select,input.input,.btn,.bar a')]
        .filter(e => e.offsetParent).map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
        .filter(([, r]) => r.height < 24 || r.width < 24).map(([h]) => h)"""
    )
    assert small == []


def test_keys_walk_the_rows_and_stay_out_of_inputs(context: BrowserContext) -> None:
    page = opened(context, "list")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "夜间装修噪声"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == "入户门禁失灵"
    page.keyboard.press("x")
    assert page.locator("[data-bulk]").is_visible()
    assert page.locator("[data-words]").text_content() == "已选 1 项"
    page.keyboard.press("/")
    page.keyboard.type("jk?")
    assert page.locator("[data-find]").input_value() == "jk?"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url("**/kit/gallery?page=form")
    assert wrong(page) == []


def test_sorting_swaps_the_list_and_keeps_the_page(context: BrowserContext) -> None:
    page = opened(context, "list")
    page.evaluate("window.same = true")
    page.locator("th a", has_text="级").click()
    page.wait_for_url("**sort=level")
    page.locator("th[aria-sort=ascending]", has_text="级").wait_for()
    assert page.evaluate("window.same") is True
    assert page.evaluate("document.querySelectorAll('#list').length") == 1
    assert not page.locator("[data-bulk]").is_visible()
    page.locator("input[name=pick]").first.check()
    assert page.locator("[data-bulk]").is_visible()
    page.locator("[data-open]").first.click()
    page.wait_for_url("**page=detail")
    assert wrong(page) == []


def test_composing_chinese_is_no_command(context: BrowserContext) -> None:
    page = opened(context, "list")
    page.evaluate(
        """document.body.dispatchEvent(new KeyboardEvent('keydown',
        {key: 'n', isComposing: true, bubbles: true}))"""
    )
    page.wait_for_timeout(50)
    assert page.url.endswith("page=list")


def test_escape_closes_and_gives_the_focus_back(context: BrowserContext) -> None:
    page = opened(context, "list")
    chip = page.locator(".chip summary").first
    chip.click()
    assert page.locator(".chip .pop").first.is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".chip .pop").first.is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    chip.click()
    page.locator("h1").click()
    assert not page.locator(".chip .pop").first.is_visible()


def test_the_toggle_paints_and_is_remembered(context: BrowserContext) -> None:
    page = opened(context, "list")
    assert page.locator("html").get_attribute("data-theme") == "light"
    page.locator("[data-toggle]").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    [cookie] = [c for c in context.cookies(HOST) if c["name"] == "anju_theme"]
    assert cookie["value"] == "dark"
    page.emulate_media(color_scheme="dark")
    assert opened(context, "signin").locator("html").get_attribute("data-theme") is not None


def test_auto_follows_the_system(context: BrowserContext) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="dark")
    page.goto(f"{HOST}/kit/gallery?page=list")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.emulate_media(color_scheme="light")
    page.locator("html[data-theme=light]").wait_for()


def test_the_phone_opens_its_menu_without_script(browser: Browser, site: Site) -> None:
    bare = browser.new_context(
        java_script_enabled=False, locale="zh-CN", viewport={"width": 390, "height": 844}
    )
    bare.route(f"{HOST}/**", site)
    page = bare.new_page()
    page.goto(f"{HOST}/kit/gallery?page=list")
    assert not page.locator(".rail").is_visible()
    page.locator(".sheet > summary").click()
    assert page.locator(".rail-all a", has_text="报表").is_visible()
    bare.close()


def typed(page: Page) -> None:
    page.locator("#id_room").fill("3-2-1201")
    page.locator("#id_text").fill("厨房漏水")
    page.wait_for_timeout(500)


def test_what_was_typed_is_back_after_an_expired_sign_in(
    context: BrowserContext, site: Site
) -> None:
    site.answer = "/kit/gallery?page=signin"
    page = opened(context, "form")
    typed(page)
    page.keyboard.press("Control+Enter")
    page.locator("#id_password").wait_for()
    page.goto(f"{HOST}/kit/gallery?page=form")
    assert page.locator("#id_text").input_value() == "厨房漏水"
    assert page.locator(".form .note").is_visible()
    page.locator(".form .note button").click()
    assert page.locator("#id_text").input_value() == ""


def test_a_received_form_is_forgotten(context: BrowserContext, site: Site) -> None:
    page = opened(context, "form")
    typed(page)
    page.keyboard.press("Control+Enter")
    page.locator("tbody").wait_for()
    page.goto(f"{HOST}/kit/gallery?page=form")
    assert page.locator("#id_text").input_value() == ""
    assert "room" in site.posted[0]


def test_signing_out_forgets_what_was_typed(context: BrowserContext) -> None:
    page = opened(context, "form")
    typed(page)
    kept = "Object.keys(sessionStorage).filter((name) => name.startsWith('anju:')).length"
    assert page.evaluate(kept) == 1
    page.locator("summary.me").click()
    page.locator("[data-sign-out] button").click()
    page.locator("tbody").wait_for()
    assert page.evaluate(kept) == 0


def test_a_changed_act_after_a_sending_has_a_new_key(context: BrowserContext) -> None:
    page = opened(context, "form")
    first = page.locator("[name=idempotency_key]").input_value()
    typed(page)
    assert page.locator("[name=idempotency_key]").input_value() == first
    page.evaluate(
        """addEventListener('submit', (e) => e.preventDefault());
        document.querySelector('#form').requestSubmit()"""
    )
    assert page.locator("[name=idempotency_key]").input_value() == first
    page.locator("#id_room").fill("3-2-1202")
    assert page.locator("[name=idempotency_key]").input_value() != first


def test_the_error_summary_takes_the_focus(context: BrowserContext) -> None:
    page = opened(context, "form&wrong=1")
    assert page.evaluate("document.activeElement.className") == "summary"
    assert page.title().startswith("请更正")
    page.locator(".summary a").click()
    assert page.evaluate("location.hash") == "#id_room"


def test_news_is_offered_and_changes_nothing(context: BrowserContext) -> None:
    page = context.new_page()
    page.add_init_script(
        """window.EventSource = class { constructor(url) { window.source = this; this.url = url; }
        addEventListener() {} close() {} }"""
    )
    page.goto(f"{HOST}/kit/gallery?page=list")
    before = page.locator("tbody").inner_html()
    live = page.locator("[data-live] a")
    assert not live.is_visible()
    page.evaluate(
        "for (const n of [1, 1]) source.onmessage({ data: JSON.stringify({ changed: n }) })"
    )
    assert live.is_visible()
    assert "2 处变化" in str(live.text_content())
    assert page.locator("tbody").inner_html() == before
