"""The database engine of the `default` alias: see `anju.foundation.tenancy.acting`."""

from typing import Any

import psycopg
from django.db.backends.postgresql import base

from anju.foundation.tenancy.acting import beginning, guard


class DatabaseWrapper(base.DatabaseWrapper):
    """Every cursor of this connection passes the guard; a transaction begins with its company."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(guard)

    def _start_transaction_under_autocommit(self) -> None:
        """Django's hook of `atomic`: psycopg itself would send a bare BEGIN and wait for it."""
        with self.wrap_database_errors:
            self.connection.execute(beginning(), prepare=False)

    def is_usable(self) -> bool:
        """Whether the server is still there, asked of our own end of the connection.

        A server that was restarted has closed it, and that is seen here without asking it; Django
        would ask `SELECT 1` before each request.
        """
        try:
            self.connection.pgconn.consume_input()
        except psycopg.Error:
            return False
        return not self.connection.broken
