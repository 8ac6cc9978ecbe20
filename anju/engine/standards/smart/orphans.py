"""What a standard points at and there is not. Pure."""

from collections.abc import Iterator

from anju.engine.standards.document import Document
from anju.engine.standards.smart.clashes import clock_of, limits_of
from anju.engine.standards.smart.findings import Finding, place_of
from anju.engine.standards.smart.parts import at
from anju.engine.standards.smart.world import World


def orphans(document: Document, world: World) -> Iterator[Finding]:
    """Procedures, forms, items of the library, needs, calendars and clocks there are not."""
    method = document.method
    for name, code, known in (
        ("procedure", method.procedure, world.procedures),
        ("form", method.form, world.forms),
    ):
        if code and known is not None and code not in known:
            yield Finding("orphan", f"method/{name}", name, {"name": code})
    for one in document.requirements:
        where = at(document, one)
        for name, codes, there in (
            ("library", one.rests_on, world.library),
            ("need", one.needs, world.needs),
        ):
            lost = [code for code in codes if there is not None and code not in there]
            if lost:
                yield Finding("orphan", where, name, {"name": tuple(lost)})
        if (clock := clock_of(one)) and not limits_of(one, document.limits):
            yield Finding("orphan", where, "clock", {"text": one.text, "clock": clock})
    for limit in document.limits:
        if world.calendars is not None and limit.calendar not in world.calendars:
            yield Finding("orphan", place_of(limit), "calendar", {"name": limit.calendar})
