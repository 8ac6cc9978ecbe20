"""A phone for tests: it numbers what is done on it and brings it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from anju.engine.offline.commands.bringing import Command, Receipt, bring
from anju.engine.offline.rules import Heard
from anju.foundation.lib import now, uuid7
from anju.foundation.tenancy.actor import Actor


@dataclass
class Phone:
    """One device in the hands of `actor`; its clock goes `wrong` by so much."""

    actor: Actor
    wrong: timedelta = timedelta()
    id: UUID = field(default_factory=uuid4)
    numbers: Counter[UUID] = field(default_factory=Counter)

    def does(
        self, name: str, subject: UUID, /, *, base: int | None = None, at: datetime | None = None,
        **said: Any,
    ) -> Command:  # fmt: skip
        """Something is done on it: the next command about this subject."""
        self.numbers[subject] += 1
        made = (at or now()) + self.wrong
        return Command(
            1, uuid7(), self.id, self.numbers[subject], self.actor.id, subject, base, name,
            made, None, said,
        )  # fmt: skip

    def brings(self, *commands: Command, left: int = 0, **more: Any) -> list[Receipt]:
        """All of it in one request."""
        heard = Heard(now(), now() + self.wrong, None)
        return bring(commands, heard, actor=self.actor, left=left, **more)
