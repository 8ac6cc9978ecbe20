"""What templates of work on foot need to say."""

from typing import Any

from django import template

from anju.faces.cookies import shared_phone
from anju.faces.field.app import app_sign
from anju.foundation.access.queries import badges_on
from anju.foundation.access.rules import PHONE_COOKIE, PHONE_IDLE
from anju.foundation.lib import digest

register = template.Library()
register.simple_tag(app_sign)


@register.simple_tag
def phone_idle() -> int:
    """After how many seconds without a touch a shared phone is put down by itself."""
    return int(PHONE_IDLE.total_seconds())


@register.simple_tag(takes_context=True)
def good_badges(context: Any) -> str:
    """Marks of the badges that a shared phone may go on with; three queries, asked on shared phones
    alone."""
    phone = shared_phone(context["request"])
    return " ".join(badges_on(phone)) if phone else ""


@register.simple_tag(takes_context=True)
def on_shared_phone(context: Any) -> str:
    """A sign of the shared phone the page is open on, empty on others; by its cookie alone,
    nothing is asked. Made a shared one anew, a phone has another."""
    request = context.get("request")
    cookie = request.COOKIES.get(PHONE_COOKIE, "") if request else ""
    return digest(cookie)[:8].hex() if cookie else ""
