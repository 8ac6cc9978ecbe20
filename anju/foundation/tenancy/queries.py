"""Reads of the few global tables."""

from pathlib import Path

from django.apps import apps
from django.db import connection

from anju.foundation.lib import now
from anju.foundation.tenancy.acting import unfenced
from anju.foundation.tenancy.models import Company, Heartbeat


def tick_lag(name: str = "ticker") -> float | None:
    """Seconds since the process `name` was last alive; None when it never was."""
    with unfenced("a sign of life belongs to no company"):
        at = Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
    return None if at is None else max(0.0, (now() - at).total_seconds())


def companies() -> list[Company]:
    """Every company of this installation, the oldest first."""
    with unfenced("the installation looks at its companies"):
        return list(Company.objects.order_by("created_at"))


def migrations_waiting() -> set[tuple[str, str]]:
    """(app, migration) pairs the code brings and the database has not run; one small query."""
    brought = {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in (Path(app.path) / "migrations").glob("[0-9]*.py")
    }
    with unfenced("the state of the tables belongs to no company"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            return brought - {(app, name) for app, name in cursor.fetchall()}
