"""Readers sown into the product that trust what a stranger sends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from anju.domains.requests.views import board
from anju.faces.console.views import desk
from anju.foundation.kit import filters, forms
from anju.foundation.kit import list as lists
from tests.harness.seeding import Bug

Wrong = Callable[..., Any]
LAW = "no answer is a server error"


def _any_size(right: Wrong) -> Wrong:
    return lambda page: int(page.request.GET.get("size", page._default_size))


def _any_key(right: Wrong) -> Wrong:
    return lambda form=None: str(UUID(form.data.get(forms.IDEMPOTENCY_KEY))) if form else right()


def _work(request: Any) -> UUID:
    return UUID(request.POST.get("work", ""))


BUGS = {
    "any number": Bug(LAW, lists.ListPage, "_read_size", _any_size),
    "any id": Bug(LAW, desk, "_uuid", lambda right: UUID),
    "any day": Bug(LAW, filters, "_day", lambda right: date.fromisoformat),
    "any key of an act": Bug(LAW, forms, "idempotency_key", _any_key),
    "any work": Bug(LAW, board, "_give", lambda right: lambda request, actor: _work(request)),
}
