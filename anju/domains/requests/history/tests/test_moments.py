from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.domains.requests.history.moments import Impossible, compiled, moment, precedes

NEW_YORK, SHANGHAI = ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai")


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)))
@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%dT%H:%M:%S.%f",
        "%d.%m.%Y %H:%M:%S,%f",
        "%m/%d/%Y %I:%M:%S.%f %p",
        "%Y年%m月%d日%H:%M:%S.%f",
    ],
)
def test_every_format_reads_what_strftime_writes(form, at):
    assert compiled(form)(at.strftime(form)) == at


def test_months_and_hours_need_no_leading_zero():
    assert compiled("%Y/%m/%d %H:%M:%S")("2020/1/6 2:09:38") == datetime(2020, 1, 6, 2, 9, 38)


def test_a_format_without_an_hour_gives_a_bare_date():
    assert compiled("%Y-%m-%d")("2015-01-02") == date(2015, 1, 2)
    assert compiled("%Y-%m-%d")("2015-01-02 10:00") is None


@pytest.mark.parametrize("text", ["2023-02-30 10:00", "2023-13-01 10:00", "2023-01-01 24:10"])
def test_what_has_the_form_but_does_not_exist_is_impossible(text):
    with pytest.raises(Impossible):
        compiled("%Y-%m-%d %H:%M")(text)


@pytest.mark.parametrize("form", ["%H:%M", "%Y-%m", "%Y-%m-%d %Q", "%Y-%m-%d %I:%M", "%Y %Y-%m-%d"])
def test_formats_that_cannot_work_are_refused(form):
    with pytest.raises(ValueError, match="%"):
        compiled(form)


def test_midnight_and_noon_on_the_twelve_hour_clock():
    read = compiled("%m/%d/%Y %I:%M %p")
    assert read("04/16/2024 12:05 AM") == datetime(2024, 4, 16, 0, 5)
    assert read("04/16/2024 12:05 PM") == datetime(2024, 4, 16, 12, 5)
    with pytest.raises(Impossible):
        read("04/16/2024 13:05 PM")


def test_local_time_becomes_utc():
    at = moment(datetime(2024, 4, 16, 3, 3, 15), NEW_YORK)
    assert (at, at.tzinfo) == (datetime(2024, 4, 16, 7, 3, 15, tzinfo=UTC), UTC)


def test_an_offset_in_the_text_goes_before_the_zone():
    read = compiled("%Y-%m-%dT%H:%M:%S%z")
    at = moment(read("2024-04-16T10:00:00+02:00"), NEW_YORK)
    assert at == datetime(2024, 4, 16, 8, tzinfo=UTC)


def test_a_bare_date_stays_one():
    assert moment(date(2024, 1, 15), SHANGHAI) == date(2024, 1, 15)


def test_a_skipped_local_time_is_impossible():
    with pytest.raises(Impossible, match="skipped"):
        moment(datetime(2024, 3, 10, 2, 30), NEW_YORK)


def test_a_repeated_local_time_is_its_first_showing_unless_that_is_too_early():
    first = moment(datetime(2024, 11, 3, 1, 30), NEW_YORK)
    assert first == datetime(2024, 11, 3, 5, 30, tzinfo=UTC)
    later = moment(datetime(2024, 11, 3, 1, 10), NEW_YORK, after=first)
    assert later == datetime(2024, 11, 3, 6, 10, tzinfo=UTC)


def test_a_bare_date_precedes_only_another_day():
    noon = datetime(2024, 4, 16, 16, tzinfo=UTC)
    assert not precedes(date(2024, 4, 16), noon, NEW_YORK)
    assert not precedes(noon, date(2024, 4, 16), NEW_YORK)
    assert precedes(date(2024, 4, 15), noon, NEW_YORK)
    assert precedes(noon - timedelta(seconds=1), noon, NEW_YORK)
