"""`migrate`, in half of Django's time: the first start waits for it, and so does every test run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db.migrations.state import ModelState, ProjectState


class Command(migrate.Command):
    """As Django's. A new table draws itself only: Django would also draw anew every table that is
    related to it, and here all are, through their company."""

    def handle(self, *args: Any, **options: Any) -> None:
        with _each_once():
            super().handle(*args, **options)


@contextmanager
def _each_once() -> Iterator[None]:
    right = ProjectState.add_model

    def add_model(self: ProjectState, model_state: ModelState) -> None:
        key = (model_state.app_label, model_state.name_lower)
        known = vars(self)
        if "apps" not in known or key in self.models:
            right(self, model_state)
            return
        self.models[key] = model_state
        if known["_relations"] is not None:
            self.resolve_model_relations(key)
        self.apps.render_multiple([model_state])

    ProjectState.add_model = add_model  # type: ignore[method-assign]  # the state is made deep inside
    try:
        yield
    finally:
        ProjectState.add_model = right  # type: ignore[method-assign]  # as above
