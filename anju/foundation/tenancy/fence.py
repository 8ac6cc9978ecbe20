"""The migration operation that fences the tables of an app (D10).

Put `Fence()` last in a migration that creates or changes tables. For every model with a `company`
it makes (company, id) the primary key, adds foreign keys that carry the company, turns row-level
security on and grants the application's role what it needs. It may run any number of times.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

POLICY = "company_id = nullif(current_setting('anju.company', true), '')::uuid"
DEFAULT_GRANTS = "SELECT, INSERT, UPDATE, DELETE"


class OwnedForeignKey(models.ForeignKey[Any, Any]):
    """A reference between two tables of the same company.

    Django makes no constraint for it: `Fence` makes (company_id, x_id) -> (company_id, id), so a
    row can never point into another company, not even by raw SQL. No index by default: name the
    ones a query needs, with the company first.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs.setdefault("db_index", False)
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        kwargs["db_index"] = self.db_index  # type: ignore[attr-defined]  # the stubs lack it
        return name, path, args, kwargs


class Fence(Operation):
    """Fence every company-owned table of the app.

    `grants`: model name -> privileges of anju_app, where they differ from all four.
    `ticker`: model name -> privileges of anju_ticker, which sees these tables across companies.
    `open_tables`: global tables (no company) -> privileges of anju_app.
    """

    reduces_to_sql = False
    reversible = True

    def __init__(
        self,
        *,
        grants: Mapping[str, str] | None = None,
        ticker: Mapping[str, str] | None = None,
        open_tables: Mapping[str, str] | None = None,
    ) -> None:
        self.grants = dict(grants or {})
        self.ticker = dict(ticker or {})
        self.open_tables = dict(open_tables or {})

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        kwargs = {"grants": self.grants, "ticker": self.ticker, "open_tables": self.open_tables}
        return type(self).__name__, [], {k: v for k, v in kwargs.items() if v}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: Django's picture of the tables stays as it is."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Write the primary keys first, then everything that refers to them."""
        owned = list(_owned_models(app_label, to_state))
        # Pending deferred SQL (indexes, unique constraints) must stand before keys are swapped.
        for statement in list(schema_editor.deferred_sql):
            schema_editor.execute(statement)
        schema_editor.deferred_sql.clear()
        for model in owned:
            schema_editor.execute(_primary_key(model), None)
        for model in owned:
            name = model._meta.model_name or ""
            for statement in _fence(model, self.grants.get(name, DEFAULT_GRANTS)):
                schema_editor.execute(statement, None)
        for names, role in ((self.ticker, "anju_ticker"), (self.open_tables, "anju_app")):
            for name, privileges in names.items():
                table = to_state.apps.get_model(app_label, name)._meta.db_table
                schema_editor.execute(f'GRANT {privileges} ON "{table}" TO {role}')
                if role == "anju_ticker":
                    schema_editor.execute(f'DROP POLICY IF EXISTS ticker ON "{table}"')
                    schema_editor.execute(
                        f'CREATE POLICY ticker ON "{table}" TO anju_ticker'
                        " USING (true) WITH CHECK (true)"
                    )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Nothing to undo: dropping the tables drops the fence."""

    def describe(self) -> str:
        return "Fence the company-owned tables"


def _owned_models(app_label: str, state: ProjectState) -> Iterator[type[models.Model]]:
    for model in state.apps.get_app_config(app_label).get_models():
        if any(f.name == "company" for f in model._meta.concrete_fields):
            yield model


def _primary_key(model: type[models.Model]) -> str:
    table, key = model._meta.db_table, model._meta.pk.column
    return f"""DO $$
        DECLARE old text; columns text;
        BEGIN
          SELECT c.conname, string_agg(a.attname, ',' ORDER BY k.n) INTO old, columns
            FROM pg_constraint c, unnest(c.conkey) WITH ORDINALITY AS k(num, n), pg_attribute a
           WHERE c.conrelid = '"{table}"'::regclass AND c.contype = 'p'
             AND a.attrelid = c.conrelid AND a.attnum = k.num GROUP BY c.conname;
          IF columns IS DISTINCT FROM 'company_id,{key}' THEN
            EXECUTE format('ALTER TABLE "{table}" DROP CONSTRAINT %I', old);
            ALTER TABLE "{table}" ADD CONSTRAINT "{table}_pkey" PRIMARY KEY (company_id, "{key}");
          END IF;
        END $$"""  # noqa: S608 - names of our own tables and columns


def _fence(model: type[models.Model], grants: str) -> Iterator[str]:
    table = model._meta.db_table
    for field in model._meta.concrete_fields:
        if isinstance(field, OwnedForeignKey):
            parent = field.related_model._meta
            name = f"{table}_{field.name}_own"[:63]
            yield f"""DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '{name}'
                               AND conrelid = '"{table}"'::regclass) THEN
                  ALTER TABLE "{table}" ADD CONSTRAINT "{name}"
                    FOREIGN KEY (company_id, "{field.column}")
                    REFERENCES "{parent.db_table}" (company_id, "{parent.pk.column}");
                END IF; END $$"""
    yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
    yield f'DROP POLICY IF EXISTS fence ON "{table}"'
    yield f'CREATE POLICY fence ON "{table}" TO anju_app USING ({POLICY}) WITH CHECK ({POLICY})'
    yield f'REVOKE ALL ON "{table}" FROM anju_app'
    yield f'GRANT {grants} ON "{table}" TO anju_app'
