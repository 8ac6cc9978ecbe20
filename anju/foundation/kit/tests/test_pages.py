"""Every component renders, in three languages, lawfully under a strict content policy."""

import re
from pathlib import Path
from unittest import mock

import pytest
from django import forms
from django.http import HttpRequest, QueryDict
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings
from django.utils.translation import override

from anju.foundation.kit import views
from anju.foundation.kit.forms import IDEMPOTENCY_KEY, KitForm, idempotency_key, wrongs
from anju.foundation.kit.gallery.pages import PAGES
from anju.foundation.kit.parts import Shell

KIT = Path(views.__file__).parent
VARIANTS = (*PAGES, "list&empty=1", "form&wrong=1", "signin&wrong=1", "list&kind=x&sort=y")


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("name", VARIANTS)
def test_every_page_is_lawful_and_whole(client: Client, name: str, language: str) -> None:
    client.cookies["anju_language"] = language
    answer = client.get(f"/kit/gallery?page={name}")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in html
    assert not re.search(r'\sstyle=|\son[a-z]+="|javascript:|hx-on|<style', html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert html.count("<h1") <= 1
    assert html.count('id="main"') == 1
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", VARIANTS)
def test_every_control_has_a_name(client: Client, name: str) -> None:
    html = client.get(f"/kit/gallery?page={name}").content.decode()
    labelled = set(re.findall(r'<label[^>]*\sfor="([^"]+)"', html))
    for control in re.findall(r"<(?:input|select|textarea)\b[^>]*>", html):
        if 'type="hidden"' in control:
            continue
        named = re.search(r'\sid="([^"]+)"', control)
        assert "aria-label=" in control or (named and named[1] in labelled), control


def test_icons_on_pages_stand_in_the_sprite(client: Client) -> None:
    sprite = (KIT / "static/kit/icons.svg").read_text()
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used: set[str] = set()
    for name in VARIANTS:
        html = client.get(f"/kit/gallery?page={name}").content.decode()
        used |= set(re.findall(r'icons\.svg#([^"]+)"', html))
    assert used
    assert used <= known


def test_the_gallery_is_closed_to_the_public(client: Client) -> None:
    with override_settings(DEBUG=False):
        assert client.get("/kit/gallery").status_code == 404
    assert client.get("/kit/gallery?page=nothing").status_code == 404


def test_the_theme_is_written_by_the_server(client: Client) -> None:
    client.cookies["anju_theme"] = "dark"
    client.cookies["anju_density"] = "compact"
    html = client.get("/kit/gallery").content.decode()
    assert 'data-theme="dark" data-density="compact"' in html
    client.cookies["anju_theme"] = '"><script>'
    assert 'data-theme="auto"' in client.get("/kit/gallery").content.decode()


def test_a_choice_is_remembered_and_leads_back(client: Client) -> None:
    given = {"theme": "dark", "density": "huge", "language": "en", "next": "/kit/gallery?a=1"}
    answer = client.post("/kit/prefer", given)
    assert (answer.status_code, answer["Location"]) == (302, "/kit/gallery?a=1")
    assert answer.cookies["anju_theme"].value == "dark"
    assert answer.cookies["anju_language"].value == "en"
    assert "anju_density" not in answer.cookies
    away = client.post("/kit/prefer", {"theme": "light", "next": "https://elsewhere.example/"})
    assert away["Location"] == "/"
    assert client.get("/kit/prefer").status_code == 405


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 500])
def test_an_error_page_says_what_happened_what_it_means_what_to_do(status: int) -> None:
    request = RequestFactory().get("/somewhere")
    with override("zh-hans"):
        html = views.problem(request, status, code="7F3K").content.decode()
    text = re.sub(r"<[^>]+>", " ", html.split("<main")[1])
    assert "编号 7F3K" in text
    assert text.count("。") >= 2
    assert "data-not-received" in html
    assert "None" not in text


def test_the_log_carries_the_code_of_the_page(client: Client) -> None:
    with mock.patch.object(views, "look_of", side_effect=[RuntimeError("boom"), views.Look()]):
        with mock.patch.object(views.log, "error") as told, override_settings(DEBUG=True):
            page = client.get("/kit/gallery?page=list")
            request = RequestFactory().get("/x")
            html = views.broken(request).content.decode()
    assert page.status_code == 500
    code = told.call_args.kwargs["extra"]["code"]
    assert re.fullmatch(f"[{views.SIGNS}]{{4}}", code)
    assert code in html


def test_a_refusal_keeps_its_own_words() -> None:
    html = views.problem(RequestFactory().get("/"), 422, message="请先<拍照>").content.decode()
    assert "请先&lt;拍照&gt;" in html


class Sample(KitForm):
    room = forms.CharField(label="房号", help_text="例如 3-2-1201")
    level = forms.ChoiceField(
        label="紧急", choices=[("1", "P1"), ("2", "P2")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="备注", required=False, widget=forms.Textarea)

    def clean(self) -> None:
        if self.cleaned_data.get("note") == "x":
            raise forms.ValidationError("备注太短")


def drawn(form: forms.Form) -> str:
    return Template("{% load kit %}{% fields form %}").render(Context({"form": form}))


def test_a_form_keeps_its_input_and_links_its_errors() -> None:
    form = Sample({"room": "", "note": "x", "level": "9"})
    with override("zh-hans"):
        html = drawn(form)
    assert [w.target for w in wrongs(form)] == ["", "id_room", "id_level_0"]
    assert 'role="alert"' in html
    assert "autofocus" in html
    assert 'href="#id_room"' in html
    assert 'id="id_level_0"' in html
    assert "请填写这一项。" in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_room_helptext id_room_error"' in html
    assert 'id="id_room_error"' in html
    assert ">\nx</textarea>" in html


def test_a_fresh_form_is_quiet() -> None:
    html = drawn(Sample())
    assert 'role="alert"' not in html
    assert "aria-invalid" not in html
    assert 'for="id_room"' in html


def test_the_key_of_an_act_stays_while_the_form_is_corrected() -> None:
    first, second = idempotency_key(Sample()), idempotency_key(Sample())
    assert first != second
    assert idempotency_key(Sample({IDEMPOTENCY_KEY: first})) == first
    assert idempotency_key(Sample({IDEMPOTENCY_KEY: "<b>"})) != "<b>"
    assert idempotency_key() != idempotency_key()


def test_sign_out_is_a_post_and_search_has_its_keys(client: Client) -> None:
    html = client.get("/kit/gallery?page=list").content.decode()
    assert re.search(r'<form method="post" action="[^"]+" data-sign-out>', html)
    assert "data-find" in html
    assert '"allowEval":false' in html
    assert '"includeIndicatorStyles":false' in html


def test_names_are_escaped_everywhere() -> None:
    shell = Shell(project="<b>x", person="<i>y", groups=(), sign_out_url="/out")
    request: HttpRequest = RequestFactory().get("/")
    request.GET = QueryDict("")
    html = render_to_string("kit/shell.html", {"shell": shell}, request)
    assert "<b>x" not in html
    assert "<i>y" not in html


def test_blocks_of_the_tags_escape_their_words() -> None:
    source = (
        "{% load kit %}{% panel title %}{{ title }}{% endpanel %}{% note 'warn' %}{{ title }}"
        "{% endnote %}{% popover title %}{{ title }}{% endpopover %}"
        "{% drawer title '/back' %}{{ title }}{% enddrawer %}{% tag title %}{% pips 9 5 %}"
    )
    html = Template(source).render(Context({"title": "<x>"}))
    assert "<x>" not in html
    assert html.count("&lt;x&gt;") == 8
