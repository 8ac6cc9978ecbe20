"""The draft of a piece: what was only suggested binds nothing, and no limit binds another kind."""

from anju.engine.library.drafting import document_of
from anju.engine.library.reading import library
from anju.engine.standards.document import Document


def drafts() -> dict[tuple[str, str], Document]:
    """Of every piece at every level."""
    found = {
        (code, level): document_of(library(), piece, level=level, script="hans")
        for code, piece in library().pieces.items()
        for level in piece.levels or ("",)
    }
    return {key: one for key, one in found.items() if one is not None}


def test_suggestions_never_feed_compliance() -> None:
    measured = suggested = 0
    for (code, level), document in drafts().items():
        sure = {
            (item.metric.split(":")[1], value.value)
            for item in library().pieces[code].items
            for value in item.values
            if value.level in ("", level)
            and item.metric.startswith("clock:")
            and item.value_feeds(value)
        }
        assert {one.clock for one in document.limits} <= {clock for clock, _number in sure}
        for one in document.requirements:
            if "建议值" in one.text:
                suggested += 1
                assert (one.metric, one.op, one.value) == ("", "", None), (code, level, one)
            measured += bool(one.metric)
    assert measured
    assert suggested


def test_no_limit_where_the_clocks_are_of_several_kinds() -> None:
    limited = [document for document in drafts().values() if document.limits]
    assert limited
    assert all(len(document.kinds) == 1 for document in limited)
    assert any(len(document.kinds) > 1 for document in drafts().values())
