"""What ``Bounded`` asks for, each option in Python and in SQL."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.formats import localize
from django.utils.translation import gettext as _

from matinee.exceptions import RangesError
from matinee.ranges._range import Range
from matinee.ranges._types import (
    DATERANGE,
    INT4RANGE,
    INT8RANGE,
    NUMRANGE,
    TSRANGE,
    TSTZRANGE,
    RangeType,
)
from matinee.ranges._words import in_words

__all__ = ["Rule", "rules"]

_FINITE = {
    INT4RANGE: "{0} IS NOT NULL",
    INT8RANGE: "{0} IS NOT NULL",
    NUMRANGE: "{0} NOT IN ('NaN', 'Infinity', '-Infinity')",
    DATERANGE: "isfinite({0})",
    TSRANGE: "isfinite({0})",
    TSTZRANGE: "isfinite({0})",
}
# The width of the widest range of integers is no integer; that of days is to be a time.
_WIDTH = {
    INT4RANGE: "upper({r})::numeric - lower({r})",
    INT8RANGE: "upper({r})::numeric - lower({r})",
    DATERANGE: "(upper({r}) - lower({r})) * interval '1 day'",
}


class Rule(NamedTuple):
    """One thing that is asked of a range.

    Attributes:
        code: The option.
        message: What is said where it does not hold, in the active language.
        holds: Whether it holds, in Python.
        sql: The same of a column ``{r}``, with ``%s`` for a value.
        values: For ``%s``.
    """

    code: str
    message: str
    holds: Callable[[Range[Any]], bool]
    sql: str
    values: tuple[Any, ...] = ()


def rules(field: Any, options: dict[str, Any]) -> Iterator[Rule]:
    """Yield what *options* ask of the ranges of *field*.

    Raises:
        RangesError: An option does not go with the type.
    """
    makers: dict[str, Callable[[Any, Any], Rule]] = {
        "not_empty": _not_empty,
        "bounded": _bounded,
        "finite": _finite,
        "bounds": _bounds,
        "within": _within,
        "min_width": _min_width,
        "max_width": _max_width,
    }
    for option, make in makers.items():
        if option in options:
            yield make(field, options[option])


def _not_empty(_field: Any, _is_asked: Any) -> Rule:
    return Rule("not_empty", _("It must not be empty."), bool, "NOT isempty({r})")


def _bounded(_field: Any, _is_asked: Any) -> Rule:
    def holds(found: Range[Any]) -> bool:
        return found.isempty or None not in (found.lower, found.upper)

    message = _("It must have a start and an end.")
    return Rule("bounded", message, holds, "NOT lower_inf({r}) AND NOT upper_inf({r})")


def _finite(field: Any, _is_asked: Any) -> Rule:
    message = _("It must have a start and an end, neither at infinity.")
    sql = f"isempty({{r}}) OR {_is_finite(field.type)}"
    return Rule("finite", message, lambda found: found.width is not None, sql)


def _bounds(field: Any, bounds: str) -> Rule:
    if field.type.following is not None and bounds != "[)":
        raise RangesError(
            f"Bounds of {field.type.name} must be [), as PostgreSQL has them, got {bounds}.",
            code="ranges.constraint",
        )

    def holds(found: Range[Any]) -> bool:
        return (
            found.isempty
            or field.type.following is not None
            or (
                found.lower_inc == (bounds[0] == "[" and found.lower is not None)
                and found.upper_inc == (bounds[1] == "]" and found.upper is not None)
            )
        )

    lower = "(lower_inc({r}) OR lower_inf({r}))" if bounds[0] == "[" else "NOT lower_inc({r})"
    upper = "(upper_inc({r}) OR upper_inf({r}))" if bounds[1] == "]" else "NOT upper_inc({r})"
    message = _("Its bounds must be %s.") % bounds
    return Rule("bounds", message, holds, f"isempty({{r}}) OR {lower} AND {upper}")


def _within(field: Any, within: Any) -> Rule:
    outer = field.range(within)
    message = _("It must be within: %s.") % in_words(outer)
    return Rule("within", message, outer.contains, "{r} <@ %s", (outer,))


def _min_width(field: Any, least: Any) -> Rule:
    width = _width(field.type, least)

    def holds(found: Range[Any]) -> bool:
        return found.width is None or found.width >= width

    sql = _measured(field.type, ">=", empty=field.type.zero >= width, infinite=True)
    message = _("It must be at least %s wide.") % _shown(least)
    return Rule("min_width", message, holds, sql, (width,))


def _max_width(field: Any, most: Any) -> Rule:
    width = _width(field.type, most)

    def holds(found: Range[Any]) -> bool:
        return found.width is not None and found.width <= width

    sql = _measured(field.type, "<=", empty=field.type.zero <= width, infinite=False)
    message = _("It must be at most %s wide.") % _shown(most)
    return Rule("max_width", message, holds, sql, (width,))


def _measured(range_type: RangeType, operator: str, *, empty: bool, infinite: bool) -> str:
    """Return SQL for a width, which PostgreSQL takes of finite bounds alone."""
    width = _WIDTH.get(range_type, "upper({r}) - lower({r})")
    return (
        f"CASE WHEN isempty({{r}}) THEN {str(empty).lower()} WHEN {_is_finite(range_type)} "
        f"THEN {width} {operator} %s ELSE {str(infinite).lower()} END"
    )


def _is_finite(range_type: RangeType) -> str:
    if range_type not in _FINITE:
        raise RangesError(
            f"Widths must be of a built-in range type, got {range_type.name}.",
            code="ranges.constraint",
        )
    lower, upper = (_FINITE[range_type].format(each) for each in ("lower({r})", "upper({r})"))
    return f"COALESCE({lower} AND {upper}, false)"


def _width(range_type: RangeType, value: Any) -> Any:
    """Return *value* as a width of the type."""
    if range_type.zero is None:
        raise RangesError(
            f"Only what can be measured has a width, got {range_type.name}.",
            code="ranges.constraint",
        )
    wanted: Any = dt.timedelta if range_type.zero == dt.timedelta(0) else int | float | Decimal
    if not isinstance(value, wanted) or isinstance(value, bool):
        what = "a timedelta" if wanted is dt.timedelta else "a number"
        raise RangesError(
            f"A width of {range_type.name} must be {what}, got {value!r}.",
            code="ranges.constraint",
        )
    return Decimal(repr(value)) if isinstance(value, float) else value


def _shown(width: Any) -> str:
    return str(width) if isinstance(width, dt.timedelta) else str(localize(width))
