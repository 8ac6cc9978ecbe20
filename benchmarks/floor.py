"""The floor: the least a validated, durable POST costs on the same server and database.

Django without middleware, a ninja schema, one INSERT of one row in its own transaction, an answer.
No token, no key, no company, no clocks, no event. Served by `benchmarks.floor_wsgi`.
"""

from uuid import UUID, uuid4

from django.db import models
from django.http import HttpRequest
from django.urls import path
from ninja import NinjaAPI, Schema
from pydantic import Field

from benchmarks.floor_table import TABLE


class Row(models.Model):
    """One bare row."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    kind = models.TextField()
    category = models.TextField()
    title = models.TextField()
    body = models.TextField()
    urgency = models.SmallIntegerField()
    place = models.TextField()
    channel = models.TextField()

    class Meta:
        app_label = "floor"
        db_table = TABLE


class RowIn(Schema):
    """The same fields as a report's."""

    kind: str = Field(max_length=12)
    category: str = Field("", max_length=120)
    title: str = Field(max_length=300)
    text: str = Field("", max_length=20_000)
    urgency: int = Field(3, ge=1, le=4)
    place: str = Field(max_length=400)
    channel: str = Field("api", max_length=12)


class RowOut(Schema):
    """What was written."""

    id: UUID


api = NinjaAPI(docs_url=None, openapi_url=None)


@api.post("/rows", response={201: RowOut})
def post_row(request: HttpRequest, body: RowIn) -> tuple[int, Row]:
    """Write one row."""
    given = body.dict()
    return 201, Row.objects.create(body=given.pop("text"), **given)


urlpatterns = [path("", api.urls)]
