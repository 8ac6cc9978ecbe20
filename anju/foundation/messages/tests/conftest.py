from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from anju.foundation.messages.testing import HookSink, MailSink


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> Iterator["MailSink"]:
    """A mail server that is set up."""
    from anju.foundation.messages.testing import a_mail_server

    with a_mail_server() as sink:
        monkeypatch.setattr("django.conf.settings.SMTP_URL", sink.url)
        yield sink


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator["HookSink"]:
    """A receiver of webhooks on a network that is allowed."""
    from anju.foundation.messages.testing import a_receiver

    with a_receiver() as sink:
        monkeypatch.setattr("django.conf.settings.WEBHOOK_NETWORKS", "127.0.0.0/8")
        yield sink
