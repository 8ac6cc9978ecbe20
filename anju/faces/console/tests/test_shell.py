"""The menu stays one that a person can keep in mind."""

from uuid import UUID

from anju.faces.console.shell import MENU, OWN_MENU
from anju.foundation.access.rules import ROLES
from anju.foundation.tenancy.actor import Actor

GROUPS, ENTRIES = 9, 7  # of the rail; of a group


def test_no_group_of_the_menu_is_longer_than_seven() -> None:
    for name, permissions in ROLES.items():
        grants = dict.fromkeys(permissions, ("",))
        who = Actor(id=UUID(int=0), name=name, company_id=UUID(int=0), grants=grants)
        seen = [room for room in MENU if any(page.open_to(who) for page in room.pages)]
        assert len(seen) <= GROUPS, name
    assert [str(r.label) for r in (*MENU, *OWN_MENU) if not 0 < len(r.pages) <= ENTRIES] == []


def test_no_page_stands_in_two_groups() -> None:
    pages = [page.url for room in MENU for page in room.pages]
    assert sorted(pages) == sorted(set(pages))
