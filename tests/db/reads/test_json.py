"""One statement's answer is plain DRF's answer, key for key."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.renderers import JSONRenderer

from matinee.reads.drf._json import answering
from tests.db.reads.test_serializers import KINDS, model_of


def unordered(value, *, nested=False):
    """Sort every nested list: no order is owed to rows that an ordering does not tell apart."""
    if isinstance(value, dict):
        return {name: unordered(each, nested=True) for name, each in value.items()}
    if isinstance(value, list):
        rows = [unordered(each, nested=True) for each in value]
        return sorted(rows, key=json.dumps) if nested else rows
    return value


def plain(serializer_class, queryset, **kwargs):
    return json.loads(
        JSONRenderer().render(serializer_class(queryset.all(), many=True, **kwargs).data)
    )


@pytest.fixture
def equal(library):
    """Answer both ways; both must be the same, in one query."""

    def both(serializer_class, queryset, **kwargs):
        want = plain(serializer_class, queryset, **kwargs)
        serializer = serializer_class(many=True, **kwargs)
        with CaptureQueriesContext(connection) as queries:
            got = json.loads(answering(serializer, queryset).json(queryset))
        assert unordered(got) == unordered(want)
        assert json.dumps(unordered(got)) == json.dumps(unordered(want))  # the order of keys
        assert len(queries) == 1, [query["sql"] for query in queries]
        return got

    return both


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_is_answered_by_one_statement(kind, library, equal):
    library(7)
    serializer_class = KINDS[kind][0]()

    equal(serializer_class, model_of(serializer_class)._default_manager.order_by("pk"))
