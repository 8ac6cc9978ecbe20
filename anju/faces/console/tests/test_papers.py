"""Pages of forms and procedures: written as text, published, drawn, printed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anju.engine.forms.models import Form
from anju.engine.forms.rules import write_form
from anju.engine.library.papers import forms, procedures
from anju.engine.procedures.models import Procedure
from anju.engine.procedures.rules import write_procedure
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import a_browser, an_account
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

REPAIR = write_procedure(procedures()["repair"])
FIRE = write_form(forms()["sheet-fire"])


@pytest.fixture
def client(actor: Actor) -> Client:
    return a_browser(actor, "admin")


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_procedure_from_text_to_paper(actor: Actor, client: Client) -> None:
    bad = client.post("/procedures/new", {"text": REPAIR.replace("to: accept", "too: accept", 1)})
    assert bad.status_code == 422
    said = bad.content.decode()
    assert "Did you mean" in said
    assert "受理登记" in said  # nothing typed is lost
    saved = client.post("/procedures/new", {"text": REPAIR.replace("to: accept", "to: nobody", 1)})
    url = saved["Location"]
    draft = page(client, url)
    assert "goes on to “nobody”, which is no step" in draft
    assert 'class="flow"' not in draft
    assert client.post(f"{url}/publish").status_code == 422
    assert client.get(f"{url}/print").status_code == 422
    again = client.post(f"{url}/edit", {"text": REPAIR, "edits": "0"})
    assert again["Location"] == url
    stale = client.post(f"{url}/edit", {"text": REPAIR, "edits": "0"})
    assert stale.status_code == 422
    assert 'name="edits" value="1"' in stale.content.decode()  # saved again, it goes on top
    taken = client.post("/procedures/new", {"text": REPAIR})  # the same code, somebody's draft
    assert taken.status_code == 422
    assert "Somebody changed this meanwhile" in taken.content.decode()
    assert client.post(f"{url}/publish").status_code == 302
    drawn = page(client, url)
    assert 'class="flow"' in drawn
    assert " style=" not in drawn[drawn.index("flow-frame") :]
    printed = page(client, f"{url}/print")
    assert "1 / 3" in printed
    assert "3 / 3" in printed
    assert client.get(f"{url}?format=yaml").content.decode() == REPAIR
    with acting(actor):
        assert Procedure.objects.get().state == "published"
    shown = "overdue since"
    assert shown not in page(client, "/procedures?review=near")
    with frozen(now() + timedelta(days=366)):  # whoever is signed in today is not any more
        client.cookies[DEVICE_COOKIE] = an_account(actor, "admin").device
        assert shown in page(client, "/procedures?review=due")
        assert client.post(f"{url}/confirm").status_code == 302
        assert shown not in page(client, "/procedures")
        assert "next review" in page(client, url)


def test_a_form_from_text_to_the_next_version(actor: Actor, client: Client) -> None:
    wrong = client.post("/forms/new", {"text": FIRE.replace("weight: 15", "weight: 45", 1)})
    assert "The weights add up to 130, not to 100" in wrong.content.decode()
    url = client.post("/forms/new", {"text": FIRE})["Location"]
    assert client.post(f"{url}/publish").status_code == 302
    shown = page(client, url)
    assert "通道与出口畅通" in shown
    assert "at most 69 where a veto fails" in shown
    assert client.get(f"{url}?format=yaml").content.decode() == FIRE
    following = client.post(f"{url}/edit", {"text": FIRE.replace("消防检查表", "消防表")})
    assert following["Location"] != url
    assert "消防检查表" in page(client, "/forms?state=published")
    assert "v2" in page(client, following["Location"])
    assert client.post(f"{url}/retire").status_code == 302
    assert client.post(f"{url}/burn").status_code == 404
    with acting(actor):
        states: Any = Form.objects.order_by("version").values_list("state", flat=True)
        assert list(states) == ["retired", "draft"]


def uploaded(content: bytes, name: str = "a.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_excel_goes_out_and_comes_in_as_the_next_version(actor: Actor, client: Client) -> None:
    for kind, text, model in (("forms", FIRE, Form), ("procedures", REPAIR, Procedure)):
        url = client.post(f"/{kind}/new", {"text": text})["Location"]
        client.post(f"{url}/publish")
        book = b"".join(client.get(f"{url}?format=xlsx"))  # type: ignore[arg-type]  # a file is iterable
        saved = client.post(f"/{kind}/new", {"text": "anju: ?", "file": uploaded(book)})
        assert client.get(f"{saved['Location']}?format=yaml").content.decode() == text
        with acting(actor):
            assert [p.state for p in model.objects.order_by("version")] == ["published", "draft"]
        bad = client.post(f"/{kind}/new", {"text": "kept", "file": uploaded(b"PK\x03\x04no")})
        assert bad.status_code == 422
        assert "cannot be read" in bad.content.decode()
        assert "kept" in bad.content.decode()  # nothing typed is lost


def test_one_begins_with_a_paper_of_the_library_and_the_record_is_read(client: Client) -> None:
    begun = page(client, "/procedures/new")
    assert begun.count("?from=") == len(procedures())
    assert "受理登记" in page(client, "/procedures/new?from=repair")
    assert "anju: form/1" in page(client, "/forms/new?as=text&from=nothing")
    url = client.post("/procedures/new", {"text": REPAIR})["Location"]
    client.post(f"{url}/publish")
    assert "No case was begun under this version yet" in page(client, url)
