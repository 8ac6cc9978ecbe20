"""The test browser draws Chinese, runs axe-core, and says so when it cannot be had."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser import NoBrowser, _run, axe, find

pytestmark = pytest.mark.browser


def test_it_draws_chinese_and_runs_axe(browser: Browser) -> None:
    page = browser.new_page()
    try:
        page.set_content(
            "<html lang=zh><title>t</title><main><h1 style=font-family:sans-serif>物业服务</h1>"
            "<p>&#x10FFFF;</p>"
        )
        fonts = page.context.new_cdp_session(page)
        fonts.send("DOM.enable")
        fonts.send("CSS.enable")
        document = fonts.send("DOM.getDocument")["root"]["nodeId"]
        title = fonts.send("DOM.querySelector", {"nodeId": document, "selector": "h1"})["nodeId"]
        used = fonts.send("CSS.getPlatformFontsForNode", {"nodeId": title})["fonts"]
        page.evaluate(axe())
        assert [f["familyName"] for f in used] == ["Noto Sans CJK SC"]
        assert page.evaluate("async () => (await axe.run()).passes.length") > 0
    finally:
        page.close()


def test_a_named_browser_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJU_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(NoBrowser, match="ANJU_CHROMIUM"):
        find()


def test_a_failing_npm_says_what_to_do() -> None:
    with pytest.raises(NoBrowser, match="npm registry"):
        _run("false")
