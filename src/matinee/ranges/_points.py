"""Where bounds stand, and which of two comes first."""

import datetime as dt
from typing import Any

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges._types import Key, RangeType, key_of

__all__ = [
    "FIRST",
    "LAST",
    "Point",
    "canonical",
    "hashed",
    "have_order",
    "high_of",
    "is_empty",
    "low_of",
    "touch",
]

# What a bound's element is compared by, and whether the bound is a little before the element (an
# upper one that leaves it out), at it, or a little after it. Unbounded is beyond infinity.
type Point = tuple[int, Any, int]

FIRST: Point = (-2, 0, 0)
LAST: Point = (3, 0, 0)


def have_order(lower: Any, upper: Any, range_type: RangeType | None) -> bool:
    """Whether the elements can be compared: not names in a query, nor text of no known type."""
    return range_type is not None or not any(
        isinstance(each, str | bytes) or hasattr(each, "resolve_expression")
        for each in (lower, upper)
    )


def low_of(element: Any, included: bool, range_type: RangeType | None) -> Point:
    """Return where a lower bound stands."""
    return FIRST if element is None else (*_key(element, range_type), 0 if included else 1)


def high_of(element: Any, included: bool, range_type: RangeType | None) -> Point:
    """Return where an upper bound stands."""
    return LAST if element is None else (*_key(element, range_type), 0 if included else -1)


def is_empty(low: Point, high: Point) -> bool:
    """Whether nothing is between *low* and *high*.

    Raises:
        RangesError: They are the wrong way round, or have no order.
    """
    try:
        inverted = low[:2] > high[:2]
    except TypeError as error:
        raise RangeTypeError(
            f"Both bounds must be of one type, got {low[1]!r} and {high[1]!r}.",
            code="ranges.element",
        ) from error
    if inverted:
        raise RangesError(
            f"The lower bound must not come after the upper one, got {low[1]} and {high[1]}.",
            code="ranges.inverted",
        )
    return low > high


def canonical(
    lower: Any, with_lower: bool, upper: Any, with_upper: bool, range_type: RangeType
) -> tuple[Any, bool, Any, bool]:
    """Return the bounds of discrete elements with the lower one included, the upper one not.

    Where nothing follows a bound, it stays as it is.

    Raises:
        RangesError: What follows is none of the type's.
    """
    following = range_type.following
    if following is None:
        return lower, with_lower, upper, with_upper
    if lower is not None and not with_lower and (after := following(lower)) != lower:
        lower, with_lower = after, True
    if upper is not None and with_upper and (after := following(upper)) != upper:
        upper, with_upper = after, False
    return lower, with_lower, upper, with_upper


def touch(high: Point, low: Point) -> bool:
    """Whether a range that ends at *high* and one that begins at *low* have nothing between."""
    return high[:2] == low[:2] and low[2] - high[2] == 1


def hashed(element: Any) -> Any:
    """Return what is hashed for *element*: equal ones have one hash."""
    if isinstance(element, dt.datetime) and element.utcoffset() is not None:
        try:
            return element.astimezone(dt.UTC)
        except OverflowError:  # within hours of the first or the last that Python has
            return key_of(element)
    return "NaN" if element != element else element  # noqa: PLR0124


def _key(element: Any, range_type: RangeType | None) -> Key:
    return range_type.key(element) if range_type else key_of(element)
