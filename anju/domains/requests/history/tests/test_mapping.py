import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from anju.domains.requests.history.mapping import json_schema, load, loads
from anju.foundation.texts import BadText

MAPPINGS = Path(__file__).resolve().parents[5] / "examples" / "mappings"
SHIPPED = sorted(MAPPINGS.glob("*.yaml"))

GOOD = """\
source: old-system
standard: repair@1
calendar: always
zone: Asia/Shanghai
kind: repair
places: create
root: 旧系统
columns:
  key: No
  opened: {column: Opened, formats: ["%Y-%m-%d %H:%M"]}
  place: [Building, Room]
  stops:
    - clocks: [arrive]
      at: {column: Arrived, formats: ["%Y-%m-%d %H:%M"]}
"""
HEADER = ["No", "Opened", "Building", "Room", "Arrived"]


def refusal(text: str, header: list[str] | None = None) -> str:
    with pytest.raises(BadText) as said:
        loads(text, file="old.yaml").check_columns(header or HEADER)
    return str(said.value)


def test_a_good_mapping_is_read_and_its_columns_are_there():
    loads(GOOD).check_columns(HEADER)
    assert loads(GOOD).mapping.columns.stops[0].clocks == ("arrive",)


def test_the_published_schema_is_the_model():
    published = json.loads((MAPPINGS / "schema.json").read_text(encoding="utf-8"))
    assert published == json.loads(json.dumps(json_schema())), (
        "write it anew: python -m anju.domains.requests.history"
    )


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_the_shipped_mappings_are_good_for_model_and_schema(path):
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), schema)
    assert load(path).mapping.source


@pytest.mark.parametrize(
    ("old", "new", "line", "advice"),
    [
        ("Arrived, formats", "Arived, formats", 14, "Did you mean 'Arrived'"),
        ("  key: No\n", "", 8, "'columns.key' is missing"),
        ("zone: Asia/Shanghai", "zone: Asia/Shangai", 4, "not a time zone"),
        ("places: create", "places: make", 6, "create"),
        ("root:", "rooot:", 7, "Did you mean 'root'"),
        ("clocks: [arrive]", "clocks: [arive]", 13, "arrive"),
        ("clocks: [arrive]", "clocks: [arrive, arrive]", 8, "stopped twice"),
        ('["%Y-%m-%d %H:%M"]}\n  place', '["%H:%M"]}\n  place', 10, "needs %Y, %m and %d"),
        ("standard: repair@1", "standard: repair", 2, "standard"),
        ("key: No", "key: {column: No, constant: x}", 9, "exactly one of"),
        ("key: No", "key: {constant: x}", 8, "a key that a column gives"),
        ("place: [Building, Room]", "place: Building", 11, "must be a list, not 'Building'"),
        ("places: create\n", "places: create\nheader: 0\n", 7, "at least 1"),
        ("places: create\n", "places: create\nzone: Asia/Tokyo\n", 7, "'zone' is written twice"),
        ("kind: repair", "kind: [repair", 6, "indentation"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_to_do(old, new, line, advice):
    assert old in GOOD
    said = refusal(GOOD.replace(old, new))
    assert f"old.yaml, line {line}:" in said
    assert advice in said


def test_an_unknown_column_lists_what_the_file_has_when_nothing_is_near():
    assert "It has: A, B" in refusal(GOOD, ["A", "B"])


def test_a_column_that_is_there_twice_is_refused():
    assert "more than one column 'No'" in refusal(GOOD, [*HEADER, "No"])


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words\n"])
def test_what_is_no_mapping_at_all_is_said_so(text):
    assert "schema.json" in refusal(text)


def test_a_missing_or_unreadable_file_is_said_so(tmp_path):
    with pytest.raises(BadText, match="no mapping file"):
        load(tmp_path / "none.yaml")
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00bad")
    with pytest.raises(BadText, match="UTF-8"):
        load(tmp_path / "x.yaml")
