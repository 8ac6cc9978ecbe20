"""Reading the yearly notice of the State Council on public holidays (部分节假日安排的通知).

The notice says each holiday in one numbered item: when it is (放假, 补休) and which days off are
worked instead (上班). What the text says twice is checked: a day of the week that does not fit its
date, or a count of days that does not fit its dates, is refused, because it means that the text was
changed on its way or that the year is wrong.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from unicodedata import normalize

from django.utils.translation import gettext_lazy as _

from anju.foundation.calendars.rules.stored import SpecialDay
from anju.foundation.tenancy.errors import NotYet

_YEAR = re.compile(r"(\d{4})年部分节假日")
_ITEM = re.compile(r"(?:^|[。\s])[一二三四五六七八九十]+、(?=[^。:]{2,20}:)")
_DAY = r"(?:(\d{4}|次)年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^)]*)\))?"
_RANGE = re.compile(rf"{_DAY}(?:至{_DAY})?")
_USE = re.compile(r"放假|补休|上班")
_COUNT = re.compile(r"(?:共|放假)(\d+)天")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}


class NoticeUnclear(NotYet):
    """The text of the notice cannot be trusted as it stands; `fields["text"]` says why."""

    code = "notice_unclear"

    def __init__(self, message: Any) -> None:
        super().__init__(message, fields={"text": message})


def read_notice(text: str, year: int | None = None) -> list[SpecialDay]:
    """The holidays and swapped workdays of the notice, by date.

    `year` is needed only where the text does not name it. Raises NoticeUnclear.
    """
    plain = normalize("NFKC", text)
    title = _YEAR.search(plain)
    if title is None and year is None:
        raise NoticeUnclear(_("The text does not say for which year it is. Add its title line."))
    about = year if title is None else int(title[1])
    if about is None or (year is not None and year != about):
        raise NoticeUnclear(
            _("This notice is for another year (%(year)s). Choose that year or another notice.")
            % {"year": about}
        )
    days: dict[date, SpecialDay] = {}
    for item in _ITEM.split(plain)[1:]:
        name, _colon, body = item.partition(":")
        for sentence in re.split(r"[。;]", body):
            for day in _sentence(sentence, name.strip(), about):
                days[day.date] = day
    if not days:
        raise NoticeUnclear(
            _("No holiday was found in this text. Paste the whole notice, with its numbered items.")
        )
    return [days[day] for day in sorted(days)]


def _sentence(sentence: str, name: str, year: int) -> Iterator[SpecialDay]:
    """The days of one sentence; a date belongs to the next word that says what it is for."""
    off: set[date] = set()
    month = None
    for match in _RANGE.finditer(sentence):
        use = _USE.search(sentence, match.end())
        if use is None:
            continue
        first = _date(match.group(1, 2, 3, 4), year, month)
        last = first
        if match[7]:
            last = _date(match.group(5, 6, 7, 8), first.year, first.month)
            if last < first:
                last = last.replace(year=last.year + 1)
        month = last.month
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            if use[0] == "上班":
                yield SpecialDay(day, "workday", f"{name}调休")
            else:
                off.add(day)
                yield SpecialDay(day, "holiday", name)
    count = _COUNT.search(sentence)
    if off and count and int(count[1]) != len(off):
        raise NoticeUnclear(
            _(
                "%(name)s: %(said)s days are said, the dates give %(found)s. "
                "Compare it with the original."
            )
            % {"name": name, "said": count[1], "found": len(off)}
        )


def _date(parts: tuple[str | Any, ...], year: int, month: int | None) -> date:
    said_year, said_month, said_day, aside = parts
    if said_year:
        year = year + 1 if said_year == "次" else int(said_year)
    try:
        day = date(year, int(said_month or month or 0), int(said_day))
    except ValueError as error:
        raise NoticeUnclear(
            _("There is no such date: month %(month)s, day %(day)s. Compare it with the original.")
            % {"month": said_month or month, "day": said_day}
        ) from error
    weekday = _WEEKDAY.search(aside or "")
    if weekday and _WEEKDAYS[weekday[1]] != day.weekday():
        raise NoticeUnclear(
            _("%(date)s is not the day of the week the notice says. Is the year right?")
            % {"date": day.isoformat()}
        )
    return day
