"""The emergencies that run while a shift changes."""

from anju.domains.emergency.queries import running_now
from anju.engine.loop.matters import Matter
from anju.foundation.people.models import Post
from anju.foundation.places.models import Place
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.actor import Actor


def find_open(place: Place | None, post: Post | None, actor: Actor) -> list[Matter]:
    """The cases of those that run at a place, or in the community of a post. One query, another
    one for a post."""
    top = place.path if place else ""
    if post is not None:
        above = Place.objects.filter(path__in=ancestors(post.place.path), kind="community")
        top = above.values_list("path", flat=True).first() or post.place.path
    return [
        Matter("case", one.case_id, ("emergency",))
        for one in running_now(actor)
        if one.case.place and one.case.place.path.startswith(top)
    ]
