"""One embedded PostgreSQL per run, one database per worker, one company per test.

Tests commit for real: the fence is the isolation, so nothing is rolled back or swept. With
`ANJU_TEST_SERVER` (a superuser's URL) they run on that server instead, as CI does for the oldest
supported version.
"""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import hypothesis
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from anju.foundation.server.cluster import DATABASE, Cluster
from anju.foundation.server.connections import ensure_roles
from tests.ready import begun_with, migrate
from tests.sizes import sized

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from anju.foundation.tenancy.actor import Actor
    from anju.foundation.tenancy.models import Company

FIRST = (
    # Those of whole houses, apart from each other: where it is crowded they take longer.
    "tests/test_demo.py", "harness/test_kill9.py", "matrix/test_matrix.py",
    "journeys/test_pages.py",
    "harness/test_api_fuzz.py", "harness/test_laws.py", "harness/test_kill9_bugs.py",
    "harness/test_calendar_oracle.py", "harness/test_xss.py", "harness/test_backup_load.py",
    "journeys/test_weight.py", "journeys/test_queries.py", "journeys/test_manager.py",
    "harness/test_channels.py", "harness/test_clock_year.py", "independent/test_service_report.py",
    "journeys/test_portal.py", "harness/test_tamper.py", "tests/test_erasure.py",
    "harness/test_house_runs.py", "journeys/test_few_rows.py",
)  # fmt: skip
# A slow moment of the machine is no finding: seconds belong into benchmarks/.
hypothesis.settings.register_profile("anju", deadline=None, max_examples=sized(100, by_hand=25))
hypothesis.settings.load_profile("anju")
_running: list[Cluster] = []
_earlier: set[UUID] = set()  # companies of the files before this one
_file: list[Path] = []  # whose tests run
_folders: list[Path] = []  # of the process that started the run


def pytest_configure(config: pytest.Config) -> None:
    """Start the server once (xdist's workers inherit its address), then make this process's own
    database and set Django up on it."""
    if "ANJU_TEST_RUN" not in os.environ:
        try:
            _start_server()
        except BaseException:
            pytest_unconfigure(config)
            raise
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if config.getoption("numprocesses", None) and not worker:
        return  # the controller runs no test
    gc.disable()  # until all is loaded
    os.environ["ANJU_DATABASE"] = name = f"anju_{os.environ['ANJU_TEST_RUN']}_{worker or 'solo'}"
    _copy_template(name)
    import django  # settings need the database's name, known only here

    _look_at_this_file_only()
    django.setup()
    from django.conf import settings  # known only now

    # Pages name their static files plainly, so no test has to collect and compress them first.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    # Nor does one look into a folder that another worker is just filling.
    settings.STATIC_ROOT = settings.DATA / f"static-{worker or 'solo'}"
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]  # Django's test client
    # Hundreds of people sign in during a run, none with anything to lose.
    settings.PASSWORD_HASHERS = ["anju.foundation.access.testing.CheapArgon2id"]


def _look_at_this_file_only() -> None:
    """The machine looks at every company where something is due. Here it passes by those that the
    files before this one left behind: a thousand tests later they cost more than the test."""
    from anju.foundation.tenancy import across  # before it is imported by those who look

    all_due = across.until_none_is_due

    def of_this_file(companies: Iterable[UUID], name: str, look: Callable[["Actor"], int]) -> int:
        return all_due([one for one in companies if one not in _earlier], name, look)

    across.until_none_is_due = of_this_file


def pytest_runtest_setup(item: pytest.Item) -> None:
    """At the first test of a file: whose companies are there already."""
    if _file == [item.path]:
        return
    _file[:] = [item.path]
    from anju.foundation.tenancy.acting import unfenced  # after django.setup()
    from anju.foundation.tenancy.models import Company

    with unfenced("tests look at all companies that other tests made"):
        _earlier.update(Company.objects.values_list("id", flat=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that take minutes first, so that no worker is left alone with one at the end."""
    order = {name: n for n, name in enumerate(FIRST)}
    items.sort(key=lambda item: order.get("/".join(item.path.parts[-2:]), len(order)))


def pytest_collection_finish() -> None:
    """What was loaded stays to the end: no collection looks through it again and again."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server this process started, or drop what it made on another one."""
    while _running:
        _running.pop().stop()
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)
        if server := os.environ.get("ANJU_TEST_SERVER"):
            _drop_databases(server)


def _start_server() -> None:
    folder = Path(tempfile.mkdtemp(prefix="anju-test-"))
    folder.chmod(0o755)
    _folders.append(folder)
    os.environ["ANJU_TEST_RUN"] = run = uuid4().hex[:8]
    os.environ["DJANGO_SETTINGS_MODULE"] = "anju.settings"
    os.environ["ANJU_DATA"] = str(folder / "data")
    if server := os.environ.get("ANJU_TEST_SERVER"):
        os.environ["DATABASE_URL"] = server
        os.environ["ANJU_TEST_TEMPLATE"] = template = f"anju_template_{run}"
        with psycopg.connect(make_conninfo(server, dbname="postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {template} TEMPLATE template0 LOCALE 'C.UTF-8'")
        ensure_roles(make_conninfo(server, dbname=template))
        migrate(template)
    else:
        os.environ.pop("DATABASE_URL", None)
        os.environ["ANJU_TEST_TEMPLATE"] = DATABASE
        begun_with(folder / "data")
        _running.append(Cluster(folder / "data", fsync=False).start())


def _drop_databases(server: str) -> None:
    with psycopg.connect(make_conninfo(server, dbname="postgres"), autocommit=True) as admin:
        mine = f"anju_%{os.environ['ANJU_TEST_RUN']}%"
        for (name,) in admin.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [mine]
        ):
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _copy_template(name: str) -> None:
    template = os.environ["ANJU_TEST_TEMPLATE"]
    if server := os.environ.get("ANJU_TEST_SERVER"):
        with psycopg.connect(make_conninfo(server, dbname="postgres"), autocommit=True) as admin:
            admin.execute("SELECT pg_advisory_lock(20261120)")
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    else:
        cluster = Cluster(os.environ["ANJU_DATA"], fsync=False)
        for _ in range(20):  # two workers may copy at once; a template takes one reader
            try:
                cluster.create_database(name, template=template)
                return
            except psycopg.errors.ObjectInUse:
                continue


@pytest.fixture
def company() -> "Company":
    """A company of this test's own."""
    from anju.foundation.tenancy.commands import found_company  # after django.setup()

    return found_company(code=f"t{uuid4().hex[:12]}", name="测试物业")


@pytest.fixture
def actor(company: "Company") -> "Actor":
    """Someone who may do everything in `company`."""
    from anju.foundation.tenancy.actor import Actor  # after django.setup()

    return Actor.machine(company.id, "test")


@pytest.fixture
def other_actor() -> "Actor":
    """Someone who may do everything in another company."""
    from anju.foundation.tenancy.actor import Actor  # after django.setup()
    from anju.foundation.tenancy.commands import found_company

    other = found_company(code=f"o{uuid4().hex[:12]}", name="别家物业")
    return Actor.machine(other.id, "other")


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """A headless Chromium, one per process: Playwright keeps one event loop in a thread."""
    from tests.browser import chromium  # only where a test asks for a browser

    with chromium() as found:
        yield found


@pytest.fixture(autouse=True)
def _close_connections() -> Iterator[None]:
    """Leave no broken connection to the next test."""
    yield
    from django.db import connections  # after django.setup()

    for alias in connections:
        connections[alias].close_if_unusable_or_obsolete()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say when nothing could be tried on the oldest supported server (tests/oldest.py)."""
    if os.environ.get("ANJU_NOT_ON_OLDEST"):
        terminalreporter.write_line("not run on PostgreSQL 15")
