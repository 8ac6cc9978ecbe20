"""The board (派工看板): what nobody has yet, and what everybody on duty has in hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.requests.acts import waiting_for
from anju.domains.requests.certificates import BY_CODE, needed
from anju.domains.requests.chains import Chain, Return, chains_of
from anju.domains.requests.promises import next_due, owed_by_case
from anju.domains.requests.queries import crew_on_duty, works_on_board
from anju.domains.requests.rules import FULL, Advice, Hand, Job, advise
from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import CaseOwner, WorkOrder
from anju.engine.loop.owned import owners_of
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.rules import ClockView
from anju.foundation.lib import now
from anju.foundation.people.queries import on_duty
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet

MOST = 200


@dataclass
class Card:
    """One work order on the board."""

    work: WorkOrder
    clock: ClockView | None
    waits: str
    advice: Advice | None = None
    needs: Any = ""  # the certificate it asks for, in words
    owner: str = ""
    overdue: bool = False  # nobody has it, and longer so than its standard promises
    returns: Sequence[Return] = ()
    raised: Any = ""  # the role it was escalated to last

    @property
    def why(self) -> str:
        """Why the rule advises this person."""
        if self.advice is None:
            return ""
        n, done = self.advice.in_hand, self.advice.done
        reasons = [
            self.advice.hand.name,
            _("nothing in hand") if not n else _("%(n)d in hand") % {"n": n},
            done and _("did %(n)d of these in 90 days") % {"n": done},
            self.advice.near and _("posted nearby"),
        ]
        return " · ".join(str(reason) for reason in reasons if reason)


@dataclass
class Lane:
    """What one person or post has in hand; `load` of a person also counts what is not shown."""

    title: str
    note: str = ""
    on_duty: bool = True
    load: int | None = None
    until: datetime | None = None
    cards: list[Card] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """More in hand than fits into a shift."""
        return (self.load or 0) >= FULL


@door("work.dispatch")
def board(request: Request) -> HttpResponse:
    """What waits on the left with whom to send, then a lane for everybody on duty. A press of the
    button beside the advice gives the work; anyone else is chosen on the work order's own step."""
    actor, wrong = request.actor, None
    if request.method == "POST":
        try:
            _give(request, actor)
        except (NotYet, Conflict) as refusal:  # what is not theirs to give is a page of its own
            wrong = refusal.message
        else:
            return HttpResponseRedirect(reverse("requests:board"))
    works = list(works_on_board(actor)[: MOST + 1])
    crew = crew_on_duty(actor)
    cards = _cards(works[:MOST], crew, actor)
    waiting = [card for card in cards if card.work.state == "waiting"]
    pool = sorted(waiting, key=lambda card: not card.overdue)  # what nobody saw comes first
    context = {
        "pool": pool,
        "unseen": [card for card in pool if card.overdue],
        "lanes": _lanes(cards, crew, actor, by_post=request.GET.get("by") == "post"),
        "by_post": request.GET.get("by") == "post",
        "more": len(works) > MOST,
        "most": MOST,
        "wrong": wrong,
        "at": now(),
    }
    return render(request, "requests/board.html", context, status=422 if wrong else 200)


def _give(request: Request, actor: Actor) -> None:
    try:
        work, version = UUID(request.POST.get("work", "")), int(request.POST.get("version", ""))
    except ValueError:
        work, version = UUID(int=0), 0  # nobody's work: the command says that it is unknown
    said = {name: request.POST.get(name, "") for name in ("person", "reason")}
    move_work(work, "assign", actor=actor, version=version, said=said)


def _cards(works: Sequence[WorkOrder], crew: Iterable[Hand], actor: Actor) -> list[Card]:
    """Cards with their promise, whose hands they went through, and whom to send for those that
    nobody has."""
    clocks = owed_by_case(w.case_id for w in works if w.case_id)
    owners = owners_of(w.case_id for w in works if w.case_id)
    chains = chains_of((w.case_id for w in works if w.case_id), actor)
    jobs = [
        Job(
            w.id,
            w.place.path if w.place else "",
            w.case.category if w.case else "",
            _needs(w),
        )
        for w in works
        if w.state == "waiting"
    ]
    advised, moment = advise(jobs, crew), now()
    return [
        Card(
            work=work,
            clock=next_due(clocks.get(work.case_id, [])) if work.case_id else None,
            waits=waiting_for(work.case, [work], ()) if work.case else "",
            advice=advised.get(work.id),
            needs=BY_CODE[code].name if (code := _needs(work)) else "",
            owner=_owner(work, owners),
            overdue=work.state == "waiting" and _unseen(work, clocks, moment),
            returns=chain.returns.get(str(work.id), ()) if (chain := _of(work, chains)) else (),
            raised=chain.to if chain else "",
        )
        for work in works
    ]


def _owner(work: WorkOrder, owners: Mapping[UUID, CaseOwner]) -> str:
    found = owners.get(work.case_id) if work.case_id else None
    return found.person.name if found and found.person else ""


def _of(work: WorkOrder, chains: Mapping[UUID, Chain]) -> Chain | None:
    return chains.get(work.case_id) if work.case_id else None


def _unseen(work: WorkOrder, clocks: Mapping[UUID, Iterable[Clock]], moment: datetime) -> bool:
    """Whether the promise to dispatch has passed and nobody has it yet."""
    held = clocks.get(work.case_id, ()) if work.case_id else ()
    return any(c.kind == "dispatch" and c.live and c.late_at(moment) for c in held)


def _needs(work: WorkOrder) -> str:
    asks = needed(work.case.category if work.case else "", work.title)
    return asks.code if asks else ""


def _lanes(
    cards: Iterable[Card], crew: Iterable[Hand], actor: Actor, *, by_post: bool
) -> list[Lane]:
    """On duty first, in the order of their posts; then whoever else has work in hand."""
    in_hand = {hand.id: hand.in_hand for hand in crew}
    lanes: dict[Any, Lane] = {}
    post_of: dict[Any, UUID] = {}
    for duty in on_duty(actor=actor):
        name, post = duty.person.name_for(actor), str(duty.post)
        post_of[duty.person_id] = duty.post_id
        key, title = (duty.post_id, post) if by_post else (duty.person_id, name)
        lane = lanes.setdefault(key, Lane(title, until=duty.ends_at))
        lane.note = _(", ").join(filter(None, [lane.note, name if by_post else post]))
        lane.load = None if by_post else in_hand.get(duty.person_id, 0)
    for card in cards:
        work = card.work
        if work.state == "waiting":
            continue
        person = work.person_id and (post_of.get(work.person_id) if by_post else work.person_id)
        named = work.person.name_for(actor) if work.person else str(work.post or "—")
        lane = lanes.setdefault(person or work.post_id or named, Lane(named, on_duty=False))
        lane.cards.append(card)
    return list(lanes.values())
