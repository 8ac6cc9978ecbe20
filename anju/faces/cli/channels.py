"""`anju channel`: the channels out of a company, and a test through one of them."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from anju.faces.cli.users import account_named, machine_of
from anju.foundation.messages.commands import deliver, try_gateway
from anju.foundation.messages.models import Gateway, Message
from anju.foundation.messages.rules.outbox import error_words
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Unknown

PATIENCE = 30.0  # seconds for one test; a worker that runs beside us may be the one to send it


def run_channel(argv: Sequence[str]) -> int:
    """`anju channel list | test NAME`."""
    parser = argparse.ArgumentParser(prog="anju channel", description="channels to the outside")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, said in (("list", "list the channels"), ("test", "send a test through a channel")):
        one = verbs.add_parser(verb, help=said, description=said)
        one.add_argument("--company", help="code of the company, where there are several")
        one.add_argument("--json", action="store_true", help="print one JSON object")
    one.add_argument(
        "name", metavar="NAME", help="its name, or its kind where that is the only one"
    )
    one.add_argument("--to", metavar="USER", help="whose telephone, for text messages")
    asked = parser.parse_args(argv)
    actor = machine_of(asked)
    if asked.verb == "list":
        return _list(asked, actor)
    return _test(asked, actor)


def _list(asked: argparse.Namespace, actor: Actor) -> int:
    with acting(actor):
        rows = [
            {"name": g.name, "kind": g.kind, "on": g.on, "urgencies": g.urgencies}
            for g in Gateway.objects.seen_by(actor).order_by("name")
        ]
    if asked.json:
        print(json.dumps({"channels": rows}, ensure_ascii=False))
        return 0
    for row in rows:
        priorities = " ".join(f"P{n}" for n in row["urgencies"])
        print(f"{row['name']:24} {row['kind']:10} {'on' if row['on'] else 'off':4} {priorities}")
    return 0


def _test(asked: argparse.Namespace, actor: Actor) -> int:
    gateway = _named(asked.name, actor)
    to = account_named(asked.to, actor).id if asked.to else None
    id = try_gateway(gateway.id, actor=actor, account=to)
    end = time.monotonic() + PATIENCE
    message = _sent(id, gateway.kind, actor)
    while message.next_at is not None and not message.error and time.monotonic() < end:
        time.sleep(0.2)  # a worker has it
        message = _sent(id, gateway.kind, actor)
    said: dict[str, Any] = {
        "name": gateway.name,
        "message": str(message.id),
        "state": message.state,
        "error": message.error,
    }
    if asked.json:
        print(json.dumps(said, ensure_ascii=False))
    elif message.state == "sent":
        print(_("Sent: the other side took it."))
    else:
        print(f"{message.get_state_display()}: {error_words(message.error)}", file=sys.stderr)
    return 0 if message.state == "sent" else 1


def _sent(id: Any, kind: str, actor: Actor) -> Message:
    """Send what is due on this kind of channel, the test first; the message as it then stands."""
    deliver(kind, actor=actor, limit=1)
    with acting(actor):
        return Message.objects.seen_by(actor).get(id=id)


def _named(name: str, actor: Actor) -> Gateway:
    with acting(actor):
        rows = list(Gateway.objects.seen_by(actor))
    found = [g for g in rows if g.name == name] or [g for g in rows if g.kind == name]
    if len(found) != 1:
        raise Unknown(
            _("There is no channel %(name)s, or there are several. See: anju channel list")
            % {"name": name}
        )
    return found[0]
