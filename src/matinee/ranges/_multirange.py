"""``MultiRange``: several ranges as one value, as PostgreSQL has it."""

from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any, overload

from matinee.ranges._range import Immutable, PsycopgRange, Range, Several, common, nothing, parts
from matinee.ranges._types import RangeType

__all__ = ["MultiRange"]


class MultiRange[T](Immutable, Several[T]):
    """Ranges of one type that neither overlap nor touch, in order: PostgreSQL's multirange.

    Whatever it is made of, empty ranges go, and those that overlap or touch become one. Its
    operations take ranges too.

    Args:
        ranges: In any order.
        range_type: The range type they are bound to; by default, that of those that are bound.

    Raises:
        RangesError: An element is none of the type's.
        RangeTypeError: Two ranges are of different types.
    """

    __slots__ = ("_ranges", "range_type")
    range_type: RangeType | None
    _ranges: tuple[Range[T], ...]

    def __init__(
        self, ranges: Iterable[PsycopgRange[T]] = (), *, range_type: RangeType | None = None
    ) -> None:
        found = [Range.of(each) for each in ranges]
        bound = reduce(common, (each.range_type for each in found), range_type)
        if bound is not None:
            found = [each.bind(bound) for each in found]
        found = sorted(each for each in found if not each.isempty)
        object.__setattr__(self, "_ranges", tuple(_joined(found)))
        object.__setattr__(self, "range_type", bound)

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
        return MultiRange(found, range_type=self.range_type)

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
        """Whether an element, or all of a range or multirange, is in it: ``@>``."""
        if isinstance(other, MultiRange):
            mine, its = self._alike(other)
            return all(mine.contains(each) for each in its)
        if isinstance(other, PsycopgRange) and other.isempty:
            return True
        return any(each.contains(other) for each in self._ranges)

    def contained_by(self, other: Any) -> bool:
        """Whether all of it is in another range or multirange: ``<@``."""
        return (other if isinstance(other, MultiRange) else Range.of(other)).contains(self)

    def overlaps(self, other: Any) -> bool:
        """Whether an element is in both: ``&&``."""
        mine, its = self._alike(other)
        return any(each.overlaps(one) for each in mine for one in its)

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
        return MultiRange((*mine, *its), range_type=mine.range_type)

    def intersection(self, other: Any) -> "MultiRange[T]":
        """Return what is in both: ``*``."""
        mine, its = self._alike(other)
        both = (each.intersection(one) for each in mine for one in its)
        return MultiRange(both, range_type=mine.range_type)

    def difference(self, other: Any) -> "MultiRange[T]":
        """Return what is in it and not in *other*: ``-``."""
        mine, its = self._alike(other)
        left = list(mine)
        for one in its:
            left = [part for each in left for part in parts(each, one)]
        return MultiRange(left, range_type=mine.range_type)

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
        return _made, (self._ranges, self.range_type)

    def __repr__(self) -> str:
        return f"MultiRange([{', '.join(map(repr, self._ranges))}])"

    def __str__(self) -> str:
        return f"{{{', '.join(map(str, self._ranges))}}}"

    def _alike(self, other: Any) -> "tuple[MultiRange[T], MultiRange[T]]":
        """Return both as multiranges, bound to the type of the one that has one."""
        its = other if isinstance(other, MultiRange) else MultiRange([other])
        range_type = common(self.range_type, its.range_type)
        return (self, its) if range_type is None else (self.bind(range_type), its.bind(range_type))


_RANGES = (PsycopgRange, MultiRange)


def _joined[T](ranges: Iterable[Range[T]]) -> Iterator[Range[T]]:
    """Yield sorted *ranges*, those that overlap or touch as one."""
    last: Range[T] | None = None
    for each in ranges:
        if last is not None and (last.overlaps(each) or last.adjacent_to(each)):
            last = last.merge(each)
            continue
        if last is not None:
            yield last
        last = each
    if last is not None:
        yield last


def _made(ranges: Iterable[Range[Any]], range_type: RangeType | None) -> MultiRange[Any]:
    return MultiRange(ranges, range_type=range_type)
