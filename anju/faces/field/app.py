"""What a telephone keeps of this face: the shell, and which version of it stands here."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

HERE = Path(__file__).resolve().parent
NAMES = (
    "kit/tokens.css", "kit/kit.css", "kit/pages.css", "kit/theme.js", "kit/kit.js", "kit/forms.js",
    "kit/icons.svg", "kit/favicon.svg", "django_htmx/htmx-2.min.js", "field/field.css",
    "field/field.js", "field/offline.js", "field/queue.js", "field/shell.js", "field/uploads.js",
    "field/aloud.js", "field/lines.js", "field/take.js", "field/icon.svg", "console/flow.css",
)  # fmt: skip
# Modules name each other plainly, so they are fetched under their plain names too.
MODULES = (
    "kit/forms.js", "field/offline.js", "field/queue.js", "field/shell.js", "field/uploads.js",
    "field/aloud.js", "field/lines.js", "field/take.js",
)  # fmt: skip


@cache
def app_sign() -> str:
    """Which version of the app this is: another one where a page or a script of it differs."""
    said = hashlib.sha256(version("anju").encode())
    for folder in ("static/field", "templates/field"):
        for path in sorted((HERE / folder).iterdir()):
            said.update(path.read_bytes())
    return said.hexdigest()[:12]


def shell() -> list[str]:
    """The addresses without which no page of this face can be drawn."""
    plain = [f"{settings.STATIC_URL}{name}" for name in MODULES]
    return list(
        dict.fromkeys([*(static(name) for name in NAMES), *plain, "/work/away", "/work/take"])
    )


def worker() -> str:
    """The script of the worker, with what it has to know before it."""
    script = (HERE / "static/field/sw.js").read_text(encoding="utf-8")
    known = ", ".join(f"'{address}'" for address in shell())
    return f"const APP = '{app_sign()}', SHELL = [{known}];\n{script}"
