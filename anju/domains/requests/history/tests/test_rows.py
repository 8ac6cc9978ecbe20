from datetime import UTC, date, datetime

import pytest

from anju.domains.requests.history.mapping import loads
from anju.domains.requests.history.reading import Row
from anju.domains.requests.history.rows import REASONS, HistoricCase, Rejection, RowReader

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MAPPING = """\
source: s
standard: complaint@1
calendar: always
zone: America/New_York
kind: {column: Kind, values: {C: complaint, E: enquiry}, otherwise: reject}
places: create
root: Past
columns:
  key: {columns: [Year, No], join: "-"}
  title: Title
  text: Text
  category: {column: Class, empty: [n/a]}
  channel: {column: Channel, values: {PHONE: phone, X: null}, otherwise: empty}
  urgency: Urgency
  place: [Building, {column: Room, empty: ["?"]}]
  opened: {column: Opened, formats: ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]}
  stops:
    - clocks: [respond, feedback]
      at: {column: Replied, formats: ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"], empty: [none]}
      text: Reply
"""
PLAIN = {
    "Kind": "C", "Year": "2024", "No": "7", "Title": "Lamp", "Text": "It is dark.",
    "Class": "Light", "Channel": "PHONE", "Urgency": "P2", "Building": "3", "Room": "301",
    "Opened": "2024-04-15T20:00:00", "Replied": "2024-04-16T08:00:00", "Reply": "Mended.",
}  # fmt: skip
HEADER = list(PLAIN)


def read(header=HEADER, **changes):
    values = {**PLAIN, **changes}
    reader = RowReader(loads(MAPPING).mapping, header, now=NOW)
    return reader.read(Row(5, [values[name] for name in header]))


def test_a_row_becomes_a_case_with_its_original_times():
    case = read()
    assert isinstance(case, HistoricCase)
    assert (case.row, case.key, case.kind, case.channel) == (5, "2024-7", "complaint", "phone")
    assert (case.place, case.urgency, case.replies) == (("3", "301"), "P2", ("Mended.",))
    assert case.opened == datetime(2024, 4, 16, tzinfo=UTC)
    assert case.stops["respond"] == case.stops["feedback"]
    assert case.stops["respond"] == datetime(2024, 4, 16, 12, tzinfo=UTC)


def test_full_width_digits_and_signs_are_read_as_ordinary_ones():
    case = read(Opened="２０２４－０４－１５T２０：００：００", Replied="２０２４-０４-１７")
    assert isinstance(case, HistoricCase)
    assert case.opened == datetime(2024, 4, 16, tzinfo=UTC)
    assert case.stops["feedback"] == date(2024, 4, 17)


def test_what_is_empty_is_not_recorded_and_never_invented():
    case = read(
        Class="n/a", Channel="X", Building="", Room="?", Replied="none", Urgency="", Reply=""
    )
    assert (case.category, case.channel, case.place, dict(case.stops)) == ("", "", (), {})
    assert read(Channel="PIGEON").channel == ""
    assert read(Building="").place == ("301",)


def test_bare_dates_stay_bare():
    case = read(Opened="2024-04-15", Replied="2024-04-15")
    assert case.opened == case.stops["feedback"] == date(2024, 4, 15)


def test_real_date_cells_need_no_format():
    case = read(Opened=datetime(2024, 4, 15, 20), Replied=date(2024, 4, 16), No=7.0)
    assert case.key == "2024-7"
    assert case.opened == datetime(2024, 4, 16, tzinfo=UTC)
    assert case.stops["respond"] == datetime(2024, 4, 16, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"Year": "", "No": " "}, "no_key", "Year + No"),
        ({"Opened": ""}, "no_opening", "Opened"),
        ({"Opened": "yesterday"}, "form", "'yesterday'"),
        ({"Opened": "2023-02-30"}, "impossible", "2023-02-30"),
        ({"Opened": "2024-03-10T02:30:00"}, "skipped", "New_York"),
        ({"Opened": "2027-01-01"}, "future", "2027-01-01"),
        ({"Replied": "2024-04-15T19:59:59"}, "before", "2024-04-15T20:00:00"),
        ({"Replied": "2027-01-01"}, "future", "Replied"),
        ({"Kind": "Z"}, "unlisted", "'Z'"),
        ({"Urgency": "high"}, "urgency", "high"),
        ({"Class": "x" * 200}, "long", "category"),
        ({"Text": "a\x00b"}, "control", "NUL"),
    ],
)
def test_a_row_that_cannot_be_a_case_says_why(changes, code, words):
    no = read(**changes)
    assert isinstance(no, Rejection)
    assert (no.row, no.code) == (5, code)
    assert words in no.reason


def test_a_reply_on_the_day_of_opening_is_not_before_it():
    assert isinstance(read(Replied="2024-04-15"), HistoricCase)
    assert isinstance(read(Opened="2024-04-16", Replied="2024-04-16T00:00:00"), HistoricCase)


def test_too_few_or_too_many_cells_are_named():
    reader = RowReader(loads(MAPPING).mapping, HEADER, now=NOW)
    cells = list(PLAIN.values())
    assert reader.read(Row(2, cells[:5])).code == "ragged"
    assert reader.read(Row(2, [*cells, "more"])).reason.startswith("The row has 14 cells")
    assert isinstance(reader.read(Row(2, [*cells, "", " "])), HistoricCase)


def test_content_is_the_same_in_another_order_of_columns_and_other_in_any_cell():
    turned = HEADER[::-1]
    assert read().content == read(turned).content
    assert read(Text=" It is dark. ").content == read().content
    for name in HEADER:
        if name not in ("Opened", "Replied", "Kind", "Urgency"):
            assert read(**{name: "other"}).content != read().content, name


def test_a_long_title_is_kept_whole_in_the_text():
    case = read(Title="long " * 80, Text="body")
    assert len(case.title) <= 300
    assert case.text == ("long " * 80).strip() + "\n\nbody"


def test_every_reason_can_be_said():
    blank = dict.fromkeys(
        ["cells", "header", "length", "limit", "first", "lines"], 1
    ) | dict.fromkeys(
        ["column", "value", "formats", "zone", "opened", "name", "known", "root", "key", "file"],
        "x",
    )
    for code in REASONS:
        assert "%(" not in Rejection(3, code, blank).reason


def test_lines_that_ran_together_are_rejected_with_their_number():
    reader = RowReader(loads(MAPPING).mapping, HEADER, now=NOW)
    no = reader.read(Row(5, [], merged=12))
    assert isinstance(no, Rejection)
    assert (no.code, no.row) == ("merged", 5)
    assert "12 lines" in no.reason
