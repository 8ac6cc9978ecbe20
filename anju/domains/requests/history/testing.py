"""Small files and mappings for tests."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from anju.domains.requests.history.mapping import MappingFile, loads

HEADER = ("No", "Opened", "Answered", "Closed", "Class", "Channel", "Building", "Room", "Text")
MAPPING = """\
source: old
standard: {standard}
calendar: {calendar}
zone: {zone}
kind: {kind}
places: {places}
root: {root}
columns:
  key: No
  category: Class
  channel: Channel
  text: Text
  place: [Building, Room]
  opened: {{column: Opened, formats: &times ["%Y-%m-%d %H:%M", "%Y-%m-%d"]}}
  stops:
    - {{clocks: [respond, feedback], at: {{column: Answered, formats: *times}}, text: Text}}
    - {{clocks: [finish], at: {{column: Closed, formats: *times}}}}
"""


def a_mapping(
    *,
    standard: str = "complaint@1",
    calendar: str = "always",
    zone: str = "Asia/Shanghai",
    kind: str = "complaint",
    places: str = "create",
    root: str = "旧系统",
) -> MappingFile:
    """A mapping for `a_file`."""
    text = MAPPING.format(
        standard=standard, calendar=calendar, zone=zone, kind=kind, places=places, root=root
    )
    return loads(text, file="old.yaml")


def a_row(no: object, opened: str = "2025-03-01 09:00", **cells: str) -> list[str]:
    """One line of `a_file`; what is not said is empty."""
    row = {"No": str(no), "Opened": opened, **cells}
    return [row.get(name, "") for name in HEADER]


def a_file(folder: Path, rows: Sequence[Sequence[str]], name: str = "old.csv") -> Path:
    """A CSV of `a_row`s."""
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow(HEADER)
    out.writerows(rows)
    path = folder / name
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path
