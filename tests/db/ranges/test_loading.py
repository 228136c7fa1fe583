"""What is read from the database is what would have been made of its parts."""

import datetime as dt
from decimal import Decimal
from itertools import product

import pytest
from django.db import connection

from matinee.ranges import (
    DATERANGE,
    INFINITY,
    INT4RANGE,
    INT8RANGE,
    MINUS_INFINITY,
    NUMRANGE,
    TSRANGE,
    TSTZRANGE,
    MultiRange,
    Range,
)

NOON = dt.datetime(2026, 1, 1, 12)  # noqa: DTZ001
ELEMENTS = {
    INT4RANGE: [-5, 1, 2**31 - 1],
    INT8RANGE: [-(2**63), 1, 2**40],
    NUMRANGE: [Decimal("-0.5"), Decimal("1.00"), Decimal("Infinity"), Decimal("NaN")],
    DATERANGE: [MINUS_INFINITY, NOON.date(), dt.date(9999, 12, 30), dt.date.max, INFINITY],
    TSRANGE: [MINUS_INFINITY, NOON, NOON.replace(microsecond=7), INFINITY],
    TSTZRANGE: [MINUS_INFINITY, NOON.replace(tzinfo=dt.UTC), INFINITY],
}


def every(range_type):
    """Return all ranges of the elements, which are in order, as they are written and made."""
    elements = [None, *ELEMENTS[range_type], None]
    for (first, lower), (last, upper) in product(enumerate(elements), repeat=2):
        for bounds in ("[)", "[]", "()", "(]"):
            unfollowed = range_type.following and 2**31 - 1 in (lower, upper)
            if first <= last and first + 1 < len(elements) and last and not unfollowed:
                text = ",".join("" if each is None else f'"{each}"' for each in (lower, upper))
                made = Range(lower, upper, bounds, range_type=range_type)
                yield f"{bounds[0]}{text}{bounds[1]}", made


def read(literals, name):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT text::{name} FROM unnest(%s::text[]) AS text", [literals])
        return [found for (found,) in cursor.fetchall()]


@pytest.mark.parametrize("range_type", ELEMENTS, ids=lambda each: each.name)
def test_a_range_that_is_read_is_the_one_that_is_made(range_type, db):
    literals, made = zip(*every(range_type), strict=True)
    found = read(list(literals), range_type.name)

    assert found == list(made)
    assert {each.range_type for each in found} == {range_type}
    for one, other in zip(found, made, strict=True):
        assert repr(one) == repr(other)
        assert hash(one) == hash(other)
    assert any(each.isempty for each in found)
    assert any(each.lower_inf and each.upper for each in found)


@pytest.mark.parametrize("range_type", ELEMENTS, ids=lambda each: each.name)
def test_a_multirange_that_is_read_is_the_one_that_is_made(range_type, db):
    pairs = list(product(list(every(range_type))[::3], repeat=2))
    found = read([f"{{{one},{other}}}" for (one, _), (other, _) in pairs], range_type.multirange)

    assert found == [MultiRange([one, other]) for (_, one), (_, other) in pairs]
    assert {each.range_type for each in found} == {range_type}
    assert {len(each) for each in found} == {0, 1, 2}
