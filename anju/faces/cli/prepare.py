"""`anju prepare` and `anju welcome`: what `anju up` runs before and after its processes start."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.utils.translation import gettext as _

from anju.faces.cli.house import address
from anju.faces.demo.company import found_demo, sign_ins
from anju.faces.furnishing import furnish
from anju.foundation.access.commands import set_up_token
from anju.foundation.access.queries import is_empty
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import companies


def run_prepare(argv: Sequence[str]) -> int:
    """Migrate, gather static files, found the demo company at its first start."""
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    gather_statics()
    if "--demo" in argv:
        found_demo()
    for company in companies():
        furnish(Actor.machine(company.id, "prepare"))
    return 0


def run_welcome(_argv: Sequence[str]) -> int:
    """Print where the house is and how to come in."""
    print(f"\nAnju 安居  {settings.URL}\n")
    if is_empty():
        link = address(f"/set-up/{set_up_token()}")
        print(_("Open this link once to found your company: %(link)s") % {"link": link})
        return 0
    demo = next((c for c in companies() if c.demo), None)
    if demo is not None:
        print(_("Demo company. One sign-in per role:"))
        for line in sign_ins(demo):
            print(f"  {line}")
        print(_("A code lasts a minute; `anju demo` prints new ones."))
    print(_("Stop with Ctrl-C."), flush=True)
    return 0


def gather_statics() -> bool:
    """Gather the static files where they are served from, if they are not those of this Anju:
    after an upgrade the pages name files that the last one did not have. Whether it had to."""
    mark, now_there = settings.STATIC_ROOT / "gathered", _statics()
    if mark.is_file() and mark.read_text() == now_there:
        return False
    call_command("collectstatic", verbosity=0, interactive=False)
    mark.write_text(now_there)
    return True


def _statics() -> str:
    """What tells one set of static files from another: names, sizes and times of writing."""
    found = (
        (name, Path(storage.path(name)).stat())
        for finder in get_finders()
        for name, storage in finder.list([])
    )
    facts = sorted(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in found)
    return sha256("\n".join(facts).encode()).hexdigest()
