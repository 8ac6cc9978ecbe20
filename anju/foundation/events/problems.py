"""What a verification may find: data first, one table of sentences for people.

Pure: an archive is verified where there is no installation, so the sentences are translated only
where Django is set up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext


def _(msgid: str) -> str:
    """Mark a sentence for the catalogue (Django's own marker asks for settings)."""
    return msgid


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it was sealed. `where`: the position, row or file it is about."""

    code: str
    where: str
    company: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """The sentence in the active language (English where Django is not set up); the code itself
        where none is written for it."""
        sentence = SENTENCES.get(self.code)
        if sentence is None:
            return f"{self.code} {self.where} {dict(self.facts) or ''}".rstrip()
        said = gettext(sentence) if settings.configured else sentence
        return said % {"where": self.where, **self.facts}

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "code": self.code, "where": self.where, "company": self.company,
            "facts": dict(self.facts), "text": str(self),
        }  # fmt: skip


SENTENCES: dict[str, str] = {
    "event.changed": _(
        "The event at position %(where)s does not match its own fingerprint: it was edited."
    ),
    "event.missing": _("The event at position %(where)s is gone."),
    "event.unplaced": _(
        "Event %(where)s has no position and does not wait for one: it was put in, or its "
        "position was removed."
    ),
    "position.gap": _(
        "Position %(where)s is missing or stands twice: positions run 1, 2, 3 without gaps."
    ),
    "position.unsealed": _("The event at position %(where)s stands behind the last seal."),
    "position.lost": _(
        "A listener (%(listener)s) has already read up to position %(read)s, but the record ends "
        "at %(where)s: the end was cut off."
    ),
    "seal.missing": _("Seal %(where)s is missing or stands twice."),
    "seal.range": _("Seal %(where)s does not begin right behind the seal before it."),
    "seal.previous": _("Seal %(where)s does not follow from the seal before it."),
    "seal.digest": _("Seal %(where)s does not match its own fingerprint: it was edited."),
    "seal.root": _(
        "Seal %(where)s does not match the events at positions %(first)s to %(last)s: one of them "
        "was edited, moved, put in or removed."
    ),
    "seal.short": _("Seal %(where)s covers events up to position %(last)s, which are gone."),
    "anchor.seal": _("Seal %(where)s is not the one in the anchor: the record was rebuilt."),
    "anchor.missing": _(
        "The anchor knows seal %(where)s, but the record ends before it: the end was cut off."
    ),
    "anchor.company": _("The anchor knows company %(where)s, which is not here any more."),
    "value.changed": _(
        "The personal value %(name)s of event %(where)s is not the one the event commits to."
    ),
    "value.missing": _(
        "The personal value %(name)s of event %(where)s is gone, and no event says it was erased."
    ),
    "row.changed": _("The row %(where)s is not as its last event wrote it."),
    "row.missing": _("The row %(where)s is gone, and no event deleted it."),
    "row.back": _("The row %(where)s is there again, though an event deleted it."),
    "row.unknown": _("No event tells of the row %(where)s: it was put in past the commands."),
    "row.rewritten": _("The row %(where)s is written once, but later events changed it."),
    "row.table": _("Events tell of rows in %(where)s, a table this version does not know."),
    "company.gone": _("Seals of company %(where)s are here, but the company is gone."),
    "verifier.failed": _("The check %(where)s could not finish (%(error)s)."),
    "archive.broken": _("This is not a case archive, or it is damaged (%(where)s)."),
    "archive.member": _("%(where)s in the archive is missing, additional or changed."),
    "archive.leaf": _("Event %(where)s in the archive does not match its own fingerprint."),
    "archive.proof": _("Event %(where)s in the archive is not in the seal it names."),
    "archive.seal": _("Seal %(where)s in the archive does not match its own fingerprint."),
    "archive.value": _("The value %(name)s of event %(where)s in the archive was changed."),
    "archive.row": _("The row %(where)s in the archive is not as its last event wrote it."),
    "archive.file": _("The file %(where)s in the archive is not the one it is named after."),
    "file.missing": _("The stored file %(where)s is gone."),
    "file.changed": _("The content of the stored file %(where)s was changed."),
    "case.words": _(
        "Title or text of the case %(where)s is not what the event that opened it commits to."
    ),
    "clock.changed": _(
        "The time limit %(where)s says %(stored)s, its events and its calendar give %(computed)s."
    ),
}
