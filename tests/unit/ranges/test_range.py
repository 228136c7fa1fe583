"""One range as a value. What it answers to others, the law has: tests/laws/test_ranges.py."""

import copy
import datetime as dt
import pickle
from contextlib import suppress
from decimal import Decimal
from itertools import combinations_with_replacement, product
from zoneinfo import ZoneInfo

import pytest
from psycopg.types.range import Range as PsycopgRange

from matinee.exceptions import MatineeError, RangesError, RangeTypeError
from matinee.ranges import (
    DATERANGE,
    INFINITY,
    INT4RANGE,
    INT8RANGE,
    MINUS_INFINITY,
    NUMRANGE,
    TSRANGE,
    TSTZRANGE,
    Range,
)
from matinee.ranges._range import known

DAY = dt.date(2026, 1, 1)
VIENNA = ZoneInfo("Europe/Vienna")


def code_of(make, *arguments, **keywords):
    with pytest.raises(RangesError) as caught:
        make(*arguments, **keywords)
    assert isinstance(caught.value, MatineeError | ValueError)
    return caught.value.code


def parts_of(found):
    return found.lower, found.upper, found.bounds


# What there is.


@pytest.mark.parametrize("bounds", ["[)", "[]", "()", "(]"])
def test_a_range_is_what_was_written(bounds):
    found = Range(1, 5, bounds)

    assert (found.lower, found.upper, found.bounds) == (1, 5, bounds)
    assert (found.lower_inc, found.upper_inc) == (bounds[0] == "[", bounds[1] == "]")
    assert found
    assert not found.is_empty


def test_an_unbounded_side_has_no_element():
    assert Range(None, 5, "[]") == Range(None, 5, "(]")
    assert Range(1, None, "[]").bounds == "[)"
    assert Range().bounds == "()"
    assert Range().lower_inf
    assert Range().upper_inf


@pytest.mark.parametrize("bounds", ["[)", "()", "(]"])
def test_a_range_from_an_element_to_itself_is_empty_unless_it_has_it(bounds):
    assert Range(5, 5, bounds) == Range(empty=True)
    assert not Range(5, 5, bounds)
    assert Range(5, 5, "[]")


def test_what_is_discrete_has_one_form():
    assert Range(1, 2, "[]", range_type=INT4RANGE) == Range(1, 3, range_type=INT4RANGE)
    assert Range(0, 3, "()", range_type=INT4RANGE).lower == 1
    assert Range(1, 2, "()", range_type=INT4RANGE).is_empty
    assert Range(1, 2, "[]", range_type=NUMRANGE) != Range(1, 3, range_type=NUMRANGE)
    assert Range(DAY, DAY, "[]", range_type=DATERANGE).upper == DAY + dt.timedelta(days=1)
    assert Range(dt.date.max, dt.date.max, "[]", range_type=DATERANGE).upper == dt.date.max


@pytest.mark.parametrize(
    ("arguments", "range_type", "code"),
    [
        ((5, 1), None, "ranges.inverted"),
        ((5, 1), INT4RANGE, "ranges.inverted"),
        ((DAY, MINUS_INFINITY), DATERANGE, "ranges.inverted"),
        ((1, 5, "[["), None, "ranges.bounds"),
        ((1, 2**31), INT4RANGE, "ranges.overflow"),
        ((1, 2**31 - 1, "[]"), INT4RANGE, "ranges.overflow"),
        ((2**63 - 1, None, "()"), INT8RANGE, "ranges.overflow"),
        ((1, "5"), INT4RANGE, "ranges.element"),
        ((True, 5), INT4RANGE, "ranges.element"),
        ((True, 5), NUMRANGE, "ranges.element"),
        ((1.5, None), INT4RANGE, "ranges.element"),
        ((dt.datetime(2026, 1, 1, tzinfo=dt.UTC), None), DATERANGE, "ranges.element"),
        ((dt.datetime(2026, 1, 1), None), TSTZRANGE, "ranges.element"),  # noqa: DTZ001
        ((dt.datetime(2026, 1, 1, tzinfo=dt.UTC), None), TSRANGE, "ranges.element"),
        ((DAY, None), TSRANGE, "ranges.element"),
        ((DAY, 5), None, "ranges.element"),
    ],
)
def test_what_is_no_range_is_refused(arguments, range_type, code):
    assert code_of(Range, *arguments, range_type=range_type) == code


def test_elements_become_the_types():
    found = Range(1, 2.5, range_type=NUMRANGE)

    assert [type(each) for each in (found.lower, found.upper)] == [Decimal, Decimal]
    assert found.upper == Decimal("2.5")
    assert Range(1, 5).bind(INT4RANGE).range_type is INT4RANGE


def test_what_has_no_order_here_waits_for_its_type():
    text = Range("10.0.0.9", "10.0.0.10")

    assert text.upper == "10.0.0.10"
    assert text == Range("10.0.0.9", "10.0.0.10")
    assert code_of(text.overlaps, text) == "ranges.element"


def every(range_type):
    """Return all ranges there are of three elements of a type."""
    days = [DAY + dt.timedelta(days=number) for number in range(3)]
    moments = [dt.datetime.combine(day, dt.time(), VIENNA) for day in days]
    elements = [None, *{DATERANGE: days, TSTZRANGE: moments}.get(range_type, (1, 2, 3))]
    ends = [*combinations_with_replacement(elements[1:], 2), *product([None], elements)]
    ends += [(lower, None) for lower in elements[1:]]
    return [
        Range(*pair, bounds, range_type=range_type)
        for pair, bounds in product(ends, ["[)", "[]", "()", "(]"])
    ]


@pytest.mark.parametrize("range_type", [None, INT4RANGE, NUMRANGE, DATERANGE, TSTZRANGE])
def test_what_two_ranges_make_is_what_its_parts_say(range_type):
    made = 0
    for one, other in product(every(range_type), repeat=2):
        results = [one.intersection(other), one.merge(other)]
        with suppress(RangesError):
            results.append(one.difference(other))
        for each in results:
            *parts, bounds = parts_of(each)
            again = Range(*parts, bounds or "[)", empty=not bounds, range_type=range_type)
            assert again == each
            assert parts_of(again) == parts_of(each)
            made += not each.isempty

    assert made > 1_000


# As a value.


def test_a_range_cannot_be_changed():
    found = Range(1, 5)

    with pytest.raises(AttributeError, match="cannot be changed"):
        found._lower = 2
    with pytest.raises(AttributeError, match="cannot be changed"):
        del found._lower
    assert copy.copy(found) is copy.deepcopy(found) is found


def test_what_is_known_to_be_a_range_is_not_checked_again():
    found = known(DAY, None, "[)", DATERANGE)

    assert found == Range(DAY, range_type=DATERANGE)
    assert hash(found) == hash(Range(DAY))
    assert found.overlaps(Range(None, DAY, "[]"))
    assert known(None, None, "", DATERANGE) == Range(empty=True)
    assert known(5, 1, "[)", INT4RANGE).upper == 1, "a control: this is no range"


@pytest.mark.parametrize(
    "value",
    [
        Range(1, 5),
        Range(1, 5, "(]"),
        Range(None, INFINITY),
        Range(empty=True),
        Range(1, 5, range_type=INT4RANGE),
        Range(DAY, INFINITY, "[]", range_type=DATERANGE),
    ],
)
def test_a_range_is_pickled_whole(value):
    again = pickle.loads(pickle.dumps(value))

    assert again == value
    assert again.range_type is value.range_type
    assert hash(again) == hash(value)


def test_psycopgs_range_is_equal_where_it_says_the_same():
    assert Range(1, 5) == PsycopgRange(1, 5)
    assert PsycopgRange(1, 5) == Range(1, 5)
    assert {Range(1, 5), PsycopgRange(1, 5)} == {Range(1, 5)}
    assert Range(1, 5) != PsycopgRange(1, 5, "[]")
    assert Range(1, 5) != PsycopgRange(5, 1)
    assert Range(1, 5) != 1
    assert Range.of(PsycopgRange(1, 4, "[]"), range_type=INT4RANGE) == Range(1, 5)
    assert Range(1, 9).contains(PsycopgRange(2, 3))


def test_equal_ranges_have_one_hash():
    moment = dt.datetime(2026, 7, 1, 12, tzinfo=VIENNA)
    pairs = [
        (Range(1, 5), Range(Decimal(1), 5.0)),
        (Range(moment, None), Range(moment.astimezone(dt.UTC), None)),
        (Range(None, Decimal("NaN")), Range(None, float("nan"))),
        (
            Range(dt.datetime.max.replace(tzinfo=VIENNA)),
            Range(dt.datetime.max.replace(tzinfo=VIENNA)),
        ),
    ]

    for one, other in pairs:
        assert one == other
        assert hash(one) == hash(other)


def test_types_that_differ_do_not_meet():
    one, other = Range(1, 5, range_type=INT4RANGE), Range(1, 5, range_type=INT8RANGE)

    for ask in (one.overlaps, one.contains, one.merge, one.__lt__, one.__add__):
        assert code_of(ask, other) == "ranges.type"
    with pytest.raises(TypeError):
        assert one < 5
    assert one.overlaps(Range(2, 3, "[]")), "a control: what is not bound is bound"


@pytest.mark.parametrize("other", [5, None, "[1,5)", (1, 2), [Range(1, 2)]])
def test_what_is_no_range_is_not_made_one(other):
    with pytest.raises(RangeTypeError, match="A range must be a Range, got"):
        Range.of(other)
    with pytest.raises(RangeTypeError, match="A range must be a Range, got"):
        Range(1, 5).union(other)


def test_what_is_not_contiguous_says_what_to_do():
    with pytest.raises(RangesError, match="MultiRange"):
        Range(1, 2).union(Range(5, 6))
    assert code_of(Range(1, 9).difference, Range(3, 4)) == "ranges.not_contiguous"


# Elements.


def test_discrete_elements_are_gone_through():
    days = Range(DAY, DAY + dt.timedelta(days=4), range_type=DATERANGE)

    assert [day.day for day in days.elements()] == [1, 2, 3, 4]
    assert [day.day for day in days.elements(dt.timedelta(days=2))] == [1, 3]
    assert list(Range(0, 10, range_type=INT4RANGE).elements(3)) == [0, 3, 6, 9]
    assert list(Range(empty=True, range_type=INT4RANGE).elements()) == []
    last = Range(2**31 - 2, None, range_type=INT4RANGE) * Range(2**31 - 2, 2**31 - 1)
    assert list(last.elements()) == [2**31 - 2]
    days = Range(dt.date.max, dt.date.max, "[]", range_type=DATERANGE)
    assert list(days.elements()) == [dt.date.max]


def test_a_range_is_not_gone_through_unless_somebody_says_so():
    """What writes any iterable as a list, as JSON encoders do, would write millions."""
    with pytest.raises(TypeError, match="not iterable"):
        iter(Range(1, 2**31 - 1, range_type=INT4RANGE))


def test_elements_that_nobody_can_go_through_are_refused():
    numbers = Range(1, 5, range_type=INT4RANGE)

    assert code_of(Range(1, 5).elements) == "ranges.type"
    assert code_of(Range(1, 5, range_type=NUMRANGE).elements) == "ranges.type"
    assert code_of(Range(1, None, range_type=INT4RANGE).elements) == "ranges.unbounded"
    assert code_of(Range(DAY, INFINITY, range_type=DATERANGE).elements) == "ranges.unbounded"
    assert code_of(numbers.elements, 0) == "ranges.step"
    assert code_of(numbers.elements, -1) == "ranges.step"


def test_an_element_of_another_type_is_no_question():
    assert code_of(Range(1, 5, range_type=INT4RANGE).contains, "3") == "ranges.element"
    with pytest.raises(RangeTypeError):
        Range(DAY, None, range_type=DATERANGE).contains(3)


# Width.


def test_width_is_from_bound_to_bound():
    assert Range(1, 5, "[]", range_type=INT4RANGE).width == 5
    assert Range(Decimal("0.5"), 2).width == Decimal("1.5")
    assert Range(DAY, DAY, "[]", range_type=DATERANGE).width == dt.timedelta(days=1)
    assert Range(dt.date(9999, 12, 30), dt.date.max, "[]", range_type=DATERANGE).width.days == 2
    assert Range(1, None).width is None
    assert Range(DAY, INFINITY).width is None
    assert Range(empty=True).width == 0
    assert Range(empty=True, range_type=TSTZRANGE).width == dt.timedelta(0)


@pytest.mark.parametrize(
    ("day", "hours"), [(dt.date(2026, 3, 29), 23), (dt.date(2026, 10, 25), 25)]
)
def test_a_day_is_as_long_as_its_clock_has_it(day, hours):
    begins = dt.datetime.combine(day, dt.time(), VIENNA)
    ends = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), VIENNA)

    assert Range(begins, ends).width == dt.timedelta(hours=hours)
    assert ends - begins == dt.timedelta(hours=24), "a control: what Python says"


def test_an_hour_that_comes_twice_is_told_apart():
    first = dt.datetime(2026, 10, 25, 2, 30, tzinfo=VIENNA)
    second = first.replace(fold=1)

    assert second not in Range(first, first + dt.timedelta(minutes=10), range_type=TSTZRANGE)
    assert Range(first, second, range_type=TSTZRANGE)
    assert Range(first) != Range(second)


def test_infinity_is_beyond_every_element():
    assert dt.date.max < INFINITY > dt.datetime.max.replace(tzinfo=dt.UTC)
    assert dt.date.min > MINUS_INFINITY == -INFINITY
    same = INFINITY
    assert not same < INFINITY
    assert same <= INFINITY
    assert same >= INFINITY
    assert [str(INFINITY), str(MINUS_INFINITY)] == ["infinity", "-infinity"]
    assert pickle.loads(pickle.dumps(INFINITY)) is INFINITY
    assert sorted([INFINITY, DAY, MINUS_INFINITY]) == [MINUS_INFINITY, DAY, INFINITY]
    assert Range(DAY, INFINITY) != Range(DAY)
    assert INFINITY in Range(DAY)
    assert INFINITY not in Range(DAY, INFINITY)
