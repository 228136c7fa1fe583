"""The range types: what their elements are, and which of two comes first."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from matinee.exceptions import RangesError, RangeTypeError

__all__ = [
    "AFTER_LAST_DAY",
    "DATERANGE",
    "INFINITY",
    "INT4RANGE",
    "INT8RANGE",
    "MINUS_INFINITY",
    "NUMRANGE",
    "TSRANGE",
    "TSTZRANGE",
    "AfterLastDay",
    "Infinity",
    "Key",
    "RangeType",
    "all_types",
    "key_of",
    "multirange_of",
    "named",
]

# Where an element stands among all of its type: what is not finite stands outside of what is.
type Key = tuple[int, Any]

BELOW, FINITE, ABOVE, NAN = -1, 0, 1, 2


class Infinity:
    """A date or a point in time beyond all others; a value, where an unbounded range has none.

    ``INFINITY`` and ``MINUS_INFINITY`` are the only ones. PostgreSQL writes them ``infinity`` and
    ``-infinity``.
    """

    __slots__ = ("sign",)
    sign: int

    def __init__(self, sign: int) -> None:
        self.sign = sign

    def __lt__(self, other: object) -> bool:
        return self.sign < 0 and other is not self

    def __gt__(self, other: object) -> bool:
        return self.sign > 0 and other is not self

    def __le__(self, other: object) -> bool:
        return not self > other

    def __ge__(self, other: object) -> bool:
        return not self < other

    def __neg__(self) -> "Infinity":
        return MINUS_INFINITY if self.sign > 0 else INFINITY

    def __repr__(self) -> str:
        return "INFINITY" if self.sign > 0 else "MINUS_INFINITY"

    def __str__(self) -> str:
        return "infinity" if self.sign > 0 else "-infinity"

    def __reduce__(self) -> str:
        return repr(self)


class AfterLastDay:
    """The day after 9999-12-31, which Python has no date for: where a range with that day ends.

    ``AFTER_LAST_DAY`` is the only one. It comes after every date and before ``INFINITY``. To have
    a range end there, include the last day: ``Range(day, date.max, "[]")``.
    """

    __slots__ = ()

    def __lt__(self, other: object) -> bool:
        return other is INFINITY

    def __gt__(self, other: object) -> bool:
        return other is not INFINITY and other is not self

    def __le__(self, other: object) -> bool:
        return not self > other

    def __ge__(self, other: object) -> bool:
        return not self < other

    def isoformat(self) -> str:
        return "10000-01-01"

    def __str__(self) -> str:
        return "10000-01-01"

    def __repr__(self) -> str:
        return "AFTER_LAST_DAY"

    def __reduce__(self) -> str:
        return "AFTER_LAST_DAY"


AFTER_LAST_DAY: Final = AfterLastDay()

# To count from.
_BEGINNING = dt.datetime(1, 1, 1, tzinfo=dt.UTC)

INFINITY: Final = Infinity(1)
MINUS_INFINITY: Final = Infinity(-1)


def key_of(element: Any) -> Key:
    """Return what *element* is compared by.

    Points in time are compared as instants, whatever their zones; NaN comes after all, as
    PostgreSQL has it.

    Raises:
        RangeTypeError: Its order is not known here.
    """
    if type(element) is int or type(element) is dt.date:
        return FINITE, element
    match element:
        case Infinity():
            return element.sign, 0
        case Decimal() | float() if element != element:  # noqa: PLR0124  NaN
            return NAN, 0
        case Decimal() | float() if element in (Decimal("Infinity"), Decimal("-Infinity")):
            return (ABOVE if element > 0 else BELOW), 0
        case dt.datetime() if element.utcoffset() is not None:
            return FINITE, element - _BEGINNING
        case str() | bytes():
            raise RangeTypeError(
                f"Elements must have an order of their own, got {element!r}.",
                hint="Text is ordered by its type: bind the range to it, range.bind(type).",
                code="ranges.element",
            )
    return FINITE, element


@dataclass(frozen=True, slots=True)
class RangeType:
    """A range type of PostgreSQL's. Two of one name are the same.

    Attributes:
        name: As PostgreSQL has it: "int4range".
        coerce: Returns what stands for an element in the type; raises RangesError if nothing does.
        zero: The width of nothing; None where ranges have no width.
        unit: The width of one element, where the type is discrete; None where it is not.
        following: Returns the next element then, the same one where there is none.
        key: Returns what elements are compared by.
    """

    name: str
    coerce: Callable[[Any], Any] = field(compare=False, repr=False)
    zero: Any = field(default=0, compare=False, repr=False)
    unit: Any = field(default=None, compare=False, repr=False)
    following: Callable[[Any], Any] | None = field(default=None, compare=False, repr=False)
    key: Callable[[Any], tuple[int, Any]] = field(default=key_of, compare=False, repr=False)

    def __post_init__(self) -> None:
        _known[self.name] = self

    @property
    def multirange(self) -> str:
        """The name of the type of its multiranges."""
        return multirange_of(self.name)

    def __reduce__(self) -> Any:
        return named, (self.name,)


_known: dict[str, RangeType] = {}


def all_types() -> list[RangeType]:
    """Return every range type there is."""
    return list(_known.values())


def multirange_of(name: str) -> str:
    """Return the name that PostgreSQL gives the type of multiranges of a range type."""
    if "range" in name:
        return "multirange".join(name.rsplit("range", 1))
    return f"{name}_multirange"


def named(name: str) -> RangeType:
    """Return the range type *name*.

    Raises:
        RangeTypeError: There is none.
    """
    if name not in _known:
        raise RangeTypeError(f"There must be a range type {name}, got none.", code="ranges.type")
    return _known[name]


def _refused(element: object, name: str, wanted: str) -> RangeTypeError:
    return RangeTypeError(
        f"Elements of {name} must be {wanted}, got {element!r}.", code="ranges.element"
    )


def _integer(name: str, bits: int) -> RangeType:
    least, most = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    def coerce(element: Any) -> int:
        if type(element) is int and least <= element <= most:
            return element
        if not isinstance(element, int) or isinstance(element, bool):
            raise _refused(element, name, "integers")
        if not least <= element <= most:
            raise RangesError(
                f"Elements of {name} must be from {least} to {most}, got {element}.",
                code="ranges.overflow",
            )
        return int(element)

    return RangeType(name, coerce, 0, 1, lambda element: coerce(element + 1), _finite)


def _finite(element: Any) -> Key:
    return FINITE, element


def _finite_or_not(element: Any) -> Key:
    return (element.sign, 0) if isinstance(element, Infinity) else (FINITE, element)


def _instant(element: Any) -> Key:
    return (element.sign, 0) if isinstance(element, Infinity) else (FINITE, element - _BEGINNING)


def _decimal(element: Decimal) -> Key:
    return (FINITE, element) if element.is_finite() else key_of(element)


# https://www.postgresql.org/docs/current/datatype-numeric.html
_DIGITS_BEFORE, _DIGITS_AFTER = 131_072, 16_383


def _number(element: Any) -> Decimal:
    match element:
        case bool():
            raise _refused(element, "numrange", "numbers")
        case Decimal() if element.is_snan():  # which cannot be compared
            raise _refused(element, "numrange", "numbers")
        case Decimal():
            number = element
        case int():
            number = Decimal(element)
        case float():  # as PostgreSQL casts one: the shortest number that is that float
            return Decimal(repr(element))
        case _:
            raise _refused(element, "numrange", "numbers")
    exponent = number.as_tuple().exponent
    if number.adjusted() >= _DIGITS_BEFORE or (
        isinstance(exponent, int) and exponent < -_DIGITS_AFTER
    ):
        raise RangesError(
            f"Elements of numrange must have up to {_DIGITS_BEFORE} digits before the point and "
            f"{_DIGITS_AFTER} after it, got {str(number)[:40]}.",
            code="ranges.overflow",
        )
    return number


def _date(element: Any) -> Any:
    if type(element) is dt.date or isinstance(element, Infinity):
        return element
    if not isinstance(element, dt.date) or isinstance(element, dt.datetime):
        raise _refused(element, "daterange", "dates")
    return element


def _day_after(day: Any) -> Any:
    # Nothing follows what is not finite, and nothing that Python has follows the last date.
    return day if isinstance(day, Infinity) or day == dt.date.max else day + dt.timedelta(days=1)


def _naive(element: Any) -> Any:
    aware = isinstance(element, dt.datetime) and element.tzinfo is not None
    if aware or not isinstance(element, dt.datetime | Infinity):
        raise _refused(element, "tsrange", "datetimes without a time zone")
    return element


def _aware(element: Any) -> Any:
    naive = isinstance(element, dt.datetime) and element.utcoffset() is None
    if naive or not isinstance(element, dt.datetime | Infinity):
        raise _refused(element, "tstzrange", "datetimes with a time zone")
    return element


INT4RANGE: Final = _integer("int4range", 32)
INT8RANGE: Final = _integer("int8range", 64)
NUMRANGE: Final = RangeType("numrange", _number, Decimal(0), key=_decimal)
DATERANGE: Final = RangeType(
    "daterange", _date, dt.timedelta(0), dt.timedelta(1), _day_after, _finite_or_not
)
TSRANGE: Final = RangeType("tsrange", _naive, dt.timedelta(0), key=_finite_or_not)
TSTZRANGE: Final = RangeType("tstzrange", _aware, dt.timedelta(0), key=_instant)
