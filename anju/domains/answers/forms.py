"""The form of an answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.domains.answers.models import USES, VERDICTS
from anju.foundation.kit.forms import KitForm


class AnswerForm(KitForm):
    """What is told; saved as the next version."""

    use = forms.ChoiceField(
        label=_("Use"),
        choices=USES,
        initial="answer",
        widget=forms.RadioSelect(attrs={"look": "seg"}),
    )
    question = forms.CharField(label=_("Question or title"), max_length=200)
    words = forms.CharField(
        label=_("Other ways to ask"),
        max_length=200,
        required=False,
        help_text=_("Words people use for it, with blanks between."),
    )
    category = forms.CharField(label=_("Category"), max_length=120, required=False)
    text = forms.CharField(
        label=_("What is told"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("It is read out or sent as it stands here, what stands in 【】 filled in."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not first:  # what it is for stays with all its versions
            del self.fields["use"]


class CheckForm(KitForm):
    """Whether what was told was right."""

    verdict = forms.ChoiceField(
        label=_("It was"),
        choices=VERDICTS,
        widget=forms.RadioSelect(attrs={"look": "seg"}),
    )
    note = forms.CharField(
        label=_("What is true"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where it was wrong or out of date."),
    )
    follow = forms.BooleanField(
        label=_("Open a case so that it is corrected"), required=False, initial=True
    )
