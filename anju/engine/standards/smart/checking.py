"""All checks of one standard, in the order of its parts. Pure."""

from collections.abc import Callable, Iterator

from anju.engine.standards.document import Document
from anju.engine.standards.smart import clashes, orphans, parts, record
from anju.engine.standards.smart.findings import Finding
from anju.engine.standards.smart.world import World

CHECKS: tuple[Callable[[Document, World], Iterator[Finding]], ...] = (
    clashes.within_itself,
    clashes.with_others,
    orphans.orphans,
    parts.specific,
    parts.measurable,
    record.achievable,
    parts.relevant,
    parts.timed,
)


def check(document: Document, world: World) -> list[Finding]:
    """What an expert would say of the standard, what stops it first."""
    found = [finding for one in CHECKS for finding in one(document, world)]
    return sorted(found, key=lambda finding: finding.severity != "stop")
