"""Ranges: values with PostgreSQL's meaning.

``Range`` and ``MultiRange`` are the values, ``INT4RANGE`` and its like the types they can be bound
to.
"""

from matinee.ranges._coverage import coverage, gaps
from matinee.ranges._multirange import MultiRange
from matinee.ranges._range import Bounds, Range
from matinee.ranges._types import (
    DATERANGE,
    INFINITY,
    INT4RANGE,
    INT8RANGE,
    MINUS_INFINITY,
    NUMRANGE,
    TSRANGE,
    TSTZRANGE,
    Infinity,
    RangeType,
)

__all__ = [
    "DATERANGE",
    "INFINITY",
    "INT4RANGE",
    "INT8RANGE",
    "MINUS_INFINITY",
    "NUMRANGE",
    "TSRANGE",
    "TSTZRANGE",
    "Bounds",
    "Infinity",
    "MultiRange",
    "Range",
    "RangeType",
    "coverage",
    "gaps",
]
