"""The manual of standards, made in the background: asked for, taken up, kept as a file."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from anju.engine.standards.models import Manual, Standard
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.files.commands import keep_file
from anju.foundation.lib import digest, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet
from anju.foundation.tenancy.turns import one_at_a_time

LEASE = timedelta(minutes=2)  # so long without a word, and somebody else takes it up
TRIES = 3


def ask_manual(*, actor: Actor, language: str, zone: str) -> Manual:
    """Have every standard in force set as one PDF, in a language, dated by the day it is in `zone`.

    The same standards on the same day are one manual, whoever asks: one that waits or is made is
    given back, one that failed is tried anew. Refuses (`NotYet`) where no standard is in force.
    Tells manual.asked.
    """
    actor.require("standard.see")
    with acting(actor):
        one_at_a_time("manuals", actor.company_id)
        standing = Standard.objects.filter(company_id=actor.company_id).in_force()
        ids = [str(id) for id in standing.values_list("id", flat=True)]
        if not ids:
            raise NotYet(_("No standard is in force yet, so there is nothing to print."))
        on = now().astimezone(ZoneInfo(zone)).date()
        same = digest([language, on.isoformat(), *ids]).hex()
        mine = Manual.objects.filter(company_id=actor.company_id)
        manual = mine.filter(digest=same).first()
        if manual and manual.state != "failed":
            return manual
        manual = manual or Manual(company_id=actor.company_id, digest=same)
        manual.language, manual.on, manual.by, manual.state = language, on, actor.id, "waiting"
        manual.done, manual.total, manual.tries = 0, len(ids) + 1, 0
        manual.asked_at = manual.due_at = now()
        manual.save()
        _told("manual.asked", manual, actor)
    return manual


def take_manual(*, actor: Actor) -> Manual | None:
    """The next manual that waits, or whose maker has not been heard of for two minutes; None where
    there is none. One that was begun three times in vain is given up; tells manual.failed then."""
    with acting(actor):
        waiting = Manual.objects.filter(company_id=actor.company_id, due_at__lte=now())
        manual = waiting.select_for_update(skip_locked=True).order_by("due_at", "id").first()
        if manual is None:
            return None
        if manual.tries >= TRIES:
            _ended(manual, "failed")
            _told("manual.failed", manual, actor)
            return None
        manual.tries, manual.done, manual.due_at = manual.tries + 1, 0, now() + LEASE
        manual.save(update_fields=["tries", "done", "due_at"])
    return manual


def note_progress(manual: Manual, done: int, *, actor: Actor) -> None:
    """So much of it is made; its maker is there for two minutes more."""
    with acting(actor):
        mine = Manual.objects.filter(id=manual.id, state="waiting", tries=manual.tries)
        if not mine.update(done=done, due_at=now() + LEASE):
            raise Conflict(_("Somebody else has taken this up."))


def keep_manual(manual: Manual, content: bytes, *, actor: Actor, name: str) -> Manual:
    """Keep it for good, as a file of the company. Refuses (`Conflict`) what somebody else has made
    meanwhile. Tells manual.made."""
    with acting(actor):
        mine = Manual.objects.filter(id=manual.id, state="waiting", tries=manual.tries)
        held = mine.select_for_update().first()
        if held is None:
            raise Conflict(_("Somebody else has taken this up."))
        held.file_id = keep_file(content, actor=actor, name=name).id
        held.made_at, held.done = now(), held.total
        _ended(held, "made")
        _told("manual.made", held, actor)
    return held


def _ended(manual: Manual, state: str) -> None:
    manual.state, manual.due_at = state, None
    manual.save(update_fields=["state", "due_at", "file_id", "made_at", "done"])


def _told(name: str, manual: Manual, actor: Actor) -> None:
    said = {"language": manual.language, "on": manual.on.isoformat()}
    tell(name, subject=("manual", manual.id), actor=actor, said=said, wrote=written(manual))
