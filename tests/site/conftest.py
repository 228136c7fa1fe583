"""What every test over HTTP starts with."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import translation

from matinee.testing import raising_reads


@pytest.fixture(autouse=True)
def _a_whole_minute() -> Iterator[None]:
    """Give each test the requests of a whole minute: the API counts them in the cache."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _no_query_beside_a_plan() -> Iterator[None]:
    """Fail where rendering reads what no plan foresaw."""
    with raising_reads():
        yield


@pytest.fixture(autouse=True)
def _in_the_site_s_own_language() -> Iterator[None]:
    """Forget the language of a test's last request, which stays the thread's."""
    yield
    translation.deactivate()
