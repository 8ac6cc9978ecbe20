"""A roster for tests: a team whose posts have shifts and people."""

from dataclasses import dataclass
from datetime import date

from anju.domains.staff.commands import add_usual_shifts
from anju.domains.staff.models import Shift
from anju.foundation.access.testing import an_account
from anju.foundation.people.commands import assign
from anju.foundation.people.models import Person, Post, Team
from anju.foundation.people.testing import a_post, a_team, a_worker
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

NAMES = "赵钱孙李周吴郑王冯陈"


@dataclass(frozen=True)
class Crew:
    """A team with a leader, one post with three shifts, and its people with their accounts."""

    team: Team
    post: Post
    shifts: list[Shift]
    people: list[Person]
    actors: list[Actor]
    leader: Actor


def a_crew(actor: Actor, *, place: Place, people: int = 4, usual: str = "three") -> Crew:
    """So many guards of one post, and their leader."""
    with acting(actor):
        head = a_worker(actor, place=place, name="班长")
        team = a_team(actor, place=place, leader=head)
        post = a_post(actor, place=place, team=team, name="大门岗")
        held = [a_worker(actor, place=place, name=f"{NAMES[n]}保安") for n in range(people)]
        for person in held:
            assign(person, post=post, since=date(2024, 1, 1), actor=actor)
        shifts = add_usual_shifts(post, usual, actor=actor)
        actors = [an_account(actor, "guard", place.path, person_id=p.id).actor for p in held]
        leader = an_account(actor, "leader", place.path, person_id=head.id).actor
    return Crew(team, post, shifts, held, actors, leader)
