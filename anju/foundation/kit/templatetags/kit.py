"""The tags pages are built from. Words and shapes come from rules, figures and charts."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zlib import crc32

from django import template
from django.forms import BaseForm, BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from anju.foundation.kit import charts, figures, rules
from anju.foundation.kit import forms as kit_forms
from anju.foundation.lib import now

register = template.Library()
NOTE_ICONS = {"": "info", "warn": "warn", "bad": "warn", "ok": "check"}


# Signs


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A line icon from the sprite; decoration, so hidden from screen readers."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {size}" if size else "", static("kit/icons.svg"), name,
    )  # fmt: skip


@register.simple_tag
def tag(words: Any, tone: str = "", sign: str = "") -> SafeString:
    """A small label. Tones: "" blue ok warn bad edge."""
    look = f" {tone}" if tone else ""
    return format_html('<span class="tag{}">{}{}</span>', look, icon(sign) if sign else "", words)


@register.simple_tag
def prio(level: int | str) -> SafeString:
    """P1 to P4. P1 alone is red: life safety."""
    number = str(level).upper().removeprefix("P")
    words = _("Priority %(level)s") % {"level": number}
    return format_html(
        '<span class="prio p{}" title="{}">P{}</span>', number.lower(), words, number
    )


@register.simple_tag
def pips(used: int, of: int = 5, label: str = "") -> SafeString:
    """A load as small blocks; amber from four fifths on."""
    used, look = max(0, min(used, of)), "hi" if of and used / of >= 0.8 else "on"
    blocks = format_html_join(
        "", '<i class="{}"></i>', ((look if i < used else "",) for i in range(of))
    )
    words = label or _("load %(used)d of %(of)d") % {"used": used, "of": of}
    return format_html('<span class="pips" role="img" aria-label="{}">{}</span>', words, blocks)


# Promises


def _chip(clock: rules.ClockView) -> rules.Chip:
    at = clock.seen_at or now()
    return rules.chip(clock, now=at, zone=timezone.get_current_timezone())


@register.simple_tag
def clock(view: rules.ClockView | None, label: bool = False) -> SafeString:
    """The clock chip; with `label`, which promise it is about."""
    if view is None:
        return SafeString("—")
    chip = _chip(view)
    words = f"{chip.text} · {chip.label}" if label else chip.text
    due = timezone.localtime(view.due_at).strftime("%Y-%m-%d %H:%M") if view.due_at else ""
    title = f"{chip.said} ({due})" if due else chip.said
    return format_html(
        '<span class="clock {}" title="{}">{}{}</span>', chip.face, title, icon(chip.icon), words
    )


@register.simple_tag
def promise(views: Sequence[rules.ClockView], mini: bool = False) -> SafeString:
    """All promises of a case in order: full with words, or mini for a row."""
    chips = [_chip(view) for view in views]
    if mini:
        steps = format_html_join("", '<i class="{}"></i>', ((chip.face,) for chip in chips))
        words = rules.promise_words(chips)
        return format_html(
            '<span class="track mini" role="img" aria-label="{}" title="{}">{}</span>',
            words, words, steps,
        )  # fmt: skip
    steps = format_html_join(
        "",
        '<li class="{}"><span class="sr">{} </span>{}<b>{}</b></li>',
        ((c.face, c.text if c.text != c.detail else "", c.label, c.detail) for c in chips),
    )
    return format_html('<ol class="track">{}</ol>', steps)


@register.simple_block_tag
def promise_step(content: str, view: rules.ClockView) -> SafeString:
    """One step of a promise line (inside `<ol class="track">`) that opens its explanation."""
    chip = _chip(view)
    return format_html(
        '<li class="{}"><details class="drop"><summary><span class="sr">{} </span>{}<b>{}</b>'
        '</summary><div class="pop wide">{}</div></details></li>',
        chip.face, chip.text if chip.text != chip.detail else "", chip.label, chip.detail, content,
    )  # fmt: skip


# Time and figures


@register.simple_tag
def when(at: datetime | None) -> SafeString:
    """ "12 minutes ago · 14:32", the full instant in the title."""
    return _time(at, rules.ago) if at else SafeString("—")


@register.simple_tag
def until(at: datetime | None) -> SafeString:
    """ "by today 16:30 (48 min left)"."""
    return _time(at, rules.deadline) if at else SafeString("—")


@register.simple_tag
def moment(at: datetime | None) -> SafeString:
    """ "today 16:30", "11-23 09:00"."""
    return _time(at, rules.moment) if at else SafeString("—")


@register.simple_tag
def length(span: timedelta) -> str:
    """A length of time in at most two units."""
    return rules.duration(span)


def _time(at: datetime, words: Any) -> SafeString:
    zone = timezone.get_current_timezone()
    full = f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S} {timezone.get_current_timezone_name()}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(), full, words(at, now=now(), zone=zone),
    )  # fmt: skip


@register.simple_tag
def clock_time(at: datetime | date | None = None) -> str:
    """Hours, minutes and seconds of an instant (now when none is given), in the page's zone."""
    instant = at if isinstance(at, datetime) else now()
    return f"{timezone.localtime(instant):%H:%M:%S}"


@register.simple_tag
def percent(part: figures.Number, whole: int) -> str:
    """A share that always carries its n."""
    return figures.percent(part, whole)


@register.filter
def number(value: figures.Number | None, digits: int = 0) -> str:
    """Thousands grouped."""
    return figures.number(value, digits)


@register.inclusion_tag("kit/tile.html")
def tile(figure: figures.Figure) -> dict[str, Any]:
    """Value, n, interval, target and verdict in one block."""
    return {
        "figure": figure,
        "value": figures.number(figure.value, figure.digits),
        "verdict": figures.verdict(figure),
        "grounds": figures.grounds(figure),
        "whisker": charts.whisker(figure),
        "spark": charts.spark(figure.trend),
    }


@register.simple_tag
def whisker(figure: figures.Figure, beside: Sequence[figures.Figure] = ()) -> SafeString:
    return charts.whisker(figure, beside)


# Parts of pages


@register.inclusion_tag("kit/facts.html")
def facts(pairs: Sequence[tuple[Any, Any]], small: bool = False) -> dict[str, Any]:
    """Facts as term and description."""
    return {"pairs": pairs, "small": small}


@register.inclusion_tag("kit/timeline.html")
def timeline(entries: Sequence[Any]) -> dict[str, Any]:
    return {"entries": entries}


@register.inclusion_tag("kit/evidence.html")
def evidence(shots: Sequence[Any]) -> dict[str, Any]:
    return {"shots": shots}


@register.inclusion_tag("kit/tabs.html")
def tabs(links: Sequence[Any], label: str = "", flat: bool = False) -> dict[str, Any]:
    return {"links": links, "label": label, "flat": flat}


@register.inclusion_tag("kit/stepper.html")
def stepper(steps: Sequence[Any]) -> dict[str, Any]:
    return {"steps": steps}


@register.inclusion_tag("kit/progress.html")
def progress(done: int, total: int, label: Any, url: str = "") -> dict[str, Any]:
    """How far a long job is; with `url`, asks there every second until it is through."""
    return {
        "done": done, "total": total, "label": label, "id": f"p{crc32(f'{url}{label}'.encode()):x}",
        "url": url if done < total else "",
        "words": _("%(done)s of %(total)s")
        % {"done": figures.number(done), "total": figures.number(total)},
    }  # fmt: skip


@register.inclusion_tag("kit/empty.html")
def empty(title: Any, text: Any = "", url: str = "", action: Any = "") -> dict[str, Any]:
    """What this is, why it is empty, one act."""
    return {"title": title, "text": text, "url": url, "action": action}


@register.inclusion_tag("kit/live.html")
def live(url: str) -> dict[str, Any]:
    """Listens at `url` and offers, politely, to load the page anew; never changes it by itself."""
    return {"url": url}


@register.simple_block_tag
def note(content: str, tone: str = "") -> SafeString:
    """A sentence that matters. Tones: "" warn bad ok."""
    return format_html(
        '<div class="note {}">{}<div>{}</div></div>',
        tone,
        icon(NOTE_ICONS.get(tone, "info")),
        content,
    )


@register.simple_block_tag
def panel(
    content: str, title: Any, *, note: Any = "", url: str = "", action: Any = "", look: str = ""
) -> SafeString:
    """A framed part with its heading; `action` with `url` stands at the right end."""
    aside = format_html('<span class="mute small">{}</span>', note) if note else ""
    link = format_html('<a class="end" href="{}">{}</a>', url, action) if action else ""
    return format_html(
        '<section class="panel {}"><header><h2>{}</h2>{}{}</header>'
        '<div class="in">{}</div></section>',
        look, title, aside, link, content,
    )  # fmt: skip


@register.simple_block_tag
def popover(content: str, label: Any, look: str = "btn", side: str = "") -> SafeString:
    """Opens under its button without script; Esc and a click elsewhere close it."""
    return format_html(
        '<details class="drop {}"><summary class="{}">{}</summary>'
        '<div class="pop">{}</div></details>',
        side, look, label, content,
    )  # fmt: skip


@register.simple_block_tag
def drawer(content: str, title: Any, close_url: str) -> SafeString:
    """A side sheet over the page with an address of its own; closing is a link."""
    return format_html(
        '<aside class="drawer" role="dialog" aria-labelledby="drawer-title">'
        '<header class="row between"><h2 id="drawer-title" tabindex="-1" autofocus>{}</h2>'
        '<a class="ic" href="{}" data-close aria-label="{}">{}</a></header>{}</aside>',
        title, close_url, _("Close"), icon("x"), content,
    )  # fmt: skip


@register.simple_block_tag
def chart(content: str, csv_url: str = "", csv: str = "", name: str = "figures") -> SafeString:
    """A chart that scrolls in its own frame on a phone, with its numbers as CSV beside it."""
    href = csv_url or (f"data:text/csv;charset=utf-8,%EF%BB%BF{quote(csv)}" if csv else "")
    link = (
        format_html('<a class="csv small" href="{}" download="{}.csv">CSV</a>', href, name)
        if href
        else ""
    )
    return format_html(
        '<figure class="chart"><div class="scroll" tabindex="0">{}</div>{}</figure>', content, link
    )


# Forms


@register.inclusion_tag("kit/fields.html")
def fields(form: BaseForm, only: str = "") -> dict[str, Any]:
    """The error summary, the key of the act and the fields (all, or those named, with commas)."""
    names = [name.strip() for name in only.split(",") if name.strip()] or list(form.fields)
    return {"form": form, "shown": [form[name] for name in names], "whole": not only}


@register.inclusion_tag("kit/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    return {
        "field": bound,
        "shape": kit_forms.shape(bound),
        "control": kit_forms.control(bound),
        "required": bound.field.required,
    }


@register.inclusion_tag("kit/summary.html")
def summary(form: BaseForm) -> dict[str, Any]:
    """Everything that must be corrected, linked to its field; takes the focus."""
    return {"wrongs": kit_forms.wrongs(form) if form.is_bound else []}


@register.simple_tag
def act_key(form: BaseForm | None = None) -> SafeString:
    """The hidden key that makes a second press of the button the same act."""
    return format_html(
        '<input type="hidden" name="{}" value="{}">',
        kit_forms.IDEMPOTENCY_KEY, kit_forms.idempotency_key(form),
    )  # fmt: skip


@register.simple_tag
def submit(label: Any, look: str = "primary", key: str = "", sign: str = "") -> SafeString:
    """The button that names the act and its object. At rest while the request is on its way."""
    cap = format_html(" <kbd>{}</kbd>", key) if key else ""
    return format_html(
        '<button class="btn {}" type="submit">{}{}{}</button>',
        look, icon(sign) if sign else "", label, cap,
    )  # fmt: skip
