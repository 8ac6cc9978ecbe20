"""A month of rounds with what people do wrong, judged a second time without anju."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl

from anju.domains.rounds import rules
from anju.domains.rounds.commands.judging import judge_points
from anju.engine.loop.models import WorkOrder
from anju.faces.cli.rounds import run_rounds
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from tests.independent.rounds import judge
from tests.independent.rounds.month import Month
from tests.sizes import sized, some

POINTS = int(os.environ.get("ANJU_DEEP_SIZE", sized(300, by_hand=60)))
SEED = 20260301


def exported(month, company, file):
    span = ["--from", "2026-03-01", "--to", "2026-04-10", "--company", company.code]
    with frozen(month.ended):
        assert run_rounds(["report", *span, "--out", str(file)]) == 0
    return json.loads(file.read_text(encoding="utf-8"))


def test_every_point_of_a_month_is_judged_the_same_without_anju(actor, company, tmp_path):
    month = Month(actor, SEED, posts=3, staff=40, routes=12)
    done = month.runs(POINTS)
    report = exported(month, company, tmp_path / "rounds.json")
    alone = [sys.executable, "-I", judge.__file__, str(tmp_path / "rounds.json")]
    said = subprocess.run(alone, capture_output=True, text=True, check=False, env={})
    last = said.stdout.splitlines()[-1]
    print(last)
    assert last.endswith(" points, 0 differences"), said.stdout
    assert int(last.split()[0]) >= done >= POINTS
    states = {point["state"] for one in report["rounds"] for point in one["points"]}
    flags = {flag for one in report["rounds"] for point in one["points"] for flag in point["flags"]}
    if POINTS >= 300:
        assert states >= {"on_time", "early", "made_up", "missed"}
        assert flags == set(rules.FLAG_NAMES)


def swallowed(name):
    right = rules.judge_round

    def wrong(stops, visits, moment, **how):
        found = right(stops, visits, moment, **how)
        return {
            id: replace(one, flags=tuple(flag for flag in one.flags if flag != name))
            for id, one in found.items()
        }

    return wrong


def by_the_last(stops, visits, moment, **how):
    """Of several visits the last one counts."""
    last = {visit.stop: visit for visit in sorted(visits, key=lambda one: one.at)}
    return rules.judge_round(stops, last.values(), moment, **how)


def as_if_lenient(stops, visits, moment, **how):
    """An hour more for everything."""
    grace = timedelta(hours=1)
    wider = [
        replace(one, window=replace(one.window, closes_at=one.window.closes_at + grace))
        for one in stops
    ]
    return rules.judge_round(wider, visits, moment, **how)


def in_any_order(stops, visits, moment, **how):
    return rules.judge_round(stops, visits, moment, **{**how, "fixed": False})


def from_anywhere(stops, visits, moment, **how):
    """Every way is as short as the shortest."""
    least = min((s.walk for s in stops if s.walk), default=0)
    near = [replace(stop, walk=min(stop.walk, least)) for stop in stops]
    return rules.judge_round(near, visits, moment, **how)


def as_if_reached(stops, visits, moment, **how):
    """Who cannot reach a point passes it."""
    came = [replace(one, verdict="pass") if one.verdict == "na" else one for one in visits]
    return rules.judge_round(stops, came, moment, **how)


BUGS = {
    **{f"no {name}": swallowed(name) for name in rules.FLAG_NAMES},
    "the last visit counts": by_the_last,
    "what is not reached is passed": as_if_reached,
    "an hour of grace": as_if_lenient,
    "any order will do": in_any_order,
    "all ways are short": from_anywhere,
}


def test_the_second_judge_finds_each_sown_bug(actor, company, tmp_path, monkeypatch):
    """The month once, then its points judged again by rules that are wrong."""
    month = Month(actor, SEED + 1, posts=3, staff=40, routes=12)
    month.runs(sized(260, by_hand=115))
    assert judge.differences(exported(month, company, tmp_path / "right.json")) == []
    with acting(actor):
        works = list(WorkOrder.objects.filter(points__isnull=False).distinct())
    blind = []
    for name, wrong in some(list(BUGS.items()), by_hand=3):
        with monkeypatch.context() as patched, frozen(month.ended):
            patched.setattr("anju.domains.rounds.commands.judging.judge_round", wrong)
            with acting(actor):
                for work in works:
                    judge_points(work, now(), actor=actor)
        report = exported(month, company, tmp_path / "wrong.json")
        if not judge.differences(report):
            blind.append(name)
    assert blind == []


def test_the_second_judge_knows_nothing_of_anju():
    text = Path(judge.__file__).read_text(encoding="utf-8")
    assert "import anju" not in text
    assert "from anju" not in text


def test_the_report_says_when_its_days_are_the_wrong_way_round(capsys):
    assert run_rounds(["report", "--from", "2026-03-02", "--to", "2026-03-01"]) == 2
    assert capsys.readouterr().err


def test_the_workbook_has_a_line_for_each_point_and_each_route(actor, company, tmp_path):
    month = Month(actor, SEED, posts=1, staff=3, routes=2)
    done = month.runs(10)
    out = tmp_path / "rounds.xlsx"
    span = ["--from", "2026-03-01", "--to", "2026-03-01", "--company", company.code]
    assert run_rounds(["report", *span, "--format", "xlsx", "--out", str(out)]) == 0
    lines = list(openpyxl.load_workbook(out).active.iter_rows(values_only=True))
    assert len(lines) == 1 + done + 2
