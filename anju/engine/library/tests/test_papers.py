"""The procedures and forms that ship: written one way, drawn, printed, every way on walked."""

from itertools import pairwise
from xml.etree import ElementTree as ET

from anju.engine.forms.rules import write_form
from anju.engine.library.papers import forms, procedures
from anju.engine.library.reading import DATA
from anju.engine.procedures.drawing import SHEET, sheets_of, svg_of
from anju.engine.procedures.layout import chart_of
from anju.engine.procedures.rules import walks, write_procedure

# The flow charts of the field, then the procedures of a quality manual (repair is among both).
FLOWS = {"repair", "complaint", "callback", "rectification", "handover"}
MANUAL = {
    "renovation", "equipment", "fabric", "instruments", "repair", "community-events",
    "fire-safety", "weak-current", "signs", "customer-service", "security", "parking", "cleaning",
    "pest-control", "greening", "vacant-house", "nonconformity", "satisfaction-survey", "leasing",
    "purchasing",
}  # fmt: skip
SCORED = {
    "sheet-service": (9, 2), "sheet-engineering": (10, 2), "sheet-fire": (9, 2),
    "sheet-order": (7, 1), "sheet-cleaning": (8, 0), "sheet-greening": (6, 1),
    "cleaning-contractor": (9, 0), "supplier-evaluation": (5, 2), "supplier-yearly": (4, 0),
}  # fmt: skip


def test_each_file_is_named_by_its_code_and_written_the_one_way() -> None:
    assert set(procedures()) == FLOWS | MANUAL
    assert len(MANUAL) == 20
    for code, procedure in procedures().items():
        text = (DATA / "procedures" / f"{code}.yaml").read_text(encoding="utf-8")
        assert write_procedure(procedure) == text
    for code, form in forms().items():
        text = (DATA / "forms" / f"{code}.yaml").read_text(encoding="utf-8")
        assert write_form(form) == text


def test_every_way_on_of_every_procedure_is_walked() -> None:
    for procedure in procedures().values():
        taken = {pair for walk in walks(procedure) for pair in pairwise(walk)}
        assert taken == {(s.code, way.to) for s in procedure.steps for way in s.next}
        ends = {walk[-1] for walk in walks(procedure)}
        assert ends == {step.code for step in procedure.steps if not step.next}


def test_every_procedure_is_drawn_for_a_telephone_and_for_paper() -> None:
    for procedure in procedures().values():
        ET.fromstring(svg_of(procedure))
        assert chart_of(procedure).width <= 366, procedure.code  # 390 px less its margins
        sheets = sheets_of(procedure)
        heights = [float(ET.fromstring(sheet).attrib["height"]) for sheet in sheets]
        assert all(height <= SHEET for height in heights)
        assert len(sheets) <= 3, procedure.code


def test_every_step_names_a_form_that_ships_and_every_form_is_used() -> None:
    named = {code for procedure in procedures().values() for code in procedure.forms}
    assert named <= set(forms())
    assert set(forms()) - named == {code for code in SCORED if code.startswith("sheet-")}


def test_score_sheets_add_up_to_a_hundred() -> None:
    scored = {code: form for code, form in forms().items() if form.total}
    assert set(scored) == set(SCORED)
    for code, form in scored.items():
        vetoes = sum(item.veto for item in form.items)
        assert (len(form.items), vetoes) == SCORED[code]
        assert sum(item.weight for item in form.items) == form.total == 100
        assert all(item.weight for item in form.items)


def test_what_is_practice_only_is_called_a_suggestion() -> None:
    for paper in [*procedures().values(), *forms().values()]:
        assert paper.basis
        for basis in paper.basis:
            assert (basis.kind, basis.certainty) == ("practice", "suggested")
