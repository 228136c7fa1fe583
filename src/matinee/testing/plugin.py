"""The pytest plugin: the functions in :mod:`matinee.testing` as fixtures, flags and markers."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from typing import Any

import pytest

__all__ = ["assert_reads"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--reads-raise``."""
    parser.getgroup("matinee").addoption(
        "--reads-raise",
        action="store_true",
        help="Fail tests in which rendering runs a query that no plan of matinee.reads foresaw.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker ``reads_raise``."""
    config.addinivalue_line(
        "markers",
        "reads_raise(on=True): raise where rendering runs a query that its plan did not foresee; "
        "reads_raise(False) leaves a test out of --reads-raise.",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Run the test with ``on_miss`` set, on top of what its fixtures have set."""
    if not _raises(item):
        return (yield)
    from matinee.testing import raising_reads

    with raising_reads():
        return (yield)


def _raises(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("reads_raise")
    if marker is None:
        return bool(item.config.getoption("--reads-raise"))
    return bool(marker.args[0] if marker.args else marker.kwargs.get("on", True))


@pytest.fixture
def assert_reads() -> Callable[..., AbstractContextManager[Any]]:
    """Fail unless a ``with`` block sends exactly so many statements to the database."""
    from matinee import testing

    return testing.assert_reads
