"""`anju channel`, as an operator calls it."""

import json

import pytest

from anju.faces.cli.channels import run_channel
from anju.foundation.access.testing import an_account
from anju.foundation.messages.commands import add_gateway, set_address
from anju.foundation.messages.testing import a_provider, a_setting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.models import Company


@pytest.fixture(autouse=True)
def _reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.WEBHOOK_NETWORKS", "127.0.0.0/8")


def test_a_test_is_sent_and_its_result_told(
    company: Company, actor: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["--company", company.code]
    with a_provider("feishu") as provider:
        add_gateway("feishu", a_setting(provider, name="前台群"), actor=actor)
        assert run_channel(["list", *here]) == 0
        assert "前台群" in capsys.readouterr().out
        assert run_channel(["test", "前台群", *here]) == 0
        assert run_channel(["test", "feishu", "--json", *here]) == 0
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["state"] == "sent"
        assert len(provider.taken) == 2
        provider.fate = lambda text: "down"
        assert run_channel(["test", "feishu", *here]) == 1
        assert "503" in capsys.readouterr().err


def test_a_text_message_goes_to_whom_one_says(
    company: Company, actor: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["--company", company.code]
    with a_provider("sms") as provider:
        add_gateway("sms", a_setting(provider), actor=actor)
        with pytest.raises(NotYet):
            run_channel(["test", "sms", *here])
        someone = an_account(actor, "technician")
        set_address(someone.id, "13800138000", actor=someone.actor, channel="sms")
        assert run_channel(["test", "sms", "--to", someone.login, *here]) == 0
        assert len(provider.taken) == 1
    with pytest.raises(Unknown):
        run_channel(["test", "nobody", *here])
    assert "sent" not in capsys.readouterr().err
