"""The menu stays one that a person can keep in mind."""

from anju.faces.console.shell import MENU, OWN_MENU

GROUPS, ENTRIES = 9, 7  # of the rail; of a group


def test_no_group_of_the_menu_is_longer_than_seven() -> None:
    assert len(MENU) <= GROUPS
    assert [str(r.label) for r in (*MENU, *OWN_MENU) if not 0 < len(r.pages) <= ENTRIES] == []


def test_no_page_stands_in_two_groups() -> None:
    pages = [page.url for room in MENU for page in room.pages]
    assert sorted(pages) == sorted(set(pages))
