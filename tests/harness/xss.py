"""Hostile text in every column that people fill, and whether any page takes it for markup (P20).

    payloads(n, seed) -> n different attempts, each of which would leave a trace: an element `pwn`
        or with an attribute `pwn`, or a script that sets `window.pwned`
    poison(world, payloads)          writes them into every text of the world's company
    traces(page)                     what of them came alive on the page that is open

A Content Security Policy that stops a script hides the hole it came through: so any element that
was let in counts, whether its script ran or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle
from random import Random
from typing import Any

from django.apps import apps
from django.db import models
from playwright.sync_api import Page

from anju.foundation.events.testing import as_owner
from anju.foundation.tenancy.models import Owned
from tests.journeys.world import World

RUN = ("window.pwned=1", "top.pwned=1", "pwned=1", "self['pwned']=1", "eval('pwned=1')")
SHAPES = (
    "<script pwn>{run}</script>",
    '"><script pwn>{run}</script>',
    "'><img pwn src=x onerror={run}>",
    "<img pwn src=x onerror={run}>",
    "<svg pwn onload={run}>",
    "<svg><a pwn xlink:href=javascript:{run}><text>x",
    "</textarea><script pwn>{run}</script>",
    "</title><pwn>",
    "</script><script pwn>{run}</script>",
    "--><img pwn src=x onerror={run}>",
    "]]><img pwn src=x onerror={run}>",
    '" pwn autofocus onfocus="{run}',
    "' pwn onmouseover='{run}",
    " pwn onfocus={run} autofocus ",
    '"pwn x="',
    "<a pwn href=javascript:{run}>go</a>",
    "<a pwn href=jav&#x61;script:{run}>go</a>",
    "<iframe pwn srcdoc='<script>parent.pwned=1</script>'>",
    "<math><mtext><table><mglyph><style><img pwn src=x onerror={run}>",
    "<div pwn hx-get=/ hx-trigger=load hx-on::load={run}></div>",
    "<details pwn open ontoggle={run}>",
    "<form pwn action=javascript:{run}><button autofocus>",
    "<base pwn href=//evil.example/>",
    "<meta pwn http-equiv=refresh content=0;url=javascript:{run}>",
    "<style pwn>@import'//evil.example'</style>",
    "&lt;img pwn src=x onerror={run}&gt;",
    "&#60;img pwn src=x onerror={run}&#62;",
    "\\u003cimg pwn src=x onerror={run}\\u003e",
    "%3Cimg%20pwn%20src=x%20onerror={run}%3E",
    "＜img pwn src=x onerror={run}＞",
    "<i pwn>",
    "{{% debug %}}{{{{ 7|add:7000000 }}}}<b pwn>",
    "${{{run}}}<b pwn>",
)
TRACES = """() => [
    ...[...document.querySelectorAll('pwn, [pwn]')].map(e => e.outerHTML.slice(0, 120)),
    ...(window.pwned ? ['a script ran'] : []),
    ...(document.body.innerText.includes('7000007') ? ['a template was run'] : []),
    ...[...document.querySelectorAll('a[href], form[action]')]
        .map(e => e.getAttribute('href') || e.getAttribute('action'))
        .filter(u => /^\\s*javascript:/i.test(u)),
]"""

# Texts that no person writes: what the product itself puts there and asks for again.
KEPT = {
    "the way of a place in the tree": {"path"},
    "an id, a digest, a key or a token": {"sha256", "digest", "key", "device", "password", "login"},
    "a zone, an address or a language, checked where it comes in": {"zone", "url", "language"},
    "one of the product's own words": {
        "kind", "channel", "role", "state", "outcome", "series", "listener", "verdict", "judge",
        "subject_kind", "taken", "scopes", "source", "sheet", "calendar", "system", "meter",
        "status", "importance", "error", "item", "headers",
    },
    "what other rows name it by": {"code", "named"},
    "a wall time the product wrote": {"made_until"},
}  # fmt: skip
KEPT_TABLES = {
    "events_event": "sealed: its values stand in events_eventvalue, which is poisoned",
    "standards_standard": "its texts are shipped; nobody writes them yet but its name",
}


def payloads(n: int, seed: int) -> list[str]:
    """`n` different attempts; the same for the same seed."""
    random, made = Random(seed), dict[str, None]()
    shapes = cycle(SHAPES)
    while len(made) < n:
        text = next(shapes).format(run=random.choice(RUN))
        made[_varied(text, random) if len(made) >= len(SHAPES) else text] = None
    return list(made)


def _varied(text: str, random: Random) -> str:
    """The same attempt, spelled another way that browsers forgive."""
    ways = (
        lambda t: t.replace("<script", random.choice(("<ScRiPt", "<SCRIPT", "<script\t"))),
        lambda t: t.replace(" pwn", random.choice(("\npwn", "/pwn", "\tpwn", "  pwn", "\fpwn"))),
        lambda t: t.replace("=x", random.choice(("=//x", "='x'", "= x"))),
        lambda t: random.choice(("", '"', "'", "`", "\\", "\u200b", "</p>")) + t,
        lambda t: t + random.choice(("", "<!--", "//", "<", "\u2028", "'\"")),
        lambda t: random.choice(("漏水", "楼下", "老人")) + t,
    )
    for way in random.sample(ways, random.randrange(1, 4)):
        text = way(text)
    return text


def texts() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    """Every column of a company's tables that may hold what a person typed."""
    kept = set().union(*KEPT.values())
    for model in apps.get_models():
        if not issubclass(model, Owned) or not model.__module__.startswith("anju."):
            continue
        for field in model._meta.concrete_fields:
            written = isinstance(field, models.CharField | models.TextField) and not field.choices
            if written and field.name not in kept and model._meta.db_table not in KEPT_TABLES:
                yield model, field


def poison(world: World, attempts: Sequence[str]) -> int:
    """Put the attempts into every text, as many as it holds, one after the other; how many texts
    were written. Answers and evidence too: the words inside a record's value."""
    feed, written = cycle(attempts), 0
    company = world.actor.company_id
    for model, field in texts():
        table, limit = model._meta.db_table, getattr(field, "max_length", None) or 4000
        ids = as_owner(f"SELECT id FROM {table} WHERE company_id = %s", [company])
        for (id,) in ids:
            as_owner(
                f'UPDATE {table} SET "{field.column}" = %s'
                f""" WHERE id = %s AND "{field.column}" <> ''""",
                [_as_many(feed, limit), id],
            )
            written += 1
    for (id,) in as_owner("SELECT id FROM loop_record WHERE company_id = %s", [company]):
        as_owner(
            "UPDATE loop_record SET value = (SELECT coalesce(jsonb_object_agg(k, CASE WHEN"
            " jsonb_typeof(v) = 'string' AND k IN ('text', 'result', 'reason', 'note') THEN"
            " to_jsonb(%s::text) ELSE v END), '{}') FROM jsonb_each(value) AS x(k, v))"
            " WHERE id = %s",
            [_as_many(feed, 4000), id],
        )
        written += 1
    return written


def _as_many(feed: Iterator[str], limit: int) -> str:
    """So many attempts as fit, beginning with the next one; cut where not even one fits."""
    text = next(feed)[:limit]
    for _more in range(3):
        other = next(feed)
        if len(text) + len(other) >= limit:
            break
        text += other
    return text.replace("\0", "")


def traces(page: Page) -> list[str]:
    """What came alive on this page."""
    return [str(found) for found in page.evaluate(TRACES)]
