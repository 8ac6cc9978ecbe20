"""The first minute of an empty installation: its company and its first administrator."""

import hmac

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from anju.foundation.access.commands.accounts import create_account
from anju.foundation.access.commands.grants import grant_role
from anju.foundation.access.models import Account
from anju.foundation.access.queries import is_empty
from anju.foundation.access.rules import account_faults, password_faults
from anju.foundation.tenancy.acting import acting, unfenced
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company
from anju.foundation.tenancy.errors import NotYet, Unknown

LOCK = 0x616E6A75  # any constant; two set-ups at once queue here


def set_up_token() -> str:
    """The token of the set-up link: derived from the installation's key, dead once a company is
    there.

    No actor: nobody exists yet.
    """
    raw = hmac.digest(settings.SECRET_KEY.encode(), b"set up", "sha256")
    return raw.hex()[:32]


def set_up(
    *, token: str, company: str, code: str, zone: str, login: str, name: str, password: str
) -> Account:
    """Found the first company and its first administrator, who then enrols a second factor.

    No actor: nobody exists yet. Refuses a wrong token or an installation that has a company
    (`Unknown`), and bad values (`NotYet`): then nothing is founded and the link stays good.
    """
    gone = Unknown(_("This link has been used. Sign in, or ask the administrator for an account."))
    if not hmac.compare_digest(token.encode(), set_up_token().encode()):
        raise gone
    fields = account_faults(login=login, name=name)
    if faults := password_faults(password, login=login, name=name):
        fields["password"] = " ".join(faults)
    if fields:
        raise NotYet(_("Some values need another look. Nothing was created."), fields=fields)
    with unfenced("the first company is founded before anyone belongs to it"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if not is_empty():
            raise gone
        founded = found_company(code=code, name=company, zone=zone)
    machine = Actor.machine(founded.id, "set-up")
    with acting(machine):
        account = create_account(actor=machine, login=login, name=name, password=password)
        grant_role(account.id, actor=machine, role="admin")
    return account
