"""A point that was passed without a signal, brought by the device later."""

from anju.domains.rounds.commands import Said, pass_point
from anju.engine.offline.doing import Brought


def bring_point(one: Brought) -> None:
    """`point` of `POST /api/v1/commands`, about the work order of the round: said is what `Said`
    takes, with the photo in `file` or `files`."""
    words = ("point", "verdict", "value", "how", "label", "note")
    given = {name: text for name in words if (text := one.text(name))}
    said = Said(**{"point": "", **given})
    pass_point(one.subject, said, actor=one.actor, files=list(one.files.values()), at=one.at)
