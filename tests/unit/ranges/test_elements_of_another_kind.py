"""What a range cannot contain is told in words, and is a TypeError still."""

import datetime as dt

import pytest

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges import INT4RANGE, NUMRANGE, TSTZRANGE, MultiRange, Range

NOON = dt.datetime(2026, 1, 1, 12)  # noqa: DTZ001
AWARE = NOON.replace(tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("found", "element", "message", "hint"),
    [
        (Range(AWARE, AWARE + HOUR), NOON, "must be datetimes with a time zone", "It needs a time"),
        (Range(NOON, None), AWARE, "must be datetimes without a time zone", "The range needs"),
        (Range(None, NOON), AWARE, "must be datetimes without a time zone", "The range needs"),
        (Range(1, 5), None, "must be int, got None", "is not None and"),
        (Range(), None, "must be an element, got None", "is not None and"),
        (Range(1, 5), "x", "must be int, got 'x'", "its bounds are of: int"),
        (Range(NOON.date(), None), NOON, "must be date, got datetime", "its bounds are of: date"),
        (Range(NOON, None), NOON.date(), "must be datetime, got datetime.date", "of: datetime"),
        (Range(1, 5), [], "must be int, got", "of: int"),
        (Range(1, 5), Range(NOON, None), "must be int, got datetime", "of: int"),
        (Range(AWARE, None), Range(NOON, None), "datetimes with a time zone", "It needs a time"),
    ],
)
def test_what_is_of_another_kind_is_told(found, element, message, hint):
    for each in (found, MultiRange([found])):
        with pytest.raises(RangeTypeError, match=message) as told:
            each.contains(element)
        assert hint in told.value.hint
        assert told.value.code == "ranges.element"
        with pytest.raises(TypeError):
            element in each  # noqa: B015


def test_a_range_of_a_type_tells_of_it():
    """A control: it always did."""
    with pytest.raises(RangeTypeError, match="Elements of tstzrange must be datetimes with"):
        NOON in Range(AWARE, None, range_type=TSTZRANGE)  # noqa: B015
    with pytest.raises(RangesError, match="Elements of int4range must be integers, got None"):
        None in MultiRange([Range(1, 5)], range_type=INT4RANGE)  # noqa: B015


def test_text_of_no_known_order_is_told_to_be_bound():
    """A control: nothing is known of the range itself there."""
    with pytest.raises(RangeTypeError, match="order of the elements must be known") as told:
        "x" in Range("a", "z")  # noqa: B015
    assert "range.bind" in told.value.hint


def test_what_is_of_the_same_kind_is_in_it_or_not():
    """A control."""
    assert AWARE in Range(AWARE, None)
    assert 2 in Range(1, 5)
    assert 2.5 in Range(1, 5)
    assert 7 not in MultiRange([Range(1, 5)], range_type=NUMRANGE)
    assert None not in Range(empty=True)
    assert NOON not in MultiRange()
