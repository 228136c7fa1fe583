"""What several ranges make: the gaps between them, and how many there are at once."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from matinee.ranges._multirange import MultiRange, range_of
from matinee.ranges._points import FIRST, LAST, Point, after
from matinee.ranges._range import PsycopgRange, Range
from matinee.ranges._types import RangeType

__all__ = ["coverage", "gaps"]


def gaps[T](covered: Iterable[PsycopgRange[T]], within: PsycopgRange[T]) -> list[Range[T]]:
    """Return the parts of *within* that no range of *covered* touches, in order.

    Args:
        covered: Ranges in any order; empty and overlapping ones are fine.
        within: Bounded or not.

    Raises:
        RangeTypeError: Two ranges are of different types.

    No query. PostgreSQL's multiranges give the same.
    """
    return list(MultiRange([within]).difference(MultiRange(covered)))


def coverage[T](ranges: Iterable[PsycopgRange[T]]) -> list[tuple[Range[T], int]]:
    """Return how many of *ranges* there are at once: each part of them, in order, with the number.

    What none covers is left out. ``max(number for _, number in coverage(bookings))`` is the peak.

    Raises:
        RangeTypeError: Two ranges are of different types.

    Cost: as much as sorting the bounds; no query.
    """
    # As a multirange would have them: of one type, but each for itself.
    range_type = MultiRange(found := [range_of(each) for each in ranges]).range_type
    bound = [each if range_type is None else each.bind(range_type) for each in found]
    elements: dict[Point, Any] = {FIRST: None, LAST: None}
    changes: Counter[Point] = Counter()
    for each in bound:
        if not each.isempty:
            low, high = each.points()
            # What ends at an element has its place after it, as what begins after it has.
            high = after(high) if each.upper is not None else LAST
            elements |= {low: each.lower, high: each.upper}
            changes[low] += 1
            changes[high] -= 1
    levels: list[tuple[Point, int]] = []
    number = 0
    for point in sorted(changes):
        number += changes[point]
        if changes[point]:
            levels.append((point, number))
    return [
        (_between(first, last, elements, range_type), number)
        for (first, number), (last, _) in pairwise(levels)
        if number
    ]


def _between(
    first: Point, last: Point, elements: dict[Point, Any], range_type: RangeType | None
) -> Range[Any]:
    """Return the range from one place to another, each before an element or after it."""
    bounds = ("(" if first[2] else "[") + ("]" if last[2] else ")")
    return Range(elements[first], elements[last], bounds, range_type=range_type)
