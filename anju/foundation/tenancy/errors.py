"""The four refusals. Every door turns them into its own words (page, problem+json, CLI line).

A message says what happened, what it means and what to do (experience.md B6), is translatable and
never holds a personal value or another company's facts.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _


class Refusal(Exception):
    """Base of the refusals: nothing was written. `code` is stable and for machines."""

    code = "refused"

    def __init__(
        self, message: Any, *, code: str | None = None, fields: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.fields = dict(fields or {})

    def __str__(self) -> str:
        return str(self.message)


class Refused(Refusal):
    """The actor may not do this here (HTTP 403)."""

    code = "refused"


class NotYet(Refusal):
    """The facts do not allow it: wrong state, missing answer, bad value (HTTP 422).

    `fields` maps input names to what is wrong with each.
    """

    code = "not_yet"


def known_word(name: str, given: str, known: Iterable[str]) -> None:
    """Refuse (`NotYet`) a word for the input `name` that is none of those known; "" asks for
    nothing."""
    words = [str(one) for one in known]
    if given and given not in words:
        said = _("This must be one of: %(expected)s.") % {"expected": ", ".join(words)}
        raise NotYet(said, code="bad_value", fields={name: said})


class Conflict(Refusal):
    """Someone else was faster: the version is stale or the key is taken (HTTP 409)."""

    code = "conflict"


class Unknown(Refusal):
    """No such record for this actor (HTTP 404); also said of another company's record."""

    code = "unknown"


class OutsideFence(RuntimeError):
    """A programming error: a query ran outside `acting` and outside `unfenced`."""
