"""`anju verify`: what a case says in words is what was reported.

Title and text can be erased, so no digest of the row covers them: they are values of the event that
opened the case, and the row holds a copy.
"""

from collections.abc import Iterator

from anju.engine.loop.commands.erasing import ERASED
from anju.foundation.events.problems import Problem
from anju.foundation.events.registry import Scope, verifies
from anju.foundation.events.verification.streams import rows

OPENED = ("case.reported", "case.imported")
# A value that is gone was erased, else the events' own verification says so.
DIFFERENT = """
    SELECT c.id
      FROM (SELECT * FROM loop_case WHERE company_id = %s) c
      JOIN events_event e
        ON e.company_id = c.company_id AND e.subject_id = c.id AND e.name = ANY(%s)
      LEFT JOIN events_eventvalue title
        ON title.company_id = c.company_id AND title.event_id = e.id AND title.name = 'title'
      LEFT JOIN events_eventvalue body
        ON body.company_id = c.company_id AND body.event_id = e.id AND body.name = 'text'
     WHERE c.title <> coalesce(title.text, %s) OR c.text <> coalesce(body.text, '')
     ORDER BY c.id"""


@verifies("case words")
def words_as_reported(scope: Scope) -> Iterator[Problem]:
    """Every case once: title and text against the values of its opening event."""
    for (case,) in rows(scope, DIFFERENT, list(OPENED), ERASED):
        yield Problem("case.words", str(case), str(scope.company))
