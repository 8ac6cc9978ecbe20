"""Taking in what members write to the company's WeCom application, exactly once."""

import hashlib
from collections.abc import Mapping
from datetime import UTC

from django.utils.translation import gettext as _

from anju.domains.intake.commands.keeping import as_before, keep, once, the_source
from anju.domains.intake.commands.mail import NUMBER
from anju.domains.intake.commands.results import Received
from anju.domains.intake.models import Arrival, Source
from anju.domains.intake.queries import wecom_keys
from anju.domains.intake.rules import LARGEST, SAME_CALLER, NotUnderstood
from anju.domains.intake.wecom import SILENT, Forged, Told, encrypted_in, opened, told_of
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.models import Case
from anju.foundation.access.models import Account
from anju.foundation.lib import now
from anju.foundation.people.models import Person
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refusal, Refused
from anju.foundation.tenancy.rows import only

TITLE = 60  # characters of a text that become the title
NOTHING = Received("nothing")


def echo_wecom(code: str, asked: Mapping[str, str]) -> str:
    """What WeCom wants to hear back when the address is entered there (验证URL有效性).

    Raises `Unknown` for an address that is none of a WeCom source, `Refused` for a signature that
    does not fit, is more than five minutes off, or for another enterprise.

    No actor: the source is known by its signature; nothing is written.
    """
    with the_source(code, "wecom") as (source, _actor):
        return _proved(source, asked, asked.get("echostr", "")).decode(errors="replace")


def receive_wecom(code: str, body: bytes, asked: Mapping[str, str]) -> Received:
    """Take in one message of a member: a case at the source's place, or a note on the case its text
    names, or on the live one the same member began within half an hour.

    A picture is kept by its address. Events of the application (opened, followed) are nothing;
    other kinds of messages wait for a person. Raises as `echo_wecom`, and `Conflict` for the very
    same request a second time, `NotYet` for more than 256 KB.

    No actor: the source is known by its signature; it makes the machine of its company.
    """
    if len(body) > LARGEST:
        raise NotYet(_("This is more than 256 KB. Nothing was taken in."), code="too_large")
    with the_source(code, "wecom") as (source, actor):
        try:
            sent = encrypted_in(body)
        except Forged as error:
            raise _refused() from error
        message = _proved(source, asked, sent)
        once(source, asked["msg_signature"].encode())
        try:
            told = told_of(message)
        except NotUnderstood as error:
            outside = f"sha256:{hashlib.sha256(message).hexdigest()}"
            return keep(source, message, error.code, actor=actor, outside_id=outside)
        return NOTHING if told.kind in SILENT else _told(source, told, message, actor)


def _proved(source: Source, asked: Mapping[str, str], sent: str) -> bytes:
    try:
        return opened(asked, sent, wecom_keys(source), at=now())
    except Forged as error:
        raise _refused() from error


def _refused() -> Refused:
    words = _(
        "The signature does not fit, its time is more than five minutes off, or it is meant for "
        "another enterprise. Nothing was taken in. Check Token, EncodingAESKey and CorpID."
    )
    return Refused(words, code="signature")


def _told(source: Source, told: Told, message: bytes, actor: Actor) -> Received:
    mine = Arrival.objects.filter(company_id=source.company_id, source=source)
    outside = _outside_id(told)
    before = mine.select_related("case").filter(outside_id=outside).first()
    if before is not None:
        return as_before(before)
    try:
        if told.kind not in ("text", "image") or not (told.text or told.picture):
            raise NotUnderstood("wecom_kind")
        with acting(actor):  # a savepoint: what is refused leaves nothing
            return _taken(source, told, message, actor)
    except NotUnderstood as error:
        reason = error.code
    except Refusal as refusal:
        reason = str(refusal)
    return keep(source, message, reason, actor=actor, outside_id=outside)


def _outside_id(told: Told) -> str:
    """The sender leads: what they began a moment ago is found by it."""
    return f"{told.sender}:{told.id}"


def _taken(source: Source, told: Told, message: bytes, actor: Actor) -> Received:
    text = told.text or _("Picture: %(address)s") % {"address": told.picture}
    case = _case_about(source, told, actor)
    state = "message" if case else "case"
    if case is not None:
        move_case(case.id, "note", actor=actor, said={"text": text})
    else:
        who = _("WeCom member: %(member)s") % {"member": told.sender}
        words = " ".join(told.text.split())[:TITLE]
        said = Report(
            kind="enquiry",
            title=words or _("Picture from WeCom"),
            place=source.place,
            text=f"{text}\n{who}",
            reporter=_known(told.sender, actor),
            channel="wechat",
            at=told.at if told.at and told.at <= now() else None,
        )
        case = report(said, actor=actor).case
    arrival = Arrival.objects.create(
        company_id=source.company_id,
        source=source,
        outside_id=_outside_id(told),
        digest=hashlib.sha256(message).digest(),
        state=state,
        case=case,
    )
    return Received(state, arrival.id, case.number)


def _case_about(source: Source, told: Told, actor: Actor) -> Case | None:
    """The case whose number stands in the text, else what the sender began a moment ago."""
    seen = Case.objects.seen_by(actor).live()
    if named := NUMBER.search(told.text):
        return seen.filter(number=named.group()).first()
    lately = Arrival.objects.filter(
        company_id=source.company_id,
        source=source,
        outside_id__startswith=f"{told.sender}:",
        at__gt=now().astimezone(UTC) - SAME_CALLER,
        case__isnull=False,
    )
    return seen.filter(id__in=lately.values("case_id")).order_by("-at", "-id").first()


def _known(sender: str, actor: Actor) -> Person | None:
    """The person whose account is called as the member is there."""
    accounts = Account.objects.filter(
        company_id=actor.company_id, login=sender, person_id__isnull=False
    )
    person = accounts.values_list("person_id", flat=True).first()
    return only(Person.objects.seen_by(actor).filter(id=person)) if person else None
