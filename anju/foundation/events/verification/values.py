"""Personal values against the commitments of their events."""

from collections.abc import Iterator
from dataclasses import dataclass

from anju.foundation.events.problems import Problem
from anju.foundation.events.registry import Scope
from anju.foundation.events.verification.streams import rows

# Compared inside the database: a value leaves it only into a hash.
CHANGED = """
    SELECT v.event_id, v.name, e.values ->> v.name IS NOT DISTINCT FROM
           encode(sha256(v.salt || convert_to(v.text, 'UTF8')), 'hex') AS same
      FROM events_eventvalue v
      LEFT JOIN events_event e ON e.company_id = v.company_id AND e.id = v.event_id
     WHERE v.company_id = %s"""
MISSING = """
    WITH erased AS MATERIALIZED (
      SELECT o.key::uuid AS event_id, n.name
        FROM events_event e, jsonb_each(e.said -> 'of') o,
             jsonb_array_elements_text(o.value) n(name)
       WHERE e.company_id = %s AND e.name = 'values.erased')
    SELECT e.id, k.name, g.event_id IS NOT NULL AS erased
      FROM events_event e CROSS JOIN jsonb_object_keys(e.values) AS k(name)
      LEFT JOIN events_eventvalue v
        ON v.company_id = e.company_id AND v.event_id = e.id AND v.name = k.name
      LEFT JOIN erased g ON g.event_id = e.id AND g.name = k.name
     WHERE e.company_id = %s AND e.values <> '{}' AND v.id IS NULL"""


@dataclass
class Values:
    """The pass over the personal values of one company."""

    scope: Scope
    held: int = 0
    erased: int = 0

    def problems(self) -> Iterator[Problem]:
        """Values that were changed, put in, or taken away without a word."""
        for event, name, same in rows(self.scope, CHANGED):
            self.held += 1
            if not same:
                yield Problem("value.changed", str(event), facts={"name": name})
        for event, name, erased in rows(self.scope, MISSING, self.scope.company):
            if erased:
                self.erased += 1
            else:
                yield Problem("value.missing", str(event), facts={"name": name})
