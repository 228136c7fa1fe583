"""``Range``: one range, as PostgreSQL has it."""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Literal, Self

from psycopg.types.range import Range as PsycopgRange

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges._points import (
    NOTHING,
    Points,
    after,
    before,
    canonical,
    gap,
    hashed,
    have_order,
    is_empty,
    point_of,
    points_of,
    touch,
    unlike,
)
from matinee.ranges._types import FINITE, RangeType

__all__ = [
    "BOUNDS",
    "Bounds",
    "Immutable",
    "PsycopgRange",
    "Range",
    "Several",
    "common",
    "known",
    "nothing",
]

type Bounds = Literal["[)", "[]", "()", "(]"]

# What a range holds: its elements, its bounds, its type, and where it begins and ends.
type Held = tuple[Any, Any, str, RangeType | None, Points | None]

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


class Several[T]:
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

    __slots__ = ("_points", "range_type")
    range_type: RangeType | None
    # Where it begins and ends: None until that is asked for.
    _points: Points | None
    # Makes the expression that a range of names in a query is: set by what knows queries.
    of_expressions: ClassVar[Callable[..., Any]]

    def __new__(cls, lower: Any = None, upper: Any = None, *args: Any, **options: Any) -> Any:
        if hasattr(lower, "resolve_expression") or hasattr(upper, "resolve_expression"):
            return cls.of_expressions(lower, upper, *args, **options)
        return object.__new__(cls)

    def __init__(
        self,
        lower: T | None = None,
        upper: T | None = None,
        bounds: str = "[)",
        empty: bool = False,
        *,
        range_type: RangeType | None = None,
    ) -> None:
        if empty:
            _hold(self, (None, None, "", range_type, NOTHING))
        elif bounds not in BOUNDS:
            raise RangesError(
                f"Bounds must be one of {', '.join(BOUNDS)}, got {bounds!r}.", code="ranges.bounds"
            )
        else:
            _hold(self, _checked(lower, upper, bounds, range_type))

    @classmethod
    def of(cls, other: PsycopgRange[T], *, range_type: RangeType | None = None) -> "Range[T]":
        """Return *other*, psycopg's or one of these, bound to *range_type* if that is given.

        Raises:
            RangesError: An element is none of the type's.
            RangeTypeError: It is no range.
        """
        if isinstance(other, Range) and range_type in (None, other.range_type):
            return other
        if not isinstance(other, PsycopgRange):
            raise RangeTypeError(
                f"A range must be a Range, got {other!r}.",
                hint='Write Range(x, x, "[]") for the range of x alone.',
                code="ranges.element",
            )
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

        Raises:
            RangesError: Elements of the type cannot be measured, as addresses cannot.
        """
        if self.range_type is not None and self.range_type.zero is None:
            raise RangesError(
                f"Only what can be measured has a width, got a range of {self.range_type.name}.",
                code="ranges.width",
            )
        if self.isempty:
            return self.range_type.zero if self.range_type else 0
        low, high = self.points()
        if low[0] != FINITE or high[0] != FINITE:
            return None
        width = high[1] - low[1]
        # The last element of the type is included, for want of one that follows.
        unit = self.range_type.unit if self.range_type else None
        return width if unit is None or not self.upper_inc else width + unit

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
        """Whether an element, or all of a range or multirange, is in it: ``@>``.

        Raises:
            RangeTypeError: It is none, or is of another type.
        """
        if isinstance(other, PsycopgRange):
            (low, high), (first, last) = self._against(other)
            try:
                return low <= first and last <= high
            except TypeError as error:
                raise unlike(_bound_of(other), _bound_of(self)) from error
        if isinstance(other, Several):
            return self.contains(other.span)
        if not self._bounds:
            return False
        element = other if self.range_type is None else self.range_type.coerce(other)
        low, high = self.points()
        try:
            return low <= point_of(element, self.range_type) <= high
        except TypeError as error:
            raise unlike(other, _bound_of(self)) from error

    def contained_by(self, other: Any) -> bool:
        """Whether all of it is in another range or multirange: ``<@``."""
        if isinstance(other, Several):
            return other.contains(self)
        (low, high), (first, last) = self._against(other)
        return first <= low and high <= last

    def overlaps(self, other: Any) -> bool:
        """Whether an element is in both: ``&&``."""
        if isinstance(other, Several):
            return other.overlaps(self)
        (low, high), (first, last) = self._against(other)
        return low <= last and first <= high

    def adjacent_to(self, other: Any) -> bool:
        """Whether one ends where the other begins, and nothing is in both: ``-|-``."""
        if isinstance(other, Several):
            return other.adjacent_to(self)
        (low, high), (first, last) = self._against(other)
        return touch(high, first) or touch(last, low)

    # Of what is empty, which begins after it ends, none of these is true.

    def strictly_left_of(self, other: Any) -> bool:
        """Whether all of it comes before all of *other*: ``<<``."""
        (low, high), (first, last) = self._against(other)
        return high < first and low <= high and first <= last

    def strictly_right_of(self, other: Any) -> bool:
        """Whether all of it comes after all of *other*: ``>>``."""
        (low, high), (first, last) = self._against(other)
        return last < low <= high and first <= last

    def not_extending_right_of(self, other: Any) -> bool:
        """Whether it ends no later than *other*: ``&<``."""
        (low, high), (first, last) = self._against(other)
        return high <= last and low <= high and first <= last

    def not_extending_left_of(self, other: Any) -> bool:
        """Whether it begins no earlier than *other*: ``&>``."""
        (low, high), (first, last) = self._against(other)
        return first <= low <= high and first <= last

    __lshift__ = strictly_left_of
    __rshift__ = strictly_right_of

    # What two make.

    def union(self, other: PsycopgRange[T]) -> "Range[T]":
        """Return what is in either: ``+``.

        Raises:
            RangesError: There is a gap between them; a ``MultiRange`` may have one.
        """
        mine, its = alike(self, other)
        (low, high), (first, last) = mine.points(), its.points()
        if mine and its and (gap(high, first) or gap(last, low)):
            raise _in_two("union", mine, its)
        return (mine if low <= first else its).until(mine if high >= last else its)

    def merge(self, other: PsycopgRange[T]) -> "Range[T]":
        """Return the smallest range that contains both: ``range_merge``."""
        mine, its = alike(self, other)
        (low, high), (first, last) = mine.points(), its.points()
        return (mine if low <= first else its).until(mine if high >= last else its)

    def intersection(self, other: PsycopgRange[T]) -> "Range[T]":
        """Return what is in both: ``*``."""
        mine, its = alike(self, other)
        (low, high), (first, last) = mine.points(), its.points()
        return (mine if low >= first else its).until(mine if high <= last else its)

    def difference(self, other: PsycopgRange[T]) -> "Range[T]":
        """Return what is in it and not in *other*: ``-``.

        Raises:
            RangesError: That is in two parts; a ``MultiRange`` may have those.
        """
        mine, its = alike(self, other)
        (low, high), (first, last) = mine.points(), its.points()
        if low > last or first > high:
            return mine
        if low < first and last < high:
            raise _in_two("difference", mine, its)
        if low < first:
            return mine.until_before(its)
        return mine.from_after(its) if last < high else nothing(mine.range_type)

    # What two of one type make of their bounds.

    def until(self, last: "Range[T]") -> "Range[T]":
        """Return the range from where this one begins to where *last* ends, empty if before."""
        if last is self:
            return self
        points = low, high = self.points()[0], last.points()[1]
        if low > high:
            return nothing(self.range_type)
        bounds = self._bounds[0] + last.bounds[1]
        return known(self._lower, last.upper, bounds, self.range_type, points)

    def until_before(self, other: "Range[T]") -> "Range[T]":
        """Return the range from where this one begins to where *other* does."""
        bounds = self._bounds[0] + (")" if other.bounds[0] == "[" else "]")
        points = self.points()[0], before(other.points()[0])
        return known(self._lower, other.lower, bounds, self.range_type, points)

    def from_after(self, other: "Range[T]") -> "Range[T]":
        """Return the range from where *other* ends to where this one does."""
        bounds = ("(" if other.bounds[1] == "]" else "[") + self._bounds[1]
        points = after(other.points()[1]), self.points()[1]
        return known(other.upper, self._upper, bounds, self.range_type, points)

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
        if isinstance(other, Range) and self._has_order() and other._has_order():
            return self.points() == other.points()
        its_ends = hashed(other.lower), hashed(other.upper)
        return (hashed(self._lower), hashed(self._upper)) == its_ends

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
        return known, (self._lower, self._upper, self._bounds, self.range_type)

    # For multiranges.

    def points(self) -> Points:
        """Return where it begins and where it ends.

        Raises:
            RangeTypeError: The order of its elements is not known.
        """
        return self._points or self._found()

    def order(self) -> tuple[Any, ...]:
        """Return what PostgreSQL sorts by."""
        return self.points() if self._bounds else ()

    def _found(self) -> Points:
        """Find where it begins and ends, and keep that."""
        if not self._has_order():
            raise RangeTypeError(
                f"The order of the elements must be known, got {self!r}.",
                hint="Bind the range to its type: range.bind(range_type).",
                code="ranges.element",
            )
        points = points_of(self._lower, self._upper, self._bounds, self.range_type)
        _set_points(self, points)
        return points

    def _has_order(self) -> bool:
        return have_order(self._lower, self._upper, self.range_type)

    def _against(self, other: Any) -> tuple[Points, Points]:
        """Return where both begin and end."""
        if type(other) is Range and other.range_type is self.range_type:
            return self.points(), other.points()
        mine, its = alike(self, other.span if isinstance(other, Several) else other)
        return mine.points(), its.points()


def known[T](
    lower: T | None,
    upper: T | None,
    bounds: str,
    range_type: RangeType | None,
    points: Points | None = None,
) -> Range[T]:
    """Return a range of what is known to be one: nothing is checked.

    What PostgreSQL has made is in its canonical form already.

    Args:
        lower: An element of the type.
        upper: An element of the type.
        bounds: Those of the canonical form: "" of what is empty.
        range_type: The range type it is bound to.
        points: Where it begins and ends; by default, that is found when it is asked for.
    """
    found: Range[T] = object.__new__(Range)
    _hold(found, (lower, upper, bounds, range_type, points if bounds else NOTHING))
    return found


def nothing(range_type: RangeType | None) -> Range[Any]:
    """Return the empty range."""
    return known(None, None, "", range_type)


def alike[T](mine: Range[T], other: PsycopgRange[T]) -> tuple[Range[T], Range[T]]:
    """Return both bound to the type of the one that has one.

    Raises:
        RangeTypeError: The types differ.
    """
    if type(other) is Range and other.range_type is mine.range_type:
        return mine, other
    its = Range.of(other)
    range_type = common(mine.range_type, its.range_type)
    return Range.of(mine, range_type=range_type), Range.of(its, range_type=range_type)


def common(one: RangeType | None, other: RangeType | None) -> RangeType | None:
    """Return the type of the one that has one.

    Raises:
        RangeTypeError: The types differ.
    """
    if one is other or other is None:
        return one
    if one is not None and one != other:
        raise RangeTypeError(
            f"Ranges must be of one type, got {one.name} and {other.name}.",
            hint="Bind one to the type of the other: range.bind(range_type).",
        )
    return other


def _checked(lower: Any, upper: Any, bounds: str, range_type: RangeType | None) -> Held:
    """Return what a range of these holds: elements of the type, in the canonical form."""
    if range_type is not None:
        lower = None if lower is None else range_type.coerce(lower)
        upper = None if upper is None else range_type.coerce(upper)
    points = None
    if range_type is not None or have_order(lower, upper, range_type):
        points = points_of(lower, upper, bounds, range_type)
        is_nothing = is_empty(*points)
        if range_type is not None and bounds != "[)" and not is_nothing:
            lower, upper, bounds = canonical(lower, upper, bounds, range_type)
            low, high = points = points_of(lower, upper, bounds, range_type)
            is_nothing = low > high
        if is_nothing:
            return None, None, "", range_type, NOTHING
    if lower is None or upper is None:
        bounds = ("(" if lower is None else bounds[0]) + (")" if upper is None else bounds[1])
    return lower, upper, bounds, range_type, points


def _bound_of(found: PsycopgRange[Any]) -> Any:
    return found.upper if found.lower is None else found.lower


def _in_two(what: str, one: object, other: object) -> RangesError:
    return RangesError(
        f"The {what} of ranges must be one range, got {one} and {other}.",
        hint="Make MultiRange([...]) of them, which may have gaps.",
        code="ranges.not_contiguous",
    )


# A range cannot be changed: what it holds is set once, past its __setattr__.
_set_lower, _set_upper, _set_bounds, _set_type, _set_points = (
    getattr(Range, name).__set__
    for name in ("_lower", "_upper", "_bounds", "range_type", "_points")
)


def _hold(found: Range[Any], held: Held) -> None:
    lower, upper, bounds, range_type, points = held
    _set_lower(found, lower)
    _set_upper(found, upper)
    _set_bounds(found, bounds)
    _set_type(found, range_type)
    _set_points(found, points)
