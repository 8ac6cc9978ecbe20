"""Forms speak the reader's language, also where a field or a value came late."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from anju.foundation.kit.forms import KitForm, filled

WORDS = filled(_("%(n)d minute ago"), n=1)


def test_a_field_added_afterwards_asks_in_the_same_words() -> None:
    form = KitForm({})
    form.fields["late"] = forms.CharField()
    with override("en"):
        assert form.errors["late"] == ["Please fill this in; it is needed."]


def test_a_text_with_values_is_in_the_language_of_its_reader() -> None:
    with override("en"):
        assert str(WORDS) == "1 minute ago"
    with override("zh-hans"):
        assert str(WORDS) == "1 分钟前"
