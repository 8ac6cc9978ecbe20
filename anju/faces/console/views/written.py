"""What was typed into a page that is no form of its own: taken as text, or refused in words."""

from django import forms

from anju.foundation.access.doors import Request
from anju.foundation.tenancy.errors import NotYet


def text_of(request: Request, *, most: int) -> str:
    """The field `text` of a request, at most so many characters; NotYet where it is no text."""
    field = forms.CharField(required=False, max_length=most)
    try:
        found: str = field.clean(request.POST.get("text", ""))
    except forms.ValidationError as wrong:
        said = " ".join(wrong.messages)
        raise NotYet(said, code="bad_value", fields={"text": said}) from wrong
    return found


def number_of(request: Request, name: str) -> int | None:
    """A small whole number that the page sent along; None for anything else."""
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None
