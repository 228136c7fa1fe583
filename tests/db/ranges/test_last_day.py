"""The day after the last that Python has: PostgreSQL has ranges of days end there."""

import datetime as dt
import pickle
from copy import copy, deepcopy

import pytest
from django.db import connection
from django.db.models import Max

from matinee.exceptions import RangeTypeError
from matinee.ranges import (
    AFTER_LAST_DAY,
    DATERANGE,
    INFINITY,
    MINUS_INFINITY,
    MultiRange,
    Range,
)
from tests.spans.models import Everything

LAST = dt.date.max
TO_THE_LAST = Range(dt.date(2026, 1, 1), LAST, "[]", range_type=DATERANGE)


@pytest.fixture
def rows(db):
    Everything.objects.create(name="a", days=TO_THE_LAST, many_days=MultiRange([TO_THE_LAST]))
    Everything.objects.create(name="b", days=(dt.date(2026, 1, 1), LAST))
    Everything.objects.create(name="c", days=(LAST, None, "()"))
    Everything.objects.create(name="d", days=(dt.date(2026, 1, 1), INFINITY))
    return Everything.objects.order_by("name")


def test_the_end_of_a_range_with_the_last_day_is_read(rows):
    assert list(rows.values_list("days__upper", flat=True)) == [
        AFTER_LAST_DAY,
        LAST,
        None,
        INFINITY,
    ]
    assert rows.values_list("days__lower", flat=True).get(name="c") is AFTER_LAST_DAY
    assert rows.values_list("many_days__upper", flat=True).get(name="a") is AFTER_LAST_DAY
    assert rows.exclude(name="d").aggregate(last=Max("days__upper"))["last"] is AFTER_LAST_DAY


def test_a_range_that_is_read_ends_with_the_last_day(rows):
    """A control: its own end is a date."""
    assert rows.get(name="a").days == TO_THE_LAST
    assert (rows.get(name="a").days.upper, rows.get(name="a").days.upper_inc) == (LAST, True)


def test_an_end_that_was_read_is_asked_for(rows):
    asked = {"": "a", "__gte": "ad", "__lt": "b", "__gt": "d"}
    for lookup, names in asked.items():
        found = rows.filter(**{f"days__upper{lookup}": AFTER_LAST_DAY})
        assert "".join(found.values_list("name", flat=True)) == names


def test_the_day_after_the_last_is_sent_as_what_it_is(rows):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::date, %s::date - 1", [AFTER_LAST_DAY, AFTER_LAST_DAY])
        assert cursor.fetchone() == (AFTER_LAST_DAY, LAST)


def test_the_day_after_the_last_comes_after_all_days():
    ends = [INFINITY, AFTER_LAST_DAY, LAST, dt.date(2026, 1, 1), MINUS_INFINITY]

    assert sorted(ends) == ends[::-1]
    assert max(ends) is INFINITY
    assert LAST < AFTER_LAST_DAY < INFINITY
    assert AFTER_LAST_DAY >= LAST
    assert not AFTER_LAST_DAY > AFTER_LAST_DAY  # noqa: PLR0124
    assert str(AFTER_LAST_DAY) == AFTER_LAST_DAY.isoformat() == "10000-01-01"
    assert pickle.loads(pickle.dumps(AFTER_LAST_DAY)) is AFTER_LAST_DAY
    assert copy(AFTER_LAST_DAY) is deepcopy(AFTER_LAST_DAY) is AFTER_LAST_DAY


def test_a_range_is_made_with_the_last_day_instead():
    with pytest.raises(RangeTypeError, match="must be dates, got AFTER_LAST_DAY"):
        Range(dt.date(2026, 1, 1), AFTER_LAST_DAY, range_type=DATERANGE)
