"""Where bounds stand, and which of two comes first."""

import datetime as dt
from typing import Any

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges._types import RangeType, key_of

__all__ = [
    "FIRST",
    "LAST",
    "NOTHING",
    "Point",
    "Points",
    "after",
    "before",
    "canonical",
    "gap",
    "hashed",
    "have_order",
    "is_empty",
    "point_of",
    "points_of",
    "touch",
    "unlike",
]

# What a bound's element is compared by, and whether the bound is a little before the element (an
# upper one that leaves it out), at it, or a little after it. Unbounded is beyond infinity.
type Point = tuple[int, Any, int]
# Where a range begins and where it ends; what begins after it ends is empty.
type Points = tuple[Point, Point]

FIRST: Point = (-2, 0, 0)
LAST: Point = (3, 0, 0)
# What is empty begins after all else and ends before it: so it overlaps nothing, everything
# contains it, and what it has in common with another is itself.
NOTHING: Points = ((4, 0, 0), (-3, 0, 0))


def have_order(lower: Any, upper: Any, range_type: RangeType | None) -> bool:
    """Whether the elements can be compared: not text of no known type."""
    return range_type is not None or not (
        isinstance(lower, str | bytes) or isinstance(upper, str | bytes)
    )


def points_of(lower: Any, upper: Any, bounds: str, range_type: RangeType | None) -> Points:
    """Return where a range begins and where it ends."""
    key = key_of if range_type is None else range_type.key
    low, high = FIRST, LAST
    if lower is not None:
        place, found = key(lower)
        low = place, found, 0 if bounds[0] == "[" else 1
    if upper is not None:
        place, found = key(upper)
        high = place, found, 0 if bounds[1] == "]" else -1
    return low, high


def point_of(element: Any, range_type: RangeType | None) -> Point:
    """Return where an element stands.

    Raises:
        RangeTypeError: It is none, or its order is not known.
    """
    if element is None:
        raise unlike(None, None)
    place, found = key_of(element) if range_type is None else range_type.key(element)
    return place, found, 0


def unlike(element: Any, bound: Any) -> RangeTypeError:
    """Return what to raise where an element is none of a range that has *bound*."""
    wanted = type(bound).__name__
    hint = f"Ask of what its bounds are of: {wanted}."
    if isinstance(element, dt.datetime) and isinstance(bound, dt.datetime):
        without = "It" if element.tzinfo is None else "The range"
        wanted = f"datetimes {'with' if bound.tzinfo else 'without'} a time zone"
        hint = f"{without} needs a time zone: datetime.replace(tzinfo=zone)."
    elif element is None:
        hint = "Ask first whether there is an element: x is not None and x in range."
    return RangeTypeError(
        f"What a range contains must be {wanted if bound is not None else 'an element'}, "
        f"got {element!r}.",
        hint=hint,
        code="ranges.element",
    )


def before(low: Point) -> Point:
    """Return where a range ends that the one from *low* on follows."""
    return low[0], low[1], low[2] - 1


def after(high: Point) -> Point:
    """Return where a range begins that follows the one up to *high*."""
    return high[0], high[1], high[2] + 1


def is_empty(low: Point, high: Point) -> bool:
    """Whether nothing is between *low* and *high*.

    Raises:
        RangesError: The element at *low* comes after the one at *high*, or they have no order.
    """
    try:
        if low <= high:
            return False
    except TypeError as error:
        raise RangeTypeError(
            f"Both bounds must be of one type, got {low[1]!r} and {high[1]!r}.",
            code="ranges.element",
        ) from error
    if low[:2] > high[:2]:
        raise RangesError(
            f"The lower bound must not come after the upper one, got {low[1]} and {high[1]}.",
            code="ranges.inverted",
        )
    return True


def canonical(lower: Any, upper: Any, bounds: str, range_type: RangeType) -> tuple[Any, Any, str]:
    """Return the bounds of discrete elements with the lower one included, the upper one not.

    Where nothing follows a bound, it stays as it is.

    Raises:
        RangesError: What follows is none of the type's.
    """
    following = range_type.following
    if following is None:
        return lower, upper, bounds
    opening, closing = bounds[0], bounds[1]
    if opening == "(" and lower is not None and (found := following(lower)) != lower:
        lower, opening = found, "["
    if closing == "]" and upper is not None and (found := following(upper)) != upper:
        upper, closing = found, ")"
    return lower, upper, opening + closing


def touch(high: Point, low: Point) -> bool:
    """Whether a range that ends at *high* and one that begins at *low* have nothing between."""
    return low[2] - high[2] == 1 and high[:2] == low[:2]


def gap(high: Point, low: Point) -> bool:
    """Whether something lies between what ends at *high* and what begins at *low*."""
    return high < low and not touch(high, low)


def hashed(element: Any) -> Any:
    """Return what is hashed for *element*: equal ones have one hash."""
    if isinstance(element, dt.datetime) and element.utcoffset() is not None:
        try:
            return element.astimezone(dt.UTC)
        except OverflowError:  # within hours of the first or the last that Python has
            return key_of(element)
    return "NaN" if element != element else element  # noqa: PLR0124
