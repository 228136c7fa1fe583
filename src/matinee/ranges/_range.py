"""``Range``: one range, as PostgreSQL has it."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Literal, NamedTuple, Self

from psycopg.types.range import Range as PsycopgRange

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges._points import (
    Point,
    canonical,
    hashed,
    have_order,
    high_of,
    is_empty,
    low_of,
    touch,
)
from matinee.ranges._types import FINITE, RangeType

__all__ = ["Bounds", "Immutable", "PsycopgRange", "Range", "Several", "common", "nothing", "parts"]

type Bounds = Literal["[)", "[]", "()", "(]"]

BOUNDS = ("[)", "[]", "()", "(]")


class Immutable:
    """A value: what changes it makes another."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(
            f"A {type(self).__name__} cannot be changed: make another instead of setting {name}."
        )

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"A {type(self).__name__} cannot be changed: {name} stays.")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self


class Several[T](Sequence["Range[T]"]):
    """Ranges that neither overlap nor touch, in order: what a multirange is to one range."""

    __slots__ = ()

    @property
    @abstractmethod
    def span(self) -> "Range[T]":
        """The smallest range that contains all of them."""

    @abstractmethod
    def contains(self, other: Any) -> bool:
        """Whether an element, or all of a range or multirange, is in them."""

    @abstractmethod
    def overlaps(self, other: Any) -> bool:
        """Whether an element is in both."""

    @abstractmethod
    def adjacent_to(self, other: Any) -> bool:
        """Whether one ends where the other begins."""


class Range[T](Immutable, PsycopgRange[T]):
    """A range of elements, as PostgreSQL's: immutable, hashable, of any of its types.

    ``Range(1, 5)`` has 1 and not 5. Bound to a type its elements are the type's, and its form is
    the canonical one: of integers and dates, ``[1, 2]`` is ``[1, 3)``. Not bound, it is what was
    written, and is bound to the other's type when it meets one that is.

    Points in time are compared and measured as instants. It is one of psycopg's ranges too.

    Args:
        lower: The first element; None where there is none.
        upper: The last element; None where there is none.
        bounds: Which of the two belong to it: "[)" the lower one, "[]" both, "()" none.
        empty: It has no elements; *lower*, *upper* and *bounds* say nothing then.
        range_type: The range type it is bound to.

    Raises:
        RangesError: The lower element comes after the upper one, or is none of the type's.
    """

    __slots__ = ("_high", "_low", "range_type")
    range_type: RangeType | None
    _low: Point | None
    _high: Point | None
    # Makes the expression that a range of names in a query is: set by what knows queries.
    of_expressions: ClassVar[Callable[..., Any]]

    def __new__(cls, lower: Any = None, upper: Any = None, *args: Any, **options: Any) -> Any:
        if hasattr(lower, "resolve_expression") or hasattr(upper, "resolve_expression"):
            return cls.of_expressions(lower, upper, *args, **options)
        return super().__new__(cls)

    def __init__(
        self,
        lower: T | None = None,
        upper: T | None = None,
        bounds: str = "[)",
        empty: bool = False,
        *,
        range_type: RangeType | None = None,
    ) -> None:
        if bounds not in BOUNDS and not empty:
            raise RangesError(
                f"Bounds must be one of {', '.join(BOUNDS)}, got {bounds!r}.", code="ranges.bounds"
            )
        first: Any = None if empty else lower
        last: Any = None if empty else upper
        if range_type is not None:
            first = None if first is None else range_type.coerce(first)
            last = None if last is None else range_type.coerce(last)
        with_first, with_last = bounds[:1] == "[", bounds[1:] == "]"
        low = high = None
        if not empty and have_order(first, last, range_type):
            low, high = low_of(first, with_first, range_type), high_of(last, with_last, range_type)
            empty = is_empty(low, high)
            if not empty and range_type is not None and range_type.following is not None:
                first, with_first, last, with_last = canonical(
                    first, with_first, last, with_last, range_type
                )
                low = low_of(first, with_first, range_type)
                high = high_of(last, with_last, range_type)
                empty = low > high
        if empty:
            first = last = low = high = None
        opening = "[" if with_first and first is not None else "("
        closing = "]" if with_last and last is not None else ")"
        _set(self, _lower=first, _upper=last, _bounds="" if empty else opening + closing)
        _set(self, _low=low, _high=high, range_type=range_type)

    @classmethod
    def of(cls, other: PsycopgRange[T], *, range_type: RangeType | None = None) -> "Range[T]":
        """Return *other*, psycopg's or one of these, bound to *range_type* if that is given."""
        if isinstance(other, Range) and range_type in (None, other.range_type):
            return other
        bounds = other.bounds or "[)"
        return Range(other.lower, other.upper, bounds, empty=other.isempty, range_type=range_type)

    def bind(self, range_type: RangeType) -> "Range[T]":
        """Return the same range of *range_type*, in its canonical form.

        Raises:
            RangesError: An element is none of the type's.
        """
        return Range.of(self, range_type=range_type)

    # What it is.

    @property
    def is_empty(self) -> bool:
        """Whether it has no elements."""
        return self.isempty

    @property
    def width(self) -> Any:
        """How far it is from the lower bound to the upper one; None where one is not finite.

        A number for numbers, a ``timedelta`` for dates and for points in time, which are measured
        as instants. What is empty has no width: zero of the type.
        """
        if self.isempty:
            return self.range_type.zero if self.range_type else 0
        low, high = self.points()
        if low[0] != FINITE or high[0] != FINITE:
            return None
        width = high[1] - low[1]
        # The last element of the type is included, for want of one that follows.
        unit = self.range_type.unit if self.range_type else None
        return width if unit is None or not self.upper_inc else width + unit

    def __iter__(self) -> Iterator[T]:
        return self.elements()

    def elements(self, step: Any = None) -> Iterator[T]:
        """Yield the elements, or every *step*-th from the first on, of integers or of dates.

        Args:
            step: How far to go each time, an int or a ``timedelta``; by default to the next.

        Raises:
            RangesError: It is bound to no type of discrete elements, has no end, or *step* does
                not go on.
        """
        following = self.range_type.following if self.range_type else None
        if following is None:
            raise RangesError(
                f"Only a range of integers or dates has single elements, got {self!r}.",
                hint="Bind it: range.bind(INT4RANGE).",
                code="ranges.type",
            )
        if self.width is None:
            raise RangesError(
                f"A range must have two ends to be gone through, got {self}.",
                code="ranges.unbounded",
            )
        if step is not None and not step > step - step:
            raise RangesError(f"A step must go on, got {step!r}.", code="ranges.step")
        return self._elements(following, step)

    def _elements(self, following: Any, step: Any) -> Iterator[T]:
        element: Any = self._lower
        while element is not None and self.contains(element):
            yield element
            try:
                after = following(element) if step is None else element + step
            except (OverflowError, RangesError):  # there is no such element any more
                return
            element = after if after != element else None

    def __bool__(self) -> bool:
        return not self.isempty

    # Questions.

    def __contains__(self, other: Any) -> bool:
        return self.contains(other)

    def contains(self, other: Any) -> bool:
        """Whether an element, or all of a range or multirange, is in it: ``@>``."""
        if isinstance(other, Several):
            return not other or self.contains(other.span)
        if isinstance(other, PsycopgRange):
            mine, its = alike(self, other)
            if its.isempty or mine.isempty:
                return its.isempty
            (low, high), (first, last) = mine.points(), its.points()
            return low <= first and last <= high
        if self.isempty:
            return False
        element = self.range_type.coerce(other) if self.range_type else other
        low, high = self.points()
        return low <= low_of(element, included=True, range_type=self.range_type) <= high

    def contained_by(self, other: Any) -> bool:
        """Whether all of it is in another range or multirange: ``<@``."""
        return (other if isinstance(other, Several) else Range.of(other)).contains(self)

    def overlaps(self, other: Any) -> bool:
        """Whether an element is in both: ``&&``."""
        if isinstance(other, Several):
            return other.overlaps(self)
        ends = self._against(other)
        return ends is not None and ends.low <= ends.last and ends.first <= ends.high

    def adjacent_to(self, other: Any) -> bool:
        """Whether one ends where the other begins, and nothing is in both: ``-|-``."""
        if isinstance(other, Several):
            return other.adjacent_to(self)
        ends = self._against(other)
        return ends is not None and (touch(ends.high, ends.first) or touch(ends.last, ends.low))

    def strictly_left_of(self, other: Any) -> bool:
        """Whether all of it comes before all of *other*: ``<<``."""
        ends = self._against(other)
        return ends is not None and ends.high < ends.first

    def strictly_right_of(self, other: Any) -> bool:
        """Whether all of it comes after all of *other*: ``>>``."""
        ends = self._against(other)
        return ends is not None and ends.last < ends.low

    def not_extending_right_of(self, other: Any) -> bool:
        """Whether it ends no later than *other*: ``&<``."""
        ends = self._against(other)
        return ends is not None and ends.high <= ends.last

    def not_extending_left_of(self, other: Any) -> bool:
        """Whether it begins no earlier than *other*: ``&>``."""
        ends = self._against(other)
        return ends is not None and ends.first <= ends.low

    __lshift__ = strictly_left_of
    __rshift__ = strictly_right_of

    # What two make.

    def union(self, other: PsycopgRange[T]) -> "Range[T]":
        """Return what is in either: ``+``.

        Raises:
            RangesError: There is a gap between them; a ``MultiRange`` may have one.
        """
        mine, its = alike(self, other)
        if not (mine.isempty or its.isempty or mine.overlaps(its) or mine.adjacent_to(its)):
            raise _in_two("union", mine, its)
        return mine.merge(its)

    def merge(self, other: PsycopgRange[T]) -> "Range[T]":
        """Return the smallest range that contains both: ``range_merge``."""
        mine, its = alike(self, other)
        if mine.isempty or its.isempty:
            return its if mine.isempty else mine
        first = min(mine, its, key=lambda each: each.points()[0])
        last = max(mine, its, key=lambda each: each.points()[1])
        return first.until(last)

    def intersection(self, other: PsycopgRange[T]) -> "Range[T]":
        """Return what is in both: ``*``."""
        mine, its = alike(self, other)
        if not mine.overlaps(its):
            return nothing(mine.range_type)
        first = max(mine, its, key=lambda each: each.points()[0])
        last = min(mine, its, key=lambda each: each.points()[1])
        return first.until(last)

    def difference(self, other: PsycopgRange[T]) -> "Range[T]":
        """Return what is in it and not in *other*: ``-``.

        Raises:
            RangesError: That is in two parts; a ``MultiRange`` may have those.
        """
        mine, its = alike(self, other)
        left = list(parts(mine, its))
        if len(left) > 1:
            raise _in_two("difference", mine, its)
        return left[0] if left else nothing(mine.range_type)

    def until(self, last: "Range[T]") -> "Range[T]":
        """Return the range from where this one begins to where *last* ends."""
        bounds = self.bounds[0] + last.bounds[1]
        return Range(self.lower, last.upper, bounds, range_type=self.range_type)

    def __add__(self, other: object) -> "Range[T]":
        return self.union(other) if isinstance(other, PsycopgRange) else NotImplemented

    def __mul__(self, other: object) -> "Range[T]":
        return self.intersection(other) if isinstance(other, PsycopgRange) else NotImplemented

    def __sub__(self, other: object) -> "Range[T]":
        return self.difference(other) if isinstance(other, PsycopgRange) else NotImplemented

    __or__ = __add__
    __and__ = __mul__

    # As a value.

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PsycopgRange):
            return NotImplemented
        if self._bounds != other.bounds:
            return False
        if not isinstance(other, Range) or self._low is None or other._low is None:
            its = (other.lower, other.upper)
            return (hashed(self._lower), hashed(self._upper)) == tuple(map(hashed, its))
        return (self._low, self._high) == (other._low, other._high)

    def __hash__(self) -> int:
        # As psycopg's, which may be equal.
        return hash((hashed(self._lower), hashed(self._upper), self._bounds))

    def __lt__(self, other: Any) -> bool:
        """Whether it comes first: by PostgreSQL the empty one, then by lower and upper bound."""
        if not isinstance(other, PsycopgRange):
            return NotImplemented
        mine, its = alike(self, other)
        return mine.order() < its.order()

    def __le__(self, other: Any) -> bool:
        if not isinstance(other, PsycopgRange):
            return NotImplemented
        mine, its = alike(self, other)
        return mine.order() <= its.order()

    def __gt__(self, other: Any) -> bool:
        return not self <= other if isinstance(other, PsycopgRange) else NotImplemented

    def __ge__(self, other: Any) -> bool:
        return not self < other if isinstance(other, PsycopgRange) else NotImplemented

    def __reduce__(self) -> Any:
        return _made, (self._lower, self._upper, self._bounds, self.range_type)

    # For multiranges.

    def points(self) -> tuple[Point, Point]:
        """Return where it begins and where it ends.

        Raises:
            RangeTypeError: The order of its elements is not known.
        """
        if self._low is None or self._high is None:
            raise RangeTypeError(
                f"The order of the elements must be known, got {self!r}.",
                hint="Bind the range to its type: range.bind(range_type).",
                code="ranges.element",
            )
        return self._low, self._high

    def order(self) -> tuple[Any, ...]:
        """Return what PostgreSQL sorts by."""
        return (0,) if self.isempty else (1, *self.points())

    def _against(self, other: Any) -> "_Ends | None":
        """Return the ends of both; None where one is empty, of which nothing is true."""
        mine, its = alike(self, other.span if isinstance(other, Several) else other)
        if mine.isempty or its.isempty:
            return None
        return _Ends(*mine.points(), *its.points())


class _Ends(NamedTuple):
    """Where one range begins and ends, and where the other does."""

    low: Point
    high: Point
    first: Point
    last: Point


def alike[T](mine: Range[T], other: PsycopgRange[T]) -> tuple[Range[T], Range[T]]:
    """Return both bound to the type of the one that has one.

    Raises:
        RangeTypeError: The types differ.
    """
    its = Range.of(other)
    range_type = common(mine.range_type, its.range_type)
    return Range.of(mine, range_type=range_type), Range.of(its, range_type=range_type)


def common(one: RangeType | None, other: RangeType | None) -> RangeType | None:
    """Return the type of the one that has one.

    Raises:
        RangeTypeError: The types differ.
    """
    if one is not None and other is not None and one != other:
        raise RangeTypeError(
            f"Ranges must be of one type, got {one.name} and {other.name}.",
            hint="Bind one to the type of the other: range.bind(range_type).",
        )
    return one or other


def parts[T](mine: Range[T], its: Range[T]) -> Iterator[Range[T]]:
    """Yield what is left of *mine* without *its*: nothing, one part or two."""
    if not mine.overlaps(its):
        if not mine.isempty:
            yield mine
        return
    (low, high), (first, last) = mine.points(), its.points()
    if low < first:
        closing = ")" if its.lower_inc else "]"
        bounds = mine.bounds[0] + closing
        yield Range(mine.lower, its.lower, bounds, range_type=mine.range_type)
    if last < high:
        opening = "(" if its.upper_inc else "["
        bounds = opening + mine.bounds[1]
        yield Range(its.upper, mine.upper, bounds, range_type=mine.range_type)


def nothing(range_type: RangeType | None) -> Range[Any]:
    """Return the empty range."""
    return Range(empty=True, range_type=range_type)


def _in_two(what: str, one: object, other: object) -> RangesError:
    return RangesError(
        f"The {what} of ranges must be one range, got {one} and {other}.",
        hint="Make MultiRange([...]) of them, which may have gaps.",
        code="ranges.not_contiguous",
    )


def _made(lower: Any, upper: Any, bounds: str, range_type: RangeType | None) -> Range[Any]:
    return Range(lower, upper, bounds or "[)", empty=not bounds, range_type=range_type)


def _set(instance: object, **values: object) -> None:
    for name, value in values.items():
        object.__setattr__(instance, name, value)
