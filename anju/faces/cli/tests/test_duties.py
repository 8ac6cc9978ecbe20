"""The processes behind the house go on when one thing they do is broken."""

import threading

from anju.faces.cli.ticker import Duty, _perform
from anju.faces.cli.work import _lane


def test_a_broken_duty_is_asked_again_and_stops_no_other():
    asked = []

    def broken():
        asked.append("broken")
        raise KeyError("a calendar nobody has")

    duty, other = Duty("broken", 0.0, broken), Duty("other", 0.0, lambda: asked.append("other"))
    for one in (duty, other):
        _perform(one)
    assert asked == ["broken", "other"]
    assert duty.next > 0
    duty.next = 0.0
    _perform(duty)
    assert asked[-1] == "broken"


def test_a_lane_outlives_what_fails_in_it():
    stopping, asked = threading.Event(), []

    def work():
        asked.append(1)
        if len(asked) == 1:
            raise ValueError("a message nobody foresaw")
        stopping.set()
        return 1

    _lane(stopping, work)
    assert len(asked) == 2
