"""A database of one's own, for what only an empty installation shows."""

import os
from uuid import uuid4

import psycopg
from psycopg.conninfo import make_conninfo

from anju.foundation.server.cluster import Cluster


def an_empty_database() -> str:
    """The name of a new database with all tables and no row, on the server of the tests."""
    name = f"anju_empty_{uuid4().hex[:8]}"
    template = os.environ["ANJU_TEST_TEMPLATE"]
    if server := os.environ.get("ANJU_TEST_SERVER"):
        with psycopg.connect(make_conninfo(server, dbname="postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    else:
        Cluster(os.environ["ANJU_DATA"], fsync=False).create_database(name, template=template)
    return name
