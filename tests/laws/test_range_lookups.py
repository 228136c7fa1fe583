"""What a query answers of ranges in columns is what Python answers of them, one by one."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from itertools import product

import pytest
from django.db.models import F

from matinee.ranges import INFINITY, MINUS_INFINITY, MultiRange, Range, coverage, gaps
from matinee.ranges.functions import (
    Coverage,
    Gaps,
    Merge,
    Multi,
    Peak,
    RangeAgg,
    RangeIntersectAgg,
    RangeMerge,
)
from tests.spans.models import Everything, Part

BOUNDS = ["[)", "[]", "()", "(]"]
DAYS = [dt.date(2026, 3, day) for day in (28, 29, 30)]
MOMENTS = [dt.datetime(2026, 3, 29, hour, 30, tzinfo=dt.UTC) for hour in (0, 1, 2)]
ENDS = {
    "ints": [None, 0, 1, 3],
    "nums": [None, Decimal(0), Decimal("0.5"), Decimal("Infinity")],
    "days": [None, *DAYS[:2], INFINITY],
    "during": [None, MINUS_INFINITY, *MOMENTS[:2]],
}
MANY = {"ints": "many_ints", "nums": "many_nums", "days": "many_days", "during": "many_times"}
QUESTIONS = {
    "contains": lambda a, b: a.contains(b),
    "contained_by": lambda a, b: a.contained_by(b),
    "overlap": lambda a, b: a.overlaps(b),
    "fully_lt": lambda a, b: a.strictly_left_of(b),
    "fully_gt": lambda a, b: a.strictly_right_of(b),
    "not_gt": lambda a, b: a.not_extending_right_of(b),
    "not_lt": lambda a, b: a.not_extending_left_of(b),
    "adjacent_to": lambda a, b: a.adjacent_to(b),
    "exact": lambda a, b: a == b,
    "gt": lambda a, b: a > b,
    "lte": lambda a, b: a <= b,
}


def world(name):
    """Return each range there is of a few elements, once in its canonical form."""
    field = Everything._meta.get_field(name)
    found = {Range(empty=True).bind(field.type)}
    for lower, upper, bounds in product(ENDS[name], ENDS[name], BOUNDS):
        if lower is None or upper is None or lower <= upper:
            found.add(Range(lower, upper, bounds, range_type=field.type))
    return sorted(found)


@pytest.fixture(params=ENDS)
def name(request):
    return request.param


@pytest.fixture
def ranges(name, db):
    found = world(name)
    rows = [Everything(**{name: each, MANY[name]: MultiRange([each, found[-3]])}) for each in found]
    Everything.objects.bulk_create(rows)
    return found


def answer(field, lookup, value):
    return set(Everything.objects.filter(**{f"{field}__{lookup}": value}).values_list(field))


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_filter_keeps_the_ranges_of_which_python_says_yes(question, name, ranges):
    said = defaultdict(set)
    for value in ranges:
        said[value] = {(each,) for each in ranges if QUESTIONS[question](each, value)}
        assert answer(name, question, value) == said[value], (question, value)
    assert len({frozenset(each) for each in said.values()}) > 2, "a control: answers differ"


@pytest.mark.parametrize("question", [each for each in QUESTIONS if each not in {"gt", "lte"}])
def test_a_filter_keeps_the_multiranges_of_which_python_says_yes(question, name, ranges):
    field = MANY[name]
    rows = list(Everything.objects.values_list(field, flat=True))
    for value in ranges[:: max(1, len(ranges) // 12)]:
        several = MultiRange([value, ranges[len(ranges) // 2]])
        expected = {(each,) for each in rows if QUESTIONS[question](each, several)}
        assert answer(field, question, several) == expected, (question, several)


def test_a_filter_by_an_element_agrees(name, ranges):
    for element in ENDS[name][1:]:
        expected = {(each,) for each in ranges if element in each}
        assert answer(name, "contains", element) == expected


def test_what_a_range_has_is_what_python_says_it_has(name, ranges):
    parts = ("lower", "upper", "lower_inc", "upper_inc", "lower_inf", "upper_inf", "is_empty")
    names = [f"{name}__{part}" for part in (*parts, "width")]
    rows = Everything.objects.values_list(name, *names)

    for found, *had in rows:
        assert had[:-1] == [getattr(found, part) for part in parts]
        assert had[-1] == found.width, found


def test_what_a_multirange_has_is_what_python_says_it_has(name, ranges):
    field = MANY[name]
    rows = Everything.objects.values_list(field, f"{field}__width", f"{field}__span")

    for found, width, span in rows:
        assert (width, span) == (found.width, found.span), found


def test_what_two_make_is_what_python_makes_of_them(name, ranges):
    for other in ranges:
        rows = Everything.objects.annotate(
            both=F(name) * other,
            merged=Merge(name, F(name) * other),
            left=Multi(name) - MultiRange([other]),
            all=Multi(name) + MultiRange([other]),
        )
        for found, both, merged, left, everything in rows.values_list(
            name, "both", "merged", "left", "all"
        ):
            assert both == found * other
            assert merged == found.merge(found * other)
            assert left == MultiRange([found]) - MultiRange([other])
            assert everything == MultiRange([found]) + MultiRange([other])


def test_gaps_within_a_column_are_what_python_leaves_of_it(db):
    found = world("ints")
    wholes = [
        Everything(ints=each, many_ints=MultiRange([each, other]))
        for each, other in product(found, found[::4])
    ]
    Everything.objects.bulk_create(wholes)
    taken = [Range(0, 1), Range(3, 5)]
    Part.objects.bulk_create(Part(whole=whole, ints=each) for whole in wholes for each in taken)

    rows = Everything.objects.annotate(
        one=Gaps("parts__ints", within=F("ints")),
        many=Gaps("parts__ints", within=F("many_ints")),
        slots=Gaps("parts__ints", within=F("many_ints") - Range(9, 12), min_width=2),
    )
    for ints, many_ints, one, many, slots in rows.values_list(
        "ints", "many_ints", "one", "many", "slots"
    ):
        left = many_ints - MultiRange(taken)
        open_at = left - MultiRange([Range(9, 12)])
        assert one == MultiRange([ints]) - MultiRange(taken)
        assert many == left
        assert list(slots) == [each for each in open_at if each.width is None or each.width >= 2]


def test_what_rows_make_together_is_what_python_makes_of_them(db):
    whole = Everything.objects.create()
    found = world("ints")
    for first, second, third in zip(found, found[3:], found[7:], strict=False):
        Part.objects.all().delete()
        taken = [first, second, third]
        Part.objects.bulk_create(Part(whole=whole, ints=each) for each in [*taken, None])
        within = Range(-2, 6)
        rows = Part.objects.aggregate(
            all=RangeAgg("ints"),
            both=RangeIntersectAgg("ints"),
            merged=RangeMerge("ints"),
            free=Gaps("ints", within=within),
            slots=Gaps("ints", within=within, min_width=2),
            between=Gaps("ints"),
            peak=Peak("ints"),
            coverage=Coverage("ints"),
        )

        together = MultiRange(taken)
        free = gaps(taken, within=within)
        assert rows["all"] == together
        assert rows["both"] == first * second * third
        assert rows["merged"] == together.span
        assert rows["free"] == MultiRange(free)
        assert rows["slots"] == MultiRange(each for each in free if each.width >= 2)
        assert rows["between"] == MultiRange([together.span]) - together
        assert rows["coverage"] == coverage(taken)
        assert rows["peak"] == max((count for _, count in coverage(taken)), default=0)


def test_how_many_there_are_at_once_is_what_python_counts(name, ranges):
    for start in range(len(ranges)):
        taken = ranges[start::3]
        rows = Everything.objects.filter(**{f"{name}__in": taken})

        found = rows.aggregate(coverage=Coverage(name), peak=Peak(name))
        assert found["coverage"] == coverage(taken)
        assert found["peak"] == max(count for _, count in coverage(taken) or [(None, 0)])
