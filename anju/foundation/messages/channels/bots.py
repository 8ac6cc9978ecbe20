"""The robot of a group: WeCom, DingTalk, Feishu."""

from collections.abc import Mapping
from functools import partial

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from anju.foundation.lib import now
from anju.foundation.messages.channels.base import Channel, Parcel
from anju.foundation.messages.channels.posting import posted, secrets_of_gateway, usable
from anju.foundation.messages.models import Gateway, Message
from anju.foundation.messages.registry import page_of, words_of
from anju.foundation.messages.rules import bots
from anju.foundation.messages.rules.outbox import Outcome
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.rows import only


class Bot:
    """One text to one group. The subclass names the provider."""

    kind = ""

    @staticmethod
    def parcel(message: Message, *, actor: Actor) -> Parcel:
        """The text in the language of the group; why it came is left out, the group knows."""
        mine = Gateway.objects.filter(company_id=actor.company_id)
        found = only(mine.filter(id=message.gateway_id)) if message.gateway_id else None
        gateway = usable(found, message)
        held = secrets_of_gateway(gateway)
        with translation.override(gateway.language):
            words = words_of(message.kind, message.version, message.facts)
            pages = (f"{label}: {settings.URL}{path}" for label, path in words.links)
            lines = [words.subject, *words.lines, *pages]
            if page := page_of(message.subject_kind, message.subject_id):
                lines.append(_("Open it in Anju: %(link)s") % {"link": settings.URL + page})
        return Parcel(
            target=str(gateway.id),
            to=held["address"],
            body="\n".join(lines),
            secrets=(held.get("secret", ""),),
        )

    def send(self, parcel: Parcel) -> Outcome:
        """Signed at the moment it is sent: providers refuse old signatures."""
        at = now().timestamp()
        query, body = bots.request(self.kind, parcel.body, parcel.secrets[0], at=at)
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Anju"}
        means = partial(bots.outcome, self.kind)
        return posted(parcel.to, body, headers, query=query, means=means)

    def close(self) -> None:
        """Nothing is kept open."""


class Wecom(Bot):
    """企业微信群机器人."""

    kind = "wecom"


class Dingtalk(Bot):
    """钉钉自定义机器人."""

    kind = "dingtalk"


class Feishu(Bot):
    """飞书自定义机器人."""

    kind = "feishu"


BOT_CHANNELS: Mapping[str, type[Channel]] = {bot.kind: bot for bot in (Wecom, Dingtalk, Feishu)}
