"""Notes become messages once; storms become digests; the bell is one's own."""

from datetime import timedelta

import pytest

from anju.foundation.access.commands import create_account, grant_role
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.lib import frozen, now
from anju.foundation.messages.commands import (
    deliver,
    erase_addresses,
    forget_old,
    mark_read,
    queue_message,
    queue_messages,
    set_address,
)
from anju.foundation.messages.models import Address, Message
from anju.foundation.messages.queries import (
    companies_due,
    staff,
    unread_count,
    unread_counts,
    waiting_count,
)
from anju.foundation.messages.registry import words_of
from anju.foundation.messages.rules.outbox import STORM
from anju.foundation.messages.testing import MailSink, a_message, a_note, someone_with_email
from anju.foundation.people.commands import erase_person
from anju.foundation.people.testing import a_person
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused, Unknown

NOON = now().replace(hour=12, minute=5, second=0, microsecond=0)


def kinds(actor: Actor, **which: object) -> list[tuple[str, str]]:
    with acting(actor):
        rows = Message.objects.filter(company_id=actor.company_id, **which).order_by("created_at")
        return list(rows.values_list("kind", "channel"))


def test_a_key_is_there_once(actor: Actor) -> None:
    note = a_note(an_account(actor, "desk"))
    assert queue_message(note, actor=actor) == 1
    assert queue_messages([note, note], actor=actor) == 0
    assert kinds(actor) == [("email.test", "inapp")]


def test_a_refused_command_leaves_no_message(actor: Actor) -> None:
    someone = an_account(actor, "desk")
    with pytest.raises(NotYet):
        with acting(actor):
            queue_message(a_note(someone), actor=actor)
            raise NotYet("something else was missing")
    assert kinds(actor) == []


def test_what_is_in_anju_is_there_at_once_and_told(actor: Actor) -> None:
    someone = an_account(actor, "desk")
    queue_message(a_note(someone), actor=actor)
    with acting(actor):
        assert unread_count(someone.actor) == 1
        message = Message.objects.mine(someone.actor).get()
        told = Event.objects.filter(company_id=actor.company_id, name="message.queued").get()
    assert message.state == "sent"
    assert told.said == {"kinds": {"email.test": 1}}


def test_no_email_without_a_server_or_an_address(actor: Actor, mails: MailSink) -> None:
    with_address, without = someone_with_email(actor), an_account(actor, "desk")
    queue_messages([a_note(with_address), a_note(without)], actor=actor)
    assert kinds(actor, account_id=without.id) == [("email.test", "inapp")]
    assert sorted(c for _k, c in kinds(actor, account_id=with_address.id)) == ["email", "inapp"]


def test_what_happened_too_long_ago_is_not_said(actor: Actor) -> None:
    someone = an_account(actor, "desk")
    assert queue_message(a_note(someone, at=now() - timedelta(days=2)), actor=actor) == 0
    assert kinds(actor) == []


def test_a_storm_becomes_one_digest_that_counts_on(actor: Actor, mails: MailSink) -> None:
    someone = someone_with_email(actor)
    with frozen(NOON):
        queue_messages([a_note(someone) for _n in range(STORM + 7)], actor=actor)
        queue_messages([a_note(someone) for _n in range(3)], actor=actor)
        with acting(actor):
            rows = Message.objects.filter(company_id=actor.company_id)
            digests = rows.filter(key__startswith="digest:").order_by("channel")
            assert rows.filter(channel="email").count() == STORM + 1
            assert [d.facts for d in digests] == [{"count": 10}, {"count": 10}]
            email = digests[0]
        # The digest itself waits until the hour is over, so that it is sent once, with all.
        assert email.next_at == NOON.replace(hour=13, minute=0)
        assert deliver("email", actor=actor, limit=100) == STORM
    with frozen(NOON + timedelta(hours=1)):
        assert deliver("email", actor=actor) == 1
        assert queue_message(a_note(someone, email=False), actor=actor) == 1
    assert len(mails.of(email)) == 1


def test_life_safety_is_never_folded(actor: Actor) -> None:
    someone = an_account(actor, "desk")
    with frozen(NOON):
        notes = [a_note(someone, priority=1) for _n in range(STORM + 5)]
        assert queue_messages(notes, actor=actor) == STORM + 5


def test_reading_is_ones_own(actor: Actor) -> None:
    mine, other = an_account(actor, "desk"), an_account(actor, "desk")
    queue_messages([a_note(mine), a_note(mine), a_note(other)], actor=actor)
    with acting(actor):
        ids = list(Message.objects.mine(other.actor).values_list("id", flat=True))
    assert mark_read(ids, actor=mine.actor) == 0
    assert mark_read(actor=mine.actor) == 2
    assert mark_read(actor=mine.actor) == 0
    with acting(actor):
        counts = unread_counts([mine.id, other.id], actor=actor)
    assert counts == {mine.id: 0, other.id: 1}


def test_the_outbox_shows_what_lies_within_reach(actor: Actor, mails: MailSink) -> None:
    east, west = an_account(actor, "desk", "a."), an_account(actor, "desk", "b.")
    top = an_account(actor, "headquarters")
    a_message(actor, someone_with_email(actor, "technician", "a.1."))
    with acting(actor):
        seen = [Message.objects.seen_by(who.actor).count() for who in (east, west, top)]
        assert waiting_count(top.actor) == {"pending": 1}
    assert seen == [2, 0, 2]


def test_other_companies_see_nothing(actor: Actor, other_actor: Actor) -> None:
    queue_message(a_note(an_account(actor, "desk")), actor=actor)
    with acting(other_actor):
        assert Message.objects.count() == 0


def test_the_ticker_sees_who_is_due_and_nothing_else(actor: Actor, mails: MailSink) -> None:
    a_message(actor, someone_with_email(actor))
    assert actor.company_id in companies_due("email")
    assert actor.company_id not in companies_due("webhook")
    deliver("email", actor=actor)
    assert actor.company_id not in companies_due("email")


def test_an_address_is_entered_checked_and_erased_with_its_person(actor: Actor) -> None:
    person = a_person(actor, kind="staff")
    account = create_account(actor=actor, login=f"p{person.id.hex}", name="李", person_id=person.id)
    set_address(account.id, "li@example.com", actor=actor)
    for wrong in ("li", "li@x", "a@b.c\r\nBcc: d@e.f", "李@example.com", "<a@b.cd>"):
        with pytest.raises(NotYet):
            set_address(account.id, wrong, actor=actor)
    erase_person(person.id, actor=actor)
    with acting(actor):
        assert not Address.objects.exists()
    assert erase_addresses(person.id, actor=actor) == 0


def test_nobody_changes_anothers_address(actor: Actor) -> None:
    mine, other = an_account(actor, "desk"), an_account(actor, "technician")
    with pytest.raises((Refused, Unknown)):
        set_address(other.id, "x@example.com", actor=mine.actor)
    with acting(actor):
        assert not Address.objects.exists()


def test_a_keeper_of_a_place_turns_no_mail_of_who_may_do_more(actor: Actor) -> None:
    path = "1."
    admin = an_account(actor, "admin")
    grant_role(admin.id, actor=actor, role="desk", path=path)
    desk = an_account(actor, "desk", path=path)
    keeper = an_account(actor, "manager", path=path)
    with pytest.raises(Refused):
        set_address(admin.id, "mine@example.com", actor=keeper.actor)
    assert set_address(desk.id, "desk@example.com", actor=keeper.actor)


def test_old_messages_are_forgotten_and_waiting_ones_kept(actor: Actor, mails: MailSink) -> None:
    someone = someone_with_email(actor)
    a_message(actor, someone)
    with frozen(now() + timedelta(days=200)):
        assert forget_old(actor=actor) == 1
        assert forget_old(actor=actor) == 0
    assert kinds(actor) == [("email.test", "email")]


def test_an_escalation_to_nobody_goes_up(actor: Actor) -> None:
    leader, manager = an_account(actor, "leader", "a.1."), an_account(actor, "manager", "a.")
    boss = an_account(actor, "admin")
    with acting(actor):
        book = staff({"leader"}, actor=actor)
    assert book.holding("leader", "a.1.7.") == [leader.id]
    assert book.holding("leader", "a.2.") == [manager.id]
    assert book.holding("leader", "b.") == [boss.id]


def test_words_of_a_kind_nobody_knows_any_more_are_its_name() -> None:
    assert words_of("gone.kind", 1, {}).subject == "gone.kind"
