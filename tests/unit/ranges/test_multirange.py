"""Several ranges as one value, and what can be told of many."""

import copy
import datetime as dt
import pickle
from itertools import pairwise
from random import Random

import pytest

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges import (
    DATERANGE,
    INT4RANGE,
    INT8RANGE,
    NUMRANGE,
    MultiRange,
    Range,
    coverage,
    gaps,
)


def ints(*pairs, **keywords):
    return MultiRange((Range(*pair) for pair in pairs), range_type=INT4RANGE, **keywords)


def test_ranges_that_overlap_or_touch_become_one():
    assert list(ints((5, 9), (1, 3), (2, 4))) == [Range(1, 4), Range(5, 9)]
    assert list(ints((1, 2), (2, 3))) == [Range(1, 3)]
    assert list(ints((1, 2, "[]"), (3, 4, "[]"))) == [Range(1, 5)]
    assert list(MultiRange([Range(1, 2, "[]"), Range(3, 4)])) == [Range(1, 2, "[]"), Range(3, 4)]
    assert list(MultiRange([Range(empty=True), Range(5, 5)])) == []


def test_a_pair_is_a_range():
    assert MultiRange([(1, 3), [5, 9]]) == MultiRange([Range(1, 3), Range(5, 9)])
    assert MultiRange([(1, 3, "[]"), (None, 0)], range_type=INT4RANGE) == ints((1, 4), (None, 0))
    assert gaps([(1, 3)], within=Range(0, 5)) == [Range(0, 1), Range(3, 5)]
    assert coverage([(1, 3), (2, 4)]) == [(Range(1, 2), 1), (Range(2, 3), 2), (Range(3, 4), 1)]
    with pytest.raises(RangesError, match="must not come after"):
        MultiRange([(3, 1)])


@pytest.mark.parametrize(
    "ranges",
    [[5], [None], ["[1,2)"], "[1,2)", (1, 2), [[Range(1, 2), Range(3, 4)]], [(1,)], [ints((1, 2))]],
)
def test_what_is_no_range_is_in_no_multirange(ranges):
    with pytest.raises(RangeTypeError, match="A range must be a Range, got"):
        MultiRange(ranges)
    with pytest.raises(RangeTypeError, match="A range must be a Range, got"):
        coverage(ranges)


@pytest.mark.parametrize("other", [5, None, "[1,2)", (1, 2), [Range(1, 2)]])
def test_a_multirange_meets_ranges_alone(other):
    found = ints((1, 3), (5, 9))
    for ask in (found.overlaps, found.union, found.difference, found.adjacent_to, found.__lt__):
        with pytest.raises(RangeTypeError, match="A range must be a Range, got"):
            ask(other)


def test_a_multirange_is_a_sequence_that_cannot_be_changed():
    found = ints((1, 3), (5, 9), (11, 12))

    assert len(found) == 3
    assert found[0] == Range(1, 3)
    assert found[-1] == Range(11, 12)
    assert found[1:] == ints((5, 9), (11, 12))
    assert found[1:].range_type is INT4RANGE
    with pytest.raises(AttributeError, match="cannot be changed"):
        found._ranges = ()
    assert copy.copy(found) is copy.deepcopy(found) is found
    assert not ints()
    assert ints().is_empty


def test_equal_multiranges_have_one_hash():
    one, other = ints((1, 3), (2, 5)), ints((1, 4, "[]"))

    assert one == other
    assert hash(one) == hash(other)
    assert one != ints((1, 4))
    assert one != [Range(1, 5)]
    assert pickle.loads(pickle.dumps(one)) == one
    assert pickle.loads(pickle.dumps(one)).range_type is INT4RANGE
    assert [repr(ints((1, 3))), str(ints((1, 3), (5, 9)))] == [
        "MultiRange([Range(1, 3, '[)')])",
        "{[1, 3), [5, 9)}",
    ]


def test_types_that_differ_do_not_meet():
    with pytest.raises(RangeTypeError):
        MultiRange([Range(1, 2, range_type=INT4RANGE), Range(1, 2, range_type=INT8RANGE)])
    with pytest.raises(RangeTypeError):
        ints((1, 2)).union(MultiRange([Range(1, 2)], range_type=INT8RANGE))
    with pytest.raises(RangesError):
        ints((1, 2**31))

    mixed = MultiRange([Range(5, 6), Range(1, 2, "[]", range_type=INT4RANGE)])
    assert mixed == ints((1, 3), (5, 6)), "a control: what is not bound is bound"
    assert ints((1, 5)).contains(MultiRange([Range(1, 4, "[]")]))
    assert MultiRange([Range(1, 4, "[]")]).contained_by(ints((1, 5)))


def test_what_lies_between():
    found = ints((1, 3), (5, 9), (20, 21))

    assert found.span == Range(1, 21)
    assert found.gaps == ints((3, 5), (9, 20))
    assert found.width == 2 + 4 + 1
    assert ints().span == Range(empty=True)
    assert ints().gaps == ints()
    assert ints().width == 0
    assert ints((1, None)).width is None
    assert MultiRange([], range_type=DATERANGE).width == dt.timedelta(0)
    assert [each.contains(4) for each in (found, found.gaps)] == [False, True]


def test_ranges_and_multiranges_go_together():
    assert ints((1, 3)) + Range(3, 5) == ints((1, 5))
    assert ints((1, 9)) - Range(3, 5) == ints((1, 3), (5, 9))
    assert ints((1, 9)) * Range(3, 5) == ints((3, 5))
    assert ints((1, 3)) | ints((7, 8)) == ints((1, 3), (7, 8))
    assert ints((1, 9)) & ints((7, 12)) == ints((7, 9))
    with pytest.raises(TypeError):
        ints((1, 3)) + 5


class Counted(int):
    """An int that counts how often it is compared."""

    compared = 0
    __hash__ = int.__hash__

    def __eq__(self, other):
        Counted.compared += 1
        return int(self) == int(other)

    def __lt__(self, other):
        Counted.compared += 1
        return int(self) < int(other)


def comparisons(ask, number):
    """Return how often elements are compared where two multiranges have so many ranges each."""
    one, other = (
        MultiRange(Range(Counted(n), Counted(n + 5)) for n in range(start, 10 * number, 10))
        for start in (0, 3)
    )
    Counted.compared = 0
    ask(one, other)
    return Counted.compared


ASKED = {
    "union": MultiRange.union,
    "intersection": MultiRange.intersection,
    "difference": MultiRange.difference,
    "contains": lambda one, other: one.contains(one.intersection(other)),
    "overlaps": lambda one, other: one.overlaps(other.gaps),
    "gaps": lambda one, _: one.gaps,
    "coverage": lambda one, other: coverage([*one, *other]),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_ten_times_the_ranges_are_not_compared_a_hundred_times_as_often(ask):
    few, many = comparisons(ask, 30), comparisons(ask, 300)

    assert 0 < many < 20 * few


def test_comparing_each_with_each_is_found_out():
    """A control."""

    def each_with_each(one, other):
        return [each for each in one if any(each.overlaps(its) for its in other)]

    assert comparisons(each_with_each, 300) > 20 * comparisons(each_with_each, 30)


def test_free_time_is_what_nobody_covers():
    day = Range(9, 17, range_type=INT4RANGE)

    assert gaps([Range(10, 12), Range(11, 13), Range(16, 20)], day) == [
        *(Range(9, 10, range_type=INT4RANGE), Range(13, 16, range_type=INT4RANGE)),
    ]
    assert gaps([], day) == [day]
    assert gaps([Range()], day) == []
    assert gaps([Range(12, 13)], Range()) == [Range(None, 12), Range(13, None)]


def test_coverage_counts_how_many_there_are_at_once():
    bookings = [Range(1, 5), Range(3, 8), Range(3, 4), Range(20, None), Range(empty=True)]

    assert coverage(bookings) == [
        (Range(1, 3), 1),
        (Range(3, 4), 3),
        (Range(4, 5), 2),
        (Range(5, 8), 1),
        (Range(20, None), 1),
    ]
    assert coverage([]) == []
    assert coverage([Range(1, 2), Range(2, 3)]) == [(Range(1, 3), 1)]
    assert coverage([Range()]) == [(Range(), 1)]


def test_coverage_knows_what_belongs_to_the_bounds():
    found = coverage([Range(1, 3, "[]"), Range(3, 5, "()"), Range(3, 3, "[]")])

    assert found == [(Range(1, 3), 1), (Range(3, 3, "[]"), 2), (Range(3, 5, "()"), 1)]


@pytest.mark.parametrize("range_type", [INT4RANGE, NUMRANGE])
def test_coverage_is_what_counting_each_element_finds(range_type):
    random = Random(range_type.name)
    for _ in range(200):
        drawn = [sorted(random.choices(range(9), k=2)) for _ in range(random.randint(0, 6))]
        ranges = [
            Range(*pair, random.choice(["[)", "[]", "()", "(]"]), range_type=range_type)
            for pair in drawn
        ]
        found = coverage(ranges)
        points = [each / 2 if range_type is NUMRANGE else each // 2 for each in range(-1, 20)]
        for point in points:
            number = sum(each.contains(point) for each in ranges)
            assert [count for part, count in found if point in part] == ([number] if number else [])
        assert all(one << other for (one, _), (other, _) in pairwise(found))
