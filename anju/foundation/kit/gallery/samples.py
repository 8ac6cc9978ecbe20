"""Invented content: clocks, matters, figures, charts and forms. No record is real."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils.safestring import SafeString

from anju.foundation.kit import charts
from anju.foundation.kit.figures import Figure
from anju.foundation.kit.forms import KitForm
from anju.foundation.kit.rules import ClockView
from anju.foundation.kit.templatetags import kit as tags

KINDS = ("响应", "派单", "接单", "到场", "完成", "核验", "反馈", "回访")


MATTERS = (
    ("0038", 3, "入户门禁失灵", "3-1-0702", "报修", "冯女士", "陈师傅", 3, -6),
    ("0039", 3, "夜间装修噪声", "2-3-0401", "投诉", "宋先生", "吴管家", 0, 9),
    ("0042", 2, "卫生间漏水，楼下渗水", "3-2-1201", "报修", "王女士", "未派", 1, 12),
    ("0040", 3, "厨房下水堵", "5-1-1803", "报修", "何女士", "赵师傅", 2, 14),
    ("0041", 2, "天花渗水", "3-2-1101", "报修", "刘先生", "张师傅", 3, 34),
    ("0037", 3, "门铃不响", "3-2-0803", "报修", "褚先生", "张师傅", 3, 48),
    ("0036", 3, "空调冷凝水滴到窗台", "1-1-2201", "报修", "卫女士", "赵师傅", 3, 80),
    (
        "0027",
        3,
        "单元门闭门器漏油，开合时有异响，业主希望周末以前更换",
        "2-2 单元门",
        "问题",
        "礼宾 2 栋",
        "陈师傅",
        4,
        130,
    ),
    ("0034", 4, "水表读数疑问", "4-2-1502", "咨询", "蒋先生", "前台", 4, 1440),
    ("0033", 3, "阳台地漏返味", "2-1-0905", "报修", "沈女士", "赵师傅", 3, None),
    ("0030", 3, "灯带更换", "1-2-0602", "报修", "杨先生", "张师傅", 6, 2000),
)


def a_clock(kind: str, minutes: float | None, at: datetime, limit: int = 60) -> ClockView:
    """A clock with `minutes` left now; None makes it paused."""
    paused = minutes is None
    due = at + timedelta(minutes=minutes or 0)
    return ClockView(
        kind=kind,
        label=kind,
        state="paused" if paused else "running",
        due_at=None if paused else due,
        started_at=due - timedelta(minutes=limit),
        limit=timedelta(minutes=limit),
        reason="等业主在家" if paused else "",
    )


def a_kept(kind: str, at: datetime, took: int, limit: int) -> ClockView:
    started = at - timedelta(minutes=100)
    return ClockView(
        kind=kind,
        label=kind,
        state="kept",
        started_at=started,
        limit=timedelta(minutes=limit),
        due_at=started + timedelta(minutes=limit),
        stopped_at=started + timedelta(minutes=took),
    )


def a_line(step: int, left: float | None, at: datetime) -> list[ClockView]:
    """All promises of a case that is at `step`."""
    before = [a_kept(k, at, 4 + 9 * i, 5 + 12 * i) for i, k in enumerate(KINDS[:step])]
    here = [a_clock(KINDS[step], left, at)]
    after = [
        ClockView(kind=k, label=k, state="waiting", due_at=at + timedelta(hours=20 * i))
        for i, k in enumerate(KINDS[step + 1 :], start=1)
    ]
    return [*before, *here, *after]


def a_matter(row: tuple[Any, ...], at: datetime) -> SimpleNamespace:
    number, level, title, place, kind, who, doer, step, left = row
    clocks = a_line(step, left, at)
    return SimpleNamespace(
        pk=number,
        number=number,
        level=level,
        title=title,
        place=place,
        kind=kind,
        who=who,
        doer=doer,
        clock=tags.clock(clocks[step], label=True),
        line=tags.promise(clocks, mini=True),
    )


def some_figures() -> list[Figure]:
    return [
        Figure(
            label="报修及时率",
            value=96.4,
            n=412,
            low=94.1,
            high=97.8,
            target=95,
            trend=(92, 94, 93, 96, 97, 96.4),
        ),
        Figure(
            label="一次修好",
            value=88.1,
            n=371,
            low=84.5,
            high=91.0,
            target=90,
            trend=(91, 90, 93, 88, 90, 88.1),
        ),
        Figure(
            label="投诉 24 时反馈",
            value=91.7,
            n=24,
            low=74.2,
            high=97.7,
            target=100,
            said="2 单未按时",
            trend=(100, 100, 96, 95, 100, 91.7),
        ),
        Figure(
            label="满意度（已评）",
            value=4.62,
            n=188,
            unit="/ 5",
            digits=2,
            low=4.51,
            high=4.73,
            target=4.5,
            beside="未评价 183",
        ),
    ]


def some_charts() -> dict[str, SafeString]:
    weeks = (93.1, 94.2, 92.8, 95, 94.6, 95.8, 96.1, 93.9, 95.4, 96, 96.8, 96.4)
    points = [charts.Point(f"{35 + i}周", v) for i, v in enumerate(weeks)]
    houses = [
        charts.Bar(f"{i} 栋", v, of)
        for i, (v, of) in enumerate(
            [(5, 5), (4, 4), (7, 8), (3, 3), (5, 6), (4, 4), (5, 5), (2, 2)], 1
        )
    ]
    causes = [
        charts.Bar(n, v)
        for n, v in (
            ("等待派单", 21),
            ("人手不足", 14),
            ("待料", 9),
            ("未接单", 6),
            ("预约冲突", 5),
            ("其他", 3),
        )
    ]
    return {
        "line": charts.line(points, title="报修及时率，按周", target=95),
        "bars": charts.bars(houses, title="各栋到场及时", unit="单"),
        "ranking": charts.ranking(causes, title="超时原因", unit="单"),
        "pareto": charts.pareto(causes, title="超时原因"),
    }


class SampleForm(KitForm):
    """One control of each kind."""

    room = forms.CharField(
        label="房号",
        help_text="例如 3-2-1201",
        error_messages={"required": "请填写房号，例如 3-2-1201"},
    )
    kind = forms.ChoiceField(label="类别", choices=(("water", "水电"), ("door", "门窗")))
    level = forms.ChoiceField(
        label="紧急",
        choices=(("1", "P1 特急"), ("2", "P2 紧急"), ("3", "P3 一般")),
        initial="3",
        widget=forms.RadioSelect(attrs={"look": "seg"}),
    )
    visit = forms.DateField(
        label="上门日期", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    days = forms.MultipleChoiceField(
        label="方便的时间",
        required=False,
        choices=(("am", "上午"), ("pm", "下午"), ("eve", "晚上")),
        widget=forms.CheckboxSelectMultiple,
    )
    text = forms.CharField(
        label="描述", widget=forms.Textarea(attrs={"rows": 3}), help_text="可粘贴微信里的文字"
    )
    photo = forms.FileField(label="照片", required=False)
    told = forms.BooleanField(label="受理后告知业主", required=False, initial=True)


class SignInForm(KitForm):
    name = forms.CharField(label="工号或手机号")
    password = forms.CharField(label="密码", widget=forms.PasswordInput)
    mine = forms.BooleanField(label="这台是我专用的电脑，7 天内不再问", required=False)
