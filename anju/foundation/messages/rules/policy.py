"""Which channel hears of which priority, and when it keeps quiet. Defaults; each company sets its
own for each of its channels.

Life safety and urgent matters (P1, P2) go to groups and telephones at any hour, and for life safety
the telephone of who must answer rings too, unless a person has; ordinary ones (P3) go to groups and
browsers by day, planned ones (P4) are read in Anju. What nobody has accepted goes to its leader in
a digest as ordinary, planned work in it too. Mails lie in a box until they are read, so they keep
no hours.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

BOTS = ("wecom", "dingtalk", "feishu")  # the robot of a group: everybody in it reads
PERSONAL = ("sms", "voice", "push")  # to an account; a company has one of each
CALLS = ("voice",)  # they ring: only where somebody must answer, and not after a person has
GATEWAYS = (*BOTS, *PERSONAL)
USUAL: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(BOTS, (1, 2, 3)),
    "sms": (1, 2),
    "voice": (1,),
    "push": (1, 2, 3),
}
RESIDENTS = "residents"  # the option of the channel for texts: residents are told through it too
QUIET_FROM, QUIET_UNTIL = 22, 7  # hours of the company's day
ANY_HOUR = frozenset({1, 2})  # these priorities are told whatever the hour


def quiet_until(
    at: datetime, *, priority: int, hours: tuple[int, int], zone: ZoneInfo
) -> datetime | None:
    """When the quiet that holds at `at` ends; None where nothing keeps this message.

    `hours`: from which hour of the day until which; the same twice is never.
    """
    since, until = hours
    if priority in ANY_HOUR or since == until:
        return None
    local = at.astimezone(zone)
    quiet = since <= local.hour < until if since < until else not until <= local.hour < since
    if not quiet:
        return None
    end = local.replace(hour=until, minute=0, second=0, microsecond=0)
    if end <= local:
        end = (local + timedelta(days=1)).replace(hour=until, minute=0, second=0, microsecond=0)
    return end.astimezone(at.tzinfo)
