"""Take the pictures of the docs: pages of the demo, in two widths and two colour schemes.

    .venv/bin/python scripts/screenshots.py [--only NAME] [--into DIRECTORY]

Starts the demo with a database of its own and stops it afterwards. Stops with an error where a
page is missing, empty or complains, or where a picture is too large for a README.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from time import monotonic, sleep

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright  # noqa: E402

from tests.browser import chromium  # noqa: E402

SIZES = {390: 844, 1280: 900}
SCHEMES = ("light", "dark")
START_S = 600
MOST_BYTES = 200_000
LEAST_TEXT = 80


def compared(page: Page) -> None:
    """Open the drawer over the posters and turn on the comparison."""
    page.evaluate("window.scrollTo(0, document.querySelector('#results').offsetTop - 12)")
    page.click("#backstage summary")
    page.click(".bs-switch")
    page.wait_for_selector(".bs-verdict")
    page.mouse.move(0, 0)


def opened(page: Page) -> None:
    page.click("#backstage summary")
    page.mouse.move(0, 0)


def first_film(page: Page) -> None:
    """Follow the first film of the catalogue."""
    page.click("#results a[href^='/films/']")
    page.wait_for_url("**/films/**", wait_until="networkidle")


def first_director(page: Page) -> None:
    first_film(page)
    page.click("main a[href^='/directors/']")
    page.wait_for_url("**/directors/**", wait_until="networkidle")


def the_day(page: Page) -> None:
    """Scroll to the drawing of the day."""
    page.evaluate("window.scrollTo(0, document.querySelector('.timeline').offsetTop - 12)")


def last_seats(page: Page) -> None:
    """Look at the seats of the last screening of tomorrow: it has not begun."""
    page.click(".pager [rel=next]")
    page.wait_for_url("**/programme/*/", wait_until="networkidle")
    page.click(".price a >> nth=-1")
    page.wait_for_url("**/bookings/**", wait_until="networkidle")


def as_it_is(_page: Page) -> None:
    """Leave the page as it came."""


@dataclass(frozen=True)
class Picture:
    path: str
    prepare: Callable[[Page], None] = as_it_is


PICTURES = {
    "catalogue": Picture("/", compared),
    "films": Picture("/"),
    "drawer": Picture("/", opened),
    "film": Picture("/?title=2001%3A+A+Space", first_film),
    "director": Picture("/?title=2001%3A+A+Space", first_director),
    "programme": Picture("/programme/"),
    "slots": Picture("/programme/?minutes=110", the_day),
    "seats": Picture("/programme/", last_seats),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=PICTURES, help="take this one alone")
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "images")
    arguments = parser.parse_args()
    arguments.into.mkdir(parents=True, exist_ok=True)
    program = chromium.find()
    if program is None:
        sys.exit("No Chromium or Chrome was found. Install one, or name it in $CHROMIUM.")
    names = [arguments.only] if arguments.only else list(PICTURES)
    with demo() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=chromium.arguments())
        for name, width, scheme in product(names, SIZES, SCHEMES):
            context = visitor(browser, site, width=width, scheme=scheme)
            take(context, PICTURES[name], arguments.into / f"{name}-{width}-{scheme}.png")
            context.close()
        browser.close()
    return 0


def visitor(browser: Browser, site: str, *, width: int, scheme: str) -> BrowserContext:
    return browser.new_context(
        base_url=site,
        viewport={"width": width, "height": SIZES[width]},
        color_scheme=scheme,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Vienna",
    )


def take(context: BrowserContext, picture: Picture, target: Path) -> None:
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    answer = page.goto(picture.path, wait_until="networkidle")
    if answer is None or answer.status != 200 or len(page.inner_text("main")) < LEAST_TEXT:
        sys.exit(f"{picture.path} is missing or empty: {answer and answer.status}.")
    picture.prepare(page)
    if complaints:
        sys.exit(f"{picture.path} complains: {complaints}")
    page.screenshot(path=target, animations="disabled", caret="hide")
    shrink(target)
    size = target.stat().st_size
    if size > MOST_BYTES:
        sys.exit(f"{target} must be at most {MOST_BYTES} bytes, got {size}. Install pngquant.")
    print(f"{target.relative_to(Path.cwd(), walk_up=True)}  {size // 1000} kB")


def shrink(picture: Path) -> None:
    if program := shutil.which("pngquant"):
        options = ["--force", "--skip-if-larger", "--strip", "--output", picture, picture]
        subprocess.run([program, *options], check=False)


@contextmanager
def demo() -> Iterator[str]:
    """Run the demo and yield its address."""
    with tempfile.TemporaryDirectory(prefix="matinee-") as folder:
        Path(folder).chmod(0o755)  # as root, the database's own user has to pass through
        log = Path(folder) / "log"
        environ = {"CINEMA_VAR": f"{folder}/var", "DATABASE_URL": "", "CINEMA_BREAK_IT": "0"}
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "cinema", "--port", "0"],
                cwd=ROOT,
                env=dict(os.environ, **environ),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield address(process, log)
        finally:
            process.terminate()
            process.wait(60)


def address(process: subprocess.Popen[bytes], log: Path) -> str:
    give_up = monotonic() + START_S
    while not (found := re.search(r"(http://127\.0\.0\.1:\d+)/", log.read_text())):
        if process.poll() is not None or monotonic() > give_up:
            sys.exit(f"The demo did not start:\n{log.read_text()}")
        sleep(0.2)
    return found.group(1)


if __name__ == "__main__":
    sys.exit(main())
