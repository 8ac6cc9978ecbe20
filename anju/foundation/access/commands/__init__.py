"""Verbs of access: accounts, roles, passwords, second factors, devices, tokens, answers."""

from anju.foundation.access.commands.accounts import (
    close_account,
    create_account,
    forget_account,
    open_account,
    reset_account,
)
from anju.foundation.access.commands.answers import sweep_answers
from anju.foundation.access.commands.grants import follow_place, grant_role, revoke_role
from anju.foundation.access.commands.keeping import not_on_shared_phone
from anju.foundation.access.commands.passwords import (
    change_password,
    set_first_password,
    set_password,
)
from anju.foundation.access.commands.second_factor import confirm_second_factor
from anju.foundation.access.commands.setting_up import set_up, set_up_token
from anju.foundation.access.commands.shared import (
    end_badge,
    end_phone,
    enter_by_badge,
    enter_by_pin,
    join_phone,
    make_badge,
    set_pin,
    share_phone,
    take_pin,
)
from anju.foundation.access.commands.signing_in import (
    open_device,
    prove_code,
    prove_password,
    revoke_device,
    sign_out,
)
from anju.foundation.access.commands.tokens import create_token, note_seen, revoke_token

__all__ = [
    "change_password",
    "close_account",
    "confirm_second_factor",
    "create_account",
    "create_token",
    "end_badge",
    "end_phone",
    "enter_by_badge",
    "enter_by_pin",
    "follow_place",
    "forget_account",
    "grant_role",
    "join_phone",
    "make_badge",
    "not_on_shared_phone",
    "note_seen",
    "open_account",
    "open_device",
    "prove_code",
    "prove_password",
    "reset_account",
    "revoke_device",
    "revoke_role",
    "revoke_token",
    "set_first_password",
    "set_password",
    "set_pin",
    "set_up",
    "set_up_token",
    "share_phone",
    "sign_out",
    "sweep_answers",
    "take_pin",
]
