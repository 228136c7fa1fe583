"""``MultiRange``: several ranges as one value, as PostgreSQL has it."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import Any, overload

from matinee.ranges._points import FIRST, LAST, Point, gap, point_of
from matinee.ranges._range import (
    Immutable,
    PsycopgRange,
    Range,
    Several,
    common,
    known,
    nothing,
)
from matinee.ranges._types import RangeType

__all__ = ["MultiRange", "range_of"]


class MultiRange[T](Immutable, Several[T], Sequence[Range[T]]):
    """Ranges of one type that neither overlap nor touch, in order: PostgreSQL's multirange.

    Whatever it is made of, empty ranges go, and those that overlap or touch become one. Its
    operations take ranges too.

    Args:
        ranges: In any order; a pair is the range of its elements.
        range_type: The range type they are bound to; by default, that of those that are bound.

    Raises:
        RangesError: An element is none of the type's.
        RangeTypeError: Two ranges are of different types, or one is none.
    """

    __slots__ = ("_ranges", "range_type")
    range_type: RangeType | None
    _ranges: tuple[Range[T], ...]

    def __init__(
        self,
        ranges: Iterable[PsycopgRange[T] | tuple[Any, ...]] = (),
        *,
        range_type: RangeType | None = None,
    ) -> None:
        found = [range_of(each) for each in ranges]
        bound = reduce(common, (each.range_type for each in found), range_type)
        if bound is not None:
            found = [each.bind(bound) for each in found]
        found = sorted(filter(None, found), key=Range.points)
        _hold(self, _joined(found), bound)

    def bind(self, range_type: RangeType) -> "MultiRange[T]":
        """Return the same multirange of *range_type*, in its canonical form."""
        if self.range_type == range_type:
            return self
        ranges = (Range.of(each, range_type=range_type) for each in self._ranges)
        return MultiRange(ranges, range_type=range_type)

    @overload
    def __getitem__(self, index: int) -> Range[T]: ...
    @overload
    def __getitem__(self, index: slice) -> "MultiRange[T]": ...
    def __getitem__(self, index: int | slice) -> "Range[T] | MultiRange[T]":
        found = self._ranges[index]
        if isinstance(found, Range):
            return found
        return several(found, self.range_type)

    def __iter__(self) -> Iterator[Range[T]]:
        return iter(self._ranges)

    def __len__(self) -> int:
        return len(self._ranges)

    # What it is.

    @property
    def is_empty(self) -> bool:
        """Whether it has no elements."""
        return not self._ranges

    @property
    def span(self) -> Range[T]:
        """The smallest range that contains it, PostgreSQL's ``range_merge``."""
        if not self._ranges:
            return nothing(self.range_type)
        return self._ranges[0].until(self._ranges[-1])

    @property
    def width(self) -> Any:
        """The widths of its ranges together; None where one is not finite."""
        widths = [each.width for each in self._ranges]
        if None in widths:
            return None
        return sum(widths[1:], start=widths[0]) if widths else self.span.width

    @property
    def gaps(self) -> "MultiRange[T]":
        """What lies between its ranges."""
        return MultiRange([self.span]).difference(self)

    # Questions.

    def __contains__(self, other: object) -> bool:
        return self.contains(other)

    def contains(self, other: Any) -> bool:
        """Whether an element, or all of a range or multirange, is in it: ``@>``.

        Raises:
            RangeTypeError: It is none, or is of another type.
        """
        try:
            return self._contains(other)
        except TypeError:
            self.span.contains(other)  # which says what it should be
            raise

    def _contains(self, other: Any) -> bool:
        if isinstance(other, _RANGES):
            mine, its = self._alike(other)
            return all(mine.holds(*each.points()) for each in its)
        if not self._ranges:
            return False
        element = other if self.range_type is None else self.range_type.coerce(other)
        point = point_of(element, self.range_type)
        return self.holds(point, point)

    def contained_by(self, other: Any) -> bool:
        """Whether all of it is in another range or multirange: ``<@``."""
        return (other if isinstance(other, MultiRange) else Range.of(other)).contains(self)

    def overlaps(self, other: Any) -> bool:
        """Whether an element is in both: ``&&``."""
        mine, its = self._alike(other)
        return any(True for _ in _meeting(mine, its))

    def adjacent_to(self, other: Any) -> bool:
        """Whether one ends where the other begins: ``-|-``."""
        mine, its = self._alike(other)
        if not mine or not its:
            return False
        after, before = mine[-1].adjacent_to(its[0]), its[-1].adjacent_to(mine[0])
        return (after and mine[-1] << its[0]) or (before and its[-1] << mine[0])

    def strictly_left_of(self, other: Any) -> bool:
        """Whether all of it comes before all of *other*: ``<<``."""
        return self.span.strictly_left_of(other)

    def strictly_right_of(self, other: Any) -> bool:
        """Whether all of it comes after all of *other*: ``>>``."""
        return self.span.strictly_right_of(other)

    def not_extending_right_of(self, other: Any) -> bool:
        """Whether it ends no later than *other*: ``&<``."""
        return self.span.not_extending_right_of(other)

    def not_extending_left_of(self, other: Any) -> bool:
        """Whether it begins no earlier than *other*: ``&>``."""
        return self.span.not_extending_left_of(other)

    __lshift__ = strictly_left_of
    __rshift__ = strictly_right_of

    # What two make.

    def union(self, other: Any) -> "MultiRange[T]":
        """Return what is in either: ``+``."""
        mine, its = self._alike(other)
        ranges = sorted((*mine, *its), key=Range.points)
        return several(_joined(ranges), mine.range_type)

    def intersection(self, other: Any) -> "MultiRange[T]":
        """Return what is in both: ``*``."""
        mine, its = self._alike(other)
        both = (one.intersection(other) for one, other in _meeting(mine, its))
        return several(both, mine.range_type)

    def difference(self, other: Any) -> "MultiRange[T]":
        """Return what is in it and not in *other*: ``-``."""
        mine, its = self._alike(other)
        left = _meeting(mine, _around(its, its.range_type))
        return several((one.intersection(other) for one, other in left), mine.range_type)

    def __add__(self, other: object) -> "MultiRange[T]":
        return self.union(other) if isinstance(other, _RANGES) else NotImplemented

    def __mul__(self, other: object) -> "MultiRange[T]":
        return self.intersection(other) if isinstance(other, _RANGES) else NotImplemented

    def __sub__(self, other: object) -> "MultiRange[T]":
        return self.difference(other) if isinstance(other, _RANGES) else NotImplemented

    __or__ = __add__
    __and__ = __mul__

    # As a value.

    def __eq__(self, other: object) -> bool:
        return self._ranges == other._ranges if isinstance(other, MultiRange) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._ranges)

    def __lt__(self, other: "MultiRange[T]") -> bool:
        """Whether it comes first: by PostgreSQL, range by range."""
        mine, its = self._alike(other)
        return mine._ranges < its._ranges

    def __le__(self, other: "MultiRange[T]") -> bool:
        mine, its = self._alike(other)
        return mine._ranges <= its._ranges

    def __gt__(self, other: "MultiRange[T]") -> bool:
        return not self <= other

    def __ge__(self, other: "MultiRange[T]") -> bool:
        return not self < other

    def __reduce__(self) -> Any:
        return several, (self._ranges, self.range_type)

    def __repr__(self) -> str:
        return f"MultiRange([{', '.join(map(repr, self._ranges))}])"

    def __str__(self) -> str:
        return f"{{{', '.join(map(str, self._ranges))}}}"

    def holds(self, low: Point, high: Point) -> bool:
        """Whether all from *low* to *high* is in it."""
        at = bisect_right(self._ranges, low, key=_low_of)
        return at > 0 and high <= self._ranges[at - 1].points()[1]

    def _alike(self, other: Any) -> "tuple[MultiRange[T], MultiRange[T]]":
        """Return both as multiranges, bound to the type of the one that has one."""
        its = other if isinstance(other, MultiRange) else MultiRange([Range.of(other)])
        if its.range_type is self.range_type:
            return self, its
        range_type = common(self.range_type, its.range_type)
        return (self, its) if range_type is None else (self.bind(range_type), its.bind(range_type))


_RANGES = (PsycopgRange, MultiRange)


def range_of(each: Any) -> Range[Any]:
    """Return a range or a pair as a range.

    Raises:
        RangesError: There is no such range.
    """
    is_pair = isinstance(each, list | tuple) and len(each) in {2, 3}
    if is_pair and not any(isinstance(part, (*_RANGES, list, tuple)) for part in each):
        return Range.of(Range(*each))  # which of names is none
    return Range.of(each)


def several[T](ranges: Iterable[Range[T]], range_type: RangeType | None) -> MultiRange[T]:
    """Return a multirange of what is known to be one: nothing is checked.

    Args:
        ranges: Of that type, in order; none is empty, no two overlap or touch.
        range_type: The range type they are bound to.
    """
    found: MultiRange[T] = object.__new__(MultiRange)
    _hold(found, ranges, range_type)
    return found


def _hold(found: MultiRange[Any], ranges: Iterable[Any], range_type: RangeType | None) -> None:
    object.__setattr__(found, "_ranges", tuple(ranges))
    object.__setattr__(found, "range_type", range_type)


def _low_of(found: Range[Any]) -> Point:
    return found.points()[0]


def _joined[T](ranges: Iterable[Range[T]]) -> list[Range[T]]:
    """Return sorted *ranges*, those that overlap or touch as one."""
    found: list[Range[T]] = []
    for each in ranges:
        if found and not gap(found[-1].points()[1], each.points()[0]):
            found[-1] = found[-1].merge(each)
        else:
            found.append(each)
    return found


# What goes through two multiranges goes through each once: they are in order.


def _meeting[T](
    mine: Iterable[Range[T]], its: Iterable[Range[T]]
) -> Iterator[tuple[Range[T], Range[T]]]:
    """Yield each two that overlap, in order."""
    ones, others = iter(mine), iter(its)
    one, other = next(ones, None), next(others, None)
    while one is not None and other is not None:
        (low, high), (first, last) = one.points(), other.points()
        if low <= last and first <= high:
            yield one, other
        if high < last:
            one = next(ones, None)
        else:
            other = next(others, None)


def _around[T](ranges: Iterable[Range[T]], range_type: RangeType | None) -> list[Range[T]]:
    """Return what is in none of *ranges*: before them, between them, after them."""
    everything: Range[T] = known(None, None, "()", range_type, (FIRST, LAST))
    found, left = [], everything
    for each in ranges:
        if left.points()[0] < each.points()[0]:
            found.append(left.until_before(each))
        if each.upper is None:
            return found
        left = everything.from_after(each)
    return [*found, left]
