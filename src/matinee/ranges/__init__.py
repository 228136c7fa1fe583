"""Ranges with PostgreSQL's meaning: values, model fields, queries.

``Range`` and ``MultiRange`` are the values, ``INT4RANGE`` and its like the types they can be bound
to, ``IntegerRangeField`` and its like the fields of models.
"""

from matinee.ranges import _adapt as _adapt
from matinee.ranges import _arithmetic as _arithmetic
from matinee.ranges import _lookups as _lookups
from matinee.ranges import _transforms as _transforms
from matinee.ranges._adapt import register
from matinee.ranges._coverage import coverage, gaps
from matinee.ranges._custom import range_type
from matinee.ranges._custom_type import CustomRangeType
from matinee.ranges._multirange import MultiRange
from matinee.ranges._range import Bounds, Range
from matinee.ranges._types import (
    AFTER_LAST_DAY,
    DATERANGE,
    INFINITY,
    INT4RANGE,
    INT8RANGE,
    MINUS_INFINITY,
    NUMRANGE,
    TSRANGE,
    TSTZRANGE,
    AfterLastDay,
    Infinity,
    RangeType,
)
from matinee.ranges._words import in_words
from matinee.ranges.constraints import Bounded, NoOverlap, PeriodForeignKey, WithoutOverlaps
from matinee.ranges.fields import (
    BigIntegerMultiRangeField,
    BigIntegerRangeField,
    DateMultiRangeField,
    DateRangeField,
    DateTimeMultiRangeField,
    DateTimeRangeField,
    DecimalMultiRangeField,
    DecimalRangeField,
    IntegerMultiRangeField,
    IntegerRangeField,
    MultiRangeField,
    RangeField,
)
from matinee.ranges.series import generate_series, series

__all__ = [
    "AFTER_LAST_DAY",
    "DATERANGE",
    "INFINITY",
    "INT4RANGE",
    "INT8RANGE",
    "MINUS_INFINITY",
    "NUMRANGE",
    "TSRANGE",
    "TSTZRANGE",
    "AfterLastDay",
    "BigIntegerMultiRangeField",
    "BigIntegerRangeField",
    "Bounded",
    "Bounds",
    "CustomRangeType",
    "DateMultiRangeField",
    "DateRangeField",
    "DateTimeMultiRangeField",
    "DateTimeRangeField",
    "DecimalMultiRangeField",
    "DecimalRangeField",
    "Infinity",
    "IntegerMultiRangeField",
    "IntegerRangeField",
    "MultiRange",
    "MultiRangeField",
    "NoOverlap",
    "PeriodForeignKey",
    "Range",
    "RangeField",
    "RangeType",
    "WithoutOverlaps",
    "coverage",
    "gaps",
    "generate_series",
    "in_words",
    "range_type",
    "register",
    "series",
]

# Migrations write a class, default=MultiRange, by the module it says it is of.
for _each in (Range, MultiRange):
    _each.__module__ = __name__
