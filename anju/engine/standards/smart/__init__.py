"""The SMART check of a standard: specific, measurable, achievable, relevant, time-bound. Pure.

It takes the standard as it was read, what there is to point at, how the promises of the last 90
days went and the other standards in force (`World`), and says what an expert would say before it
is published. Contradictions, overlaps and orphans stop publication; all else is advice. What is
not known (None in the world) is not judged. docs/smart.md tells what it finds and how well.
"""

from anju.engine.standards.smart.checking import check
from anju.engine.standards.smart.cost import Bill, bill
from anju.engine.standards.smart.findings import Finding, Severity
from anju.engine.standards.smart.world import Key, Tally, World, key_of

__all__ = ["Bill", "Finding", "Key", "Severity", "Tally", "World", "bill", "check", "key_of"]
