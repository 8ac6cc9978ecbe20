"""Beginning with what ships: a plan brings the standard that it keeps."""

from anju.domains.rounds.shipped import STANDARDS
from anju.engine.plans.commands import Planned, make_plan
from anju.engine.plans.models import Plan
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.models import Standard
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def make_plan_kept(place: Place, code: str, said: Planned, *, actor: Actor) -> Plan:
    """Make a plan as `make_plan` does. Where it keeps a standard that ships and the company has
    none of that code, the standard is put in force: who plans need not be who writes standards;
    what somebody has begun to write waits for them. Refuses as `make_plan`, leaving no trace."""
    with acting(actor):
        made = make_plan(place, code, said, actor=actor)
        shipped = STANDARDS.get(said.standard)
        mine = Standard.objects.filter(company_id=actor.company_id, code=said.standard)
        if shipped is not None and not mine.exists():
            library = Actor.machine(actor.company_id, "library")
            put_in_force(shipped, actor=library, why=shipped.name)
    return made
