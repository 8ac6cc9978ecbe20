"""A person at a browser: what they tap and press is counted, what the page complains of is kept."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Route

from anju.foundation.access.rules import DEVICE_COOKIE
from tests.browser import axe
from tests.journeys.keystrokes import ENDS, TASKS, Acts, keys_of

WIDE, PHONE = (1440, 900), (390, 844)
TABLET, ZOOMED = 768, WIDE[0] // 2  # px wide; a page at 200 % has half the room
# Words that no page may show: leaks of the machine, and words that blame or only say "failed".
BANNED = re.compile(
    r"\bNone\b|\bundefined\b|\bnull\b|\bNaN\b|\[object|非法|%\(\w+\)|\{\{|\{%|(?<!\w)失败(?![\w，])"
)
ALIKE = ":is(tr, li, article, [data-row]):nth-child(n+13)"  # after a dozen there is nothing new
AXE = """async ([rules, exclude]) => (await axe.run({exclude}, {resultTypes: ['violations'],
        ...(rules ? {runOnly: {type: 'rule', values: rules}} : {})})).violations
    .filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 120)).join(' | '))"""

SMALL = """() => {
    const seen = e => e.offsetParent && e.getClientRects().length && !e.closest('.sr, .skip');
    const part = e => e.outerHTML.slice(0, 90);
    const hit = [...document.querySelectorAll('button, summary, select, input.input, .btn, .bar a')]
        .filter(seen).filter(e => { const r = e.getBoundingClientRect();
            return r.height < 24 || r.width < 24; }).map(part);
    const main = [...document.querySelectorAll('.btn.primary')].filter(seen)
        .filter(e => e.getBoundingClientRect().height < 44).map(part);
    const text = [...document.querySelectorAll('body *')].filter(seen)
        .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
        .filter(e => parseFloat(getComputedStyle(e).fontSize) < 12 && !e.closest('svg')).map(part);
    return [...hit.map(h => `small target ${h}`), ...main.map(m => `small for a thumb ${m}`),
            ...text.map(t => `small text ${t}`)].slice(0, 4);
}"""

# A rule of another page that takes a cell out of its row leaves no message and no overflow.
LOOSE = """() => [...document.querySelectorAll('tr > *')]
    .filter(e => e.offsetParent && getComputedStyle(e).display !== 'table-cell')
    .map(e => e.outerHTML.slice(0, 90)).slice(0, 3)"""


@dataclass
class Hand:
    """One person's page. `taps` and `keys` count since `start`, typed text left out; `acts` counts
    everything, for the keystroke-level model. `at_keys`: where the hand is, None at the start.
    `begun`: since when a task runs, later by what looking at the page for the test took."""

    page: Page
    base: str
    taps: int = 0
    keys: int = 0
    acts: Acts = field(default_factory=Acts)
    at_keys: bool | None = None
    wrong: list[str] = field(default_factory=list)
    begun: float = 0

    def go(self, path: str) -> None:
        """Open an address; anything but a page is a fault of the test."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)

    def comes(self, path: str, *, device: str = "", size: tuple[int, int] = WIDE) -> None:
        """The next person at the same browser, where looking changes nothing: a new browser for
        each page costs as much as the page."""
        cookie = {"name": DEVICE_COOKIE, "value": device, "url": self.base}
        self.page.context.clear_cookies(name=DEVICE_COOKIE)
        if device:
            self.page.context.add_cookies([cookie])
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.go(path)

    def start(self) -> None:
        """Count from here."""
        self.taps = self.keys = 0
        self.acts, self.at_keys, self.begun = Acts(), None, time.monotonic()

    def took(self, task: str) -> None:
        """What was counted since `start` is what the table of tasks says. A benchmark that wants
        to know how long the machine took names a file for it in `ANJU_TOOK`."""
        seconds = time.monotonic() - self.begun
        assert self.acts == TASKS[task].acts, (task, self.acts)
        if kept := os.environ.get("ANJU_TOOK"):
            with open(kept, "a", encoding="utf-8") as file:
                file.write(json.dumps([task, seconds]) + "\n")

    @contextmanager
    def looking(self) -> Iterator[None]:
        """What only the test does in here is no part of the task."""
        since = time.monotonic()
        yield
        self.begun += time.monotonic() - since

    def point(self) -> None:
        """A tap that the journey makes itself."""
        self.taps += 1
        self._did(points=1, minds=1, at_keys=False)

    def _did(self, *, at_keys: bool, points: int = 0, keys: int = 0, minds: int = 0) -> None:
        moved = self.at_keys is not None and self.at_keys != at_keys
        self.at_keys = at_keys
        a = self.acts
        self.acts = Acts(a.points + points, a.keys + keys, a.minds + minds, a.moves + moved)

    def _key(self, key: str) -> None:
        self.keys += 1
        self._did(keys=1 + key.count("+"), minds=key not in ENDS, at_keys=True)

    def tap(self, what: str | Locator) -> None:
        """One tap or click."""
        self.point()
        (self.page.locator(what) if isinstance(what, str) else what).first.click()
        self.page.wait_for_load_state()
        self.page.wait_for_selector("html:not([data-busy])")  # kept on the phone, then brought

    def press(self, *keys: str) -> None:
        """Keys, one after the other."""
        for key in keys:
            self._key(key)
            self.page.keyboard.press(key)

    def leave(self, key: str) -> None:
        """A key that leads to another page, or to the same one again."""
        self._key(key)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Text into what has the focus."""
        self._did(keys=keys_of(text), minds=1, at_keys=True)
        self.page.keyboard.insert_text(text)

    def button(self, name: str) -> Locator:
        """The button or link with this name, in sight."""
        in_sight = self.page.locator("a:visible, button:visible, summary:visible")
        return in_sight.filter(has_text=re.compile(name)).first

    def text(self) -> str:
        """Everything the page shows."""
        return self.page.locator("body").inner_text()

    # What is asked of every page

    def faults(self, *widths: int) -> list[str]:
        """What is wrong with the page as it stands: words, complaints, and width at each size."""
        with self.looking():
            found = [f"word: {m[0]}" for m in BANNED.finditer(self.text())] + self.wrong
            self.wrong = []
            for width in widths:
                self.page.set_viewport_size({"width": width, "height": 900 if width > 500 else 844})
                real = self.page.evaluate("document.documentElement.scrollWidth")
                if real > width:
                    found.append(f"{real} px wide at {width}: {self._widest(width)}")
                if width > 760:
                    found += [f"not in its row: {cell}" for cell in self.page.evaluate(LOOSE)]
            return found

    def too_small(self) -> list[str]:
        """On a telephone: what a thumb cannot hit (24 px; 44 px for the main act of a page), and
        text nobody can read (12 px)."""
        with self.looking():
            self.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            return list(self.page.evaluate(SMALL))

    def _widest(self, width: int) -> object:
        return self.page.evaluate(
            """width => [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest('.scroll'))
            .map(e => e.outerHTML.slice(0, 90)).slice(0, 3)""",
            width,
        )

    def unreadable(self, theme: str, *, again: bool = False) -> list[str]:
        """What axe-core finds serious or critical in this theme. The dark one has other colours and
        nothing else, so there only contrasts are looked at: ask for the light one too. `again`: the
        same page at another width. There, and in the dark, a dozen rows that are alike will do."""
        with self.looking():
            self.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            if not self.page.evaluate("'axe' in window"):
                self.page.evaluate(axe())
            rules = ["color-contrast"] if theme == "dark" else None
            alike = [[ALIKE]] if again or theme == "dark" else []
            return [f"{theme} {found}" for found in self.page.evaluate(AXE, [rules, alike])]


@contextmanager
def a_hand(
    browser: Browser,
    base: str,
    *,
    device: str = "",
    language: str = "zh-hans",
    size: tuple[int, int] = WIDE,
    theme: str = "light",
    keeps: bool = False,
) -> Iterator[Hand]:
    """Someone at a browser of their own, signed in where a device is given. `keeps`: with the
    worker that keeps pages; other journeys are about what the server says."""
    context = browser.new_context(
        locale="en-US" if language == "en" else "zh-CN",
        viewport={"width": size[0], "height": size[1]},
        reduced_motion="reduce",
        service_workers="allow" if keeps else "block",
    )
    cookies = {"anju_language": language, "anju_theme": theme, DEVICE_COOKIE: device}
    for name, value in cookies.items():
        if value:
            context.add_cookies([{"name": name, "value": value, "url": base}])
    context.route("**/live**", _silence)
    page = context.new_page()
    hand = Hand(page, base)
    page.on("pageerror", lambda error: hand.wrong.append(f"script: {error}"))
    page.on("console", lambda m: hand.wrong.append(m.text) if _is_fault(m) else None)
    try:
        yield hand
    finally:
        context.close()


def _is_fault(message: ConsoleMessage) -> bool:
    """A complaint of the page; that a form was refused is said by the browser too."""
    return message.type == "error" and "status of 4" not in message.text


def _silence(route: Route) -> None:
    """The live process is no part of these journeys: it is open and says nothing."""
    route.fulfill(content_type="text/event-stream", body=": open\n\n")
