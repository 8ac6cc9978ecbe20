"""Events of documents and laws in words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

DOCUMENT_WORDS: Mapping[str, Any] = MappingProxyType(
    {
        "document.drafted": _("Document drafted"),
        "document.edited": _("Draft of a document saved"),
        "document.submitted": _("Document submitted for review"),
        "document.sent_back": _("Document sent back"),
        "document.enforced": _("Document put into force"),
        "document.confirmed": _("Document reviewed, stays"),
        "document.withdrawn": _("Document withdrawn"),
        "document.given_up": _("Draft of a document given up"),
        "document.review_told": _("Reminded of the review of a document"),
        "reading.distributed": _("Said who reads a paper"),
        "reading.asked": _("Paper given to read"),
        "reading.reminded": _("Reminded to read"),
        "reading.signed": _("Read and signed"),
        "reading.ended": _("Not to be read any more"),
        "quiz.written": _("Examination written"),
        "quiz.taken": _("Examined"),
        "law.written": _("Law written down"),
        "law.filled": _("Laws taken from the library"),
        "law.looked_at": _("Paper looked at after a change of law"),
    }
)
