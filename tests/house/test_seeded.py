"""Each rule of the house catches what it is for, and leaves the right way of doing it alone."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.house import rules
from tests.house.rules import PYTHON_RULES, TEMPLATE_RULES, TEXT_RULES, Rule
from tests.house.sources import Source

pytestmark = pytest.mark.house

QUERIES, COMMANDS = "anju/engine/loop/queries.py", "anju/engine/loop/commands/move.py"
VIEWS, RULES = "anju/domains/requests/views.py", "anju/engine/clocks/rules.py"
MIGRATION = "anju/engine/loop/migrations/0002_more.py"
TEST, PAGE = "anju/engine/loop/tests/test_move.py", "anju/engine/loop/templates/loop/case.html"
LOCK = "requirements/base.lock"
LONG = "def long():\n" + "    x = 1\n" * 60
HOME = "/" + "root/x.py"
IGNORE, NOQA = "# " + "type: ignore[misc]", "# " + "noqa: S608"

SEEDED: list[tuple[Rule, str, str]] = [
    (rules.only_commands_write, QUERIES, "Case.objects.filter(id=1).update(state='void')"),
    (rules.only_commands_write, QUERIES, "Case.objects.create(title='x')"),
    (rules.only_commands_write, QUERIES, "case.save(update_fields=['state'])"),
    (rules.only_commands_write, QUERIES, "case.delete()"),
    (rules.only_commands_write, QUERIES, "Case.objects.bulk_create(rows)"),
    (rules.only_commands_write, QUERIES, "cur.execute('UPDATE loop_case SET state = 1')"),
    (rules.only_commands_write, VIEWS, "cur.execute('insert into loop_case values (1)')"),
    (rules.only_lib_tells_the_time, RULES, "datetime.now(UTC)"),
    (rules.only_lib_tells_the_time, COMMANDS, "date.today()"),
    (rules.only_lib_tells_the_time, COMMANDS, "from django.utils.timezone import now"),
    (rules.only_lib_tells_the_time, COMMANDS, "time.time()"),
    (rules.only_lib_tells_the_time, COMMANDS, "timezone.localtime()"),
    (rules.only_lib_tells_the_time, COMMANDS, "at = DateTimeField(auto_now_add=True)"),
    (rules.only_lib_tells_the_time, COMMANDS, "cur.execute('select * from c where due < now()')"),
    (rules.no_orm_signals, COMMANDS, "from django.db.models.signals import post_save"),
    (rules.no_orm_signals, COMMANDS, "from django.dispatch import receiver"),
    (rules.only_the_sealer_notifies, COMMANDS, "cur.execute(\"SELECT pg_notify('x', '')\")"),
    (rules.only_the_sealer_notifies, COMMANDS, "cur.execute('NOTIFY cases')"),
    (rules.imports_stand_at_the_top, COMMANDS, "def f():\n    import json"),
    (rules.imports_stand_at_the_top, COMMANDS, "def f():\n    from json import loads"),
    (rules.doors_read_through_seen_by, VIEWS, "Case.objects.filter(id=1)"),
    (rules.doors_read_through_seen_by, VIEWS, "get_object_or_404(Case, pk=1)"),
    (rules.doors_read_through_seen_by, VIEWS, "connection.cursor()"),
    (rules.doors_read_through_seen_by, "anju/faces/console/home.py", "Case.objects.all()"),
    (rules.only_foundation_lifts_the_fence, VIEWS, "from anju.foundation.tenancy import unfenced"),
    (rules.only_acting_opens_transactions, COMMANDS, "with transaction.atomic():\n    pass"),
    (rules.budgets_are_kept, COMMANDS, "x = 1\n" * 401),
    (rules.budgets_are_kept, COMMANDS, LONG),
    (rules.budgets_are_kept, COMMANDS, "def f(a, b, c, d, e): ..."),
    (rules.budgets_are_kept, COMMANDS, "def f(*, a, b, c, d, e, f, g, h, i, j, k, l, m): ..."),
    (rules.every_test_asserts, TEST, "def test_it():\n    move(1)"),
    (rules.nothing_is_silenced_without_a_reason, COMMANDS, f"x = 1  {IGNORE}"),
    (rules.nothing_is_silenced_without_a_reason, COMMANDS, f"x = 1  {NOQA}"),
    (rules.nothing_is_silenced_without_a_reason, TEST, "@pytest.mark.skip\ndef f(): ..."),
    (rules.nothing_is_silenced_without_a_reason, TEST, "@pytest.mark.xfail()\ndef f(): ..."),
    (rules.commands_promise_and_name_their_actor, COMMANDS, "def move(*, actor): ..."),
    (rules.commands_promise_and_name_their_actor, COMMANDS, 'def move(actor):\n    "Moves."'),
    (rules.no_back_doors_between_apps, COMMANDS, "apps.get_model('loop', 'Case')"),
    (rules.no_back_doors_between_apps, COMMANDS, "import_string('anju.engine')"),
    (rules.only_tests_use_testing, COMMANDS, "from anju.engine.loop.testing import a_case"),
    (rules.only_tests_use_testing, COMMANDS, "from tests.browser import find"),
    (rules.rules_are_pure, RULES, "from django.db import models"),
    (rules.rules_are_pure, RULES, "from anju.engine.clocks.models import Clock"),
    (rules.migrations_stand_alone, MIGRATION, "from anju.engine.loop.rules import STATES"),
    (rules.names_say_what_it_is, "anju/engine/loop/utils.py", "x = 1"),
    (rules.names_say_what_it_is, COMMANDS, "class CaseHelper: ..."),
    (rules.templates_hold_no_style_or_script, PAGE, '<p style="color: red">'),
    (rules.templates_hold_no_style_or_script, PAGE, "<style>p {}</style>"),
    (rules.templates_hold_no_style_or_script, PAGE, "<script>go()</script>"),
    (rules.templates_hold_no_style_or_script, PAGE, '<script type="module">go()</script>'),
    (rules.templates_hold_no_style_or_script, PAGE, '<button onclick="go()">'),
    (rules.templates_hold_no_style_or_script, PAGE, '<a hx-on:click="go()">'),
    (rules.templates_hold_no_style_or_script, PAGE, '<a href="javascript:go()">'),
    (rules.templates_hold_no_style_or_script, PAGE, "<a hx-vals='js:{a: 1}'>"),
    (rules.no_path_of_a_machine, "docs/a.md", f"see {HOME}"),
    (rules.lock_files_name_no_host, LOCK, "--extra-index-url x"),
    (rules.lock_files_name_no_host, LOCK, "a @ https://example.org/a.whl"),
    (rules.lock_files_name_no_host, "package-lock.json", '"resolved": "https://example.org/a"'),
]

ALLOWED: list[tuple[Rule, str, str]] = [
    (rules.only_commands_write, COMMANDS, "Case.objects.filter(id=1).update(state='void')"),
    (rules.only_commands_write, QUERIES, "seen.update({1}); digest.update(b''); image.save(path)"),
    (rules.only_lib_tells_the_time, "anju/foundation/lib/clock.py", "datetime.now(UTC)"),
    (rules.only_lib_tells_the_time, COMMANDS, "time.monotonic(); now(); timezone.localtime(at)"),
    (rules.only_the_sealer_notifies, "anju/foundation/events/commands/seal.py", "x('NOTIFY t')"),
    (
        rules.imports_stand_at_the_top,
        COMMANDS,
        "def f():\n    import typst  # 77 MB: only when a PDF is asked for",
    ),
    (rules.imports_stand_at_the_top, COMMANDS, "if TYPE_CHECKING:\n    import json"),
    (rules.doors_read_through_seen_by, VIEWS, "Case.objects.seen_by(actor).filter(id=1)"),
    (rules.doors_read_through_seen_by, QUERIES, "Case.objects.filter(id=1)"),
    (rules.budgets_are_kept, COMMANDS, "def f(self, a, b, c, d, *, e): ..."),
    (
        rules.every_test_asserts,
        TEST,
        "def test_it():\n    with pytest.raises(Refused):\n        f()",
    ),
    (
        rules.nothing_is_silenced_without_a_reason,
        COMMANDS,
        f"x = 1  {IGNORE}  # the library has no types",
    ),
    (
        rules.commands_promise_and_name_their_actor,
        COMMANDS,
        'def sign_in(*, name):\n    """Signs in.\n\n    No actor: nobody has signed in yet."""',
    ),
    (rules.migrations_stand_alone, MIGRATION, "from anju.foundation.tenancy.fence import Fence"),
    (rules.templates_hold_no_style_or_script, PAGE, '<script src="/a.js" defer></script>'),
    (rules.lock_files_name_no_host, LOCK, "django==5.2.19 \\\n    --hash=sha256:00"),
]


def found(rule: Rule, path: str, text: str) -> list[str]:
    return list(rule(Source(path, dedent(text))))


@pytest.mark.parametrize(("rule", "path", "text"), SEEDED)
def test_caught(rule: Rule, path: str, text: str) -> None:
    assert found(rule, path, text)


@pytest.mark.parametrize(("rule", "path", "text"), ALLOWED)
def test_left_alone(rule: Rule, path: str, text: str) -> None:
    assert found(rule, path, text) == []


def test_no_rule_goes_unproven() -> None:
    every = {*PYTHON_RULES, *TEMPLATE_RULES, *TEXT_RULES}
    assert every == {rule for rule, _, _ in SEEDED}
