"""What every company starts with: calendars, the two shipped standards, the first answers."""

from anju.domains.answers.commands import ship_answers
from anju.engine.standards.commands import install_defaults
from anju.foundation.calendars.commands import ship_calendars
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def furnish(actor: Actor) -> None:
    """Give the company what it lacks of these; safe to repeat."""
    with acting(actor):
        ship_calendars(actor=actor)
        install_defaults(actor=actor)
        ship_answers(actor=actor)
