"""Ways to the outside."""

from collections.abc import Mapping

from anju.foundation.messages.channels.base import Channel, NotNow, Parcel, Undeliverable
from anju.foundation.messages.channels.bots import BOT_CHANNELS
from anju.foundation.messages.channels.email import Email
from anju.foundation.messages.channels.hook import Hook
from anju.foundation.messages.channels.push import Push
from anju.foundation.messages.channels.sms import Sms, Voice

CHANNELS: Mapping[str, type[Channel]] = {
    "email": Email,
    "sms": Sms,
    "voice": Voice,
    "push": Push,
    **BOT_CHANNELS,
    "webhook": Hook,
}

__all__ = ["CHANNELS", "Channel", "NotNow", "Parcel", "Undeliverable"]
