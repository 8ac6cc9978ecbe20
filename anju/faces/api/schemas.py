"""REST: the schemas of what companies write as YAML; the same models read them."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _
from ninja import Router

from anju.engine.forms.rules import form_schema
from anju.engine.procedures.rules import procedure_schema
from anju.engine.standards.document import json_schema as standard_schema
from anju.foundation.access.doors import Request, api_door
from anju.foundation.tenancy.errors import Unknown

router = Router(tags=["schemas"])
# One line per kind of text: its name, and what makes its schema.
SCHEMAS: MappingProxyType[str, Callable[[], dict[str, Any]]] = MappingProxyType(
    {
        "form": form_schema,
        "procedure": procedure_schema,
        "standard": standard_schema,
    }
)


@router.get("/schemas/{slug:name}", response=dict[str, Any], operation_id="get_schema")
@api_door("standard.see")
def get_schema(request: Request, name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a form, a procedure or a standard as it is exported."""
    if name not in SCHEMAS:
        raise Unknown(_("There is no such schema."))
    return SCHEMAS[name]()
