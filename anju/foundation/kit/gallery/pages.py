"""One page of each kind, drawn with the samples."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from anju.foundation.kit.filters import Filter
from anju.foundation.kit.gallery.samples import (
    MATTERS,
    SampleForm,
    SignInForm,
    a_clock,
    a_kept,
    a_line,
    a_matter,
    some_charts,
    some_figures,
)
from anju.foundation.kit.list import Bulk, Column, ListPage
from anju.foundation.kit.parts import Entry, Group, Link, Shell, Shot, Step
from anju.foundation.kit.rules import ClockView
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.lib import now

HERE = "/kit/gallery?page="


PAGES = ("gallery", "list", "detail", "dashboard", "signin", "form", "import", "journal", "problem")


def shown(request: HttpRequest, page: str) -> dict[str, Any] | None:
    """The context of one page of the gallery; None when there is no such page."""
    at = now()
    makers: Mapping[str, Callable[[HttpRequest, datetime], dict[str, Any]]] = {
        "gallery": _parts,
        "list": _list,
        "detail": _detail,
        "dashboard": _dashboard,
        "form": _form,
        "signin": _sign_in,
        "import": _import,
        "journal": _detail,
        "problem": _problem,
    }
    make = makers.get(page)
    return {"name": page, "shell": _shell(page), **make(request, at)} if make else None


def _shell(page: str) -> Shell:
    names = (
        ("home", "工作台", "dashboard"),
        ("inbox", "服务请求", "list"),
        ("cal", "计划任务", "form"),
    )
    more = (
        ("siren", "应急"),
        ("shield", "品质"),
        ("bldg", "住户与房产"),
        ("chart", "报表"),
        ("gear", "设置"),
    )
    under = tuple(Link(label=n, url=HERE + n, current=n == page) for n in PAGES if n != "dashboard")
    groups = [
        Group(
            label=label,
            icon=icon,
            url=HERE + to,
            current=(to == page) or (to == "list" and page != "dashboard"),
            count="38" if to == "list" else "",
            links=under if to == "list" else (),
        )
        for icon, label, to in names
    ] + [
        Group(label=label, icon=icon, url="#", count="1" if icon == "siren" else "", hot=True)
        for icon, label in more
    ]
    return Shell(
        project="滨海新城",
        project_note="一期 · 1,860 户",
        person="李经理",
        person_note="项目经理",
        person_id="gallery",
        groups=groups,
        sign_out_url=HERE + "signin",
        live_url="/live",
        search_url=HERE + "list",
        bell_url="#",
        bell=3,
        foot=("调度延迟 1.2 秒", "短信、公众号、电话 正常"),
        account=(Link(label="我的设备", url="#"),),
    )


class _Sample(ListPage):
    """A list over invented rows: everything but the database is the real thing."""

    sample: Sequence[Any] = ()

    @property
    def _page(self) -> tuple[list[Any], bool, bool]:
        return list(self.sample), False, False


def _list(request: HttpRequest, at: datetime) -> dict[str, Any]:
    def asis(rows: Any, value: Any) -> Any:
        return rows

    columns = [
        Column(name="number", label="单号", render=lambda r: f"1120-{r.number}", look="mute"),
        Column(name="level", label="级", render=lambda r: tags.prio(r.level), sort="level"),
        Column(name="title", label="事项", render=lambda r: r.title, look="title"),
        Column(name="place", label="位置", render=lambda r: r.place),
        Column(name="kind", label="类型", render=lambda r: r.kind, look="mute"),
        Column(name="who", label="报事人", render=lambda r: r.who),
        Column(name="doer", label="责任人", render=lambda r: r.doer),
        Column(name="due", label="当前时限", render=lambda r: r.clock, sort="due", look="mark"),
        Column(name="line", label="承诺进度", render=lambda r: r.line, look="desk"),
        Column(name="at", label="受理", render=lambda r: "14:29", numeric=True, look="desk"),
    ]
    filters = [
        Filter(name="q", label="在结果中找", kind="text", apply=asis),
        Filter(
            name="state", label="状态", apply=asis, choices=(("open", "未结"), ("closed", "已结"))
        ),
        Filter(name="opened", label="日期", kind="dates", apply=asis),
        Filter(name="place", label="位置", kind="place", apply=asis, more=True),
    ]
    no_database: Any = None
    page = _Sample(
        request,
        no_database,
        columns=columns,
        filters=filters,
        sort="due",
        row_url=lambda r: HERE + "detail",
        file=("滨海一期", "事项"),
        bulk=(
            Bulk(label="改派", url="#", icon="users", key="A"),
            Bulk(label="打印派工单", url="#", icon="print"),
        ),
        empty=("今天没有即将超时的工单", "最近一次超时：11 月 12 日（原因：待料）。"),
    )
    page.sample = () if "empty" in request.GET else [a_matter(row, at) for row in MATTERS]
    views = (
        Link(label="我的项目", url="#", current=True, count="38"),
        Link(label="2 小时内到期", url="#", count="9"),
    )
    return {"page": page, "views": views}


def _dashboard(request: HttpRequest, at: datetime) -> dict[str, Any]:
    due = [a_matter(row, at) for row in MATTERS[:7]]
    return {"due": due, "figures": some_figures(), "charts": some_charts()}


def _detail(request: HttpRequest, at: datetime) -> dict[str, Any]:
    def back(minutes: int) -> datetime:
        return at - timedelta(minutes=minutes)

    entries = [
        Entry(
            title="等待核验",
            look="key",
            text="吴管家或李经理可核验。张师傅本人不能核验自己的工作。",
        ),
        Entry(
            title="完工：更换三通，保压 20 分钟无渗漏",
            at=back(18),
            look="done",
            text="张师傅",
            note="检查项 6/6 通过 · 压力 0.42 MPa（合格 0.35–0.60）· 业主母亲签字",
        ),
        Entry(
            title="告知业主：已止水，正在更换接头",
            at=back(59),
            note="张师傅 → 王女士 · 公众号 已读",
        ),
        Entry(title="2 分钟未应答", at=back(70), look="miss"),
        Entry(title="已受理，回执已发", at=back(96), look="done", url="#"),
        Entry(title="同一位置的上一单", at=back(60 * 24 * 40)),
    ]
    said = (
        ("报事人", "王女士 · 业主 · 138****6621"),
        ("位置", "3 栋 2 单元 1201 › 卫生间"),
        ("描述", "卫生间吊顶往下滴水，刚开始，楼下 1101 也渗水，老人在家"),
        ("影响", "2 户：1201、1101"),
        ("紧急依据", "漏水 + 影响楼下 + 老人在家（规则 7）"),
        ("标准", "入户维修标准 v3.2（受理时生效）"),
        ("负责到底", None),
    )
    shots = [
        Shot(caption=c, url="#", icon=i)
        for c, i in (("修前 · 14:53", "cam"), ("修后 · 15:41", "cam"), ("签字", "file"))
    ]
    tabs = (
        Link(label="时间线", url="#", current=True, count="17"),
        Link(label="与业主对话", url="#", count="4"),
    )
    return {
        "line": a_line(5, 12, at),
        "entries": entries,
        "facts": said,
        "shots": shots,
        "tabs": tabs,
        "explain": (
            ("起点", "15:47 张师傅提交完工（手机时间，15:48 收到）"),
            ("日历", "工程白班 08:00–20:00"),
            ("暂停", "0 次"),
        ),
    }


def _form(request: HttpRequest, at: datetime) -> dict[str, Any]:
    asked = {"room": "", "kind": "water", "level": "2", "text": "刚开始漏"}
    return {"form": SampleForm(asked) if "wrong" in request.GET else SampleForm()}


def _sign_in(request: HttpRequest, at: datetime) -> dict[str, Any]:
    form = SignInForm({"name": "0307", "password": ""}) if "wrong" in request.GET else SignInForm()
    if form.is_bound:
        form.add_error("password", "密码不对，还可以试 4 次。大小写有区别。")
    line = [*a_line(4, 30, at)[:4], a_clock("核验", 30, at), a_line(4, 30, at)[-1]]
    return {"form": form, "line": line}


def _import(request: HttpRequest, at: datetime) -> dict[str, Any]:
    steps = (
        Step(label="上传", state="done", note="东湖一期.xlsx"),
        Step(label="对应各列", state="done"),
        Step(label="预览", state="current"),
        Step(label="结果"),
    )
    return {
        "steps": steps,
        "counts": ((1187, "新增", ""), (12, "更新", ""), (2, "冲突", "warn"), (3, "错误", "warn")),
    }


def _parts(request: HttpRequest, at: datetime) -> dict[str, Any]:
    base = a_clock("到场", 48, at)
    broken = ClockView(
        kind="b", label="到场", state="broken", due_at=at - timedelta(minutes=66), stopped_at=at
    )
    unknown = ClockView(kind="u", label="到场", state="unknown", reason="无到场时刻")
    kept = a_kept("到场", at, 20, 30)
    clocks = [
        base,
        a_clock("到场", 12, at),
        a_clock("到场", -66, at),
        a_clock("到场", None, at),
        kept,
        broken,
        unknown,
    ]
    return {
        **_detail(request, at),
        **_form(request, at),
        "clocks": clocks,
        "figures": some_figures(),
        "charts": some_charts(),
        "wrong": SampleForm({"room": ""}),
        "lines": [a_line(s, left, at) for s, left in ((3, 34), (1, 6), (3, -6), (3, None))],
        "steps": _import(request, at)["steps"],
        "minutes_ago": at - timedelta(minutes=12),
        "soon": at + timedelta(minutes=48),
        "csv": "周,及时率\n35,93.1\n36,94.2\n",
    }


def _problem(request: HttpRequest, at: datetime) -> dict[str, Any]:
    return {
        "what": "系统出错了",
        "means": "先前保存的内容没有丢失，最后一步可能没有保存。",
        "do": "请返回再试一次。如果再次出现，请把编号告诉管理员。",
        "code": "7F3K",
        "status": 500,
        "home": HERE + "dashboard",
    }
