"""What every test over HTTP starts with."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _a_whole_minute() -> Iterator[None]:
    """Give each test the requests of a whole minute: the API counts them in the cache."""
    cache.clear()
    yield
    cache.clear()
