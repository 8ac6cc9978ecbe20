"""The schemas of what is exported, over the API."""

import jsonschema
import pytest
from django.test import Client

from anju.engine.forms.rules import Form, Item
from anju.faces.api.schemas import SCHEMAS
from anju.foundation.access.testing import a_token, an_account
from anju.foundation.tenancy.actor import Actor
from anju.foundation.texts.writing import plain


@pytest.fixture
def api(actor: Actor) -> Client:
    token = a_token(actor, an_account(actor, "inspector"))
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_every_schema_is_published_and_sound(api: Client) -> None:
    assert "form" in SCHEMAS
    for name in SCHEMAS:
        published = api.get(f"/api/v1/schemas/{name}").json()
        jsonschema.Draft202012Validator.check_schema(published)
        assert published["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_what_is_exported_is_as_the_schema_says(api: Client) -> None:
    form = Form(
        code="lamp", name="灯具", total=5,
        items=(Item(code="on", text="灯亮", weight=5, on_fail="case"),),
    )  # fmt: skip
    schema = jsonschema.Draft202012Validator(api.get("/api/v1/schemas/form").json())
    assert schema.is_valid(plain(form))
    assert not schema.is_valid({**plain(form), "anju": "form/2"})


def test_another_name_is_refused_in_words(api: Client) -> None:
    answer = api.get("/api/v1/schemas/everything")
    assert answer.status_code == 404
    assert answer.json()["detail"]
