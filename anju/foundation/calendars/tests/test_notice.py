"""The yearly notice as pasted, against the days the product knows."""

from datetime import date

import pytest

from anju.foundation.calendars.rules import NoticeUnclear, public_days, read_notice

NOTICE_2026 = """
国务院办公厅关于2026年部分节假日安排的通知

各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。

国务院办公厅
2025年11月4日
"""
ITEMS_2014 = (
    "一、元旦：1月1日放假1天。"
    "二、春节：1月31日至2月6日放假调休，共7天。1月26日（星期日）、2月8日（星期六）上班。"
    "三、清明节：4月5日放假，4月7日（星期一）补休。"
    "四、劳动节：5月1日至3日放假调休，共3天。5月4日（星期日）上班。"
    "五、端午节：6月2日放假，与周末连休。"
    "六、中秋节：9月8日放假，与周末连休。"
    "七、国庆节：10月1日至7日放假调休，共7天。9月28日（星期日）、10月11日（星期六）上班。"
)


def test_the_notice_of_2026_gives_the_days_of_2026() -> None:
    said = {day.date: (day.kind, day.name[:2]) for day in read_notice(NOTICE_2026)}
    assert said == {day.date: (day.kind, day.name[:2]) for day in public_days([2026])}


def test_an_older_form_without_title_and_line_breaks() -> None:
    said = {(day.date, day.kind) for day in read_notice(ITEMS_2014, 2014)}
    known = {(day.date, day.kind) for day in public_days([2014])}
    assert said == known - {(date(2014, 4, 6), "holiday")}  # a Sunday the notice need not name


def test_days_across_the_turn_of_the_year() -> None:
    days = read_notice(
        "一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。"
        "二、春节：1月21日至27日放假调休，共7天。",
        2023,
    )
    assert [day.date for day in days][:4] == [
        date(2022, 12, 31), date(2023, 1, 1), date(2023, 1, 2), date(2023, 1, 21),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("一、元旦：1月1日放假1天。", None),  # which year?
        (NOTICE_2026, 2027),  # another year's
        ("一、元旦：1月1日（周五）放假1天。", 2026),  # it was a Thursday
        ("一、元旦：1月1日至3日放假，共4天。", 2026),  # three days
        ("一、元旦：2月30日放假1天。", 2026),
        ("明天放假。", 2026),
    ],
)
def test_a_text_that_contradicts_itself_is_refused(text: str, year: int | None) -> None:
    with pytest.raises(NoticeUnclear) as refused:
        read_notice(text, year)
    assert refused.value.fields["text"]
