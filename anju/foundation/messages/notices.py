"""What the outbox itself says."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anju.foundation.messages.registry import Facts, Words, says


@says("digest", label=gettext_lazy("digest"), ttl=timedelta(days=1))
def _digest(facts: Facts) -> Words:
    """Many messages of one hour in one."""
    count = int(facts.get("count", 0))
    return Words(
        subject=ngettext(
            "%(count)s more notice this hour", "%(count)s more notices this hour", count
        )
        % {"count": count},
        lines=(
            _("So many notices came within one hour that the rest were put together."),
            _("Open the list of cases and look at the late ones first."),
        ),
        why=_("You get this because single notices would have flooded you."),
    )


@says("webhook", label=gettext_lazy("webhook"), ttl=timedelta(days=3))
def _webhook(facts: Facts) -> Words:
    """For the outbox page; the receiver gets JSON."""
    return Words(subject=_("Event %(name)s to a webhook") % {"name": facts.get("name", "")})


@says("email.test", label=gettext_lazy("test email"), ttl=timedelta(hours=1))
def _email_test(facts: Facts) -> Words:
    """Sent when someone asks whether the address works."""
    return Words(
        subject=_("Email from Anju reaches you"),
        lines=(_("Notices about escalations will come to this address."),),
        why=_("You get this because this address was entered for your account."),
    )


@says("channel.test", label=gettext_lazy("test of a channel"), ttl=timedelta(hours=1))
def _channel_test(facts: Facts) -> Words:
    """Sent when someone asks whether a channel works."""
    return Words(
        subject=_("Anju: test of the channel %(name)s") % {"name": facts.get("name", "")},
        lines=(_("If you read this, notices of this company reach you here."),),
    )
