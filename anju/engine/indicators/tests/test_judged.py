"""By which figures a standard is judged."""

from anju.engine.indicators.figures import BY_CODE, Reading
from anju.engine.indicators.judged import judged_by, targets_of
from anju.engine.standards.document import Document, Evaluation, Requirement


def test_a_standard_says_itself_what_it_is_judged_by() -> None:
    def said(**more: object) -> Document:
        return Document.model_validate({"code": "x", "name": "x", **more})

    assert targets_of(said())["repair_timely"] == 95
    assert targets_of(said(evaluation=Evaluation(indicators=("satisfied", "strange")))) == {
        "satisfied": 90
    }
    own = Requirement(text="满意", metric="indicator.satisfied", op=">=", value=85)
    assert targets_of(said(requirements=(own,))) == {"satisfied": 85}


def test_what_it_names_counts_without_cases_the_others_only_with() -> None:
    timely = Reading(BY_CODE["repair_timely"], 3, 4)
    assert judged_by(Document(code="x", name="x"), [timely]) == [(timely, 95)]
    own = Requirement(text="满意", metric="indicator.satisfied", op=">=", value=85)
    named = Document(code="x", name="x", requirements=(own,))
    assert judged_by(named, [timely]) == [(Reading(BY_CODE["satisfied"], 0, 0), 85)]
