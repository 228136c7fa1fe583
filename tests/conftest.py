"""Fixtures for every folder: a database of its own for each worker, from a template."""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import django
import pytest

from tests.browser import chromium

# The reference site is written for the newest Django, and the linters are installed beside it.
AT_HOME = ["site", "browser", "demo", "laws", "unit/cinema", "unit/test_private_imports.py"]
collect_ignore = AT_HOME if django.VERSION < (6, 1) else []
NO_BROWSER = not collect_ignore and chromium.find() is None
if NO_BROWSER:
    collect_ignore = ["browser"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if NO_BROWSER:
        terminalreporter.write_line(chromium.MISSING, yellow=True)


@pytest.fixture(scope="session", autouse=True)
def hearing() -> None:
    """Have what tests start hear signals, where this run is to ignore them: behind nohup or &.

    What is ignored is so for children too; a handler of ours, which does nothing either, is not.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker) -> Iterator[None]:
    """Give this worker a database of its own, cloned from the migrated template."""
    from tests import _databases

    with django_db_blocker.unblock():
        template = _databases.migrated_template()
        with _databases.clone("empty", template=template) as name, _databases.connected_to(name):
            yield


@pytest.fixture(scope="session")
def cinema_database(
    django_db_setup: None, django_db_blocker
) -> Callable[[str], AbstractContextManager[str]]:
    """Make a database with the real films for a server in another process, as a block.

    ``with cinema_database("browser") as url:`` gives its DATABASE_URL. Whoever changes what is in
    it takes one of their own.
    """
    from tests import _databases

    @contextmanager
    def made(kind: str) -> Iterator[str]:
        with django_db_blocker.unblock():
            template = _databases.films_template()
        with _databases.clone(kind, template=template) as name:
            yield _databases.server_url(name)

    return made
