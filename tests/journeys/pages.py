"""Every page of the console, and where it stands in a world."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

from django.utils import timezone

from anju.domains.answers.commands import answer_with, publish_answer
from anju.domains.answers.models import Answer, AnswerUse
from anju.domains.community.commands.boards import post_at_board, take_down
from anju.domains.community.commands.notices import publish
from anju.domains.community.models import Notice
from anju.domains.documents.commands.laws import write_law
from anju.domains.documents.commands.quizzes import write_quiz
from anju.domains.documents.commands.readers import distribute, sign_reading
from anju.domains.documents.examining import Question
from anju.domains.documents.models import Document, Law, Reading
from anju.domains.documents.testing import LAW, a_document, a_law
from anju.domains.emergency.commands.planning import ship_plans
from anju.domains.emergency.commands.running import start
from anju.domains.emergency.models import Emergency
from anju.domains.emergency.queries import plans
from anju.domains.promises.commands.services import ship_services
from anju.domains.promises.models import Contract, Need, Service
from anju.domains.promises.rules import NoticeDate
from anju.domains.promises.testing import a_contract, a_need
from anju.domains.requests.meetings.testing import the_minutes
from anju.engine.forms.commands import draft_form, publish_paper
from anju.engine.forms.models import Form
from anju.engine.library.papers import forms, procedures
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.testing import a_case
from anju.engine.procedures.commands import draft_procedure
from anju.engine.procedures.models import Procedure
from anju.engine.standards.commands import draft_standard
from anju.engine.standards.document import Requirement
from anju.engine.standards.models import Standard
from anju.faces.console.start.steps import NAMES
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import now
from anju.foundation.messages.commands import Note, queue_messages
from anju.foundation.people.models import Person
from anju.foundation.places.models import Asset, Place
from anju.foundation.tenancy.acting import acting
from tests.journeys.planned import a_roster, what_is_kept, what_is_planned
from tests.journeys.walked import what_is_walked
from tests.journeys.world import LONG_TITLE, LONG_WORD, World, a_calendar

PLANNED = re.compile("{(plan|round|route|walked)}")
PROMISED = ("/needs", "/catalogue", "/contracts")
CONTROLLED = ("/documents", "/laws", "/reading", "/readers", "/questions")
# Those with rows; {…} is filled from the world.
LISTS = {
    "cases": "/cases?state=live&sort=due",
    "work orders": "/work-orders",
    "figure": "/indicators/repair_timely?days=30",
    "plans": "/plans",
    "not covered by a plan": "/plans/uncovered",
    "care of plants": "/plans/greening",
    "rounds": "/rounds",
    "routes": "/routes",
    "visits": "/visits",
    "ledgers": "/ledgers",
    "ledger": "/ledgers/{ledger}",
    "standards": "/standards",
    "manual of standards": "/standards/manual",
    "procedures": "/procedures",
    "forms": "/forms",
    "needs": "/needs",
    "contracts": "/contracts",
    "documents": "/documents",
    "laws": "/laws",
    "calendars": "/calendars",
    "answers": "/answers",
    "journal": "/journal",
    "places": "/places",
    "equipment": "/equipment",
    "people": "/people",
    "posts": "/staff",
    "teams": "/staff/teams",
    "duties": "/staff/duty",
    "qualifications": "/staff/qualifications",
    "leave and swaps": "/roster/changes",
    "imports": "/imports",
    "messages": "/messages",
    "outbox": "/outbox",
    "came in": "/arrivals",
    "owners' meetings": "/cases/meetings",
    "calls": "/calls",
    "sources": "/sources",
    "channels": "/channels",
    "webhooks": "/webhooks",
    "users": "/users",
    "announcements": "/notices",
}
OTHERS = {
    "home": "/",
    "board": "/board",
    "roster": "/roster?scope={team}",
    "day of the roster": "/roster/day?post={post}&person={hand}&day={day}",
    "gap of the roster": "/roster/gaps/{shift}?day={day}",
    "pattern": "/roster/pattern?scope={team}&post={post}&pattern=6-1&first={day}&last={day}",
    "week copied": "/roster/week?scope={team}",
    "shifts of a post": "/roster/shifts/{post}",
    "plan of a team": "/roster/plan?scope={team}&span=month&from={day}",
    "leave asked for": "/roster/changes/{change}",
    "on duty now": "/on-duty",
    "my shifts": "/shifts",
    "asking for leave": "/shifts/leave",
    "desk": "/desk",
    "review": "/review",
    "callbacks": "/callbacks",
    "callbacks not reached": "/callbacks?show=not_reached",
    "callback rules": "/callbacks/rules",
    "handover": "/handover",
    "emergency": "/emergency",
    "emergency card": "/emergency/plans/fire?place={place}",
    "plan being written": "/emergency/plans/fire/edit",
    "emergency that runs": "/emergency/{emergency}",
    "called out": "/work/emergency/{emergency}",
    "wall": "/wall",
    "wall, promises": "/wall?page=2&stay=yes",
    "wall, emergency": "/wall?page=3&stay=yes",
    "board by posts": "/board?by=post",
    "case": "/cases/{case}",
    "look back": "/cases/past",
    "look back at a case": "/cases/{case}/past",
    "work on foot": "/work",
    "work at hand": "/work/{work}",
    "arriving": "/work/{work}/arrive",
    "materials": "/work/{work}/used",
    "signature": "/work/{work}/signature",
    "handover of a post": "/work/handover",
    "scan": "/work/scan",
    "report something": "/work/report",
    "to upload": "/work/uploads",
    "ledgers on foot": "/work/ledgers",
    "ledger on foot": "/work/ledgers/{ledger}",
    "line on foot": "/work/ledgers/lines/{line}",
    "new case": "/cases/new",
    "tell": "/cases/{case}/steps/tell",
    "who pays": "/cases/{case}/steps/settle",
    "merge": "/cases/{case}/steps/merge",
    "split": "/cases/{case}/steps/split",
    "outside deadline": "/cases/{case}/steps/deadline",
    "outside reply": "/cases/{case}/steps/reply",
    "classify": "/cases/{case}/steps/classify",
    "assign": "/work-orders/{work}/steps/assign",
    "finish": "/work-orders/{work}/steps/finish",
    "telephone": "/cases/{case}/telephone",
    "plan": "/plans/{plan}",
    "plan of work being written": "/plans/{plan}/edit",
    "work told to residents": "/plans/{plan}/told",
    "new plan of work": "/plans/new?place={community}",
    "phones": "/phones",
    "service plan": "/plans/service?place={community}",
    "operating log": "/plans/{plan}/log",
    "round": "/rounds/{round}",
    "round at hand": "/work/{round}",
    "route": "/routes/{route}",
    "route being written": "/routes/{route}/edit",
    "new route": "/routes/new",
    "round with points": "/rounds/{walked}",
    "round with points at hand": "/work/{walked}",
    "point at hand": "/work/{walked}/points/{point}",
    "new ledger": "/ledgers/new?place={community}",
    "ledger kept otherwise": "/ledgers/{ledger}/edit",
    "line being written": "/ledgers/{ledger}/write",
    "line": "/ledgers/lines/{line}",
    "months of a ledger": "/ledgers/{ledger}/months",
    "indicators": "/indicators?days=365",
    "communities": "/communities?days=365",
    "standard": "/standards/{standard}",
    "procedure": "/procedures/{procedure}",
    "procedure on paper": "/procedures/{procedure}/print",
    "procedure being written": "/procedures/{procedure}/edit",
    "form": "/forms/{form}",
    "form being written": "/forms/{form}/edit",
    "form as text": "/forms/{form}/edit?as=text",
    "library": "/library",
    "library searched": "/library?q=电梯",
    "piece of the library": "/library/pieces/grade-2004",
    "fact of the library": "/library/facts/HOUSE.DECOR",
    "community beside a grade": "/library/compare",
    "adopting a fact": "/library/facts/BASIC.URGENT/adopt?place={place}&level=一级",
    "need": "/needs/{need}",
    "new need": "/needs/new?source=complaints&category=保洁&heard=12",
    "catalogue": "/catalogue/at/{community}",
    "service": "/catalogue/{service}",
    "new service": "/catalogue/at/{community}/new",
    "contract": "/contracts/{contract}",
    "contract beside its grade": "/contracts/{contract}/grade",
    "contract being written": "/contracts/{contract}/write",
    "new contract": "/contracts/new",
    "new standard": "/standards/new",
    "written standard": "/standards/{draft}/write",
    "compared standards": "/standards/{draft}/compare/{standard}",
    "document": "/documents/{document}",
    "document being written": "/documents/{document}/write",
    "new document": "/documents/new",
    "readers": "/readers/document/QI-07",
    "examination": "/questions/document/{document}",
    "to read": "/reading",
    "reading": "/reading/{reading}",
    "questions": "/reading/{reading}/questions",
    "law": "/laws/{law}",
    "new law": "/laws/new",
    "answer": "/answers/{answer}",
    "new answer": "/answers/new",
    "check of answers": "/answers/checks",
    "calendar": "/calendars/{calendar}",
    "search": "/search?q=3-2-1201",
    "place": "/places/{place}",
    "new place": "/places/new",
    "asset": "/equipment/{asset}",
    "person": "/people/{person}",
    "import": "/imports/lists/places",
    "user": "/users/{user}",
    "new user": "/users/new",
    "badges": "/users/badges",
    "PIN and badge": "/account/pin",
    "taking a phone": "/work/take",
    "devices": "/account/devices",
    "password": "/account/password",
    "tokens": "/account/tokens",
    "new minutes": "/cases/meetings/new",
    "minutes": "/cases/meetings/{minutes}",
    "new source": "/sources/new",
    "new channel": "/channels/new/dingtalk",
    "text messages": "/channels/new/sms",
    "calls by voice": "/channels/new/voice",
    "address": "/messages/address",
    "new announcement": "/notices/new",
    "announcement": "/notices/{notice}",
    "approval of announcements": "/notices/rule",
    **{f"set-up {name}": f"/start/{name}" for name in NAMES},
    "new webhook": "/webhooks/new",
    "sign in": "/sign-in",
}


def an_emergency(world: World) -> Emergency:
    """A fire at the home of the world's house, to which the admin is called out too; the same one
    however often it is asked for."""
    ship_plans(actor=world.actor)
    with acting(world.actor):
        fire = plans(world.actor).get(code="fire")
    made = start(fire, world.house.room, actor=world.actor, matter=LONG_TITLE)
    if admin := world.accounts.get("admin"):
        note = Note(
            key=f"emergency:{made.id}",
            kind="emergency.called_out",
            account=admin,
            subject=("emergency", made.id),
            facts={"number": "P1", "plan": fire.name, "place": "", "do": fire.notice},
            priority=1,  # never folded into a digest, as the call itself
        )
        queue_messages([note], actor=world.actor)
    return made


def a_notice_at_a_board(world: World) -> Notice:
    """An announcement that hangs at one board and was taken down at another."""
    place, actor = world.house.community, world.actor
    notice = publish(place, title=LONG_TITLE[:120], text=LONG_TITLE, actor=actor)
    down = post_at_board(notice, "3 栋大堂", BytesIO(a_picture()), actor=actor)
    post_at_board(notice, "5 栋大堂", BytesIO(a_picture()), actor=actor)
    take_down(down.id, actor=actor)
    return notice


def what_is_promised(world: World) -> dict[str, object]:
    """A need, a catalogue with its gaps and a contract that holds; the same however often."""
    actor, place = world.actor, world.house.community
    ship_services(place, actor=actor)
    with acting(actor):
        mine = {"company_id": actor.company_id}
        need = Need.objects.filter(**mine).first()
        contract = Contract.objects.filter(**mine).first()
        service = Service.objects.filter(**mine).order_by("code")[0]
    need = need or a_need(actor, text=LONG_TITLE[:200])
    day = timezone.localdate(now())
    contract = contract or a_contract(
        actor,
        place,
        first=day - timedelta(days=300),
        last=day + timedelta(days=300),
        notices=(NoticeDate(day + timedelta(days=200), "书面告知是否续约", 90),),
        grade="grade-2004/一级",
    )
    return {
        "need": need.pk, "service": service.pk, "contract": contract.pk, "community": place.pk,
    }  # fmt: skip


def what_is_controlled(world: World) -> dict[str, object]:
    """A document in force that rests on a law which has changed; the same however often."""
    actor = world.actor
    with acting(actor):
        mine = {"company_id": actor.company_id}
        document, law = Document.objects.filter(**mine).first(), Law.objects.filter(**mine).first()
    if law is None or document is None:
        title = LONG_TITLE[:60]
        document = a_document(actor, title=LONG_TITLE[:120], basis=title, text=LONG_TITLE)
        law = a_law(actor, title=title)
        changed = replace(LAW, title=title, state="amended", why=LONG_TITLE[:200])
        write_law(changed, law_id=law.id, edited=1, actor=actor)
        ask = Question(LONG_TITLE, (LONG_TITLE[:120], LONG_WORD, "三下"), 2, LONG_TITLE)
        write_quiz("document", document.id, [ask] * 5, mark=4, actor=actor)
        everyone = [f"person:{person.id}" for person in world.people.values()]
        distribute("document", document.code, everyone, actor=actor)
    reader = world.as_role("admin")
    with acting(actor):
        mine = {"paper": document.id, "person_id": reader.person_id}
        reading = Reading.objects.filter(company_id=actor.company_id, **mine).first()
    if reading and reading.signed_at is None:
        sign_reading(reading.id, actor=reader)
    ids = {"document": document.pk, "law": law.pk}
    return ids | ({"reading": reading.pk} if reading else {})


def told_and_drawn(world: World, answer: Answer) -> None:
    """An answer was told to somebody who asked, and is to be checked."""
    asked = a_case(world.house, kind="enquiry", title=LONG_TITLE[:200]).case
    answer_with(answer.id, asked.id, actor=world.house.doer, channel="phone")
    with acting(world.actor):
        AnswerUse.objects.filter(case_id=asked.id).update(drawn=True)


def a_draft(world: World) -> Standard:
    """The next version of the first standard, with long lines; the same one however often."""
    with acting(world.actor):
        first = Standard.objects.seen_by(world.actor).in_force().earliest("code")
        of_it = Standard.objects.seen_by(world.actor).filter(code=first.code)
        if there := of_it.in_preparation().first():
            return there
        more = (*first.document.requirements, Requirement(text=LONG_TITLE[:400]))
        said = first.document.model_copy(update={"requirements": more})
        return draft_standard(said, actor=world.actor)


def addresses(world: World, pages: Mapping[str, str]) -> dict[str, str]:
    """The pages by name, their addresses filled in."""
    with acting(world.actor):
        asset = Asset.objects.filter(company_id=world.actor.company_id).order_by("id").first()
        known = {
            "case": world.case or Case(),
            "work": world.work or WorkOrder(),
            "standard": Standard.objects.seen_by(world.actor).in_force().earliest("code"),
            "calendar": a_calendar(world),
            "place": Place.objects.get(id=world.house.room.id),
            "asset": asset,
            "person": Person.objects.get(id=world.house.resident.id),
            "community": world.house.community,
        }
    answer = publish_answer(actor=world.actor, question=LONG_TITLE[:200], text=LONG_TITLE)
    ids: dict[str, object] = {"answer": answer.series}
    if any("{emergency}" in path or "/emergency/" in path for path in pages.values()):
        ids["emergency"] = an_emergency(world).pk
    if "/answers/checks" in pages.values():
        told_and_drawn(world, answer)
    if any("{notice}" in path for path in pages.values()):
        ids["notice"] = a_notice_at_a_board(world).pk
    if any(name in path for path in pages.values() for name in ("{form}", "{procedure}")):
        with acting(world.actor):
            form = draft_form(forms()["sheet-fire"], actor=world.actor)
            ids["form"] = publish_paper(Form, form.id, actor=world.actor).pk
            flow = draft_procedure(procedures()["repair"], actor=world.actor)
            ids["procedure"] = publish_paper(Procedure, flow.id, actor=world.actor).pk
    if any("{minutes}" in path for path in pages.values()):
        ids["minutes"] = the_minutes(world.actor, world.house.community, title=LONG_TITLE[:120]).pk
    if any(PLANNED.search(path) for path in pages.values()):
        ids |= what_is_planned(world) | what_is_walked(world)
    if any("{ledger}" in path or "{line}" in path for path in pages.values()):
        ids |= what_is_kept(world)
    if any(path.startswith(("/roster", "/work/handover")) for path in pages.values()):
        ids |= a_roster(world)
    if any(path.startswith(PROMISED) for path in pages.values()):
        ids |= what_is_promised(world)
    if any(path.startswith(CONTROLLED) for path in pages.values()):
        ids |= what_is_controlled(world)
    if any("{draft}" in path for path in pages.values()):
        ids["draft"] = a_draft(world).pk
    ids |= {name: row.pk for name, row in known.items() if row is not None}
    return {
        name: path.format(**ids, user=world.accounts.get("admin")) for name, path in pages.items()
    }
