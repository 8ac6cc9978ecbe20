"""How often, how long and with which words: the plain numbers of this domain."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from anju.foundation.access.rules import Limit
from anju.foundation.messages.rules.policy import quiet_until

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# Reports without an account.
LINK_DAYS = timedelta(days=90)  # a case is over by then, or someone has called
BY_ADDRESS = Limit("label report by address", 10, HOUR)
BY_LABEL = Limit("label report by label", 30, HOUR)
BY_BOTH = Limit("label report by both", 5, 10 * MINUTE)
SAYINGS = Limit("words through a link", 10, HOUR)

# Coming in by telephone (trust.md P24). A number gets at most 5 codes in any hour and 10 a day, and
# stands 10 wrong guesses a day wherever they come from: 10 in 1,000,000 is 1 in 100,000.
CODE_DIGITS = 6
CODE_LASTS = timedelta(minutes=10)
CODE_EACH_MINUTE = Limit("code by number, minute", 1, MINUTE, moving=True)
CODE_EACH_HOUR = Limit("code by number, hour", 5, HOUR, moving=True)
CODE_EACH_DAY = Limit("code by number, day", 10, DAY)
CODE_BY_ADDRESS = Limit("code by address", 20, HOUR)
CODE_BUDGET = Limit("codes of the installation", 2000, DAY)
GUESS_OF_CODE = Limit("guess of code", 5, CODE_LASTS, moving=True)
GUESS_OF_NUMBER = Limit("guess by number", 10, DAY, moving=True)
GUESS_BY_ADDRESS = Limit("guess by address", 50, HOUR)
SPENT = Limit("code spent", 1, DAY)

# Texts about matters to one number, whoever gave it: as many as codes.
TEXT_EACH_HOUR = Limit("text by number, hour", CODE_EACH_HOUR.most, HOUR, moving=True)
TEXT_EACH_DAY = Limit("text by number, day", CODE_EACH_DAY.most, DAY)
# Texts about planned work: as many more, so that they never take the place of those.
WORK_TEXT_EACH_HOUR = Limit("text of work by number, hour", TEXT_EACH_HOUR.most, HOUR, moving=True)
WORK_TEXT_EACH_DAY = Limit("text of work by number, day", TEXT_EACH_DAY.most, DAY)

RESIDENT_DAYS = timedelta(days=180)  # a device of one's own: older people rarely sign in twice
INVITATION_LASTS = timedelta(days=7)

# What the person a matter is owed to may do, and how long.
REOPEN_DAYS = timedelta(days=15)
RATE_DAYS = timedelta(days=30)
URGE = Limit("urge", 1, 30 * MINUTE)
COMPLAIN = Limit("complain one level up", 3, DAY)
OWN_REPORTS = Limit("own reports", 20, HOUR)
OWN_SAYINGS = Limit("own words", 30, HOUR)

LONGEST_AHEAD = 336  # hours; what is told two weeks before is forgotten on its day
ORDINARY = 3  # the priority of what can wait for the morning


def told_at(at: datetime, ahead: timedelta, *, hours: tuple[int, int], zone: ZoneInfo) -> datetime:
    """When work of a moment `at` is announced: so long before, but not within the quiet `hours` of
    the day, or it would reach them late. Then an hour before these begin."""
    wanted = at - ahead
    if quiet_until(wanted, priority=ORDINARY, hours=hours, zone=zone) is None:
        return wanted
    local = wanted.astimezone(zone)
    evening = local.replace(hour=hours[0], minute=0, second=0, microsecond=0)
    if evening > local:
        evening -= DAY
    return (evening - HOUR).astimezone(at.tzinfo)
