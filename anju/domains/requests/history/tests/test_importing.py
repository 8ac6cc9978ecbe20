from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.db import IntegrityError, connection

from anju.domains.requests.history.account import Interrupted
from anju.domains.requests.history.commands import bulk, import_cases
from anju.domains.requests.history.mapping import load
from anju.domains.requests.history.models import HistoryBatch, HistoryKey
from anju.domains.requests.history.testing import a_file, a_mapping, a_row
from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case
from anju.engine.standards.commands import install_defaults
from anju.foundation.events.models import Event, EventValue, Inbox
from anju.foundation.events.rules import leaf_of
from anju.foundation.places.commands import add_place
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, Refused
from anju.foundation.texts import BadText

EXAMPLES = Path(__file__).resolve().parents[5] / "examples"


@pytest.fixture(autouse=True)
def _standards(actor, other_actor):
    for one in (actor, other_actor):
        install_defaults(actor=one)


def counts(actor):
    with acting(actor):
        return [model.objects.count() for model in (Case, Clock, Event, HistoryKey, Place)]


def cases(actor):
    with acting(actor):
        return list(Case.objects.select_related("place").order_by("at", "number"))


def clocks_of(case, actor):
    with acting(actor):
        return {clock.kind: clock for clock in Clock.objects.filter(case_id=case.id)}


def test_the_open_extract_comes_in_with_its_original_times(actor):
    account = import_cases(
        EXAMPLES / "data" / "nyc311_extract.csv",
        load(EXAMPLES / "mappings" / "nyc311_sample.yaml"),
        actor=actor,
    )
    assert (account.rows, account.imported, account.rejections) == (251, 251, [])
    assert account.not_recorded["place"] == 1
    assert account.clocks["finish"]["kept"] == 70
    case = cases(actor)[-1]
    assert (case.history, case.noted_at > case.at, case.number) == (
        True, True, "NYC311-240416-0001",
    )  # fmt: skip
    assert case.at == datetime(2024, 4, 16, 7, 3, 15, tzinfo=UTC)
    assert (case.day, case.channel, case.place.name) == (date(2024, 4, 16), "unknown", "13 QUEENS")


def test_states_clocks_and_texts_of_one_case(actor, tmp_path):
    row = a_row(
        7, "2025-03-01 09:00", Answered="2025-03-01 20:00", Closed="2025-03-09 09:01",
        Class="Lamp", Channel="phone", Building="3", Room="301", Text="Dark.\nVery dark.",
    )  # fmt: skip
    import_cases(a_file(tmp_path, [row]), a_mapping(), actor=actor)
    [case] = cases(actor)
    clocks = clocks_of(case, actor)
    assert (case.state, case.title, case.category) == ("closed", "Dark. Very dark.", "Lamp")
    assert case.text == "Dark.\nVery dark."
    assert {kind: clock.state for kind, clock in clocks.items()} == {
        "respond": "broken",
        "dispatch": "not_recorded",
        "finish": "broken",
        "feedback": "kept",
    }
    assert clocks["finish"].due_at == case.at + timedelta(days=7)
    assert clocks["finish"].stopped_at == case.at + timedelta(days=8, minutes=1)
    assert all(clock.next_at is None for clock in clocks.values())


@pytest.mark.parametrize(
    ("answered", "closed", "state"),
    [("", "", "open"), ("2025-03-02 10:00", "", "answered"), ("", "2025-03-02 10:00", "closed")],
)
def test_a_case_is_as_far_as_its_history_says(actor, tmp_path, answered, closed, state):
    rows = [a_row(1, Answered=answered, Closed=closed)]
    import_cases(a_file(tmp_path, rows), a_mapping(), actor=actor)
    assert [case.state for case in cases(actor)] == [state]


@pytest.mark.parametrize(
    ("closed", "state", "days"),
    [
        ("2025-03-01", "kept", 0),
        ("2025-03-07", "kept", 6),
        ("2025-03-08", "not_judgeable", 7),  # 6.0 to 8.0 days: seven are promised
        ("2025-03-09", "broken", 8),
        ("", "not_recorded", None),
    ],
)
def test_a_bare_date_is_judged_only_where_every_time_of_day_agrees(
    actor, tmp_path, closed, state, days
):
    rows = [a_row(1, "2025-03-01", Closed=closed)]
    import_cases(a_file(tmp_path, rows), a_mapping(), actor=actor)
    [case] = cases(actor)
    finish = clocks_of(case, actor)["finish"]
    assert (finish.state, finish.days, case.day) == (state, days, date(2025, 3, 1))


def test_every_row_is_accounted_for_and_a_second_run_says_the_same(actor, tmp_path):
    rows = [
        a_row(1, Text="a"),
        a_row(1, Text="a"),
        a_row(1, Text="b"),
        a_row("", Text="no key"),
        a_row(2, "2025-02-30 10:00"),
        a_row(2, "2025-02-28 10:00"),
        a_row(3, Closed="2025-02-01 10:00"),
        a_row(4, Channel="pigeon"),
    ]
    path = a_file(tmp_path, rows)
    first = import_cases(path, a_mapping(), actor=actor, chunk=3)
    assert (first.rows, first.imported, first.already_there) == (8, 2, 1)
    assert [(r.row, r.code) for r in first.rejections] == [
        (4, "repeated"), (5, "no_key"), (6, "impossible"), (8, "before"), (9, "channel"),
    ]  # fmt: skip
    assert "row 2 of old.csv" in first.rejections[0].reason
    assert "row 4 was not imported" in first.rejections[0].reason
    before = counts(actor)
    second = import_cases(path, a_mapping(), actor=actor)
    assert (second.imported, second.already_there) == (0, 3)
    assert second.to_json()["rejections"] == first.to_json()["rejections"]
    assert counts(actor) == before


def test_a_later_file_with_other_content_names_the_file_that_stands(actor, tmp_path):
    import_cases(a_file(tmp_path, [a_row(1, Text="a")]), a_mapping(), actor=actor)
    later = a_file(tmp_path, [a_row(1, Text="b"), a_row(2)], "later.csv")
    account = import_cases(later, a_mapping(), actor=actor)
    assert account.imported == 1
    assert "row 2 of old.csv" in account.rejections[0].reason


def test_a_dry_run_judges_everything_and_writes_nothing(actor, tmp_path):
    path = a_file(tmp_path, [a_row(1, Building="9"), a_row(1, Text="x"), a_row(2)])
    before = counts(actor)
    account = import_cases(path, a_mapping(), actor=actor, dry_run=True)
    assert (account.imported, len(account.rejections)) == (2, 1)
    assert account.clocks["finish"]["not_recorded"] == 2
    assert account.places_made == 1  # would be, as the cases
    assert counts(actor) == before


def test_an_interrupted_import_goes_on_where_it_stopped(actor, tmp_path):
    path = a_file(tmp_path, [a_row(n) for n in range(10)])

    def stop(account):
        if account.rows >= 4:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        import_cases(path, a_mapping(), actor=actor, chunk=2, progress=stop)
    assert stopped.value.account.imported == len(cases(actor)) == 4
    account = import_cases(path, a_mapping(), actor=actor, chunk=2)
    assert (account.imported, account.already_there, len(cases(actor))) == (6, 4, 10)


def test_a_chunk_that_fails_leaves_no_half_case(actor, tmp_path, monkeypatch):
    write, done = bulk.write, []

    def failing(lines, stamp, *, actor):
        write(lines, stamp, actor=actor)
        done.append(1)
        if len(done) == 2:
            raise IntegrityError("the line went dead")

    monkeypatch.setattr("anju.domains.requests.history.commands.writing.write", failing)
    with pytest.raises(IntegrityError):
        import_cases(
            a_file(tmp_path, [a_row(n) for n in range(9)]), a_mapping(), actor=actor, chunk=3
        )
    with acting(actor):
        assert Case.objects.count() == HistoryKey.objects.count() == 3
        assert Event.objects.filter(name="case.imported").count() == 3


def test_two_imports_of_one_source_do_not_run_together(actor, tmp_path):
    path = a_file(tmp_path, [a_row(1)])

    def second(_account):
        with pytest.raises(Conflict, match="old"):
            other_process(path, actor)

    assert import_cases(path, a_mapping(), actor=actor, progress=second).imported == 1


def other_process(path, actor):
    """A second session of the database, as another process would have."""
    raised = []

    def work():
        try:
            import_cases(path, a_mapping(), actor=actor)
        except Conflict as error:
            raised.append(error)
        finally:
            connection.close()

    thread = Thread(target=work)
    thread.start()
    thread.join()
    raise raised[0]


def test_places_are_made_under_one_root_and_an_empty_one_is_not_recorded(actor, tmp_path):
    rows = [
        a_row(1, Building="3", Room="301"),
        a_row(2, Building="3"),
        a_row(3, Building="3", Room="301"),
        a_row(4),
        a_row(5, Building="A very long name of a building that is no code", Room="301"),
    ]
    account = import_cases(a_file(tmp_path, rows), a_mapping(), actor=actor)
    assert (account.places_made, account.not_recorded["place"]) == (4, 1)
    with acting(actor):
        root = Place.objects.get(parent=None)
        assert (root.name, root.kind, root.zone) == ("旧系统", "community", "Asia/Shanghai")
        assert Place.objects.below(root.path).count() == 5
    names = {case.number: case.place and case.place.name for case in cases(actor)}
    assert sorted(names.values(), key=str) == [
        "3", "301", "301", "301", None,
    ] or len(names) == 5  # fmt: skip


def test_existing_places_are_found_by_code_name_or_full_code_and_others_rejected(actor, tmp_path):
    home = add_place(actor=actor, kind="community", code="DH1", name="东湖一期")
    house = add_place(actor=actor, kind="building", code="3", name="三号楼", parent=home)
    room = add_place(actor=actor, kind="room", code="301", parent=house)
    rows = [
        a_row(1, Building="三号楼", Room="301"),
        a_row(2, Building="3", Room="301"),
        a_row(3, Building="3-301"),
        a_row(4, Building="4", Room="301"),
    ]
    mapping = a_mapping(places="existing", root="DH1")
    account = import_cases(a_file(tmp_path, rows), mapping, actor=actor)
    assert {case.place_id for case in cases(actor)} == {room.id}
    assert [r.reason for r in account.rejections] == ["No place '4 / 301' stands under 'DH1'."]
    assert cases(actor)[0].number.startswith("DH1-250301-")


def test_times_in_another_zone_count_for_the_day_of_the_community(actor, tmp_path):
    add_place(actor=actor, kind="community", code="DH1", name="东湖一期")
    path = a_file(tmp_path, [a_row(1, "2025-03-01 20:00"), a_row(2, "2025-03-01")])
    import_cases(path, a_mapping(places="existing", root="DH1", zone="UTC"), actor=actor)
    bare, exact = cases(actor)
    assert (bare.day, exact.day) == (date(2025, 3, 1), date(2025, 3, 2))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"standard": "complaint@9"}, "line 2: There is no published standard complaint@9"),
        ({"calendar": "moon"}, "line 3: There is no calendar 'moon'"),
        ({"kind": "repair"}, "line 5: The standard complaint@1 does not serve the kind 'repair'"),
        ({"places": "existing", "root": "Nowhere"}, "line 7: There is no place 'Nowhere'"),
    ],
)
def test_a_mapping_that_does_not_fit_this_company_is_refused(actor, tmp_path, changes, words):
    before = counts(actor)
    with pytest.raises(BadText) as said:
        import_cases(a_file(tmp_path, [a_row(1)]), a_mapping(**changes), actor=actor)
    assert words in str(said.value)
    assert counts(actor) == before


def test_without_the_permission_nothing_is_read(company, actor, tmp_path):
    reader = Actor.of(company.id, "reader", ["case.see", "place.edit"])
    with pytest.raises(Refused):
        import_cases(tmp_path / "none.csv", a_mapping(), actor=reader)


def test_another_company_imports_the_same_file_for_itself(actor, other_actor, tmp_path):
    path = a_file(tmp_path, [a_row(1), a_row(2)])
    import_cases(path, a_mapping(), actor=actor)
    assert import_cases(path, a_mapping(), actor=other_actor).imported == 2
    assert len(cases(actor)) == len(cases(other_actor)) == 2


def test_the_events_of_an_import_hold_and_begin_and_end_it(actor, tmp_path):
    rows = [a_row(n, Text=f"Tab\there \\ and {n}", Answered="2025-03-02") for n in range(4)]
    import_cases(a_file(tmp_path, rows), a_mapping(), actor=actor, chunk=3)
    with acting(actor):
        told = list(Event.objects.filter(name="case.imported").order_by("id"))
        values = {v.name: v.text for v in EventValue.objects.filter(event=told[0])}
        assert all(bytes(event.leaf) == leaf_of(event) for event in told)
        assert Inbox.objects.filter(event_id__in=[e.id for e in told]).count() == 4
        assert values["text"] == values["answer"] == "Tab\there \\ and 0"
        assert (told[0].said["key"], told[0].said["stops"]["feedback"]) == ("0", "2025-03-02")
        batch = HistoryBatch.objects.get()
        assert batch.mapping["source"] == "old"
        story = Event.objects.filter(subject_id=batch.id).order_by("id")
        assert [e.name for e in story] == ["history.begun", "history.finished"]
        assert story[1].said["imported"] == 4
