"""Run what rests on the database on the oldest supported PostgreSQL too: `python -m tests.oldest`.

The server is `ANJU_TEST_SERVER` (a superuser's URL) or one on the loopback that lets us in. Where
none is reachable this says so, CI fails, and the summary of the other run repeats it.
"""

import os
import subprocess
import sys

import psycopg
from psycopg.conninfo import make_conninfo

OLDEST = 15
SAID = f"not run on PostgreSQL {OLDEST}"
WHAT = (
    "anju/foundation/tenancy", "anju/foundation/events", "anju/foundation/access",
    "anju/foundation/calendars", "anju/foundation/entries", "anju/foundation/places",
    "anju/foundation/people", "anju/engine", "tests/test_fence.py", "tests/matrix/test_raw_sql.py",
)  # fmt: skip


def server() -> str | None:
    """A superuser's connection string of a server of that version, or None."""
    given = os.environ.get("ANJU_TEST_SERVER")
    local = [f"postgresql://{user}@127.0.0.1:5432/postgres" for user in ("postgres", "root")]
    for url in [given] if given else local:
        try:
            with psycopg.connect(url, connect_timeout=3) as connection:
                version = connection.info.server_version // 10000
                found = connection.execute("SELECT usesuper FROM pg_user WHERE usename = user")
                if version == OLDEST and found.fetchone() == (True,):
                    return make_conninfo(url)
        except psycopg.Error:
            continue
    return None


def main() -> int:
    """Exit code of the run; 0 without a server, except in CI."""
    url = server()
    if url is None:
        print(SAID)
        return 1 if os.environ.get("CI") == "true" else 0
    print(f"on PostgreSQL {OLDEST}:", flush=True)
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", "-q", *WHAT]
    return subprocess.run(
        command, env={**os.environ, "ANJU_TEST_SERVER": url}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
