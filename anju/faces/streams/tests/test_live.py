"""The live process behind its real server, told by real seals."""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.commands import revoke_device
from anju.foundation.access.models import DeviceSession
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import Someone, an_account
from anju.foundation.events.testing import seal_all
from anju.foundation.messages.commands import mark_read, queue_message
from anju.foundation.messages.testing import a_note
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

SOON, NEVER = 8.0, 1.5  # seconds
PORT = 8000  # of our pages


def a_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def live() -> Iterator[str]:
    """The address of a running live process."""
    port = a_port()
    granian = str(Path(sys.executable).with_name("granian"))
    process = subprocess.Popen(
        [
            granian, "anju.faces.live:application", "--interface", "asginl", "--host", "127.0.0.1",
            "--port", str(port), "--workers", "1", "--no-ws", "--log-level", "warning",
            "--workers-kill-timeout", "2",
        ],
        env={**os.environ, "ANJU_LIVE_HEARTBEAT": "1"},
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                assert httpx.get(f"{url}/healthz").status_code == 200
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


class Page:
    """A browser's EventSource: (event, data, id) as they come; "" is the sign of life."""

    def __init__(self, url: str, someone: Someone, about: str = "", after: str = "") -> None:
        self.came: queue.Queue[tuple[str, str, str] | None] = queue.Queue()
        headers = {"Cookie": f"{DEVICE_COOKIE}={someone.device}"}
        headers |= {"Origin": f"http://127.0.0.1:{PORT}"}
        headers |= {"Last-Event-ID": after} if after else {}
        self._client = httpx.Client(timeout=30)
        request = self._client.build_request(
            "GET", f"{url}/live", params={"about": about} if about else {}, headers=headers
        )
        self.response = self._client.send(request, stream=True)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        one = {"event": "message", "data": "", "id": ""}
        try:
            for line in self.response.iter_lines():
                name, _colon, value = line.partition(": ")
                if name in one:
                    one[name] = value
                elif not line and one["data"]:
                    self.came.put((one["event"], one["data"], one["id"]))
                    one = {"event": "message", "data": "", "id": ""}
        except httpx.TransportError:
            pass
        self.came.put(None)

    def next(self, wait: float = SOON) -> tuple[str, str, str] | None:
        return self.came.get(timeout=wait)

    def quiet(self) -> bool:
        try:
            self.came.get(timeout=NEVER)
        except queue.Empty:
            return True
        return False

    def close(self) -> None:
        self.response.close()
        self._client.close()


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def changed(said: tuple[str, str, str] | None) -> int:
    assert said is not None
    assert said[0] == "message", said
    return int(json.loads(said[1])["changed"])


def test_a_sealed_event_reaches_an_open_page(live: str, house: House) -> None:
    someone = an_account(house.actor, "desk")
    page = Page(live, someone, about="case")
    try:
        assert page.response.headers["content-type"].startswith("text/event-stream")
        assert page.next() == ("bell", "0", page_id(house))
        a_case(house)
        seal_all()
        assert changed(page.next()) == 1
    finally:
        page.close()


def page_id(house: House) -> str:
    """The position the company has reached."""
    from anju.foundation.events.queries import sealed_up_to  # beside its one use

    with acting(house.actor):
        return str(sealed_up_to(house.actor.company_id))


def test_the_bell_rings_and_is_silenced_in_every_tab(live: str, house: House) -> None:
    someone = an_account(house.actor, "desk")
    first, second = Page(live, someone), Page(live, someone)
    try:
        for page in (first, second):
            assert page.next() == ("bell", "0", page_id(house))
        queue_message(a_note(someone), actor=house.actor)
        seal_all()
        for page in (first, second):
            assert (page.next() or ())[:2] == ("bell", "1")
        mark_read(actor=someone.actor)
        seal_all()
        for page in (first, second):
            assert (page.next() or ())[:2] == ("bell", "0")
    finally:
        first.close()
        second.close()


def test_a_page_is_told_of_its_own_case_only(live: str, house: House) -> None:
    case, other = a_case(house).case, a_case(house).case
    seal_all()
    someone = an_account(house.actor, "desk")
    page = Page(live, someone, about=f"case:{case.id}")
    try:
        assert page.next() == ("bell", "0", page_id(house))
        move_case(other.id, "note", actor=house.doer, said={"text": "x"})
        seal_all()
        assert page.quiet()
        move_case(case.id, "note", actor=house.doer, said={"text": "x"})
        move_case(case.id, "note", actor=house.doer, said={"text": "y"})
        seal_all()
        assert changed(page.next()) == 1
    finally:
        page.close()


def test_ones_own_acts_are_no_news(live: str, house: House) -> None:
    case = a_case(house).case
    seal_all()
    someone = an_account(house.actor, "manager")
    page = Page(live, someone, about="case")
    try:
        page.next()
        move_case(case.id, "note", actor=someone.actor, said={"text": "x"})
        seal_all()
        assert page.quiet()
    finally:
        page.close()


def test_nobody_hears_of_other_places_or_companies(
    live: str, house: House, other_actor: Actor
) -> None:
    elsewhere = an_account(house.actor, "desk", "zzz.")
    stranger = an_account(other_actor, "desk")
    pages = [Page(live, who, about="case,work,message") for who in (elsewhere, stranger)]
    try:
        for page in pages:
            assert (page.next() or ())[:2] == ("bell", "0")
        a_case(house)
        seal_all()
        assert all(page.quiet() for page in pages)
    finally:
        for page in pages:
            page.close()


def test_who_comes_back_is_told_what_was_missed(live: str, house: House) -> None:
    someone = an_account(house.actor, "desk")
    page = Page(live, someone, about="case")
    last = (page.next() or ("", "", ""))[2]
    page.close()
    a_case(house)
    a_case(house)
    seal_all()
    page = Page(live, someone, about="case", after=last)
    try:
        assert (page.next() or ())[:2] == ("bell", "0")
        assert changed(page.next()) == 2
    finally:
        page.close()


def test_a_revoked_device_hears_nothing_more(live: str, house: House) -> None:
    someone = an_account(house.actor, "desk")
    page = Page(live, someone, about="case")
    try:
        page.next()
        with acting(house.actor):
            device = DeviceSession.objects.filter(account_id=someone.id).get()
        revoke_device(device.id, actor=house.actor)
        assert page.next() is None  # the stream has ended
    finally:
        page.close()


@pytest.mark.parametrize("cookie", ["", f"{DEVICE_COOKIE}=wrong", f"{DEVICE_COOKIE}=%00", "=;;,="])
def test_without_a_device_there_is_nothing_to_hear(live: str, cookie: str) -> None:
    answer = httpx.get(f"{live}/live", headers={"Cookie": cookie} if cookie else {})
    assert answer.status_code == 401


def test_only_our_own_pages_may_listen(live: str, actor: Actor) -> None:
    someone = an_account(actor, "desk")
    headers = {"Cookie": f"{DEVICE_COOKIE}={someone.device}", "Origin": "https://evil.example"}
    answer = httpx.get(f"{live}/live", headers=headers)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    page = Page(live, someone)
    try:
        assert page.response.headers["access-control-allow-origin"] == f"http://127.0.0.1:{PORT}"
        assert page.response.headers["access-control-allow-credentials"] == "true"
    finally:
        page.close()


def test_the_oldest_page_of_an_account_gives_way(live: str, actor: Actor) -> None:
    someone = an_account(actor, "desk")
    pages = [Page(live, someone) for _n in range(13)]
    try:
        assert (pages[0].next() or ())[:1] == ("bell",)
        assert pages[0].next() is None
        assert (pages[12].next() or ())[:1] == ("bell",)
        assert pages[12].quiet()
    finally:
        for page in pages:
            page.close()


def test_a_page_that_never_was_is_404(live: str) -> None:
    assert httpx.get(f"{live}/{uuid4()}").status_code == 404
    assert httpx.post(f"{live}/live").status_code == 405
