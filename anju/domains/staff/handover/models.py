"""A shift handed over: what was signed by who went, and by who came."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from anju.domains.staff.handover.rules import BEFORE, Thing, matters_from_json
from anju.engine.loop.matters import AFTER, Matter
from anju.foundation.lib import now
from anju.foundation.people.models import Assignment, Duty, Post
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.actor import WHOLE_COMPANY, Actor
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

STATES = (("given", _("to be taken over")), ("taken", _("taken over")), ("replaced", _("replaced")))


def posts_at_hand(actor: Actor) -> QuerySet[Post]:
    """The posts whose shift somebody hands over or takes over: those they hold today, and those
    they are, were just or are soon on duty at. No query."""
    mine, at = {"company_id": actor.company_id, "person_id": actor.person_id}, now()
    held = Assignment.objects.on(today(actor.company_id)).filter(**mine)
    duty = Duty.objects.between(at - AFTER, at + BEFORE).filter(**mine)
    here = Q(id__in=held.values("post_id")) | Q(id__in=duty.values("post_id"))
    posts = Post.objects.filter(here, company_id=actor.company_id, closed_on=None)
    return posts if actor.person_id else posts.none()


class HandoverQuery(models.QuerySet["Handover"]):
    """Reads of handovers."""

    def seen_by(self, actor: Actor) -> "HandoverQuery":
        """Those at places where the actor hands out work, of posts the actor is at, and the actor's
        own."""
        paths = actor.paths("work.dispatch")
        at = under(paths, "place__path") | Q(giver=actor.id) | Q(taker=actor.id)
        if WHOLE_COMPANY in paths:
            at |= Q(place=None)
        if actor.person_id:
            at |= Q(post__in=posts_at_hand(actor).values("id"))
        return self.filter(at, company_id=actor.company_id)

    def of_desks(self) -> "HandoverQuery":
        """Those of whoever hands out work, not of other posts."""
        return self.filter(Q(post=None) | ~Q(post__desk=""))


class Handover(Owned):
    """One handover. `place`: whose matters it is about; none: the whole company's. `post`: whose
    shift, which ends at `until`; none where nobody is on duty there by the roster.

    `lines`: what the giver signed, a matter and why (`matters.Matter`), those that were gone
    between draft and signature among `gone`. `things`: what went from hand to hand, [[name, how
    many], ...]. `taken`: what was different when the taker signed (`gone`, `new`), what they
    counted otherwise (`found`), and whether they objected (`objected`). What was written is a value
    of its events, so it can be erased.
    """

    place = OwnedForeignKey(Place, null=True, related_name="+")
    post = OwnedForeignKey(Post, null=True, related_name="+")
    until = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=STATES, default="given")
    version = models.PositiveIntegerField(default=1)
    giver = models.UUIDField()
    given_at = models.DateTimeField()
    taker = models.UUIDField(null=True)
    taken_at = models.DateTimeField(null=True)
    lines = models.JSONField(default=list)
    gone = models.JSONField(default=list)
    things = models.JSONField(default=list)
    taken = models.JSONField(default=dict)

    objects = HandoverQuery.as_manager()

    class Meta:
        db_table = "requests_handover"  # the seals of its rows know it by this name
        indexes = [
            models.Index(fields=["company", "-given_at", "-id"], name="handover_at"),
            models.Index(fields=["company", "post", "-given_at"], name="handover_post"),
        ]

    def __str__(self) -> str:
        return f"{self.given_at:%m-%d %H:%M}"

    @property
    def signed(self) -> tuple[Matter, ...]:
        """What the giver signed."""
        return matters_from_json(self.lines)

    @property
    def counts(self) -> Iterator[Thing]:
        """The things, with what the taker counted otherwise."""
        found = self.taken.get("found", {})
        return (Thing(name, n, found.get(name)) for name, n in self.things)

    @property
    def objected(self) -> bool:
        """Whether who took it did not agree with something."""
        return bool(self.taken.get("objected"))

    def sealed_fields(self) -> dict[str, Any]:
        """All of it; of post and things what there is, as before there were any."""
        more = {"post": self.post_id and str(self.post_id), "until": self.until,
                "things": self.things}  # fmt: skip
        return {
            "place": self.place_id and str(self.place_id), "state": self.state,
            "version": self.version, "giver": str(self.giver), "given_at": self.given_at,
            "taker": self.taker and str(self.taker), "taken_at": self.taken_at,
            "lines": self.lines, "gone": self.gone, "taken": self.taken,
            **{name: value for name, value in more.items() if value},
        }  # fmt: skip
