"""Whether a standard can be kept, by the SMART check and by a computation without anju.

Open extracts (and the whole files where they stand beside the repository) are imported; then the
finish promise of the complaint standard is set to other lengths, and the share, its interval and
the finding are compared with what `history.py` computes from the file alone.
"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from anju.engine.indicators.record import record_of
from anju.engine.standards.commands import install_defaults
from anju.engine.standards.defaults import DEFAULTS
from anju.engine.standards.offers import world_of
from anju.engine.standards.rules import Limit
from anju.engine.standards.smart import check
from anju.faces.cli.history import run_import
from tests.independent.history import LAYOUTS, account, figures
from tests.independent.test_service_report import EXTRACTS, MAPPINGS, WHOLE

HOURS = (1, 3, 8, 24, 7 * 24)
FILES = {"nyc311_sample": EXTRACTS["nyc311_sample"], "whole 311": WHOLE["nyc311_sample"]}


@pytest.mark.parametrize("file", FILES)
def test_the_record_of_the_last_90_days_is_what_the_file_says(file, company, actor, capsys):
    path, name = FILES[file], "nyc311_sample"
    if not path.exists():
        pytest.skip("the folder of shared data does not stand beside the repository")
    install_defaults(actor=actor)
    mapping = str(MAPPINGS / f"{name}.yaml")
    assert run_import(["cases", str(path), "--mapping", mapping, "--company", company.code]) == 0
    cases = list(account(path, LAYOUTS[name], datetime.now(UTC)).imported.values())
    last = max(case.day for case in cases)
    since = last - timedelta(days=89)
    moment = datetime.combine(last, time(23, 59), UTC)
    standard = next(one for one in DEFAULTS if one.code == "complaint")
    told = set()
    for hours in HOURS:
        limit = Limit("finish", hours * 60)
        document = standard.model_copy(update={"limits": (limit,), "requirements": ()})
        record = record_of(document, actor=actor, moment=moment)
        mine = record["finish", None, "", ""]
        layout = replace(LAYOUTS[name], promised={"finish": timedelta(hours=hours)})
        again = list(account(path, layout, datetime.now(UTC)).imported.values())
        own = figures(again, layout, since, last)["all"]["finish"]
        assert (mine.kept, mine.of) == (own["kept"], own["n"])
        low, high = own["interval"]
        expected = "not-achieved" if high < 0.9 else "uncertain" if low < 0.9 else ""
        said = [one for one in check(document, world_of(actor, record)) if "n" in one.facts]
        assert [one.code for one in said] == [code for code in [expected] if code]
        if said:
            facts = said[0].facts
            assert (facts["low"], facts["high"]) == (round(100 * low), round(100 * high))
            assert (facts["share"], facts["n"]) == (round(100 * own["rate"]), own["n"])
        told.add(expected)
    assert len(told) > 1, "one verdict for an hour and a week alike"
