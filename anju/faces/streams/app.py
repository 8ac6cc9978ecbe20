"""GET /live: server-sent events as long as a page is open.

`event: bell` carries the number of unread messages; a plain message says how many of the subjects
named in `about` ("case", "case:<id>", "work", "message", with commas) others have changed. Each
has the position in the company's order as its id, so a browser that comes back with Last-Event-ID
misses nothing. The page decides whether to read anew.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

from anju.faces.streams.hub import WATCHED, Hub, News, Watcher
from anju.foundation.access.queries import SignedIn, by_device
from anju.foundation.access.rules import DEVICE_COOKIE, caller, is_loopback

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# Seconds; also how soon a revoked device is noticed. Tests wait less.
HEARTBEAT = float(os.environ.get("ANJU_LIVE_HEARTBEAT", "20"))
MOST = 1000  # open pages of this process
MOST_OF_ONE = 12  # open pages of one account; the oldest gives way
MOST_ABOUT = 20

hub = Hub()
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="ask")


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    if scope["type"] != "http":
        return
    asked = Asked(scope)
    try:
        who = await _in_thread(asked.who) if asked.wants_news else None
        status = 401 if asked.wants_news and who is None else asked.status
    except (DatabaseError, InterfaceError):
        who, status = None, 503
    if who is not None and len(hub.watchers) < MOST:
        await Stream(asked, who).run(receive, send)
    else:
        await _answer(send, 503 if who else status, asked.cors)


class Asked:
    """What a request says of itself."""

    def __init__(self, scope: Scope) -> None:
        self._path, self._method = scope["path"], scope["method"]
        pairs = ((k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"])
        self._headers = {name.lower(): value for name, value in pairs}
        self._query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        self._peer = str((scope.get("client") or ["127.0.0.1"])[0])

    @property
    def wants_news(self) -> bool:
        """Whether this is a page that may be answered with a stream."""
        return self._path == "/live" and self._method == "GET" and not self.foreign

    @property
    def status(self) -> int:
        """The answer to everything else."""
        if self._path == "/healthz":
            return 200
        if self._path != "/live":
            return 404
        return 405 if self._method != "GET" else 403

    @property
    def foreign(self) -> bool:
        """Whether a page of another site asks: the cookie alone does not make it ours."""
        origin = self._headers.get("origin")
        return origin is not None and origin not in _origins()

    @property
    def cors(self) -> Headers:
        """Our own pages come from another port, so the browser wants to be told that they may."""
        origin = self._headers.get("origin")
        if origin is None or self.foreign:
            return [(b"vary", b"Origin")]
        return [
            (b"vary", b"Origin"),
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
        ]

    @property
    def about(self) -> frozenset[str]:
        """The subjects the page is about; what cannot be watched is left out."""
        named = self._query.get("about", [""])[0].split(",")[:MOST_ABOUT]
        return frozenset(n for n in named if n.partition(":")[0] in WATCHED)

    @property
    def last_event_id(self) -> int | None:
        """How far the browser says it has been told."""
        given = self._headers.get("last-event-id", "")
        return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else None

    def who(self) -> SignedIn | None:
        """Whose page it is, by its cookie; asked in a thread."""
        try:
            cookie = SimpleCookie(self._headers.get("cookie", "")).get(DEVICE_COOKIE)
        except CookieError:
            return None
        try:
            who = by_device(cookie.value) if cookie and "\0" not in cookie.value else None
        except (DatabaseError, InterfaceError):
            connections["default"].close()
            raise
        address = caller(self._peer, self._headers.get("x-forwarded-for", ""))
        return None if who and (who.duty or (who.demo and not is_loopback(address))) else who


class Stream(Watcher):
    """One open page, from its first byte to its last. Lives in the event loop."""

    def __init__(self, asked: Asked, who: SignedIn) -> None:
        super().__init__(actor=who.actor, about=asked.about, n=asked.last_event_id)
        self._asked = asked
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        self._news: News | None = None
        self._over = False

    async def run(self, receive: Receive, send: Send) -> None:
        """Send until the browser leaves, the device is revoked or the account opens too many."""
        hub.start()
        mine = [w for w in hub.watchers if w.actor.id == self.actor.id]
        if len(mine) >= MOST_OF_ONE:
            mine[0].close()
        hub.watchers[self] = None
        gone = asyncio.create_task(self._until_gone(receive))
        try:
            headers = [
                (b"content-type", b"text/event-stream; charset=utf-8"),
                (b"cache-control", b"no-store"),
                (b"x-accel-buffering", b"no"),
                *self._asked.cors,
            ]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await _send(send, "retry: 3000\n\n")
            await _in_thread(lambda: hub.look([self]))
            while not self._over:
                await self._send_next(send)
            if not gone.done():
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            hub.watchers.pop(self, None)
            gone.cancel()

    def tell(self, news: News) -> None:
        """Called by the hub's thread."""
        self._loop.call_soon_threadsafe(self._take, news)

    def close(self) -> None:
        """End the stream; its browser comes back by itself."""
        self._over = True
        self._woken.set()

    def _take(self, news: News) -> None:
        self._news = news if self._news is None else self._news.and_then(news)
        self._woken.set()

    async def _send_next(self, send: Send) -> None:
        """What is new, or after a while of nothing a sign of life."""
        try:
            await asyncio.wait_for(self._woken.wait(), HEARTBEAT)
        except TimeoutError:
            await _send(send, ": still here\n\n")
            if await _in_thread(self._asked.who) is None:
                self._over = True
            return
        self._woken.clear()
        news, self._news = self._news, None
        if news is not None:
            await _send(send, _text(news))

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            continue
        self.close()


def _text(news: News) -> str:
    lines = []
    if news.bell is not None:
        lines.append(f"id: {news.n}\nevent: bell\ndata: {news.bell}\n\n")
    if news.changed:
        said = json.dumps({"changed": news.changed})
        lines.append(f"id: {news.n}\ndata: {said}\n\n")
    return "".join(lines)


async def _send(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _answer(send: Send, status: int, headers: Headers) -> None:
    plain = (b"content-type", b"text/plain; charset=utf-8")
    await send({"type": "http.response.start", "status": status, "headers": [plain, *headers]})
    await send({"type": "http.response.body", "body": b"" if status == 200 else b"\n"})


async def _in_thread(ask: Callable[[], Any]) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_threads, ask)


@cache
def _origins() -> frozenset[str]:
    """Where our own pages come from: the public address, and this machine by its names."""
    near = (f"http://{host}:{settings.PORT}" for host in ("127.0.0.1", "localhost"))
    return frozenset({settings.URL, *near})
