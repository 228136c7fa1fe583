"""What ``Gaps`` are in, and how wide they must be: values, or what the query knows of the group."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Aggregate, Value
from django.db.models.expressions import Col, Ref

from matinee.exceptions import RangeTypeError
from matinee.ranges._expressions import RangeOf
from matinee.ranges._kinds import Sql, field_of, holds_ranges, range_type_of
from matinee.ranges._range import Range
from matinee.ranges.fields import is_one

__all__ = ["columns", "least", "taken", "whole"]


def taken(within: Any) -> Any:
    """Return *within* as an expression or a value: a pair of names is a range of them."""
    if type(within) is Value:
        return within.value
    if isinstance(within, list | tuple) and any(map(_is_expression, within)) and is_one(within):
        return Range(*within)
    return within


def _is_expression(value: Any) -> bool:
    return hasattr(value, "resolve_expression")


def columns(expression: Any) -> Iterator[Any]:
    """Yield the columns that *expression* has outside of aggregates: of the group, one value each.

    PostgreSQL looks for them one by one in GROUP BY, not for what is made of them.
    """
    if isinstance(expression, Col | Ref):
        yield expression
    elif hasattr(expression, "get_external_cols"):
        yield from expression.get_external_cols()
    elif not isinstance(expression, Aggregate):
        # What an outer query knows has none.
        for each in getattr(expression, "get_source_expressions", list)():
            if each is not None:
                yield from columns(each)


def whole(within: Any, many: Any, compiler: Any, connection: Any) -> Sql:
    """Return *within* as a multirange of *many*.

    Raises:
        RangesError: It is none.
    """
    made = many.db_type(connection)
    if not _is_expression(within):
        return f"%s::{made}", [many.value(within)]
    if isinstance(within, RangeOf):
        within = within.of(many.range_field)
    source = field_of(within)
    if source is not None and source.db_type(connection):  # RawSQL is taken as it is
        _check(many, source, connection)
    try:
        sql, params = compiler.compile(within)
    except EmptyResultSet:  # a subquery that has no rows
        sql, params = "NULL", []
    return f"({sql})::{made}", [*params]


def _check(many: Any, source: Any, connection: Any) -> None:
    wanted = range_type_of(many, connection)
    its = range_type_of(source, connection) if holds_ranges(source) else source
    if its != wanted:
        raise RangeTypeError(
            f"Gaps between ranges of {wanted} must be within one of these, got {its}.",
            hint="Make one of elements of that type: Range(F(…), F(…)).",
        )


def least(min_width: Any, many: Any) -> Any:
    """Return *min_width*, which the widths of ranges of *many* can be compared with.

    Raises:
        RangeTypeError: They cannot.
    """
    is_time = isinstance(many.type.zero, dt.timedelta)
    numbers = isinstance(min_width, int | float | Decimal) and not isinstance(min_width, bool)
    if isinstance(min_width, dt.timedelta) if is_time else numbers:
        return min_width
    wanted = "a timedelta" if is_time else "a number"
    example = "timedelta(days=5)" if is_time else "5"
    raise RangeTypeError(
        f"min_width must be {wanted} for ranges of {many.type.name}, got {min_width!r}.",
        hint=f"Write min_width={example}.",
        code="ranges.width",
    )
