"""States of a message, how long to wait between tries, and what every failure is called."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

State = Literal["pending", "leased", "sent", "unknown", "dead", "dropped"]
STATE_NAMES = (
    ("pending", _("waiting")),
    ("leased", _("being sent")),
    ("sent", _("sent")),
    ("unknown", _("perhaps sent")),
    ("dead", _("given up")),
    ("dropped", _("dropped")),
)
CHANNEL_NAMES = (
    ("inapp", _("in Anju")),
    ("email", _("email")),
    ("sms", _("text message")),
    ("voice", _("voice call")),
    ("push", _("notice on a device")),
    ("wecom", _("WeCom group")),
    ("dingtalk", _("DingTalk group")),
    ("feishu", _("Feishu group")),
    ("webhook", _("webhook")),
)
# Delivered by the worker; a message in Anju is there at once.
OUTSIDE = ("email", "sms", "voice", "push", "wecom", "dingtalk", "feishu", "webhook")

TRIES = 10
LEASE = timedelta(seconds=180)  # longer than any send lasts (see channels)
LONGEST_PAUSE = timedelta(hours=4)
FIRST_PAUSE = {1: 5, 2: 15, 3: 60, 4: 60}  # seconds, by priority
AT_LEAST_ONCE = frozenset({1, 2})  # these priorities rather arrive twice than not at all
STORM = 30  # messages of one hour, one account and one channel; the rest become one digest
NEVER_FOLDED = frozenset({1})  # life safety


@dataclass(frozen=True)
class Outcome:
    """What became of one try.

    "unclear": the other side may have taken it, its answer was lost. `error` is a code of
    `ERRORS`, with a detail behind a colon; never a text of the other side, which may name people.
    `unreachable`: nobody answered there, so the next message to the same place need not be tried.
    """

    result: Literal["delivered", "temporary", "permanent", "unclear"]
    error: str = ""
    unreachable: bool = False


DELIVERED = Outcome("delivered")


def pause(attempt: int, priority: int, spread: float) -> timedelta:
    """How long to wait after failed try number `attempt` (from 1): doubled each time, up to 4 h.

    `spread` (0 <= spread < 1) shifts it by up to a quarter either way, so that what failed
    together is not tried together again.
    """
    seconds = FIRST_PAUSE[priority] * 2 ** (attempt - 1)
    limited = min(timedelta(seconds=seconds), LONGEST_PAUSE)
    return limited * (0.75 + spread / 2)


def state_after(outcome: Outcome, *, attempt: int, priority: int) -> State:
    """The state after try number `attempt`: "pending" is tried again after a pause."""
    if outcome.result == "delivered":
        return "sent"
    if outcome.result == "permanent":
        return "dead"
    if outcome.result == "unclear" and (priority not in AT_LEAST_ONCE or attempt >= TRIES):
        return "unknown"
    return "pending" if attempt < TRIES else "dead"


ERRORS = {
    "no_address": _("The recipient has no address for this channel. Enter one, then send again."),
    "not_set_up": _("No mail server is set up (ANJU_SMTP_URL). Set it, then send again."),
    "no_sms": _("No channel for text messages is set up, so nothing was sent."),
    "refused": _("The mail server does not take mail for this address (%(detail)s)."),
    "smtp": _("The mail server put the message off (%(detail)s); it is tried again."),
    "sign_in": _("The mail server did not accept the login (%(detail)s). Check ANJU_SMTP_URL."),
    "tls": _("No secure connection could be made. Check the certificate of the other side."),
    "unreachable": _("The other side could not be reached."),
    "timeout": _("The other side did not answer in time."),
    "lost": _("The connection broke after the message was handed over; it may have arrived."),
    "lease": _("The sending process stopped again and again; the message may have arrived."),
    "http": _("The receiver answered with the status %(detail)s."),
    "redirect": _("The receiver redirects elsewhere (%(detail)s); redirects are not followed."),
    "blocked": _("The address leads into a private network, so nothing was sent to it."),
    "switched_off": _("The webhook is switched off."),
    "channel_off": _("The channel is switched off or gone. Switch it on, then send again."),
    "channel_key": _("The key of the channel cannot be read any more. Enter it anew."),
    "provider": _(
        "The provider did not take it (code %(detail)s). Look the code up in its manual and "
        "correct the channel."
    ),
    "too_fast": _("The provider asks for fewer messages (code %(detail)s); it is tried again."),
    "answer": _("The provider's answer could not be read; the message may have arrived."),
    "no_browser": _("The browser is not signed in any more, or takes no notices."),
    "unsubscribed": _("The browser takes no more notices; it was removed from the list."),
    "quiet": _("Quiet hours: it is sent when they are over."),
    "gone": _("What the message was about is not there any more."),
    "stale": _("It was too late for this message to be of use, so it was not sent."),
    "answered": _("A person had answered already, so nobody was called."),
    "discarded": _("Someone decided that it is not sent."),
}


def error_words(error: str) -> Any:
    """The code of an error in words: what happened, and what to do where there is something."""
    code, _colon, detail = error.partition(":")
    return ERRORS[code] % {"detail": detail} if code in ERRORS else error
