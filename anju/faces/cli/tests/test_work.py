"""The process that reads on: how it stops."""

from threading import Event

from anju.engine.loop.testing import a_case, a_house
from anju.faces.cli.work import read_on
from anju.foundation.events.testing import seal_all
from anju.foundation.tenancy.actor import Actor


def test_asked_to_stop_it_begins_no_other_batch(actor: Actor) -> None:
    a_case(a_house(actor))
    seal_all()
    stopping = Event()
    stopping.set()
    assert read_on(stopping) == 0
    assert read_on(Event()) > 0
