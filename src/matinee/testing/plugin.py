"""The pytest plugin: fixtures under the names of the functions in :mod:`matinee.testing`."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

__all__ = ["assert_reads"]


@pytest.fixture
def assert_reads() -> Callable[..., AbstractContextManager[Any]]:
    """Fail unless a ``with`` block sends exactly so many statements to the database."""
    from matinee import testing

    return testing.assert_reads
