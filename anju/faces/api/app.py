"""The REST API, version 1: the routers of engine and domains, put together in one place."""

from datetime import datetime
from typing import Any, NoReturn

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder
from ninja.security import HttpBearer

from anju.domains.documents.api import router as documents
from anju.domains.ledgers.api import router as ledgers
from anju.domains.rounds.api import router as routes
from anju.domains.staff.api import router as staff
from anju.domains.staff.handover.api import router as handovers
from anju.engine.loop.api import router as cases
from anju.engine.offline.api import router as offline
from anju.engine.plans.api import router as plans
from anju.engine.standards.api import router as standards
from anju.faces.api import hooks
from anju.faces.api.events import router as events
from anju.faces.api.messages import router as messages
from anju.faces.api.problems import Problem
from anju.faces.api.schemas import router as schemas
from anju.faces.api.webhooks import router as webhooks
from anju.foundation.access.doors import door
from anju.foundation.access.queries import SignedIn


class Exact(NinjaJSONEncoder):
    """Times to the microsecond: one that was read can be sent back and is the same instant."""

    def default(self, o: Any) -> Any:
        """A value JSON has no form for."""
        if isinstance(o, datetime):
            return o.isoformat().replace("+00:00", "Z")
        return super().default(o)


class Renderer(JSONRenderer):
    """JSON with exact times."""

    encoder_class = Exact


class Bearer(HttpBearer):
    """The header `Authorization: Bearer anju_…`; the middleware has looked the token up."""

    def authenticate(self, request: HttpRequest, token: str) -> SignedIn | None:
        who: SignedIn | None = getattr(request, "signed_in", None)
        return who if who and who.scopes else None


class Api(NinjaAPI):
    """Errors leave the operation as exceptions, so the transaction around it rolls back; the
    middleware turns them into problem documents."""

    def on_exception(self, request: HttpRequest, exc: Any) -> NoReturn:
        raise exc

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        """Without ninja's root page, which has no contract and nothing to say."""
        return [u for u in super()._get_urls() if getattr(u, "name", "") != "api-root"]

    def get_root_path(self, path_params: Any) -> str:
        return "/api/v1/"

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: Any = None
    ) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        shapes = schema["components"].setdefault("schemas", {})
        for shape in (Problem, *hooks.SCHEMAS):
            made = shape.model_json_schema(ref_template="#/components/schemas/{model}")
            shapes.update(made.pop("$defs", {}))
            shapes[shape.__name__] = made
        schema["paths"].update(hooks.PATHS)
        return schema


api = Api(
    title="Anju",
    version="1",
    description=(
        "Property service as promises with times: cases, work orders, clocks, events. "
        "Times are UTC (RFC 3339). Lists come in pages by cursor."
    ),
    docs_url=None,  # its page would load scripts from a third party
    docs_decorator=door(anonymous=True, methods="GET"),
    auth=Bearer(),
    renderer=Renderer(),
    urls_namespace="api",
)

# One line per router: prefix, and where it lives.
api.add_router("", cases)
api.add_router("", events)
api.add_router("", messages)
api.add_router("", schemas)
api.add_router("", webhooks)
api.add_router("", standards)
api.add_router("", documents)
api.add_router("", staff)
api.add_router("", handovers)
api.add_router("", ledgers)
api.add_router("", offline)
api.add_router("", plans)
api.add_router("", routes)
