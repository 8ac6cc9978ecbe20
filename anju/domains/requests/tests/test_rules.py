"""Whom to send: each line of the rule, and what holds whatever the crew."""

from dataclasses import replace
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from anju.domains.requests.rules import FULL, Hand, Job, advise, shared


def a_hand(name: str, *, in_hand: int = 0, path: str = "1.", **done: int) -> Hand:
    return Hand(uuid4(), name, in_hand, path, done)


def a_job(path: str = "1.4.27.", category: str = "water") -> Job:
    return Job(uuid4(), path, category)


def sent(job: Job, *crew: Hand) -> str:
    found = advise([job], crew).get(job.id)
    return found.hand.name if found else ""


def test_who_has_done_it_goes_before_who_has_nothing_to_do() -> None:
    assert sent(a_job(), a_hand("guard"), a_hand("plumber", in_hand=2, water=9)) == "plumber"
    assert sent(a_job(), a_hand("guard"), a_hand("joiner", in_hand=2, doors=9)) == "joiner"
    assert sent(a_job(), a_hand("guard")) == "guard"
    clerk = replace(a_hand("clerk", water=9), works=False)
    assert sent(a_job(), clerk, a_hand("guard")) == "guard"


def test_among_the_skilled_the_load_decides_then_the_way() -> None:
    busy, free = a_hand("busy", in_hand=3, water=9), a_hand("free", in_hand=1, water=1)
    assert sent(a_job(), busy, free) == "free"
    near = a_hand("near", path="1.4.", water=1)
    far = a_hand("far", path="1.7.", water=9)
    assert sent(a_job("1.4.27."), far, near) == "near"


def test_what_was_advised_counts_as_in_hand() -> None:
    first, second = a_hand("a", path="1.4.", water=5), a_hand("b", path="1.7.", water=5)
    jobs = [a_job(), a_job()]
    found = advise(jobs, [first, second])
    assert [found[job.id].hand.name for job in jobs] == ["a", "b"]


def test_a_full_crew_is_a_persons_decision() -> None:
    assert sent(a_job(), a_hand("full", in_hand=FULL, water=9)) == ""
    assert advise([a_job()], []) == {}


paths = st.lists(st.integers(1, 3), min_size=1, max_size=4).map(
    lambda steps: "".join(f"{n}." for n in steps)
)
hands = st.builds(
    Hand,
    id=st.uuids(),
    name=st.just("x"),
    in_hand=st.integers(0, 7),
    path=paths,
    done=st.dictionaries(st.sampled_from(["water", "doors"]), st.integers(1, 9)),
)
jobs = st.builds(Job, id=st.uuids(), path=paths, category=st.sampled_from(["water", "doors", ""]))


@given(
    st.lists(jobs, max_size=12, unique_by=lambda j: j.id),
    st.lists(hands, max_size=6, unique_by=lambda h: h.id),
)
def test_nobody_gets_more_than_a_shift_and_order_of_the_crew_is_nothing(
    todo: list[Job], crew: list[Hand]
) -> None:
    found = advise(todo, crew)
    load: dict[UUID, int] = {hand.id: hand.in_hand for hand in crew}
    for job in todo:
        if advice := found.get(job.id):
            assert advice.in_hand == load[advice.hand.id] < FULL
            load[advice.hand.id] += 1
    assert found == advise(todo, list(reversed(crew)))


def test_paths_share_what_they_begin_with() -> None:
    assert shared("1.4.27.", "1.4.3.") == 2
    assert shared("1.", "2.") == 0
    assert shared("", "1.") == 0
