"""Getting ready to serve: the static files are always those of the Anju that runs."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import override_settings

from anju.faces.cli.prepare import gather_statics


def test_statics_are_gathered_once_and_again_after_an_upgrade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with override_settings(STATIC_ROOT=tmp_path):
        assert gather_statics()
        assert (tmp_path / "kit" / "kit.css").is_file()
        assert not gather_statics()
        old = (tmp_path / "gathered").read_text()
        found = list(finders.get_finders())
        monkeypatch.setattr("anju.faces.cli.prepare.get_finders", lambda: found[:-1])
        assert gather_statics()  # other files: another Anju
        assert (tmp_path / "gathered").read_text() != old
