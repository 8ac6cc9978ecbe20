"""Taking turns: who does the same thing at the same moment waits for the other to be through."""

from django.db import connection


def one_at_a_time(what: str, whose: object) -> None:
    """Wait until nobody else does `what` for `whose` (a company, or less), and keep others waiting
    until the transaction of the caller ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"anju.{what} {whose}"]
        )
