"""Writing the lines of a ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from anju.domains.ledgers.models import SECOND, WRITER, Ledger, Line
from anju.domains.ledgers.queries import form_in_force, holds_certificate
from anju.domains.ledgers.rules import due_of, field_name, lacking, parts_of, value_name
from anju.engine.forms.rules import FILED, Form, Given, Item, answer_of, parted
from anju.engine.loop.commands.judging import Answer, judge
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.files.commands import Content, keep_file
from anju.foundation.lib import now
from anju.foundation.places.models import Asset, Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only

MOST_PICTURES = 9  # of one answer
AHEAD = timedelta(minutes=5)  # how far ahead a clock may be
WHY_MOST = 400


@dataclass(frozen=True)
class Said:
    """What is given to one item: its verdict ("" where it has none), its value as plain data
    (`number`, `text`, `rows`, `note`), its pictures."""

    verdict: str = ""
    value: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[Content] = ()


def write_line(
    ledger_id: UUID,
    given: Mapping[str, Said],
    *,
    actor: Actor,
    place: Place | None = None,
    asset: Asset | None = None,
    at: datetime | None = None,
    brought: UUID | None = None,
) -> Line:
    """Write the next line of a ledger. `given`: by the code of each item; `place`: where, within
    the community (default: the community itself); `at`: when it happened (UTC; default now);
    `brought`: what the phone calls it on which it was written.

    All that is wrong is said at once, field by field (`NotYet`): what does not fit its item, what
    is needed and not given up to the item that ends a line, a missing picture, a time to come. An
    answer that fails an item which asks for it opens one finding at the place (law 1). Refuses a
    ledger that has ended (`NotYet`), one that is not there (`Unknown`) and whoever may not keep it
    (`Refused`). Tells line.written.
    """
    with acting(actor):
        ledger = _ledger(ledger_id, actor)
        form = form_in_force(ledger.form, actor)
        moment, happened = now(), at or now()
        place = place or (asset.place if asset else ledger.place)
        if not place.path.startswith(ledger.place.path):
            words = _("This place does not belong to the community of the ledger.")
            raise NotYet(words, fields={"place": words})
        if happened > moment + AHEAD:
            words = _("This time has not come yet.")
            raise NotYet(words, fields={"at": words})
        parts = parts_of(form.sheet, ledger.ends_with)
        answers = _fitting(form.sheet, given)
        ends = ledger.ends_with in answers or not parts.later
        _nothing_lacks(parts.now + (parts.later if ends else ()), answers)
        ledger.count += 1
        ledger.save(update_fields=["count"])
        line = Line(
            company_id=actor.company_id, ledger=ledger, form=form, n=ledger.count, place=place,
            asset=asset, at=happened, by=actor.id, written_by=actor.written_by, brought=brought,
            due_at=due_of(happened, ledger.within),
            ended_at=happened if ends else None,
            certified=WRITER if holds_certificate(ledger.certificate, actor) else 0,
        )  # fmt: skip
        typed = _answered(line, form.sheet, answers, actor)
        line.save(force_insert=True)
        _told("line.written", line, actor, said=sorted(answers), typed=typed)
    return line


def add_to_line(
    line_id: UUID,
    given: Mapping[str, Said],
    *,
    actor: Actor,
    reason: str = "",
    version: int | None = None,
    at: datetime | None = None,
) -> Line:
    """Answer more items of a line, among them the one that ends it, or one again: then `reason`
    says why, and what was said before stays under it. `at`: when it ended (UTC; default now). What
    was signed by a second person is to be signed again.

    Refuses as `write_line`, a stale `version` (`Conflict`), and an end without all that is needed
    (`NotYet`). Tells line.added.
    """
    with acting(actor):
        line = _line(line_id, actor, version)
        form, ledger = line.form.sheet, line.ledger
        parts = parts_of(form, ledger.ends_with)
        answers = _fitting(form, given)
        again = sorted(answers.keys() & line.answers.keys())
        if again and not reason.strip():
            words = _("This was answered before. Say why it is answered again.")
            raise NotYet(words, code="reason", fields={"reason": words})
        if ledger.ends_with in answers and line.ended_at is None:
            _nothing_lacks(parts.now + parts.later, {**line.answers, **answers})
            line.ended_at = min(max(at or now(), line.at), now())
        typed = _answered(line, form, answers, actor)
        line.signed_by = line.signed_at = None  # what was signed was another line
        line.certified &= WRITER
        line.erased_at = None  # what is typed now is erased in its turn
        if again:
            typed["why"] = reason.strip()[:WHY_MOST]
        line.version += 1
        line.save()
        _told("line.added", line, actor, said=sorted(answers), typed=typed)
    return line


def sign_line(line_id: UUID, *, actor: Actor, version: int | None = None) -> Line:
    """Sign a line as the second person. Refuses (`NotYet`) whoever wrote it, a ledger that asks for
    one signature, and one that is signed already. Tells line.signed."""
    with acting(actor):
        line = _line(line_id, actor, version)
        if line.ledger.signers < 2:
            raise NotYet(_("Lines of this ledger are signed by one person: whoever writes them."))
        if line.signed_by is not None:
            raise NotYet(_("This line is signed already."))
        if actor.id in (line.by, line.written_by):
            words = _("You wrote this line yourself. The second signature is somebody else's.")
            raise NotYet(words, code="own_work")
        line.signed_by, line.signed_at = actor.id, now()
        if holds_certificate(line.ledger.certificate, actor):
            line.certified |= SECOND
        line.version += 1
        line.save()
        _told("line.signed", line, actor, said=[], typed={})
    return line


def _ledger(id: UUID, actor: Actor) -> Ledger:
    seen = Ledger.objects.seen_by(actor).select_related("place")
    ledger = only(seen.select_for_update(of=("self",)).filter(id=id))
    if ledger is None:
        raise Unknown(_("There is no such ledger, or you may not see it."))
    _kept_by(ledger, actor)
    return ledger


def _kept_by(ledger: Ledger, actor: Actor) -> None:
    actor.require("ledger.keep", ledger.place.path)
    if ledger.state == "ended":
        raise NotYet(_("This ledger has ended. Nothing can be changed in it any more."))


def _line(id: UUID, actor: Actor, version: int | None) -> Line:
    seen = Line.objects.seen_by(actor).select_related("ledger__place", "form", "place", "asset")
    line = only(seen.select_for_update(of=("self",)).filter(id=id))
    if line is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    _kept_by(line.ledger, actor)
    if version is not None and version != line.version:
        raise Conflict(_("Somebody added to this line meanwhile. Look at it again."))
    return line


def _fitting(form: Form, given: Mapping[str, Said]) -> dict[str, tuple[Item, Said, Given]]:
    """The answers as they are kept; every one that does not fit is named."""
    wrong: dict[str, Any] = {}
    fitting = {}
    for code, said in given.items():
        item = form.item(code)
        if item is None:
            wrong[field_name(code)] = _("This form has no such item. Open the page again.")
            continue
        kept, words = answer_of(item, said.verdict, said.value)
        if not words and len(said.files) > MOST_PICTURES:
            words = _("At most %(n)d pictures belong to one answer. Choose fewer.")
            words %= {"n": MOST_PICTURES}
        if not words and kept.verdict != "na" and not said.files:
            needs = item.kind in FILED or item.evidence
            words = _("A picture is needed here. Take it, then answer again.") if needs else ""
        if words:
            wrong[field_name(code)] = words
        fitting[code] = (item, said, kept)
    if wrong:
        raise NotYet(_("Some of the answers do not fit. Nothing was written."), fields=wrong)
    return fitting


def _nothing_lacks(items: Sequence[Item], answered: Mapping[str, Any]) -> None:
    missing = lacking(items, answered)
    if missing:
        names = "、".join(item.text for item in missing)
        raise NotYet(
            _("This is needed and was not answered: %(items)s. Nothing was written.")
            % {"items": names},
            code="lacking",
            fields={
                field_name(item.code): _("Please fill this in; it is needed.") for item in missing
            },
        )


def _answered(
    line: Line, form: Form, answers: Mapping[str, tuple[Item, Said, Given]], actor: Actor
) -> dict[str, str]:
    """Put the answers into the line, its findings opened; what was typed, by `value_name`."""
    typed: dict[str, str] = {}
    for code, (item, said, given) in answers.items():
        kept, words = parted(item, given)
        one: dict[str, Any] = {"verdict": given.verdict, **kept} if given.verdict else dict(kept)
        files = [keep_file(content, actor=actor, name=f"{code}.jpg") for content in said.files]
        if not all(file.is_picture for file in files):
            text = _("This is no picture. Take it again.")
            raise NotYet(text, code="no_picture", fields={field_name(code): text})
        if files:
            one["files"] = [str(file.id) for file in files]
        if given.verdict == "fail" and item.on_fail == "case":
            named = item.model_copy(update={"code": f"{line.form.code}.{code}"})
            value = given.value or {}
            if line.ledger.personal:  # what was typed stays here, where it is hidden and erased
                value = {name: value[name] for name in ("number", "deduct") if name in value}
            _record, case = judge(
                Answer(named, "fail", line.place, line.asset, value, at=line.at), actor=actor
            )
            one["case"] = str(case.id) if case else ""
        if (old := line.answers.get(code)) is not None:
            earlier = {name: value for name, value in old.items() if name != "before"}
            one["before"] = [*old.get("before", ()), earlier]
        line.answers = {**line.answers, code: one}
        typed |= {value_name(form, code, kind): text for kind, text in words.items()}
    line.failed = any(one.get("verdict") == "fail" for one in line.answers.values())
    return typed


def _told(
    name: str, line: Line, actor: Actor, *, said: Sequence[str], typed: Mapping[str, str]
) -> None:
    tell(
        name,
        subject=("line", line.id),
        actor=actor,
        at=line.at if name == "line.written" else None,
        said={"ledger": str(line.ledger_id), "n": line.n, "items": list(said)},
        wrote=written(line),
        values=typed,
    )
