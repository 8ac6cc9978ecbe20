"""An API of three operations, to try the doors without any domain."""

from typing import Any
from uuid import uuid4

from django.db import connection
from django.http import Http404
from django.urls import path
from ninja import Router, Schema
from pydantic import Field

from anju.faces.api.app import Api, Bearer
from anju.foundation.access.doors import Request, api_door, door
from anju.foundation.events.commands import tell
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown

router = Router()


class ThingIn(Schema):
    name: str = Field(min_length=1, max_length=20)
    n: int = 1


class ThingOut(Schema):
    id: str
    name: str


@router.post("/things", response={201: ThingOut}, operation_id="make_thing")
@api_door("case.report")
def make(request: Request, body: ThingIn) -> tuple[int, dict[str, str]]:
    event = tell("test.thing", subject=("test", uuid4()), actor=request.actor, said={"n": body.n})
    errors: dict[str, Exception] = {
        "refused": Refused("no"),
        "not yet": NotYet("not yet", fields={"name": "not this one"}),
        "conflict": Conflict("changed"),
        "unknown": Unknown("gone"),
        "missing": Http404("secret path"),
        "bug": RuntimeError("secret value"),
    }
    if body.name in errors:
        raise errors[body.name]
    if body.name == "too large":
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::smallint", [str(10**9)])
    return 201, {"id": str(event.id), "name": body.name}


@router.get("/things", response=list[str], operation_id="list_things")
@api_door("case.see")
def things(request: Request) -> list[Any]:
    return []


@router.get("/forgotten", response=str, operation_id="forgotten")
def forgotten(request: Request) -> str:
    return "a route without a contract"


api = Api(urls_namespace="test", auth=Bearer(), docs_url=None, docs_decorator=door(anonymous=True))
api.add_router("", router)
handler404 = "anju.foundation.kit.views.not_found"
urlpatterns = [path("api/v1/", api.urls)]
