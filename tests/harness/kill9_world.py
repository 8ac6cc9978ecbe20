"""What is done with the product's own code in the judge's process: founding and verifying."""

from typing import Any

from django.db import connections

from anju.faces.demo.company import Plan, build_community
from anju.faces.furnishing import furnish
from anju.foundation.access.testing import a_token, an_account
from anju.foundation.events.verification import verify
from anju.foundation.people.commands import add_post
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company

ROLES = ("desk", "technician", "inspector")


def found() -> dict[str, Any]:
    """A company with one community, a post, and a token for each who acts."""
    company = found_company(code="kill9", name="断电演练物业")
    actor = Actor.machine(company.id, "harness")
    furnish(actor)
    with acting(actor):
        community = build_community(Plan("K9", "断电小区", "住宅", 1, 1, 4, 3), actor=actor)
        post = add_post(actor=actor, place=community, code="SD", name="水电工")
        tokens = {role: a_token(actor, an_account(actor, role)) for role in ROLES}
        rooms = [str(id) for id in Place.objects.filter(kind="room").values_list("id", flat=True)]
    return {"tokens": tokens, "rooms": rooms, "post": str(post.id)}


def verified() -> dict[str, Any]:
    """What `anju verify --quick --json` prints."""
    connections.close_all()  # the server may have been killed since
    return verify(quick=True).as_json()
