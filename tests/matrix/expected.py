"""Who may do what, written by hand: never derived from the contracts it checks."""

from __future__ import annotations

from uuid import uuid4

from anju.engine.indicators.figures import BY_CODE
from tests.matrix.expected_documents import DOCUMENTS
from tests.matrix.expected_field import FIELD
from tests.matrix.expected_intake import INTAKE
from tests.matrix.expected_ledgers import LEDGERS
from tests.matrix.expected_messages import MESSAGES
from tests.matrix.expected_papers import PAPERS
from tests.matrix.expected_planned import PLANNED
from tests.matrix.expected_portal import PORTAL
from tests.matrix.expected_promises import PROMISES
from tests.matrix.expected_registry import REGISTRY
from tests.matrix.expected_staff import STAFF as ROSTERS
from tests.matrix.expected_standards import STANDARDS
from tests.matrix.row import (
    DISPATCHERS,
    EVERYONE,
    JOURNAL,
    KEEPERS,
    PLANNERS,
    READERS,
    STAFF,
    WATCHERS,
    Asked,
    Row,
)
from tests.matrix.world import CANARY, World

ANSWERERS = "headquarters admin"
CALLERS = "desk concierge inspector manager headquarters admin"
CLOSERS = "desk concierge manager admin"
JUDGES = "concierge leader inspector manager headquarters admin"
RULERS = "headquarters admin"  # who says who is called
REVEALERS = "desk concierge manager admin"
ANNOUNCERS = "desk concierge manager admin"


def _guard(world: World) -> Asked:
    return {"id": world.a_guard()}, {"role": "guard", "place": world.home.path}


def _grant(world: World) -> Asked:
    account = world.a_guard()
    return {"id": account, "grant": world.grant_of(account)}, {}


def _new_user(world: World) -> Asked:
    place = world.home.path
    return {}, {"name": "新", "login": uuid4().hex[:12], "role": "guard", "place": place}


def _case(world: World) -> Asked:
    return {"case_id": world.case["id"]}, {}


def _report(world: World) -> Asked:
    return {}, {"kind": "repair", "title": "漏水", "place": str(world.room.id)}


def _note(world: World) -> Asked:
    body = {"name": "note", "version": 99, "said": {"text": "x"}}
    return {"case_id": world.case["id"]}, body


def _void_work(world: World) -> Asked:
    body = {"name": "void", "version": 99, "said": {"reason": "x"}}
    return {"work_id": world.work}, body


def _case_page(world: World) -> Asked:
    return {"id": world.case["id"]}, {}


def _photo(world: World) -> Asked:
    return {"id": world.case["id"], "record": world.photo}, {}


def _announcement(world: World) -> Asked:
    return {}, {"place": str(world.home.id), "title": "停水", "text": "停水"}


def _notice_page(world: World) -> Asked:
    return {"id": world.notice}, {}


def _case_step(world: World) -> Asked:
    return {"id": world.case["id"], "name": "note"}, {"version": 99, "text": "x"}


def _work_page(world: World) -> Asked:
    return {"id": world.work}, {}


def _work_step(world: World) -> Asked:
    return {"id": world.work, "name": "void"}, {"version": 99, "reason": "x"}


def _give(world: World) -> Asked:
    return {}, {"work": str(world.work), "version": 99, "person": str(world.person)}


def _call(world: World) -> Asked:
    return {}, {"case": world.case["id"], "outcome": "satisfied"}


def _picked(world: World) -> Asked:
    return {}, {"pick": str(world.work)}


def _verdict(world: World) -> Asked:
    return {}, {"work": str(world.work), "version": 99, "verdict": "pass"}


def _asking(world: World) -> Asked:
    return {}, {"standard": world.standard}


def _set_up(_world: World) -> Asked:
    return {"name": "community"}, {}


def _handover(world: World) -> Asked:
    return {"id": world.handover}, {}


def _piece(_world: World) -> Asked:
    return {"code": "lift-t5002"}, {"script": "zh-Hans"}


def _fact(world: World) -> Asked:
    return {"id": "LIFT.A1.01"}, {"place": str(world.home.id), "level": ""}


def _a_plan(_world: World) -> Asked:
    return {"code": "gas"}, {}


def _emergency(world: World) -> Asked:
    return {"id": world.emergency}, {}


def _step_done(world: World) -> Asked:
    return {"id": world.emergency}, {"step": 0}


def _at_the_desk(world: World) -> Asked:
    said = {"kind": "repair", "title": "漏水", "urgency": 3, "channel": "phone"}
    return {}, {**said, "place": str(world.room.id)}


def _clue(world: World) -> Asked:
    return {}, {"q": world.room.full_code}


def _being_typed(world: World) -> Asked:
    return {}, {"title": "厨房漏水", "place": str(world.room.id)}


def _indicator(_world: World) -> Asked:
    return {"code": sorted(BY_CODE)[0]}, {}


def _calendar(world: World) -> Asked:
    return {"id": world.calendar}, {}


def _schema(_world: World) -> Asked:
    return {"name": "form"}, {}


def _answer(world: World) -> Asked:
    return {"series": world.an_answer()}, {}


def _new_answer(world: World) -> Asked:
    return {}, {"question": "几点下班", "text": "前台全天有人。"}


def _waiting_notice(world: World) -> Asked:
    return {"id": world.a_waiting_notice()}, {}


def _posting(world: World) -> Asked:
    posting = world.a_posting()
    return {"id": posting.notice_id, "posting": posting.id}, {}


ROWS = (
    # Probes and the way in
    Row("GET", "healthz", EVERYONE, "open"),
    Row("GET", "readyz", EVERYONE, "open"),
    Row("GET", "metrics", EVERYONE, "open"),
    Row("GET", "version", EVERYONE, "open"),
    Row("GET", "api/v1/openapi.json", EVERYONE, "open"),
    Row("POST", "kit/prefer", EVERYONE, "open"),
    Row("GET", "kit/gallery", "", "open"),
    Row("GET", "sign-in", EVERYONE, "open"),
    Row("POST", "sign-in", EVERYONE, "open"),
    Row("GET", "sign-in/code", EVERYONE, "open"),
    Row("POST", "sign-in/code", EVERYONE, "open"),
    Row("GET", "set-up/<str:token>", "", "open", lambda _w: ({"token": "wrong"}, {})),
    Row("POST", "set-up/<str:token>", "", "open", lambda _w: ({"token": "wrong"}, {})),
    Row("GET", "link/<str:token>", "", "open", lambda _w: ({"token": "wrong"}, {})),
    Row("POST", "link/<str:token>", "", "open", lambda _w: ({"token": "wrong"}, {})),
    # One's own account
    Row("GET", "account/password", EVERYONE, "self"),
    Row("POST", "account/password", EVERYONE, "self"),
    Row("GET", "account/second-factor", EVERYONE, "self"),
    Row("POST", "account/second-factor", EVERYONE, "self"),
    Row("GET", "account/pin", EVERYONE, "self"),
    Row("POST", "account/pin", EVERYONE, "self"),
    Row("POST", "account/pin/take", EVERYONE, "self"),
    Row("POST", "account/badge/end", EVERYONE, "self"),
    Row("GET", "account/devices", EVERYONE, "self"),
    Row("GET", "account/tokens", KEEPERS, "self"),
    Row("POST", "account/tokens", KEEPERS, "self"),
    # Users and roles
    Row("GET", "users", KEEPERS, "list", sees=CANARY),
    Row("GET", "users/new", KEEPERS, "list"),
    Row("POST", "users/new", KEEPERS, "thing", _new_user),
    Row("GET", "users/badges", KEEPERS, "list"),
    Row("POST", "users/badges", KEEPERS, "list"),
    Row("POST", "users/<uuid:id>/pin", KEEPERS, "thing", _guard),
    Row("POST", "users/<uuid:id>/badge/end", KEEPERS, "thing", _guard),
    Row("GET", "users/<uuid:id>", KEEPERS, "thing", _guard, sees=CANARY),
    Row("POST", "users/<uuid:id>/grant", KEEPERS, "thing", _guard),
    Row("POST", "users/<uuid:id>/reset", KEEPERS, "thing", _guard),
    Row("POST", "users/<uuid:id>/lock", KEEPERS, "thing", _guard),
    Row("POST", "users/<uuid:id>/unlock", KEEPERS, "thing", _guard),
    Row("POST", "users/<uuid:id>/roles/<uuid:grant>/revoke", KEEPERS, "thing", _grant),
    # Console
    Row("GET", "", EVERYONE, "list"),
    Row("GET", "cases", READERS, "list", sees=CANARY),
    Row("GET", "cases/new", STAFF, "list"),
    Row("POST", "cases/new", STAFF, "list"),
    Row("GET", "cases/<uuid:id>", READERS, "thing", _case_page, sees=CANARY),
    Row("GET", "cases/past", READERS, "list", sees=CANARY),
    Row("GET", "cases/<uuid:id>/past", READERS, "thing", _case_page, sees=CANARY),
    Row("GET", "cases/<uuid:id>/steps/<slug:name>", STAFF, "thing", _case_step),
    Row("POST", "cases/<uuid:id>/steps/<slug:name>", STAFF, "thing", _case_step),
    Row("GET", "cases/new/places", f"{STAFF} resident", "list"),
    Row("GET", "cases/new/beside", f"{STAFF} resident", "list"),
    Row("GET", "cases/<uuid:id>/telephone", REVEALERS, "thing", _case_page),
    Row("POST", "cases/<uuid:id>/telephone", REVEALERS, "thing", _case_page),
    Row("GET", "cases/<uuid:id>/photos", STAFF, "list", _case_page),
    Row("POST", "cases/<uuid:id>/photos", STAFF, "thing", _case_page),
    Row("GET", "cases/<uuid:id>/evidence/<uuid:record>", READERS, "thing", _photo),
    Row("POST", "cases/<uuid:id>/archive", JOURNAL, "thing", _case_page),
    Row("GET", "board", DISPATCHERS, "list", sees=CANARY),
    Row("POST", "board", DISPATCHERS, "thing", _give),
    Row("GET", "work-orders", READERS, "list", sees=CANARY),
    Row("POST", "work-orders/chosen/reassign", DISPATCHERS, "list", _picked, sees=CANARY),
    Row("POST", "work-orders/chosen/close", CLOSERS, "list", _picked, sees=CANARY),
    Row("POST", "work-orders/chosen/sheets", READERS, "list", _picked, sees=CANARY),
    Row("GET", "work-orders/<uuid:id>", READERS, "thing", _work_page),
    Row("GET", "work-orders/<uuid:id>/steps/<slug:name>", DISPATCHERS, "thing", _work_step),
    Row("POST", "work-orders/<uuid:id>/steps/<slug:name>", DISPATCHERS, "thing", _work_step),
    Row("GET", "communities", WATCHERS, "list"),
    Row("GET", "indicators", WATCHERS, "list"),
    Row("GET", "indicators/<slug:code>", WATCHERS, "list", _indicator),
    Row("GET", "desk", DISPATCHERS, "list", sees=CANARY),
    Row("GET", "desk/queue", DISPATCHERS, "list", sees=CANARY),
    Row("GET", "desk/find", DISPATCHERS, "list", _clue, sees=CANARY),
    # Before the desk writes down more like it: only the three likeliest are shown.
    Row("GET", "desk/suggest", DISPATCHERS, "list", _being_typed, sees=CANARY),
    Row("POST", "desk", DISPATCHERS, "list", _at_the_desk),
    Row("GET", "review", JUDGES, "list"),
    Row("POST", "review", JUDGES, "thing", _verdict),
    Row("GET", "callbacks", CALLERS, "list"),
    Row("POST", "callbacks", CALLERS, "thing", _call),
    Row("GET", "callbacks/rules", RULERS, "whole"),
    Row("POST", "callbacks/rules", RULERS, "whole", _asking),
    Row("GET", "handover", DISPATCHERS, "list", sees=CANARY),
    Row("POST", "handover", DISPATCHERS, "list"),
    Row("GET", "handover/<uuid:id>", DISPATCHERS, "thing", _handover, sees=CANARY),
    # A plan is the company's; what it is started for must stand where the caller hands out work.
    Row("GET", "emergency", DISPATCHERS, "list"),
    Row("GET", "emergency/plans/<slug:code>", DISPATCHERS, "list", _a_plan),
    Row("POST", "emergency/plans/<slug:code>", DISPATCHERS, "list", _a_plan),
    Row("GET", "emergency/plans/<slug:code>/edit", "admin", "whole", _a_plan),
    Row("POST", "emergency/plans/<slug:code>/edit", "admin", "whole", _a_plan),
    Row("GET", "emergency/<uuid:id>", DISPATCHERS, "thing", _emergency, sees=CANARY),
    Row("GET", "work/emergency/<uuid:id>", "", "self", _emergency),
    Row("POST", "work/emergency/<uuid:id>", "", "self", _emergency),
    Row("POST", "emergency/<uuid:id>/done", DISPATCHERS, "thing", _step_done),
    Row("GET", "wall", READERS, "list"),
    Row("GET", "start", PLANNERS, "list"),
    Row("GET", "start/<slug:name>", PLANNERS, "list", _set_up),
    Row("POST", "start/<slug:name>", PLANNERS, "list", _set_up),
    Row("GET", "notices", ANNOUNCERS, "list", sees=CANARY),
    Row("GET", "notices/new", ANNOUNCERS, "list"),
    Row("POST", "notices/new", ANNOUNCERS, "thing", _announcement),
    Row("GET", "notices/<uuid:id>", ANNOUNCERS, "thing", _notice_page, sees=CANARY),
    Row("POST", "notices/<uuid:id>/withdraw", ANNOUNCERS, "thing", _notice_page),
    Row("GET", "notices/rule", "admin", "whole"),
    Row("POST", "notices/rule", "admin", "whole"),
    Row("POST", "notices/<uuid:id>/approve", ANNOUNCERS, "thing", _waiting_notice),
    Row("POST", "notices/<uuid:id>/boards", ANNOUNCERS, "thing", _notice_page),
    Row("GET", "notices/<uuid:id>/boards/<uuid:posting>", ANNOUNCERS, "thing", _posting),
    Row("POST", "notices/<uuid:id>/boards/<uuid:posting>/down", ANNOUNCERS, "thing", _posting),
    Row("GET", "library", READERS, "list"),
    Row("GET", "library/compare", READERS, "list"),
    Row("GET", "library/pieces/<slug:code>", READERS, "list", _piece),
    Row("POST", "library/pieces/<slug:code>/install", RULERS, "whole", _piece),
    Row("GET", "library/facts/<str:id>", READERS, "list", _fact),
    Row("GET", "library/facts/<str:id>/adopt", RULERS, "thing", _fact),
    Row("POST", "library/facts/<str:id>/adopt", RULERS, "thing", _fact),
    *PROMISES,
    *DOCUMENTS,
    Row("GET", "answers", READERS, "list"),
    Row("GET", "answers/new", ANSWERERS, "whole"),
    Row("POST", "answers/new", ANSWERERS, "whole", _new_answer),
    Row("GET", "answers/checks", JUDGES, "list"),
    Row("POST", "answers/checks", JUDGES, "list"),
    Row("GET", "answers/<uuid:series>", READERS, "company", _answer),
    Row("GET", "answers/<uuid:series>/edit", ANSWERERS, "whole", _answer),
    Row("POST", "answers/<uuid:series>/edit", ANSWERERS, "whole", _answer),
    Row("POST", "answers/<uuid:series>/withdraw", ANSWERERS, "whole", _answer),
    Row("GET", "calendars", READERS, "list"),
    Row("GET", "calendars/<uuid:id>", READERS, "company", _calendar),
    Row("POST", "calendars/<uuid:id>/notice", PLANNERS, "company", _calendar),
    Row("GET", "journal", JOURNAL, "list"),
    *FIELD,
    *REGISTRY,
    *INTAKE,
    *MESSAGES,
    *PORTAL,
    *PAPERS,
    *STANDARDS,
    *ROSTERS,
    *PLANNED,
    *LEDGERS,
    # API
    Row("GET", "api/v1/cases", READERS, "list", sees=CANARY),
    Row("POST", "api/v1/cases", f"{STAFF} resident", "thing", _report),
    Row("GET", "api/v1/cases/<uuidstr:case_id>", READERS, "thing", _case, sees=CANARY),
    Row("GET", "api/v1/cases/<uuidstr:case_id>/clocks", READERS, "thing", _case),
    Row("POST", "api/v1/cases/<uuidstr:case_id>/moves", STAFF, "thing", _note),
    Row(
        "POST",
        "api/v1/work-orders/<uuidstr:work_id>/moves",
        DISPATCHERS,
        "thing",
        _void_work,
    ),
    Row("GET", "api/v1/schemas/<slug:name>", READERS, "list", _schema),
    Row("GET", "api/v1/events", JOURNAL, "whole"),
)
# Routes whose thing belongs to one person; anothers is not found (console/accounts/tests).
ONE_OWNER = {
    "webhooks/<uuid:id>/test": "calls out to the network; the pages of messages have its test",
    "sign-out": "ends the caller's own session",
    "me/out": "ends the caller's own session",
    "me/self/helpers/<uuid:id>/end": "the caller's own helpers (community/tests/test_proxies.py)",
    "me/self/devices/<uuid:id>/end": "the caller's own devices (portal/tests/test_home.py)",
    "work/put-down": "ends the caller's own session (test_shared_phone.py)",
    "account/devices/<uuid:id>/revoke": "the caller's own devices",
    "account/tokens/<uuid:id>/revoke": "the caller's own tokens",
}
