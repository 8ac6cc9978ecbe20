"""Versions of procedures are those of forms (`anju/engine/forms/tests/test_versions.py`)."""

import pytest
from django.db import IntegrityError

from anju.engine.forms.commands import publish_paper
from anju.engine.procedures.commands import draft_procedure
from anju.engine.procedures.models import Procedure
from anju.engine.procedures.rules import Procedure as Steps
from anju.engine.procedures.rules import Step
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def test_what_was_published_is_frozen_by_the_database(actor: Actor) -> None:
    step = Step(code="a", name="做", role="desk", brief="做")
    draft = draft_procedure(Steps(code="p", name="流程", steps=(step,)), actor=actor)
    with acting(actor):
        assert Procedure.objects.filter(id=draft.id).update(name="稿") == 1
    publish_paper(Procedure, draft.id, actor=actor)
    with pytest.raises(IntegrityError), acting(actor):
        Procedure.objects.filter(id=draft.id).update(name="改")
