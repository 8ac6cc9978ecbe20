"""A shift handed over: what was signed by who went, and by who came."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.domains.requests.handover.rules import Line, lines_from_json
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.actor import WHOLE_COMPANY, Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

STATES = (("given", _("to be taken over")), ("taken", _("taken over")), ("replaced", _("replaced")))


class HandoverQuery(models.QuerySet["Handover"]):
    """Reads of handovers."""

    def seen_by(self, actor: Actor) -> "HandoverQuery":
        """Those of desks at places where the actor hands out work, and the actor's own."""
        paths = actor.paths("work.dispatch")
        at = under(paths, "place__path")
        if WHOLE_COMPANY in paths:
            at |= Q(place=None)
        return self.filter(at | Q(giver=actor.id) | Q(taker=actor.id), company_id=actor.company_id)


class Handover(Owned):
    """One handover. `place`: whose matters it is about; none: the whole company's.

    `lines`: what the giver signed, a case and why (`rules.Line`), those that were gone between
    draft and signature among `gone`. `taken`: what was different when the taker signed (`gone`,
    `new`). What was written beside it is a value of its event, so it can be erased.
    """

    place = OwnedForeignKey(Place, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=STATES, default="given")
    version = models.PositiveIntegerField(default=1)
    giver = models.UUIDField()
    given_at = models.DateTimeField()
    taker = models.UUIDField(null=True)
    taken_at = models.DateTimeField(null=True)
    lines = models.JSONField(default=list)
    gone = models.JSONField(default=list)
    taken = models.JSONField(default=dict)

    objects = HandoverQuery.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "-given_at", "-id"], name="handover_at")]

    def __str__(self) -> str:
        return f"{self.given_at:%m-%d %H:%M}"

    @property
    def signed_lines(self) -> tuple[Line, ...]:
        """What the giver signed, as rules understand it."""
        return lines_from_json(self.lines)

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "place": self.place_id and str(self.place_id), "state": self.state,
            "version": self.version, "giver": str(self.giver), "given_at": self.given_at,
            "taker": self.taker and str(self.taker), "taken_at": self.taken_at,
            "lines": self.lines, "gone": self.gone, "taken": self.taken,
        }  # fmt: skip
