"""Where this machine keeps its Chromium."""

import os
import shutil
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
MISSING = (
    "tests/browser is left out: no Chromium or Chrome on PATH, in $CHROMIUM or of Playwright's."
)

# Nothing but the site is looked up, and nothing is fetched or reported behind the test's back.
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def find() -> str | None:
    """Return the program to start: $CHROMIUM, one on PATH, or Playwright's own."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named) or _refuse(named)
    return next(filter(None, map(shutil.which, NAMES)), None) or _playwrights_own()


def arguments() -> list[str]:
    # Chromium's sandbox refuses to run as root.
    return [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS


def _refuse(named: str) -> str:
    raise FileNotFoundError(f"CHROMIUM must name a program, got {named!r}. Correct or unset it.")


def _playwrights_own() -> str | None:
    home = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    builds = sorted(home.glob("chromium-*/chrome-*/chrome")) if home.is_dir() else []
    return str(builds[-1]) if builds else None
