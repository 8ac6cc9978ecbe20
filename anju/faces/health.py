"""What a machine asks about a running house: /healthz, /readyz, /metrics, /version."""

import shutil
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from anju.foundation.access.doors import Request, door
from anju.foundation.access.rules import is_loopback
from anju.foundation.events.queries import seal_lag
from anju.foundation.tenancy.queries import migrations_waiting, tick_lag

TICK_LAG = 120.0  # seconds
SEAL_LAG = 60.0  # seconds
DISK_FREE = 0.05  # share of the disk that holds the data


@door(anonymous=True, methods="GET")
def healthz(_request: Request) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@door(anonymous=True, methods="GET")
def readyz(_request: Request) -> HttpResponse:
    """Whether everything a promise rests on works: 200, or 503 naming what does not."""
    checks = _checks()
    good = all(check["ok"] for check in checks.values())
    body = {"status": "ok" if good else "failing", "checks": checks}
    return JsonResponse(body, status=200 if good else 503)


@door(anonymous=True, methods="GET")
def metrics(request: Request) -> HttpResponse:
    """Figures for Prometheus: from this machine itself, or with a token of scope "metrics"."""
    who = request.signed_in
    if not is_loopback(request.address) and not (who and "metrics" in who.scopes):
        return HttpResponse("Only from this machine, or with a token of scope metrics.", status=403)
    registry = CollectorRegistry()
    up = Gauge("anju_check_ok", "1 when the check of /readyz is good", ["check"], registry=registry)
    value = Gauge("anju_check_value", "What the check measured", ["check"], registry=registry)
    for name, check in _checks().items():
        up.labels(name).set(1 if check["ok"] else 0)
        if isinstance(check.get("value"), int | float):
            value.labels(name).set(check["value"])
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@door(anonymous=True, methods="GET")
def version_page(_request: Request) -> HttpResponse:
    """Which Anju this is."""
    return JsonResponse({"name": "anju", "version": version("anju")})


def _checks() -> dict[str, dict[str, Any]]:
    """Name -> ok, what was measured, its unit and limit. No check stops the others."""
    disk = shutil.disk_usage(settings.DATA)
    free = disk.free / disk.total
    try:
        waiting, tick, seal = len(migrations_waiting()), tick_lag(), seal_lag()
    except DatabaseError as error:
        return {
            "database": {"ok": False, "error": type(error).__name__},
            "disk": _disk(free),
        }
    return {
        "database": {"ok": True},
        "migrations": {"ok": not waiting, "value": waiting, "limit": 0, "unit": "waiting"},
        "tick_lag": _seconds(tick, TICK_LAG),
        "seal_lag": _seconds(seal, SEAL_LAG),
        "disk": _disk(free),
    }


def _seconds(value: float | None, limit: float) -> dict[str, Any]:
    """A lag; "never" is as bad as too late."""
    good = value is not None and value <= limit
    return {
        "ok": good,
        "value": None if value is None else round(value, 1),
        "limit": limit,
        "unit": "s",
    }


def _disk(free: float) -> dict[str, Any]:
    return {"ok": free >= DISK_FREE, "value": round(free, 3), "limit": DISK_FREE, "unit": "free"}
