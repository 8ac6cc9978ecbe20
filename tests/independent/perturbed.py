"""A copy of a file in which everything that can be wrong with a company's history is wrong.

The layout stays; rows are shuffled, left out, repeated with the same and with other content, and
their cells blanked, shifted (also over changes of the clock), made impossible or put in the future.
"""

import csv
import gzip
import io
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from tests.independent.history import Layout, records, words

FORMS = ("%Y-%m-%dT%H:%M:%S.%f", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")


def perturb(source: Path, target: Path, layout: Layout, *, seed: int, size: int = 10**9) -> None:
    """Write `target` (.csv, .csv.gz or .xlsx) from at most `size` rows of `source`."""
    dice = random.Random(seed)
    rows = [{k: words(v) for k, v in cells.items()} for _, cells in records(source)]
    rows = dice.sample(rows, min(size, len(rows)))
    header = list(rows[0])
    times = [layout.opened, *layout.stops.values()]
    loose = [name for name in (layout.category, layout.channel, *layout.place) if name]
    out: list[dict[str, str]] = []
    for row in rows:
        out.append(_changed(dict(row), dice, times, loose))
        luck = dice.random()
        if luck < 0.04:
            out.append(dict(out[-1]))  # the same again
        elif luck < 0.08:
            out.append(_repeated(dict(out[-1]), dice, layout, header))
    for row in dice.sample(out, len(out) // 20):
        out.insert(dice.randrange(len(out)), dict(row))
    _write(target, header, [[row[name] for name in header] for row in out], times, dice)


def _changed(
    row: dict[str, str], dice: random.Random, times: Sequence[str], loose: Sequence[str]
) -> dict[str, str]:
    for name in times:
        luck = dice.random()
        if luck < 0.10:
            row[name] = _shifted(row[name], timedelta(seconds=dice.randrange(-900_000, 900_000)))
        elif luck < 0.13:
            row[name] = ""
        elif luck < 0.14:
            row[name] = dice.choice(["2023-02-30", "2024-13-01", "soon", "2024-01-01 25:00:00"])
        elif luck < 0.15:
            row[name] = "2199-01-01"
        elif luck < 0.16:  # a Sunday in March and one in November: New York changes its clocks
            day = dice.choice(["2024-03-10", "2024-11-03"])
            row[name] = _like(row[name], f"{day} {dice.randrange(4):02}:{dice.randrange(60):02}:07")
    for name in loose:
        if dice.random() < 0.08:
            row[name] = ""
    return row


def _shifted(text: str, by: timedelta) -> str:
    for form in FORMS:
        try:
            return (datetime.strptime(text, form) + by).strftime(form)
        except ValueError:
            continue
    return text


def _like(text: str, time: str) -> str:
    """A time written the way `text` is."""
    for form in FORMS:
        try:
            datetime.strptime(text, form)
        except ValueError:
            continue
        return datetime.strptime(time, "%Y-%m-%d %H:%M:%S").strftime(form)
    return text


def _repeated(
    row: dict[str, str], dice: random.Random, layout: Layout, header: Sequence[str]
) -> dict[str, str]:
    if dice.random() < 0.2:
        row[layout.key] = ""
        return row
    other = [n for n in header if n not in (layout.key, layout.channel, layout.opened)]
    name = dice.choice([n for n in other if n not in layout.stops.values()])
    row[name] += " changed"
    return row


def _write(
    path: Path,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    times: Sequence[str],
    dice: random.Random,
) -> None:
    if path.suffix == ".xlsx":
        _write_book(path, header, rows, times, dice)
        return
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator=dice.choice(["\n", "\r\n"]))
    out.writerow(header)
    out.writerows(rows)
    data = text.getvalue().encode(dice.choice(["utf-8", "utf-8-sig", "gb18030"]))
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def _write_book(
    path: Path,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    times: Sequence[str],
    dice: random.Random,
) -> None:
    """Half of the times become real date cells, as a spreadsheet program would save them."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        clock = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.write_row(0, 0, header)
        for r, row in enumerate(rows, 1):
            for c, cell in enumerate(row):
                at: Any = _typed(cell) if header[c] in times and dice.random() < 0.5 else None
                if at:
                    sheet.write_datetime(r, c, at, clock)
                else:
                    sheet.write_string(r, c, cell)


def _typed(text: str) -> datetime | None:
    for form in FORMS[:3]:
        try:
            at = datetime.strptime(text, form)
        except ValueError:
            continue
        return at if at.time() != datetime.min.time() else None  # midnight reads as a bare date
    return None
