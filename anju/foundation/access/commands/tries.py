"""Counting failed sign-ins before they are judged, so parallel guesses cannot outrun the count."""

import hmac

from django.conf import settings
from django.db import connection

from anju.foundation.access.models import Try
from anju.foundation.access.rules import (
    LOCKED_FOR,
    TRIES,
    TRIES_EVERYWHERE,
    clean_login,
    locked_words,
)
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import unfenced
from anju.foundation.tenancy.errors import NotYet

# The window begins with the first failure and is moved on by each, up to the lock.
TAKE = """
INSERT INTO access_try AS t (key, failed, until) VALUES (%(key)s, 1, %(until)s)
ON CONFLICT (key) DO UPDATE SET
  failed = CASE WHEN t.until <= %(at)s THEN 1 ELSE least(t.failed + 1, 1000) END,
  until = CASE WHEN t.until > %(at)s AND t.failed >= %(limit)s THEN t.until ELSE %(until)s END
RETURNING failed, until
"""


class Locked(NotYet):
    """Too many failed sign-ins from this address: wait."""

    code = "locked"


def take_try(login: str, address: str) -> int:
    """Count one try before it is judged; return how many are left after it.

    No actor: nobody has signed in yet. Raises `Locked` when there was none left. The count is the
    same for names that do not exist.
    """
    with unfenced("nobody is signed in yet"):
        return min(_take(key, limit) for key, limit in _keys(login, address))


def give_back(login: str, address: str) -> None:
    """The try was right, but signing in is not finished: it does not count as failed.

    No actor: nobody has signed in yet.
    """
    with unfenced("nobody is signed in yet"), connection.cursor() as cursor:
        for key, _limit in _keys(login, address):
            cursor.execute(
                "UPDATE access_try SET failed = greatest(failed - 1, 0) WHERE key = %s", [key]
            )


def forget_tries(login: str, address: str) -> None:
    """Signed in: this address begins again with all tries, and what is over is swept.

    No actor: called while signing in. The count over all addresses stays until it is over.
    """
    with unfenced("nobody is signed in yet"):
        Try.objects.filter(key=_keys(login, address)[0][0]).delete()
        Try.objects.filter(until__lte=now()).delete()


def _keys(login: str, address: str) -> tuple[tuple[bytes, int], ...]:
    clean = clean_login(login)
    return (
        (_key(f"{clean}\n{address}"), TRIES),
        (_key(clean), TRIES_EVERYWHERE),
    )


def _key(text: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"try:{text}".encode(), "sha256")


def _take(key: bytes, limit: int) -> int:
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"key": key, "at": at, "until": at + LOCKED_FOR, "limit": limit})
        failed, until = cursor.fetchone()
    if failed > limit:
        raise Locked(locked_words((until - at).total_seconds()))
    return int(limit - failed)
