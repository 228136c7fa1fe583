"""A small library of odd books, and a way to read it twice."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.renderers import JSONRenderer

from matinee.reads.drf import plan_for
from matinee.reads.drf._json import answering
from tests.shelf import rows


@dataclass
class Answer:
    """What plain DRF and a planned queryset answered, and how many queries each took."""

    plain: Any
    planned: Any
    plain_queries: int
    planned_queries: int
    sql: list[str]


def render(serializer: Any) -> Any:
    return json.loads(JSONRenderer().render(serializer.data))


@pytest.fixture
def read() -> Callable[..., Answer]:
    """Read a queryset plainly and by its plan; both answers must be the same."""

    def both(serializer_class: Any, queryset: Any, **kwargs: Any) -> Answer:
        with CaptureQueriesContext(connection) as plain_queries:
            plain = render(serializer_class(queryset.all(), many=True, **kwargs))
        serializer = serializer_class(many=True, **kwargs)
        with CaptureQueriesContext(connection) as planned_queries:
            rows = plan_for(serializer, model=queryset.model).apply(queryset.all())
            planned = render(serializer_class(rows, many=True, **kwargs))
        assert planned == plain
        sql = [query["sql"] for query in planned_queries.captured_queries]
        return Answer(plain, planned, len(plain_queries), len(planned_queries), sql)

    return both


@pytest.fixture
def library(db) -> Callable[[int], None]:
    """Make n books with all that can hang on a book, every third with much of it missing."""
    return rows.fill


@pytest.fixture
def equal() -> Callable[..., Any]:
    """Answer a queryset plainly and by one statement; both answers must be the same."""

    def both(serializer_class: Any, queryset: Any, **kwargs: Any) -> Any:
        rows = queryset.all()
        plain = render(serializer_class(queryset.all(), many=True, **kwargs))
        with CaptureQueriesContext(connection) as queries:
            found = json.loads(answering(serializer_class(**kwargs), rows).json(rows))
        # As text: the order of keys counts.
        assert list(map(unordered, found)) == list(map(unordered, plain))
        assert len(queries) == 1, [query["sql"] for query in queries]
        return found

    return both


def unordered(row: Any) -> str:
    """Sort nested lists: no order is owed to rows that an ordering does not tell apart."""

    def sort(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: sort(each) for name, each in value.items()}
        return sorted(map(sort, value), key=json.dumps) if isinstance(value, list) else value

    return json.dumps(sort(row))
