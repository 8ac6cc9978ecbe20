"""`anju user` and `anju token`: accounts and tokens from the machine Anju runs on.

Whoever may run these commands holds the data folder, so they act as the machine of the company.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from anju.faces.cli.house import address
from anju.foundation.access import commands
from anju.foundation.access.models import Account, ApiToken
from anju.foundation.access.queries import company_named, grants_held
from anju.foundation.access.rules import ROLES, SCOPES, clean_login
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only

WHOLE_COMPANY = ("", "/", "*")


def run_user(argv: Sequence[str]) -> int:
    """`anju user create | list | grant | reset | lock | unlock`."""
    parser = argparse.ArgumentParser(prog="anju user", description="accounts and their roles")
    verbs = parser.add_subparsers(dest="verb", required=True)
    create = _verb(verbs, "create", "make an account and print a link to choose its password")
    create.add_argument("--name", required=True, help="the person's name")
    create.add_argument("--login", help="the login name (default: the name)")
    _role(create)
    create.add_argument(
        "--password-stdin", action="store_true", help="read its password instead of a link"
    )
    _verb(verbs, "list", "list the accounts")
    grant = _verb(verbs, "grant", "give an account one more role")
    grant.add_argument("--user", required=True, help="login name or id")
    _role(grant)
    for verb, said in (
        ("reset", "print a link to choose a new password; devices and second factor end"),
        ("lock", "lock an account"),
        ("unlock", "unlock an account"),
    ):
        _verb(verbs, verb, said).add_argument("--user", required=True, help="login name or id")
    asked = parser.parse_args(argv)
    acts: dict[str, Callable[[argparse.Namespace, Actor], Any]] = {
        "create": _create,
        "list": _list,
        "grant": _grant,
        "reset": _reset,
        "lock": _lock,
        "unlock": _unlock,
    }
    return _say(asked, acts[asked.verb](asked, machine_of(asked)))


def run_token(argv: Sequence[str]) -> int:
    """`anju token create | list | revoke`."""
    parser = argparse.ArgumentParser(prog="anju token", description="bearer tokens of programs")
    verbs = parser.add_subparsers(dest="verb", required=True)
    create = _verb(verbs, "create", "make a token; it is printed this once")
    create.add_argument("--user", required=True, help="login name or id it acts for")
    create.add_argument(
        "--scope",
        action="append",
        required=True,
        help=f"what it may be used for: {', '.join(SCOPES)}; repeat or separate by commas",
    )
    create.add_argument("--name", default="command line", help="what it is for")
    _verb(verbs, "list", "list the tokens that are in force")
    _verb(verbs, "revoke", "end a token").add_argument("--id", required=True, type=UUID)
    asked = parser.parse_args(argv)
    acts: dict[str, Callable[[argparse.Namespace, Actor], Any]] = {
        "create": _create_token,
        "list": _list_tokens,
        "revoke": _revoke_token,
    }
    return _say(asked, acts[asked.verb](asked, machine_of(asked)))


def _verb(verbs: Any, name: str, said: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=said, description=said)
    parser.add_argument("--company", help="code of the company, where there are several")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _role(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", required=True, choices=sorted(ROLES))
    parser.add_argument(
        "--place", default="", help="path, id or code of a place (default: the whole company)"
    )


def machine_of(asked: argparse.Namespace) -> Actor:
    company = company_named(asked.company)
    if company is None:
        raise Unknown(
            _("There is no company with the code %(code)s.") % {"code": asked.company}
            if asked.company
            else _("Name the company with --company CODE: there is none yet, or there are several.")
        )
    return Actor.machine(company.id, "command line")


def _path(text: str, actor: Actor) -> str:
    """The path of a place named by path, id or code; raises `Unknown` when there is none."""
    if text in WHOLE_COMPANY:
        return ""
    with acting(actor):
        return place_named(text, actor=actor).path


def account_named(named: str, actor: Actor) -> Account:
    with acting(actor):
        rows = Account.objects.seen_by(actor)
        try:
            found = only(rows.filter(id=UUID(named)))
        except ValueError:
            found = rows.filter(login=clean_login(named)).first()
    if found is None:
        raise Unknown(_("There is no account %(name)s in this company.") % {"name": named})
    return found


def _create(asked: argparse.Namespace, actor: Actor) -> dict[str, Any]:
    path = _path(asked.place, actor)
    password = sys.stdin.readline().rstrip("\n") if asked.password_stdin else ""
    if asked.password_stdin and not password:
        raise NotYet(_("There was no password on the standard input. Nothing was created."))
    link = None
    with acting(actor):
        account = commands.create_account(
            actor=actor, login=asked.login or asked.name, name=asked.name
        )
        commands.grant_role(account.id, actor=actor, role=asked.role, path=path)
        if password:
            commands.set_password(account.id, actor=actor, password=password)
        else:
            link = address(f"/link/{commands.reset_account(account.id, actor=actor)}")
    said = {
        "id": str(account.id),
        "login": account.login,
        "name": account.name,
        "role": asked.role,
        "place": path,
    }
    return {**said, "link": link} if link else said


def _list(_asked: argparse.Namespace, actor: Actor) -> dict[str, Any]:
    with acting(actor):
        accounts = list(Account.objects.seen_by(actor).order_by("login"))
        held = grants_held([a.id for a in accounts], actor=actor)
    return {
        "users": [
            {
                "id": str(a.id),
                "login": a.login,
                "name": a.name,
                "locked": a.closed_at is not None,
                "roles": [{"role": g.role, "place": g.path} for g in held.get(a.id, [])],
            }
            for a in accounts
        ]
    }


def _grant(asked: argparse.Namespace, actor: Actor) -> dict[str, Any]:
    account, path = account_named(asked.user, actor), _path(asked.place, actor)
    commands.grant_role(account.id, actor=actor, role=asked.role, path=path)
    return {"login": account.login, "role": asked.role, "place": path}


def _reset(asked: argparse.Namespace, actor: Actor) -> dict[str, Any]:
    account = account_named(asked.user, actor)
    link = address(f"/link/{commands.reset_account(account.id, actor=actor)}")
    return {"login": account.login, "link": link}


def _lock(asked: argparse.Namespace, actor: Actor) -> dict[str, Any]:
    account = account_named(asked.user, actor)
    commands.close_account(account.id, actor=actor)
    return {"login": account.login, "locked": True}


def _unlock(asked: argparse.Namespace, actor: Actor) -> dict[str, Any]:
    account = account_named(asked.user, actor)
    commands.open_account(account.id, actor=actor)
    return {"login": account.login, "locked": False}


def _create_token(asked: argparse.Namespace, actor: Actor) -> dict[str, Any]:
    account = account_named(asked.user, actor)
    scopes = " ".join(asked.scope)
    token = commands.create_token(account.id, actor=actor, name=asked.name, scopes=scopes)
    return {"token": token, "login": account.login, "scopes": scopes}


def _list_tokens(_asked: argparse.Namespace, actor: Actor) -> dict[str, Any]:
    with acting(actor):
        rows = ApiToken.objects.seen_by(actor).filter(revoked_at=None).order_by("created_at")
        return {
            "tokens": [
                {
                    "id": str(t.id),
                    "name": t.name,
                    "account": str(t.account_id),
                    "scopes": t.scopes,
                    "used_at": t.used_at.isoformat() if t.used_at else None,
                }
                for t in rows
            ]
        }


def _revoke_token(asked: argparse.Namespace, actor: Actor) -> dict[str, Any]:
    commands.revoke_token(asked.id, actor=actor)
    return {"id": str(asked.id), "revoked": True}


def _say(asked: argparse.Namespace, said: dict[str, Any]) -> int:
    """One object for programs, or lines for people."""
    if asked.json:
        print(json.dumps(said, ensure_ascii=False))
        return 0
    rows = next((v for v in said.values() if isinstance(v, list)), [said])
    for row in rows:
        print("  ".join(f"{name}: {value}" for name, value in row.items()))
    return 0
