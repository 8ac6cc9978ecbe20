"""`anju plans preview`: from words on a command line to the times they mean."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import translation

from anju.engine.loop.testing import a_house
from anju.engine.plans.testing import a_plan
from anju.faces.cli.plans import run_plans
from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Company

ICS = """BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;TZID=Asia/Shanghai:20260105T080000
RRULE:FREQ=WEEKLY;BYDAY=MO
EXDATE;TZID=Asia/Shanghai:20260112T080000
END:VEVENT
END:VCALENDAR
"""


def previewed(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """The wall times printed as JSON."""
    assert run_plans(["preview", "--json", *words]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["n"] == len(said["occurrences"])
    return [row["at"] for row in said["occurrences"]]


def test_a_rule_is_counted_from_its_first_day_and_its_last_day_counts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    span = ("--from", "2026-01-01", "--to", "2026-01-05")
    found = previewed(capsys, "--rule", "FREQ=DAILY;INTERVAL=2", *span)
    assert found == [f"2026-01-0{day}T00:00:00+08:00" for day in (1, 3, 5)]


def test_a_zone_changes_its_clocks(capsys: pytest.CaptureFixture[str]) -> None:
    span = ("--from", "2026-03-28T02:30", "--to", "2026-03-30T23:00", "--tz", "Europe/Berlin")
    found = previewed(capsys, "--rule", "FREQ=DAILY", *span)
    assert found == [
        "2026-03-28T02:30:00+01:00",
        "2026-03-29T03:30:00+02:00",  # what the wall does not show that night
        "2026-03-30T02:30:00+02:00",
    ]


def test_files_and_days_off(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ics, text = tmp_path / "a.ics", tmp_path / "a.yaml"
    ics.write_text(ICS, encoding="utf-8")
    span = ("--from", "2026-01-01", "--to", "2026-01-20")
    found = previewed(capsys, "--rule", str(ics), *span)
    assert found == ["2026-01-05T08:00:00+08:00", "2026-01-19T08:00:00+08:00"]
    text.write_text(
        "anju: plan/1\nwhen: {start: 2026-01-01, day_off: skip, times: ['09:00']}\n",
        encoding="utf-8",
    )
    found = previewed(capsys, "--rule", str(text), *span, "--calendar", "office")
    # New Year's Day to Saturday the third are off; Sunday the fourth is worked for it.
    assert found[:3] == [f"2026-01-0{day}T09:00:00+08:00" for day in (4, 5, 6)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rule", "every day"), "cannot be read"),
        (("--rule", "FREQ=DAILY", "--tz", "Mars/Olympus"), "There is no time zone"),
        (("--rule", "nowhere.yaml"), "nowhere.yaml"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    with translation.override("en"):
        assert run_plans(["preview", "--from", "2026-01-01", "--to", "2026-02-01", *words]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1


def test_work_is_made_up_to_a_day_once(
    capsys: pytest.CaptureFixture[str], actor: Actor, company: Company
) -> None:
    a_plan(a_house(actor))
    day = (now() + timedelta(days=60)).date().isoformat()
    words = ["expand", "--until", day, "--company", company.code, "--json"]
    made = []
    for _again in range(2):
        assert run_plans(words) == 0
        (row,) = json.loads(capsys.readouterr().out)["companies"]
        made.append((row["company"], row["plans"], row["made"] > 20, row["passed_over"]))
    assert made == [(company.code, 1, True, 0), (company.code, 1, False, 0)]
    assert run_plans(["expand", "--until", day, "--company", "nobody"]) == 1
