"""One statement's answer is plain DRF's answer, key for key."""

import pytest

from tests.db.reads.test_serializers import KINDS, model_of


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_is_answered_by_one_statement(kind, library, equal):
    library(7)
    serializer_class = KINDS[kind][0]()

    equal(serializer_class, model_of(serializer_class)._default_manager.order_by("pk"))
