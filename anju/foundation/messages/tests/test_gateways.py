"""Groups and telephones: what goes where, when, and what becomes of it."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from anju.foundation.access.testing import Someone, an_account
from anju.foundation.lib import frozen, now
from anju.foundation.messages import registry
from anju.foundation.messages.channels import bots
from anju.foundation.messages.channels.sealing import seal, unseal
from anju.foundation.messages.commands import (
    add_gateway,
    change_gateway,
    deliver,
    queue_message,
    retry,
    set_address,
    try_gateway,
)
from anju.foundation.messages.models import Gateway, Message
from anju.foundation.messages.rules.policy import BOTS
from anju.foundation.messages.testing import (
    Provider,
    a_note,
    a_provider,
    a_setting,
    the_message,
)
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused, Unknown

SHANGHAI = ZoneInfo("Asia/Shanghai")
Providers = dict[str, Provider]
PROVIDERS = (*BOTS, "sms")  # web push: tests/push


@pytest.fixture
def providers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Providers]:
    """All five on the loopback, on a network that is allowed."""
    monkeypatch.setattr("django.conf.settings.WEBHOOK_NETWORKS", "127.0.0.0/8")
    with ExitStack() as stack:
        yield {kind: stack.enter_context(a_provider(kind)) for kind in (*PROVIDERS, "voice")}


def someone_with_phone(actor: Actor) -> Someone:
    someone = an_account(actor, "technician")
    set_address(someone.id, "+86 138 0013 8000", actor=someone.actor, channel="sms")
    return someone


def outside(actor: Actor) -> list[Message]:
    with acting(actor):
        rows = Message.objects.filter(company_id=actor.company_id).exclude(channel="inapp")
        return list(rows.order_by("channel"))


# What is sent


def test_an_urgent_matter_goes_to_every_group_and_to_the_telephone(
    actor: Actor, providers: Providers
) -> None:
    for kind in PROVIDERS:
        add_gateway(kind, a_setting(providers[kind]), actor=actor)
    first, second = someone_with_phone(actor), someone_with_phone(actor)
    key = f"test:{uuid4()}"
    for who in (first, second):  # one event, two people: each group reads it once
        note = a_note(who, key=key, path="", priority=2, email=False)
        queue_message(note, actor=actor)
    for kind in PROVIDERS:
        deliver(kind, actor=actor)
    assert [len(providers[kind].taken) for kind in BOTS] == [1, 1, 1]
    assert len(providers["sms"].taken) == 2
    assert all(provider.refused == [] for provider in providers.values())
    assert {m.state for m in outside(actor)} == {"sent"}
    assert providers["wecom"].taken[0].startswith("您能收到安居的邮件")


@pytest.mark.parametrize(
    ("priority", "told"),
    [(1, {*BOTS, "sms"}), (2, {*BOTS, "sms"}), (3, {*BOTS}), (4, set())],
)
def test_each_priority_has_its_channels(
    actor: Actor, providers: Providers, priority: int, told: set[str]
) -> None:
    for kind in PROVIDERS:
        usual = (1, 2) if kind == "sms" else (1, 2, 3)
        add_gateway(kind, a_setting(providers[kind], urgencies=usual), actor=actor)
    note = a_note(someone_with_phone(actor), path="", priority=priority, email=False)
    queue_message(note, actor=actor)
    assert {m.channel for m in outside(actor)} == told


def test_a_group_of_one_community_hears_of_no_other(actor: Actor, providers: Providers) -> None:
    with acting(actor):
        home, beside = a_community(actor), a_community(actor)
    setting = a_setting(providers["wecom"], place=home.id)
    add_gateway("wecom", setting, actor=actor)
    someone = an_account(actor, "desk")
    queue_message(a_note(someone, path=beside.path, email=False), actor=actor)
    queue_message(a_note(someone, path="", email=False), actor=actor)
    queue_message(a_note(someone, email=False), actor=actor)  # about no place: theirs alone
    assert outside(actor) == []
    queue_message(a_note(someone, path=f"{home.path}b1.", email=False), actor=actor)
    assert [m.channel for m in outside(actor)] == ["wecom"]


def test_without_a_number_there_is_no_text_message(actor: Actor, providers: Providers) -> None:
    add_gateway("sms", a_setting(providers["sms"]), actor=actor)
    queue_message(a_note(an_account(actor, "desk"), path="", priority=1, email=False), actor=actor)
    assert outside(actor) == []


# When


def test_at_night_ordinary_matters_wait_for_the_morning_and_urgent_ones_do_not(
    actor: Actor, providers: Providers
) -> None:
    setting = a_setting(providers["feishu"], hours=(22, 7))
    add_gateway("feishu", setting, actor=actor)
    someone = an_account(actor, "desk")
    night = datetime(2026, 11, 20, 23, 30, tzinfo=SHANGHAI).astimezone(UTC)
    providers["feishu"].clock = night.timestamp
    with frozen(night):
        for priority in (2, 3):
            note = a_note(
                someone,
                path="",
                priority=priority,
                kind="digest",
                facts={"count": priority},
                email=False,
            )
            queue_message(note, actor=actor)
        deliver("feishu", actor=actor)
        assert len(providers["feishu"].taken) == 1
    (waiting,) = [m for m in outside(actor) if m.state == "pending"]
    assert (waiting.priority, waiting.error) == (3, "quiet")
    morning = datetime(2026, 11, 21, 7, 0, tzinfo=SHANGHAI)
    assert waiting.next_at == morning
    providers["feishu"].clock = morning.timestamp
    with frozen(morning.astimezone(UTC)):
        deliver("feishu", actor=actor)
    assert len(providers["feishu"].taken) == 2


def test_what_is_urgent_does_not_wait_behind_a_batch(actor: Actor, providers: Providers) -> None:
    add_gateway("wecom", a_setting(providers["wecom"]), actor=actor)
    someone = an_account(actor, "desk")
    note = {"path": "", "kind": "digest", "email": False}
    for n in (31, 32, 33):
        queue_message(a_note(someone, priority=3, facts={"count": n}, **note), actor=actor)
    came: list[str] = []

    def fate(text: str) -> str:
        came.append(text)
        return "taken"

    providers["wecom"].fate = fate

    real = bots.Wecom.send

    def send(self: bots.Wecom, parcel: object) -> object:
        answer = real(self, parcel)  # type: ignore[arg-type]  # handed on as it came
        if len(came) == 1:
            urgent = a_note(someone, priority=1, facts={"count": 11}, **note)
            queue_message(urgent, actor=actor)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bots.Wecom, "send", send)
        while deliver("wecom", actor=actor):
            pass
    assert [next(n for n in ("11", "31", "32", "33") if n in text) for text in came] == [
        "31", "11", "32", "33",
    ]  # fmt: skip


# What becomes of it


@pytest.mark.parametrize("kind", PROVIDERS)
@pytest.mark.parametrize(
    ("fate", "urgent", "ordinary"),
    [
        ("down", "pending", "pending"),
        ("too fast", "pending", "pending"),
        ("lost", "pending", "unknown"),  # the urgent rather twice than never
        ("taken", "sent", "sent"),
    ],
)
def test_what_becomes_of_each_answer(
    actor: Actor, providers: Providers, kind: str, fate: str, urgent: str, ordinary: str
) -> None:
    provider = providers[kind]
    provider.fate = lambda text: fate
    add_gateway(kind, a_setting(provider, urgencies=(1, 2, 3)), actor=actor)
    someone = someone_with_phone(actor)
    for priority, state in ((2, urgent), (3, ordinary)):
        queue_message(a_note(someone, path="", priority=priority, email=False), actor=actor)
        deliver(kind, actor=actor)
        (message,) = [m for m in outside(actor) if m.priority == priority]
        assert message.state == state, message.error


@pytest.mark.parametrize("kind", ["dingtalk", "feishu", "sms"])
def test_a_wrong_secret_is_a_dead_letter_with_its_reason(
    actor: Actor, providers: Providers, kind: str
) -> None:
    setting = a_setting(providers[kind], secret="another")
    gateway = add_gateway(kind, setting, actor=actor)
    someone = someone_with_phone(actor)
    queue_message(a_note(someone, path="", priority=2, email=False), actor=actor)
    deliver(kind, actor=actor)
    (message,) = outside(actor)
    assert message.state == "dead"
    assert message.error.startswith("provider:")
    assert providers[kind].taken == []
    right = a_setting(providers[kind], name=gateway.name)
    change_gateway(gateway.id, right, actor=actor)
    retry([message.id], actor=actor)
    deliver(kind, actor=actor)
    assert the_message(actor, message.id).state == "sent"


def test_a_redirect_is_not_followed_and_the_inside_not_reached(
    actor: Actor, providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = add_gateway("wecom", a_setting(providers["wecom"]), actor=actor)
    monkeypatch.setattr("django.conf.settings.WEBHOOK_NETWORKS", "")
    message = try_gateway(gateway.id, actor=actor)
    deliver("wecom", actor=actor)
    found = the_message(actor, message)
    assert (found.state, found.error) == ("dead", "blocked")
    assert providers["wecom"].taken == []
    with pytest.raises(NotYet) as refusal:
        add_gateway("dingtalk", a_setting(providers["dingtalk"]), actor=actor)
    assert set(refusal.value.fields) == {"address"}


# Setting up


def test_secrets_are_sealed_and_never_told(actor: Actor, providers: Providers) -> None:
    gateway = add_gateway("dingtalk", a_setting(providers["dingtalk"]), actor=actor)
    with acting(actor):
        row = Gateway.objects.filter(id=gateway.id).values().get()
    raw = bytes(row["sealed"])
    assert b"SECf00d" not in raw
    assert b"access_token" not in raw
    assert "SECf00d" not in str({**row, "sealed": ""})
    held = unseal(raw, of=gateway.id)
    assert held["secret"] == "SECf00d"
    with pytest.raises(ValueError, match="sealed"):
        unseal(raw, of=uuid4())  # of another channel
    with pytest.raises(ValueError, match="sealed"):
        unseal(raw[:-1] + bytes([raw[-1] ^ 1]), of=gateway.id)
    assert seal(held, of=gateway.id) != raw  # never the same twice


def test_an_empty_secret_keeps_the_old_one(actor: Actor, providers: Providers) -> None:
    gateway = add_gateway("dingtalk", a_setting(providers["dingtalk"]), actor=actor)
    changed = a_setting(providers["dingtalk"], address="", secret="", name="夜班群", on=False)
    gateway = change_gateway(gateway.id, changed, actor=actor)
    assert (gateway.name, gateway.on) == ("夜班群", False)
    message = try_gateway(gateway.id, actor=actor)  # a test goes although it is off
    deliver("dingtalk", actor=actor)
    assert the_message(actor, message).state == "sent"
    assert "夜班群" in providers["dingtalk"].taken[0]


def test_what_waits_for_a_channel_that_is_off_is_given_up(
    actor: Actor, providers: Providers
) -> None:
    gateway = add_gateway("feishu", a_setting(providers["feishu"]), actor=actor)
    queue_message(a_note(an_account(actor, "desk"), path="", email=False), actor=actor)
    off = a_setting(providers["feishu"], name=gateway.name, on=False)
    change_gateway(gateway.id, off, actor=actor)
    deliver("feishu", actor=actor)
    (message,) = outside(actor)
    assert (message.state, message.error) == ("dead", "channel_off")


def test_a_test_by_text_message_needs_a_number(actor: Actor, providers: Providers) -> None:
    gateway = add_gateway("sms", a_setting(providers["sms"]), actor=actor)
    admin = an_account(actor, "admin")
    with pytest.raises(NotYet):
        try_gateway(gateway.id, actor=admin.actor)
    set_address(admin.id, "13900139000", actor=admin.actor, channel="sms")
    try_gateway(gateway.id, actor=admin.actor)
    deliver("sms", actor=actor)
    assert len(providers["sms"].taken) == 1


def test_who_may_set_channels_up_and_what_is_refused(
    actor: Actor, other_actor: Actor, providers: Providers
) -> None:
    setting = a_setting(providers["wecom"])
    with pytest.raises(Refused):
        add_gateway("wecom", setting, actor=an_account(actor, "manager").actor)
    gateway = add_gateway("wecom", setting, actor=actor)
    with pytest.raises(Unknown):
        try_gateway(gateway.id, actor=other_actor)
    wrong = {
        "name": a_setting(providers["wecom"], name=gateway.name),
        "address": a_setting(providers["wecom"], address="ftp://x"),
        "urgencies": a_setting(providers["wecom"], urgencies=(5,)),
        "quiet_from": a_setting(providers["wecom"], hours=(24, 0)),
        "place": a_setting(providers["wecom"], place=uuid4()),
    }
    for field, one in wrong.items():
        with pytest.raises(NotYet) as refusal:
            add_gateway("wecom", one, actor=actor)
        assert set(refusal.value.fields) == {field}
    add_gateway("sms", a_setting(providers["sms"]), actor=actor)
    with pytest.raises(NotYet):
        add_gateway("sms", a_setting(providers["sms"]), actor=actor)  # one provider is enough
    with acting(actor):
        assert Gateway.objects.filter(company_id=actor.company_id).count() == 2


def test_a_wrong_number_is_refused_with_its_field(actor: Actor) -> None:
    someone = an_account(actor, "desk")
    with pytest.raises(NotYet) as refusal:
        set_address(someone.id, "12345", actor=someone.actor, channel="sms")
    assert set(refusal.value.fields) == {"sms"}


# Calls


def calls(actor: Actor) -> list[Message]:
    return [message for message in outside(actor) if message.channel == "voice"]


def test_a_telephone_rings_where_somebody_must_answer_and_a_life_is_at_stake(
    actor: Actor, providers: Providers
) -> None:
    add_gateway("voice", a_setting(providers["voice"]), actor=actor)
    someone = someone_with_phone(actor)
    for priority, call in ((1, False), (2, True), (1, True)):
        note = a_note(someone, path="", priority=priority, call=call, email=False)
        queue_message(note, actor=actor)
    [ring] = calls(actor)
    assert ring.priority == 1
    assert deliver("voice", actor=actor) == 1
    assert len(providers["voice"].taken) == 1
    assert the_message(actor, ring.id).state == "sent"


def test_nobody_is_called_after_a_person_has_answered(
    actor: Actor, providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_gateway("voice", a_setting(providers["voice"]), actor=actor)
    someone = someone_with_phone(actor)
    answered: set[str] = set()
    monkeypatch.setitem(registry._answered, "account", lambda message, actor: "1" in answered)
    queue_message(a_note(someone, path="", priority=1, call=True, email=False), actor=actor)
    providers["voice"].fate = lambda text: "down"
    deliver("voice", actor=actor)
    answered.add("1")
    providers["voice"].fate = lambda text: "taken"
    with frozen(now() + timedelta(minutes=1)):
        deliver("voice", actor=actor)
    [ring] = calls(actor)
    assert (ring.state, ring.error, ring.attempts) == ("dropped", "answered", 1)
    assert providers["voice"].taken == []


def test_a_channel_for_calls_needs_a_template_and_can_be_tried(
    actor: Actor, providers: Providers
) -> None:
    with pytest.raises(NotYet) as refusal:
        add_gateway("voice", a_setting(providers["voice"], template="", key_id=""), actor=actor)
    assert set(refusal.value.fields) == {"template", "key_id"}
    gateway = add_gateway("voice", a_setting(providers["voice"]), actor=actor)
    admin = an_account(actor, "admin")
    set_address(admin.id, "13900139000", actor=admin.actor, channel="sms")
    try_gateway(gateway.id, actor=admin.actor)
    deliver("voice", actor=actor)
    assert len(providers["voice"].taken) == 1
