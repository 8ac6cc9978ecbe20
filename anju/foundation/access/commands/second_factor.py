"""Turning the second factor on, and spending its codes."""

from django.utils.translation import gettext_lazy as _

from anju.foundation.access.commands.keeping import not_on_shared_phone
from anju.foundation.access.models import Account
from anju.foundation.access.queries import SignedIn
from anju.foundation.access.second_factor import matching_step
from anju.foundation.events.commands import tell
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


def confirm_second_factor(signed_in: SignedIn, *, actor: Actor, code: str) -> None:
    """Turn the second factor on: a right code proves that the app holds the secret.

    Refuses a wrong code and a sign-in on a shared phone (`NotYet`); one that is on already stays as
    it is.
    """
    not_on_shared_phone(signed_in, actor=actor)
    step = matching_step(signed_in, code)
    if step is None:
        raise NotYet(
            _("The code does not fit. Nothing was changed."),
            fields={
                "code": _("Check that the phone's clock is right, then enter the code now shown.")
            },
        )
    with acting(actor):
        turned_on = Account.objects.filter(
            company_id=actor.company_id, id=actor.id, totp_n=signed_in.totp_n, totp_on=False
        ).update(totp_on=True, totp_step=step)
        if turned_on:
            tell("account.second_factor", subject=("account", actor.id), actor=actor)


def spend_step(signed_in: SignedIn, step: int, *, actor: Actor) -> bool:
    """Spend the code of a step: False when it, or a later one, was spent before."""
    with acting(actor):
        rows = Account.objects.filter(company_id=actor.company_id, id=signed_in.account)
        return bool(rows.filter(totp_step__lt=step).update(totp_step=step))
