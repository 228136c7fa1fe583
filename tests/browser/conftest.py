"""Chromium against the real site: served by Uvicorn, on a database with the real films.

Playwright's calls stay in a thread of their own: in the thread they are made in they leave an event
loop running, which other folders' tests and Django's ORM would stumble over.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests import _serving
from tests.browser import chromium, pages
from tests.browser.watching import Watch

PATIENCE_MS = 20_000
PASSWORD = "popcorn-and-limelight"


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool:
    wanted = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in wanted}
    pyfuncitem.funcargs["stage"].submit(pyfuncitem.obj, **arguments).result()
    return True


@pytest.fixture(scope="session", autouse=True)
def stage() -> Iterator[ThreadPoolExecutor]:
    """The one thread in which tests and Playwright run."""
    with ThreadPoolExecutor(1, thread_name_prefix="playwright") as thread:
        yield thread


@pytest.fixture(scope="session")
def database_url(cinema_database: Callable[[str], AbstractContextManager[str]]) -> Iterator[str]:
    """A database with the real films, which these tests may change."""
    with cinema_database("browser") as url:
        yield url


@pytest.fixture(scope="session")
def site(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, with staff called "admin" and a visitor called "visitor"."""
    folder = tmp_path_factory.mktemp("site")
    environ = {
        "DATABASE_URL": database_url,
        "CINEMA_VAR": str(folder),
        "CINEMA_BREAK_IT": "1",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    _serving.manage("createsuperuser", "--noinput", "--username=admin", "--email=", **environ)
    with _serving.uvicorn(folder / "log", **environ) as address:
        yield address


@pytest.fixture(scope="session")
def playwright(stage: ThreadPoolExecutor) -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE_MS)
    manager = sync_playwright()
    yield stage.submit(manager.start).result()
    stage.submit(manager.__exit__, None, None, None).result()


@pytest.fixture(scope="session")
def browser(stage: ThreadPoolExecutor, playwright: Playwright) -> Iterator[Browser]:
    browser = stage.submit(
        playwright.chromium.launch, executable_path=chromium.find(), args=chromium.arguments()
    ).result()
    yield browser
    stage.submit(browser.close).result()


@pytest.fixture
def visit(stage: ThreadPoolExecutor, browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody new, with the options of Playwright's ``new_context``.

    Whatever page it was: it must not complain on the console, break the site's content policy,
    open a dialog or ask for anything but the site.
    """
    contexts: list[BrowserContext] = []
    watch = Watch(site)

    def visit(path: str = "/", **options: object) -> Page:
        context = browser.new_context(base_url=site, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        watch.over(page)
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        stage.submit(context.close).result()
    assert watch.complaints == []


@pytest.fixture(scope="session")
def staff_state(
    stage: ThreadPoolExecutor,
    browser: Browser,
    site: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Cookies of somebody who logged in as staff, for ``visit(storage_state=...)``."""
    kept = tmp_path_factory.mktemp("state") / "staff.json"

    def log_in() -> None:
        context = browser.new_context(base_url=site)
        page = context.new_page()
        page.goto("/admin/login/")
        page.fill("[name=username]", "admin")
        page.fill("[name=password]", PASSWORD)
        page.click("[type=submit]")
        page.wait_for_url("**/admin/")
        context.storage_state(path=kept)
        context.close()

    stage.submit(log_in).result()
    return kept


@pytest.fixture(scope="session")
def paths(database_url: str) -> dict[str, str]:
    """The path of each page, by the name that ``pages`` gives it."""
    return pages.paths(pages.keys(database_url))
