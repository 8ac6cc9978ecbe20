"""Writes of this floor: a company is founded once, by the owner of the installation; rows of any
model by the thousand."""

from collections.abc import Iterable

from django.db import IntegrityError, connection
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from anju.foundation.lib import now
from anju.foundation.tenancy.across import across
from anju.foundation.tenancy.acting import unfenced
from anju.foundation.tenancy.errors import Conflict
from anju.foundation.tenancy.models import Company


def found_company(
    *, code: str, name: str, zone: str = "Asia/Shanghai", demo: bool = False
) -> Company:
    """Create a company. Refuses (`Conflict`) when the code is taken; writes no event: no company
    exists yet in which it could stand.

    No actor: nobody belongs to it yet.
    """
    try:
        with unfenced("a company is made before anyone belongs to it"):
            return Company.objects.create(code=code, name=name, zone=zone, demo=demo)
    except IntegrityError as error:
        raise Conflict(
            _("A company with the code %(code)s is already there. Choose another code.")
            % {"code": code}
        ) from error


def beat(name: str) -> None:
    """Write that the process `name` is alive; `queries.tick_lag` reads how long ago that was.

    No actor: the machine itself, for all companies, on the ticker's connection.
    """
    with across("ticker", "a sign of life of the whole installation") as cursor:
        cursor.execute(
            "INSERT INTO tenancy_heartbeat (name, at) VALUES (%s, %s)"
            " ON CONFLICT (name) DO UPDATE SET at = excluded.at",
            [name, now()],
        )


def copy_in(model: type[Model], lines: Iterable[str]) -> None:
    """Write lines (`copying.line`) as rows of a model, inside the caller's `acting`; each holds all
    of its columns, in the model's order. Raises IntegrityError as any insert does.

    COPY refuses tables with row-level security: it goes into a temporary table, and from there
    under the policies.

    No actor: it is a part of the command that opened the transaction.
    """
    table = model._meta.db_table
    coming = f"coming_{table}"
    names = ", ".join(str(field.column) for field in model._meta.concrete_fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {coming} (LIKE {table}) ON COMMIT DELETE ROWS; "
            f"TRUNCATE {coming}"
        )
        with cursor.copy(f"COPY {coming} ({names}) FROM STDIN") as copy:
            copy.write("".join(lines))
        cursor.execute(f"INSERT INTO {table} SELECT * FROM {coming}")  # noqa: S608 - our own names
