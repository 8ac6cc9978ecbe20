"""Where the kit's own files are named."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class NamedOnce(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it has no types
    """What a file is called with its digest is looked up once: a page of two hundred cards asks a
    thousand times for the one file of its icons."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._urls: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """The address of a file."""
        if force:
            return str(super().url(name, force=force))
        if name not in self._urls:
            self._urls[name] = str(super().url(name))
        return self._urls[name]
