"""Where the database is: embedded or named, and the two roles on somebody else's server."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from django.conf import settings
from django.db.utils import ConnectionHandler

from anju.foundation.server.cluster import Cluster
from anju.foundation.server.connections import (
    databases,
    dsn,
    ensure_roles,
    lines_for_superuser,
    served,
)
from anju.foundation.server.errors import ServerError
from anju.foundation.server.processes import processes_in
from anju.foundation.server.tests.people import place

URL = "postgresql://owner:se%20cret@db.example:6432/house?sslmode=verify-full"
FOREIGN = "server_of_others"  # a database on our test cluster that plays a foreign server


def silent(_line: str) -> None:
    pass


def test_asking_creates_and_contacts_nothing() -> None:
    with place(inside="data") as directory:
        found = databases({"ANJU_DATA": str(directory)})
        assert not directory.exists()
    assert {alias: entry["USER"] for alias, entry in found.items()} == {
        "default": "anju_app",
        "ticker": "anju_ticker",
        "owner": "anju_owner",
    }
    assert found["default"]["CONN_MAX_AGE"] is None


@pytest.mark.parametrize(
    ("alias", "role"),
    [("default", "anju_app"), ("ticker", "anju_ticker"), ("owner", "anju_owner")],
)
def test_django_connects_without_a_password_in_its_settings(
    own_cluster: Cluster, monkeypatch: pytest.MonkeyPatch, alias: str, role: str
) -> None:
    monkeypatch.setenv("PGPASSWORD", "somebody else's")
    entry = databases({"ANJU_DATA": str(own_cluster.data.path)})[alias]
    assert own_cluster.data.password(role) not in str(entry)
    assert _who(entry) == role


def test_database_url_names_login_and_sets_the_roles() -> None:
    found = databases({"DATABASE_URL": URL, "ANJU_DATA": "/nonexistent"})
    owner, app = found["owner"], found["default"]
    assert (owner["HOST"], owner["PORT"], owner["NAME"]) == ("db.example", "6432", "house")
    assert (owner["USER"], owner["PASSWORD"]) == ("owner", "se cret")
    assert owner["OPTIONS"] == {"sslmode": "verify-full"}
    assert app["OPTIONS"] == {"sslmode": "verify-full", "options": "-c role=anju_app"}
    assert found["ticker"]["OPTIONS"]["options"] == "-c role=anju_ticker"


def test_options_of_the_url_are_kept() -> None:
    found = dsn({"DATABASE_URL": "postgresql://u@h/d?options=-c%20work_mem%3D8MB"}, "default")
    assert "-c work_mem=8MB -c role=anju_app" in found


def test_another_database_on_the_same_server() -> None:
    assert databases({"DATABASE_URL": URL}, name="copy")["owner"]["NAME"] == "copy"
    assert databases({"ANJU_DATA": "/x"}, name="copy")["default"]["NAME"] == "copy"


def test_a_broken_url_is_told_without_its_password() -> None:
    with pytest.raises(ServerError, match="DATABASE_URL cannot be read") as caught:
        dsn({"DATABASE_URL": "postgresql://u:hunter2@h:port with spaces/d"})
    assert "hunter2" not in str(caught.value)


@pytest.fixture
def foreign(own_cluster: Cluster) -> Iterator[psycopg.Connection]:
    """A superuser of a server that is not ours: without our roles, as far as it is asked."""
    own_cluster.create_database(FOREIGN)
    admin = psycopg.connect(own_cluster.dsn("admin", database=FOREIGN), autocommit=True)
    admin.execute("ALTER ROLE anju_app RENAME TO kept_app")
    admin.execute("ALTER ROLE anju_ticker RENAME TO kept_ticker")
    for login, right in (("plain", ""), ("maker", "CREATEROLE"), ("super", "SUPERUSER")):
        admin.execute(f"CREATE ROLE {login} LOGIN PASSWORD 'x' {right}")
        admin.execute(f"GRANT ALL ON DATABASE {FOREIGN} TO {login}")
    yield admin
    for role in ("anju_app", "anju_ticker", "plain", "maker", "super"):
        if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            admin.execute(f"REASSIGN OWNED BY {role} TO anju_admin")
            admin.execute(f"DROP OWNED BY {role} CASCADE")
    for role in ("anju_app", "anju_ticker", "plain", "maker", "super"):
        admin.execute(f"DROP ROLE IF EXISTS {role}")
    admin.execute("ALTER ROLE kept_app RENAME TO anju_app")
    admin.execute("ALTER ROLE kept_ticker RENAME TO anju_ticker")
    for role in ("anju_app", "anju_ticker"):  # renaming forgets nothing but md5 passwords
        assert admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    admin.close()
    own_cluster.drop_database(FOREIGN)


def _url(cluster: Cluster, login: str) -> str:
    return f"postgresql://{login}:x@/{FOREIGN}?host={cluster.data.socket_dir}"


@pytest.mark.parametrize("login", ["maker", "super"])
def test_roles_are_made_where_the_login_may(
    own_cluster: Cluster, foreign: psycopg.Connection, login: str
) -> None:
    env = {"DATABASE_URL": _url(own_cluster, login)}
    ensure_roles(dsn(env))
    ensure_roles(dsn(env))  # again is fine
    assert _who(databases(env)["default"]) == "anju_app"
    assert _who(databases(env)["ticker"]) == "anju_ticker"
    roles = foreign.execute(
        "SELECT bool_or(rolcanlogin OR rolsuper OR rolbypassrls) FROM pg_roles "
        "WHERE rolname IN ('anju_app', 'anju_ticker')"
    )
    assert roles.fetchone() == (False,)


def test_else_two_lines_for_a_superuser_do(
    own_cluster: Cluster, foreign: psycopg.Connection
) -> None:
    env = {"DATABASE_URL": _url(own_cluster, "plain")}
    with pytest.raises(ServerError) as caught:
        ensure_roles(dsn(env))
    lines = lines_for_superuser("plain")
    assert len(lines) == 2
    for line in lines:
        assert line in str(caught.value)
        foreign.execute(line)
    ensure_roles(dsn(env))
    assert _who(databases(env)["default"]) == "anju_app"


def test_a_strange_login_is_quoted() -> None:
    assert lines_for_superuser('x"; DROP')[1].endswith('TO "x""; DROP";')


def test_a_command_starts_the_server_for_itself_and_stops_it(made_dir: Path) -> None:
    env = {"ANJU_DATA": str(made_dir)}
    with served(env, silent) as owner:
        psycopg.connect(owner).close()
    assert processes_in(made_dir / "postgres") == []


def test_the_server_stays_until_the_last_command_is_done(made_dir: Path) -> None:
    env = {"ANJU_DATA": str(made_dir)}
    first_may_end = Event()
    with served(env, silent):
        pass  # made and stopped once, so that the next lines are quick

    def first() -> None:
        with served(env, silent):
            started.set()
            assert first_may_end.wait(10)

    started = Event()
    thread = Thread(target=first)
    thread.start()
    assert started.wait(10)
    with served(env, silent) as owner:
        first_may_end.set()
        thread.join(0.3)
        with psycopg.connect(owner) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    thread.join(10)
    assert processes_in(made_dir / "postgres") == []


def _who(entry: dict[str, object]) -> str:
    """Connect as Django would and ask who we are."""
    if not settings.configured:  # when only this room's tests run
        settings.configure(USE_TZ=True)
    connection = ConnectionHandler({"default": entry})["default"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        row = cursor.fetchone()
    connection.close()
    return str(row[0])
