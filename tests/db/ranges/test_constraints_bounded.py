"""Bounded: what Python refuses, PostgreSQL refuses, and the other way round."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import isolate_apps
from django.utils import translation

from matinee.exceptions import RangesError
from matinee.ranges import (
    DATERANGE,
    INFINITY,
    INT4RANGE,
    MINUS_INFINITY,
    NUMRANGE,
    TSTZRANGE,
    Range,
)
from matinee.ranges.constraints import Bounded
from matinee.ranges.fields import DecimalRangeField, IntegerMultiRangeField, IntegerRangeField
from tests.spans.constraints import Measured

BOUNDS = ["[)", "[]", "()", "(]"]
DAY = dt.date(2026, 1, 1)
NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)

ODD = [Decimal(each) for each in ("NaN", "Infinity", "-Infinity")]

# Of each field what its bounds are drawn from: those that matter to its constraint.
ENDS = {
    "ints": (INT4RANGE, [None, -(2**31), -1, 0, 1, 2, 6, 7, 99, 100, 2**31 - 1]),
    "nums": (
        NUMRANGE,
        [None, 0, Decimal("0.5"), Decimal("0.49"), 10, Decimal("10.5"), *ODD],
    ),
    "days": (
        DATERANGE,
        [
            None,
            MINUS_INFINITY,
            dt.date.min,
            *(DAY + dt.timedelta(days=each) for each in (0, 1, 2, 3, 30, 31)),
            dt.date.max,
            INFINITY,
        ],
    ),
    "during": (
        TSTZRANGE,
        [
            None,
            MINUS_INFINITY,
            *(NOON + dt.timedelta(minutes=each) for each in (-30 * 60, 0, 29, 30)),
            dt.datetime(9999, 12, 31, 23, 59, tzinfo=dt.UTC),
            INFINITY,
        ],
    ),
    "some": (INT4RANGE, [None, 1, 2]),
    "ended": (DATERANGE, [None, MINUS_INFINITY, DAY, dt.date.max, INFINITY]),
    "plain": (NUMRANGE, [None, 1, *ODD, 2]),
}
assert ENDS.keys() == {field.name for field in Measured._meta.fields if field.name != "id"}, (
    "no field is forgotten"
)


def ranges(field):
    """All ranges that two of the ends make with any bounds, and the empty one."""
    range_type, ends = ENDS[field]
    yield Range(empty=True, range_type=range_type)
    for lower, upper in itertools.product(ends, repeat=2):
        for bounds in BOUNDS:
            try:
                yield Range(lower, upper, bounds, range_type=range_type)
            except RangesError:  # inverted, or too large: told by the field
                continue


@pytest.mark.parametrize("field", ENDS)
def test_python_refuses_what_postgresql_refuses(db, field):
    differing, counts = [], {True: 0, False: 0}
    for each in ranges(field):
        instance = Measured(**{field: each})
        try:
            instance.full_clean()
        except ValidationError as error:
            in_python = list(error.error_dict) == [field]
        else:
            in_python = False
        try:
            with transaction.atomic():
                instance.save()
        except IntegrityError:
            in_database = True
        else:
            in_database = False
        counts[in_python] += 1
        if in_python != in_database:
            differing.append((each, in_python))
    assert differing == []
    assert min(counts.values()) > 1, "a control: some are refused, and some are not"


def test_each_rule_says_what_is_wrong(db):
    measured = Measured(
        ints=Range(200, 300),
        nums=Range(1, 20),
        during=Range(NOON, NOON + dt.timedelta(minutes=5), "[]"),
        some=Range(None, 1),
        ended=Range(None, DAY),
        plain=Range(1, Decimal("Infinity")),
    )
    with translation.override("en"), pytest.raises(ValidationError) as info:
        measured.full_clean()
    codes = {name: [each.code for each in errors] for name, errors in info.value.error_dict.items()}
    assert codes == {
        "ints": ["within", "max_width"],
        "nums": ["bounds", "max_width"],
        "during": ["bounds", "min_width"],
        "some": ["bounded"],
        "ended": ["bounded", "max_width"],
        "plain": ["finite"],
    }
    assert info.value.message_dict["ints"] == [
        "It must be within: from 0 to 99.",
        "It must be at most 5 wide.",
    ]
    assert info.value.message_dict["ended"][1] == "Too wide!"


def test_infinity_is_an_end_and_unbounded_is_none(db):
    assert not problems("ended", Range(DAY, dt.date.max, "[]"))
    assert problems("ended", Range(DAY, None)) == ["bounded", "max_width"]
    assert problems("ended", Range(DAY, INFINITY)) == ["max_width"]
    assert problems("plain", Range(1, None)) == ["finite"]
    assert problems("plain", Range(1, Decimal("Infinity"))) == ["finite"]


def problems(field, value):
    try:
        Measured(**{field: value}).full_clean()
    except ValidationError as error:
        return [each.code for each in error.error_dict[field]]
    return []


def test_validation_costs_no_query(django_assert_num_queries, db):
    with django_assert_num_queries(0), pytest.raises(ValidationError):
        Measured(ints=Range(1, 50)).validate_constraints()
    with django_assert_num_queries(0):
        Measured(ints=Range(1, 5)).validate_constraints()
    with django_assert_num_queries(0):
        Measured(ints=Range(1, 50)).validate_constraints(exclude=["ints"])


DECLARED = [
    Bounded("ints", min_width=1),
    Bounded("ints", max_width=1, bounded=True),
    Bounded("ints", within=(0, 5), bounds="[)", not_empty=True, finite=True),
    Bounded("ints", within=Range(0, 5, "[]"), name="own"),
    Bounded("ints", within=(0, 5, "[]"), violation_error_code="far"),
]


@pytest.mark.parametrize("constraint", DECLARED, ids=range(len(DECLARED)))
def test_a_constraint_is_what_its_migration_says(constraint):
    path, args, kwargs = constraint.deconstruct()
    assert path == "matinee.ranges.constraints.Bounded"
    assert Bounded(*args, **kwargs) == constraint
    assert [each for each in DECLARED if each == constraint] == [constraint]


@pytest.mark.parametrize("options", [{}, {"bounds": "<>"}, {"finite": False}], ids=repr)
def test_a_bad_declaration_fails_at_once(options):
    with pytest.raises(RangesError):
        Bounded("ints", **options)


WRONG = [
    ("missing", {"finite": True}, "matinee.E224"),
    ("id", {"finite": True}, "matinee.E221"),
    ("many", {"finite": True}, "matinee.E221"),
    ("ints", {"min_width": dt.timedelta(1)}, "matinee.E226"),
    ("ints", {"bounds": "[]"}, "matinee.E226"),
    ("ints", {"within": (5, 1)}, "matinee.E226"),
    ("nums", {"max_width": True}, "matinee.E226"),
    ("nums", {"max_width": "1"}, "matinee.E226"),
]


@pytest.mark.parametrize(("field", "options", "number"), WRONG, ids=range(len(WRONG)))
@isolate_apps("tests.spans")
def test_what_does_not_go_with_the_field_is_told_by_a_check(field, options, number):
    class Wrong(models.Model):
        ints = IntegerRangeField()
        nums = DecimalRangeField()
        many = IntegerMultiRangeField()

        class Meta:
            app_label = "spans"

    constraint = Bounded(field, name="wrong", **options)
    assert [each.id for each in constraint.check(Wrong, connection)] == [number]
    assert Bounded("nums", max_width=1.5, name="right").check(Wrong, connection) == []
