"""Everything people read is said in both Chinese scripts; the tool notices when it is not."""

from __future__ import annotations

import gettext
import io
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.house.sources import ROOT
from tools import messages
from tools.messages import Key

pytestmark = pytest.mark.house

PAGE = """{% load i18n %}<h1>{% translate "Cases" %}</h1>
{% blocktranslate count n=n trimmed %}
  {{ n }} case
{% plural %}
  {{ n }} cases
{% endblocktranslate %}
{% translate "open" context "a state" %}{{ x|default:_("none yet") }}
"""
CODE = """
say(_("Closed by %(name)s"), pgettext("a verb", "open"), ngettext("one", "%(n)s ones", n), _(name))
"""


def a_tree(root: Path, terms: str) -> Path:
    page = root / "anju" / "engine" / "templates" / "case.html"
    page.parent.mkdir(parents=True)
    page.write_text(PAGE, encoding="utf-8")
    (root / "anju" / "engine" / "commands.py").write_text(CODE, encoding="utf-8")
    (root / "locale" / "terms").mkdir(parents=True)
    (root / "locale" / "terms" / "engine.csv").write_text(terms, encoding="utf-8")
    return root


def test_every_text_is_translated() -> None:
    assert "\n".join(messages.faults(messages.keys_used(), messages.terms())) == ""


def test_texts_are_found_in_code_and_templates(tmp_path: Path) -> None:
    used = messages.keys_used(a_tree(tmp_path, "msgid,zh_Hans,zh_Hant\n"))
    assert set(used) == {
        Key("", "Cases"),
        Key("", "%(n)s case"),
        Key("a state", "open"),
        Key("", "none yet"),
        Key("", "Closed by %(name)s"),
        Key("a verb", "open"),
        Key("", "one"),
    }
    assert used[Key("", "Closed by %(name)s")] == "anju/engine/commands.py:2"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("Cases,事项,", "has no zh_Hant"),
        ("Nobody says this,无,無", "used by no text"),
        ("Cases,事项,事項\nCases,案件,案件", "said otherwise"),
        ("Closed by %(name)s,由办理人关闭,由%(name)s關閉", "differs in %(name)s"),
    ],
)
def test_faults_are_found(tmp_path: Path, row: str, fault: str) -> None:
    root = a_tree(tmp_path, f"msgid,zh_Hans,zh_Hant\n{row}\n")
    found = list(messages.faults(messages.keys_used(root), messages.terms(root)))
    assert any(fault in line for line in found), found


def test_a_text_put_together_at_run_time_is_refused() -> None:
    with pytest.raises(SystemExit, match="run time"):
        list(messages.keys_in_code('_(f"Closed by {name}")', "x.py"))


def test_a_row_with_too_few_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"engine\.csv:2"):
        messages.terms(a_tree(tmp_path, "msgid,zh_Hans,zh_Hant\nCases,事项\n"))


def test_the_catalogue_answers_singular_plural_and_context() -> None:
    built = messages.catalogue({Key("", "%(n)s case"): "%(n)s 件", Key("a verb", "open"): "打开"})
    said = gettext.GNUTranslations(io.BytesIO(built))
    assert said.gettext("%(n)s case") == "%(n)s 件"
    assert said.ngettext("%(n)s case", "%(n)s cases", 7) == "%(n)s 件"
    assert said.pgettext("a verb", "open") == "打开"
    assert said.gettext("open") == "open"


def test_tidy_drops_what_no_text_uses(tmp_path: Path) -> None:
    root = a_tree(
        tmp_path, "msgid,zh_Hans,zh_Hant\none,一,一\nNobody says this,无,無\nCases,事项,事項\n"
    )
    messages.tidy(messages.keys_used(root), root)
    assert [t.key.msgid for t in messages.terms(root)] == ["Cases", "one"]


def test_the_wheel_carries_catalogues_and_no_tests(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    names = ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    assert {f"anju/locale/{tag}/LC_MESSAGES/django.mo" for tag in messages.LANGUAGES} <= {*names}
    assert [n for n in names if "/tests/" in n or not n.startswith("anju")] == []
