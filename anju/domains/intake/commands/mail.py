"""Mails as they come in: each becomes a case, or a note on the case its subject names, once."""

import hashlib
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from html.parser import HTMLParser
from io import BytesIO

from django.utils.translation import gettext as _

from anju.domains.intake.commands.keeping import as_before, keep
from anju.domains.intake.commands.results import Received
from anju.domains.intake.models import Arrival, Source
from anju.domains.intake.rules import NotUnderstood
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.evidence import MOST, Given, add_evidence
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.models import Case
from anju.foundation.access.models import Account
from anju.foundation.messages.models import Address
from anju.foundation.people.models import Person
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refusal
from anju.foundation.tenancy.rows import only

NUMBER = re.compile(r"[A-Z][A-Z0-9]{0,11}-\d{6}-\d{4,}")
ANSWER = re.compile(r"^\s*((re|fw|fwd|aw|回复|回覆|答复|转发|轉發)\s*[:：]\s*)+", re.IGNORECASE)
LONGEST = 20_000
NAMELESS = "attachment"


def take_mail(source: Source, raw: bytes, *, actor: Actor) -> Received:
    """Take one mail in: a case at the source's place, or a note where its subject names a case; its
    attachments become evidence, those that cannot be opened safely are named in a note.

    Known by its Message-ID: the same mail again does nothing. What cannot be read, and what a
    machine sent by itself (bounces, absence notices), waits for a person. Refuses nothing.
    """
    mail = message_from_bytes(raw, policy=default)
    outside = _id(mail, raw)
    with acting(actor):
        mine = Arrival.objects.filter(company_id=source.company_id, source=source)
        before = mine.select_related("case").filter(outside_id=outside).first()
        if before is not None:
            return as_before(before)
        try:
            if _by_machine(mail):
                raise NotUnderstood("automatic")
            with acting(actor):  # a savepoint: what is refused leaves nothing
                return _taken(source, mail, raw, actor)
        except NotUnderstood as error:
            return keep(source, raw, error.code, actor=actor, outside_id=outside)
        except Refusal as refusal:
            return keep(source, raw, str(refusal), actor=actor, outside_id=outside)


def _taken(source: Source, mail: EmailMessage, raw: bytes, actor: Actor) -> Received:
    try:
        subject = " ".join(str(mail["Subject"] or "").split())
        sender = " ".join(str(mail["From"] or "").split())
        text = _text(mail)
        files = list(_files(mail))
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise NotUnderstood("mail") from error
    named = NUMBER.search(subject)
    case = Case.objects.seen_by(actor).filter(number=named.group()).first() if named else None
    whole = "\n".join(p for p in (text, _("From: %(sender)s") % {"sender": sender}) if p)
    if case is not None:
        move_case(case.id, "note", actor=actor, said={"text": whole})
    else:
        said = Report(
            kind="enquiry",
            title=ANSWER.sub("", subject)[:300] or _("Mail without a subject"),
            place=source.place,
            text=whole,
            reporter=_known(sender, actor),
            channel="email",
        )
        case = report(said, actor=actor).case
        named = None
    _keep_files(case, files, actor)
    state = "message" if named else "case"
    arrival = Arrival.objects.create(
        company_id=source.company_id,
        source=source,
        outside_id=_id(mail, raw),
        digest=hashlib.sha256(raw).digest(),
        state=state,
        case=case,
    )
    return Received(state, arrival.id, case.number)


def _keep_files(case: Case, files: list[Given], actor: Actor) -> None:
    if not files:
        return
    added = add_evidence(case.id, files[:MOST], actor=actor)
    refused = [f"{name}: {why}" for name, why in added.refused]
    refused += [f"{one.name}: {_('more files than can be kept')}" for one in files[MOST:]]
    if refused:
        text = _("Not kept of the mail's attachments:") + "\n" + "\n".join(refused)
        move_case(case.id, "note", actor=actor, said={"text": text[:LONGEST]})


def _id(mail: EmailMessage, raw: bytes) -> str:
    named = str(mail.get("Message-ID", "") or "").strip()
    fits = 0 < len(named) <= 120 and named.isprintable()
    return named if fits else f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _by_machine(mail: EmailMessage) -> bool:
    """Bounces, absence notices, our own notices come back: answering them would go in circles."""
    automatic = str(mail.get("Auto-Submitted", "no")).strip().lower() not in ("", "no")
    return automatic or mail.get_content_type() == "multipart/report"


def _known(sender: str, actor: Actor) -> Person | None:
    """The person whose account has this address."""
    address = parseaddr(sender)[1]
    if not address:
        return None
    held = Address.objects.filter(
        company_id=actor.company_id, channel="email", text__iexact=address
    )
    accounts = Account.objects.filter(
        company_id=actor.company_id, id__in=held.values("account_id"), person_id__isnull=False
    )
    person = accounts.values_list("person_id", flat=True).first()
    return only(Person.objects.seen_by(actor).filter(id=person)) if person else None


def _text(mail: EmailMessage) -> str:
    """The words of a mail: its plain part, else those of its HTML."""
    part = mail.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    text = str(part.get_content())
    if part.get_content_type() == "text/html":
        words = _Words()
        words.feed(text)
        text = "".join(words.found)
    text = re.sub(r"\n\s*\n\s*", "\n\n", text.replace("\r\n", "\n").replace("\0", "")).strip()
    return text if len(text) <= LONGEST - 1_000 else text[: LONGEST - 1_000] + "…"


def _files(mail: EmailMessage) -> Iterator[Given]:
    for part in mail.iter_attachments():
        content = part.get_payload(decode=True)
        if content is None:  # a mail inside the mail
            content = part.as_bytes()
        name = " ".join(str(part.get_filename() or NAMELESS).split())[:120]
        yield Given(name, BytesIO(content if isinstance(content, bytes) else b""))


class _Words(HTMLParser):
    """The text of HTML: no tags, no scripts, no styles."""

    SILENT = frozenset({"script", "style", "head", "title"})
    BREAKS = frozenset({"br", "p", "div", "tr", "li"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in self.SILENT
        if tag in self.BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in self.SILENT))

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)
