"""``+``, ``-`` and ``*`` of names and values, of ranges and of multiranges."""

# ruff: noqa: RUF005  names are not put together with tuples
import datetime as dt

import pytest
from django.db.models import F, OuterRef, Q, Subquery, Value

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges import (
    IntegerMultiRangeField,
    IntegerRangeField,
    MultiRange,
    Range,
)
from matinee.ranges.functions import Multi, RangeAgg
from matinee.ranges.types import INETRANGE
from tests.networks.models import Allowed
from tests.spans.models import Everything

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = NOON.date()


@pytest.fixture
def row(db):
    return Everything.objects.create(
        ints=(1, 5),
        closed=(1, 5),
        many_ints=[(1, 3), (7, 9)],
        during=(NOON, NOON + 3 * HOUR),
        many_days=[(DAY, DAY + dt.timedelta(3))],
        number=2,
        big=9,
        at=NOON,
    )


def value(expression):
    """Return what *expression* is of the row."""
    return Everything.objects.annotate(found=expression).values_list("found", flat=True).get()


def test_a_pair_is_a_range_without_its_last_element(row):
    assert value(F("ints") + (4, 9)) == Range(1, 9)
    assert value(F("ints") * (4, 9)) == Range(4, 5)
    assert value(F("ints") - (4, 9)) == Range(1, 4)
    assert value((4, 9) - F("ints")) == Range(5, 9)
    assert value(F("ints") * [4, 9]) == Range(4, 5)
    assert value(F("during") * (NOON - HOUR, None)) == row.during


def test_a_pair_has_the_bounds_that_it_says_or_those_of_the_column(row):
    assert value(F("ints") * (4, 4, "[]")) == Range(4, 5)
    assert value(F("closed") * (2, 9)) == Range(2, 5, "[]")


def test_a_range_and_a_multirange_make_a_multirange(row):
    more = MultiRange([Range(1, 9)])
    assert value(F("many_ints") + Range(3, 7)) == more
    assert value(F("many_ints") + (3, 7)) == more
    assert value((3, 7) + F("many_ints")) == more
    assert value(Range(3, 8) - F("many_ints")) == MultiRange([Range(3, 7)])
    assert value(F("many_ints") - Range(2, 8)) == MultiRange([Range(1, 2), Range(8, 9)])
    assert value(F("many_ints") * [(2, 8), (9, 12)]) == MultiRange([Range(2, 3), Range(7, 8)])
    assert value(F("ints") + F("many_ints")) == MultiRange([Range(1, 5), Range(7, 9)])
    assert value(F("many_ints") * F("ints")) == MultiRange([Range(1, 3)])
    assert value(F("many_ints") * Range(F("number"), F("big"))) == MultiRange(
        [Range(2, 3), Range(7, 9)]
    )
    assert value(F("ints") * Range(F("number"), None)) == Range(2, 5)
    assert value(F("ints") * Range(Value(2), 4)) == Range(2, 4)


def test_what_a_range_and_a_multirange_make_is_of_their_type(row):
    rows = Everything.objects.annotate(both=F("ints") * F("many_ints"))

    assert type(rows.query.annotations["both"].output_field) is IntegerMultiRangeField
    assert rows.filter(both__contains=2, both__span__upper=3).exists()
    assert not rows.filter(both__contains=7).exists()


def test_sums_of_sums(row):
    assert value(F("ints") + (5, 6) + F("many_ints") - (2, 3)) == MultiRange(
        [Range(1, 2), Range(3, 6), Range(7, 9)]
    )
    mine = Everything.objects.filter(pk=OuterRef("pk")).values("many_ints")
    assert value(Subquery(mine) * (2, 8)) == MultiRange([Range(2, 3), Range(7, 8)])
    every = Everything.objects.aggregate(found=RangeAgg("ints") - Range(2, 3))
    assert every["found"] == MultiRange([Range(1, 2), Range(3, 5)])


def test_sums_are_saved_and_asked_of(row):
    Everything.objects.update(ints=F("ints") * (2, 9), many_ints=F("many_ints") + (3, 4))
    row.refresh_from_db()
    assert (row.ints, row.many_ints) == (Range(2, 5), MultiRange([Range(1, 4), Range(7, 9)]))

    row.many_ints = F("many_ints") - F("ints")
    row.save()
    row.refresh_from_db()
    assert row.many_ints == MultiRange([Range(1, 2), Range(7, 9)])
    assert Everything.objects.filter(ints__overlap=F("many_ints") + (4, 5)).exists()
    assert not Everything.objects.filter(Q(ints__overlap=F("many_ints"))).exists()


def test_nothing_known_is_made_of_null(row):
    assert value(F("ints") + Value(None)) is None
    assert value(F("nums") * Range(1, 2)) is None
    assert value(F("many_ints") * Value(None, IntegerRangeField())) is None


@pytest.mark.parametrize("other", [5, DAY, "x", 1.5, MultiRange([Range(1, 2)]), [(1, 2), (3, 4)]])
def test_what_is_no_range_is_told(row, other):
    with pytest.raises(RangesError):
        value(F("ints") + other)


def test_a_multirange_needs_another(row):
    with pytest.raises(RangeTypeError, match="must both be multiranges") as told:
        value(F("ints") + MultiRange([Range(6, 7)]))
    assert "Multi(" in told.value.hint
    assert value(Multi("ints") + MultiRange([Range(6, 7)])) == MultiRange(
        [Range(1, 5), Range(6, 7)]
    )


def test_other_sums_are_what_they_were(row):
    """A control: of numbers, of points in time and of durations."""
    assert value(F("number") + 1) == 3
    assert value(F("at") + HOUR) == NOON + HOUR
    assert value(F("during__upper") - F("during__lower")) == 3 * HOUR
    assert value(F("during__width") + HOUR) == 4 * HOUR
    shifted = Range(F("during__lower") + HOUR, F("during__upper"))
    assert value(shifted) == Range(NOON + HOUR, NOON + 3 * HOUR)


def test_addresses_go_with_pairs_too(db):
    Allowed.objects.create(addresses=("10.0.0.2", "10.0.0.9"))
    rows = Allowed.objects.annotate(found=F("addresses") * ("10.0.0.5", "10.0.0.10"))

    assert rows.get().found == Range("10.0.0.5", "10.0.0.9", "[]", range_type=INETRANGE)
