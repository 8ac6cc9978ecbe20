"""What a user sees of starting, killing and stopping the whole product."""

import re
import time
from subprocess import PIPE, Popen

from tests.harness.kill9_house import ANJU, FIRST_START, ROOT, Up, a_house, kill

SIGN_INS = re.compile(r"One sign-in per role:\n((?:  .+\n)+)")
LAST_LINE = "Stop with Ctrl-C.\n"


def _sign_ins(said: str) -> list[str]:
    """The last list of sign-ins, without the codes that change by the minute."""
    lines = SIGN_INS.findall(said)[-1].splitlines()
    return [re.sub(r"\d{6}", "", line) for line in lines]


def _until_welcomed(house: Up, times: int) -> list[str]:
    """The sign-ins, as soon as a whole welcome, to its last line, was printed so often."""
    end = time.monotonic() + house.patience
    while house.said().count(LAST_LINE) < times and time.monotonic() < end:
        time.sleep(0.1)
    return _sign_ins(house.said())


def _refused(house: Up, **changed: str) -> str:
    """What a start says that must not go on."""
    process = Popen(
        [*ANJU, "up"], env=house.env | changed, cwd=ROOT, text=True, stdout=PIPE, stderr=PIPE
    )
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2, err
    assert "Traceback" not in out + err
    return out


def test_a_demo_starts_once_recovers_from_the_death_of_all_and_stops() -> None:
    """A first start prints its address and a sign-in per role; a second is refused by name, on the
    same data or the same port; after `kill -9` of everyone the next start has it all; Ctrl-C ends
    it with nobody left."""
    with a_house() as house:
        house.start("--demo")
        house.await_back(patience=FIRST_START)
        first = _until_welcomed(house, 1)
        assert f"http://127.0.0.1:{house.port}\n" in house.said()
        assert {"desk", "technician", "manager", "admin"} <= {w for x in first for w in x.split()}
        refused = _refused(house)
        assert f"Anju already runs on {house.data}" in refused
        assert f"http://127.0.0.1:{house.port}" in refused
        other = _refused(house, ANJU_DATA=str(house.folder / "other"))
        assert f"Port {house.port} of this machine cannot be used" in other
        killed = kill(house.everyone())
        house.start("--demo")
        house.await_back(killed)
        assert _until_welcomed(house, 2) == first
        assert house.interrupt() == 0
        assert house.everyone() == []
        assert "Stopped." in house.said().splitlines()[-1]
