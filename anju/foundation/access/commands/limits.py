"""How often a stranger may do something: counted in the database, by keyed digests.

The counters share the table of failed sign-ins: they name nobody and die with their window.
"""

import hmac
from collections.abc import Collection, Sequence
from math import ceil
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from anju.foundation.access.models import Try
from anju.foundation.access.rules import Limit
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import unfenced
from anju.foundation.tenancy.errors import NotYet


class TooMany(NotYet):
    """A limit is reached; nothing was counted or done. `seconds`: how long to wait."""

    code = "too_many"

    def __init__(self, limit: Limit, seconds: float) -> None:
        self.limit, self.seconds = limit, seconds
        super().__init__(_wait(seconds))


TAKE = """
INSERT INTO access_try AS t (key, failed, until) VALUES (%(key)s, 1, %(until)s)
ON CONFLICT (key) DO UPDATE SET
  failed = CASE WHEN t.until <= %(at)s THEN 1 ELSE least(t.failed + 1, 30000) END,
  until = CASE WHEN t.until <= %(at)s OR %(moving)s THEN %(until)s ELSE t.until END
RETURNING failed, until, (SELECT until FROM access_try WHERE key = %(key)s)
"""


def take(limits: Sequence[tuple[Limit, str]]) -> int:
    """Count one act against each limit and whom it is about; return how many are left of the
    scarcest. Raises `TooMany` when one is used up: then none of them has counted.

    No actor: nobody has signed in yet.
    """
    with unfenced("nobody is signed in yet"):
        return min(_take(limit, about) for limit, about in limits)


# A limit that is used up neither counts nor moves on: its row is not among those returned.
TAKE_EACH = """
INSERT INTO access_try AS t (key, failed, until)
SELECT key, 1, %(until)s FROM unnest(%(keys)s::bytea[]) AS key ORDER BY key
ON CONFLICT (key) DO UPDATE SET
  failed = CASE WHEN t.until <= %(at)s THEN 1 ELSE t.failed + 1 END,
  until = CASE WHEN t.until <= %(at)s OR %(moving)s THEN %(until)s ELSE t.until END
WHERE t.until <= %(at)s OR t.failed < %(most)s
RETURNING key
"""


def take_each(limits: Sequence[Limit], abouts: Collection[str]) -> set[str]:
    """Count one act for each of these against every limit; those of them that had not used one up.
    Where one was, none of that one has counted. Two queries for a limit, however many they are.

    No actor: as `take`.
    """
    left = set(abouts)
    with unfenced("as for one act"), connection.cursor() as cursor:
        for n, limit in enumerate(limits if left else ()):
            at, keys = now(), {_key(limit, about): about for about in left}
            said: dict[str, Any] = {
                "keys": list(keys), "at": at, "until": at + limit.within, "moving": limit.moving,
                "most": limit.most,
            }  # fmt: skip
            cursor.execute(TAKE_EACH, said)
            taken = {keys[bytes(key)] for (key,) in cursor.fetchall()}
            back = [_key(before, about) for before in limits[:n] for about in left - taken]
            cursor.execute(
                "UPDATE access_try SET failed = failed - 1 WHERE key = ANY(%s::bytea[])", [back]
            )
            left = taken
    return left


def give_back(limits: Sequence[tuple[Limit, str]]) -> None:
    """The act does not count after all: a right code is no wrong try.

    No actor: nobody has signed in yet.
    """
    with unfenced("nobody is signed in yet"), connection.cursor() as cursor:
        for limit, about in limits:
            cursor.execute(
                "UPDATE access_try SET failed = greatest(failed - 1, 0) WHERE key = %s",
                [_key(limit, about)],
            )
        Try.objects.filter(until__lte=now()).delete()


def _take(limit: Limit, about: str) -> int:
    at = now()
    until = at + limit.within
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE,
            {"key": _key(limit, about), "at": at, "until": until, "moving": limit.moving},
        )
        taken, _until, before = cursor.fetchone()
    if taken > limit.most:
        raise TooMany(limit, ((before or until) - at).total_seconds())
    return int(limit.most - taken)


def _key(limit: Limit, about: str) -> bytes:
    text = f"limit:{limit.name}:{about}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), text, "sha256")


def _wait(seconds: float) -> object:
    minutes = max(1, ceil(seconds / 60))
    if minutes > 90:
        hours = ceil(minutes / 60)
        return ngettext(
            "That was very often. Nothing is lost: try again in %(n)s hour, or call the desk.",
            "That was very often. Nothing is lost: try again in %(n)s hours, or call the desk.",
            hours,
        ) % {"n": hours}
    if seconds <= 60:
        return _("Please wait a minute, then try again. Nothing is lost.")
    return ngettext(
        "That was very often. Nothing is lost: try again in %(n)s minute, or call the desk.",
        "That was very often. Nothing is lost: try again in %(n)s minutes, or call the desk.",
        minutes,
    ) % {"n": minutes}
