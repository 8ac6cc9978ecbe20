"""What stands around every console page: the menu by what the actor may see, bell and account."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anju.foundation.access.queries import SignedIn
from anju.foundation.access.rules import ROLE_NAMES
from anju.foundation.kit.parts import Group, Link, Shell
from anju.foundation.messages.queries import unread_count
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@dataclass(frozen=True)
class Page:
    """One page of the menu: open to who holds `permission` anywhere ("" for everyone).

    `whole`: only to who holds it for the whole company. `unless`: not to who holds that.
    """

    label: Any
    url: str
    permission: str = ""
    query: str = ""
    whole: bool = False
    unless: str = ""

    def open_to(self, actor: Actor) -> bool:
        """Whether the actor finds it in the menu."""
        if self.unless and actor.may(self.unless):
            return False
        path = "" if self.whole else None
        return not self.permission or actor.may(self.permission, path)


@dataclass(frozen=True)
class Room:
    """A group of the menu: its first open page is where the group leads."""

    label: Any
    icon: str
    pages: tuple[Page, ...]


MENU = (
    Room(_("Workbench"), "home", (Page(_("Today"), "console:home"),)),
    # Whoever has work to do, and does not hand it out, finds it first.
    Room(
        _("My work"),
        "tool",
        (
            Page(
                _("My work"),
                "field:today",
                "work.do",
                unless="work.dispatch",
            ),
        ),
    ),
    Room(
        _("Requests"),
        "inbox",
        (
            Page(_("Service desk"), "console:desk", "work.dispatch"),
            Page(_("Dispatch board"), "requests:board", "work.dispatch"),
            Page(_("Cases"), "requests:cases", "case.see", "?state=live&sort=due"),
            Page(_("Work orders"), "requests:works", "work.see", "?state=live&sort=due"),
            Page(_("Evidence review"), "console:review", "record.judge"),
            Page(_("Callbacks"), "console:callbacks", "case.callback"),
            Page(_("Shift handover"), "console:handover", "work.dispatch"),
        ),
    ),
    Room(
        _("Planned work"),
        "cal",
        (
            Page(_("Rounds"), "console:rounds", "work.see", "?day=today"),
            Page(_("Plans"), "console:plans", "plan.see", "?state=active"),
            Page(_("Service plan"), "console:service_plan", "plan.see"),
            Page(_("Ledgers"), "ledgers:ledgers", "ledger.see", "?state=active"),
            Page(_("Phones"), "console:phones", "work.dispatch"),
            Page(_("Routes"), "console:routes", "plan.see"),
            Page(_("Visits"), "console:visits", "plan.see", "?state=left"),
        ),
    ),
    Room(
        _("Registry"),
        "bldg",
        (
            Page(_("Places"), "registry:places", "place.see", "?state=standing"),
            Page(_("Equipment"), "registry:assets", "place.see"),
            Page(_("People"), "registry:people", "person.see"),
            Page(_("Staff"), "registry:posts", "staff.see"),
            Page(_("Roster"), "staff:roster", "staff.see"),
            Page(_("Imports"), "registry:imports", "import.run"),
        ),
    ),
    Room(
        pgettext_lazy("menu", "Standards"),
        "book",
        (
            Page(_("Standards"), "console:standards", "standard.see"),
            Page(_("Procedures"), "console:procedures", "standard.see"),
            Page(_("Forms"), "console:forms", "standard.see"),
            Page(_("Library"), "console:library", "standard.see"),
            Page(_("Customers' needs"), "console:needs", "standard.see"),
            Page(_("Service catalogue"), "console:catalogues", "standard.see"),
            Page(_("Contracts"), "console:contracts", "standard.see"),
        ),
    ),
    Room(
        _("Documents, notices, emergency"),
        "file",
        (
            Page(_("Documents"), "console:documents", "standard.see", "?state=in_force"),
            Page(_("Law register"), "console:laws", "standard.see"),
            Page(_("Answers"), "answers:answers", "standard.see", "?state=current"),
            Page(_("Announcements"), "console:notices", "notice.edit"),
            Page(_("Emergency"), "console:emergency_plans", "work.dispatch"),
        ),
    ),
    Room(
        _("Figures"),
        "chart",
        (
            Page(_("Communities compared"), "console:communities", "indicator.see", whole=True),
            Page(_("Indicators"), "console:indicators", "indicator.see"),
            Page(_("Wall screen"), "console:wall", "indicator.see"),
        ),
    ),
    Room(
        _("Ways in and out"),
        "swap",
        (
            Page(_("Came in"), "intake:arrivals", "work.dispatch"),
            Page(_("Outbox"), "messages:outbox", "outbox.see"),
            Page(_("Channels"), "messages:gateways", "webhook.edit", whole=True),
            Page(_("Sources"), "intake:sources", "webhook.edit", whole=True),
            Page(_("Webhooks"), "messages:webhooks", "webhook.edit"),
        ),
    ),
    Room(
        _("Settings"),
        "gear",
        (
            Page(_("Set-up"), "start:start", "import.run"),
            Page(_("Calendars"), "console:calendars", "calendar.see"),
            Page(_("Users and roles"), "account:users", "user.edit"),
            Page(_("Journal"), "console:journal", "journal.see", whole=True),
        ),
    ),
)

# What somebody finds who lives here and does not work here.
OWN_MENU = (Room(_("My matters"), "home", (Page(_("My matters"), "portal:home", "case.report"),)),)

# What a page is about: it is told when others change that (see streams).
LIVE = {
    "console:home": "case",
    "requests:cases": "case",
    "requests:case": "case:{id}",
    "requests:works": "case,work",
    "requests:work": "work:{id}",
    "console:desk": "case,work",
    "field:today": "case,work",
    "requests:board": "case,work",
    "console:callbacks": "case",
    "console:review": "work",
    "messages:mine": "",
    "messages:outbox": "message",
}


def shell(request: HttpRequest) -> Mapping[str, Any]:
    """Context processor: the shell for whoever is signed in; nothing for anybody else."""
    who: SignedIn | None = getattr(request, "signed_in", None)
    actor: Actor | None = getattr(request, "actor", None)
    if who is None or actor is None or who.scopes:
        return {}
    return {
        "shell": Shell(
            project=who.company_name,
            project_note=_("demo data") if who.demo else "",
            person=who.name,
            person_id=str(who.account),
            person_note=str(_(", ")).join(str(ROLE_NAMES[r]) for r in dict(who.roles)),
            groups=tuple(_groups(actor, request)),
            sign_out_url=reverse("account:sign_out"),
            alarm_url=reverse("console:emergency_plans") if actor.may("work.dispatch") else "",
            bell_url=reverse("messages:mine"),
            bell=cache(partial(_bell, actor)),
            live_url=_live_url(request),
            search_url=reverse("registry:search"),
            new_url=reverse("requests:new_case")
            if actor.may("case.report") and actor.may("case.see")
            else "",
            account=(
                Link(label=_("Email address"), url=reverse("messages:address")),
                Link(label=_("My devices"), url=reverse("account:devices")),
                Link(label=_("Change password"), url=reverse("account:password")),
            ),
            foot=(settings.URL.split("//", 1)[-1],),
        )
    }


def _bell(actor: Actor) -> int:
    with acting(actor):  # some pages are drawn outside of it
        return unread_count(actor)


def _live_url(request: HttpRequest) -> str:
    """Where this page hears of news: on the same host, one port further, unless set otherwise.

    Same host, because the cookie that says who is asking is the host's.
    """
    domain, _port = split_domain_port(request.get_host())
    base = settings.LIVE_URL or f"{request.scheme}://{domain}:{settings.LIVE_PORT}"
    match = request.resolver_match
    about = LIVE.get(match.view_name, "") if match else ""
    id = match.kwargs.get("id", "") if match else ""
    return f"{base}/live?about={about.format(id=id)}" if about else f"{base}/live"


def _groups(actor: Actor, request: HttpRequest) -> Iterator[Group]:
    menu = MENU if actor.may("case.see") else OWN_MENU
    rooms = [(room, [p for p in room.pages if p.open_to(actor)]) for room in menu]
    here = _here([page for _room, pages in rooms for page in pages], request)
    for room, pages in rooms:
        if not pages:
            continue
        links = [
            Link(label=p.label, url=reverse(p.url) + p.query, current=p is here) for p in pages
        ]
        yield Group(
            label=room.label,
            icon=room.icon,
            url=links[0].url,
            current=here in pages,
            links=tuple(links) if len(links) > 1 else (),
        )


def _here(pages: Sequence[Page], request: HttpRequest) -> Page | None:
    """The page of the menu the request belongs to: the one whose address fits it best."""

    def fit(page: Page) -> int:
        url = reverse(page.url)
        under = request.path == url or (url != "/" and request.path.startswith(f"{url}/"))
        return len(url) if under else 0

    best = max(pages, key=fit, default=None)
    return best if best is not None and fit(best) else None
