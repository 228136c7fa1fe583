"""How ranges go to the database and come from it: psycopg's adapters, on each new connection."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.signals import connection_created
from psycopg import adapters
from psycopg.abc import AdaptContext
from psycopg.adapt import AdaptersMap, Dumper, Loader, PyFormat, RecursiveDumper, RecursiveLoader
from psycopg.pq import Format
from psycopg.types.multirange import MultirangeInfo
from psycopg.types.range import RangeInfo

from matinee.exceptions import RangeTypeError
from matinee.ranges import _literal
from matinee.ranges._custom_type import CustomRangeType
from matinee.ranges._elements import EndOfDay
from matinee.ranges._multirange import MultiRange, several
from matinee.ranges._range import BOUNDS, Range, known
from matinee.ranges._types import (
    AFTER_LAST_DAY,
    DATERANGE,
    INFINITY,
    INT4RANGE,
    INT8RANGE,
    MINUS_INFINITY,
    NUMRANGE,
    TSRANGE,
    TSTZRANGE,
    AfterLastDay,
    Infinity,
    RangeType,
)

__all__ = ["BUILT_IN", "RangeDumper", "loaders", "register"]

BUILT_IN = (INT4RANGE, INT8RANGE, NUMRANGE, DATERANGE, TSRANGE, TSTZRANGE)

_INFINITIES = {"infinity": INFINITY, "-infinity": MINUS_INFINITY}
# The day after the last one that Python has: where PostgreSQL has a range of days end that
# includes the last, and one begin that leaves it out.
_TOO_LATE, _LAST_DAY = b"10000-01-01", b"9999-12-31"
_SHORTEST_DAY = len("2026-01-01")
_BEYOND = {
    b"infinity": INFINITY,
    b"-infinity": MINUS_INFINITY,
    _TOO_LATE: AFTER_LAST_DAY,
}

# Most text needs no more than to be cut: elements without anything escaped in them.
_PART = rb'(?:"?([^",\\()\[\]]++)"?)?+'
_PLAIN = re.compile(rb"([\[(])" + _PART + b"," + _PART + rb"([\])])")
_PLAIN_MANY = re.compile(rb"\{(?:%b(?:,%b)*+)?+\}" % (_PLAIN.pattern, _PLAIN.pattern))
_BOUNDS = {each.encode(): each for each in BOUNDS}


class RangeDumper(RecursiveDumper):
    """Writes a range or a multirange as text, of the type that it is bound to."""

    cast = ""

    def get_key(self, obj: Any, format: PyFormat) -> Any:  # noqa: A002, ARG002  psycopg's name
        return self.cls, obj.range_type and obj.range_type.name

    def upgrade(self, obj: Any, format: PyFormat) -> "RangeDumper":  # noqa: A002, ARG002
        dumper = type(self)(self.cls, self._tx)
        # Unless USE_TZ is on, what stands in columns of tstzrange is bound to tsrange here.
        if isinstance(obj.range_type, CustomRangeType):  # which may have another oid tomorrow
            one = isinstance(obj, Range)
            dumper.cast = obj.range_type.sql if one else obj.range_type.multirange_sql
        elif obj.range_type is not None and obj.range_type != TSRANGE:
            name = obj.range_type.name if isinstance(obj, Range) else obj.range_type.multirange
            info = self._tx.adapters.types.get(name)
            dumper.oid = info.oid if info else 0
        return dumper

    def dump(self, obj: Any) -> bytes:
        if isinstance(obj, Range):
            return self._text(obj).encode()
        return f"{{{','.join(map(self._text, obj))}}}".encode()

    def quote(self, obj: Any) -> bytes:
        quoted = bytes(super().quote(obj))
        if self.cast:
            return quoted + b"::" + self.cast.encode()
        info = self._tx.adapters.types.get(self.oid) if self.oid else None
        return quoted + b"::" + info.regtype.encode() if info else quoted

    def _text(self, found: Range[Any]) -> str:
        return _literal.write(found.lower, found.upper, found.bounds, self._element)

    def _element(self, element: Any) -> str:
        if isinstance(element, str | Infinity):
            return str(element)
        dumped = self._tx.get_dumper(element, PyFormat.TEXT).dump(element)
        return bytes(dumped or b"").decode()


@cache
def _with_infinity(loader: type[Any]) -> type[Loader]:
    """Return *loader* of points in time, which raises where PostgreSQL has infinity."""

    class WithInfinity(Loader):
        def __init__(self, oid: int, context: Any = None) -> None:
            super().__init__(oid, context)
            self._load = loader(oid, context).load

        def load(self, data: Any) -> Any:
            if len(data) < _SHORTEST_DAY:
                return _INFINITIES[bytes(data).decode()]
            return self._load(data)

    if not hasattr(loader, "timezone"):
        return WithInfinity

    class WithInfinityInZone(WithInfinity):
        """Django's loader, which gives the driver's points in time their zone, in one step."""

        timezone = loader.timezone  # which Django asks for

        def __init__(self, oid: int, context: Any = None) -> None:
            super().__init__(oid, context)
            made = loader(oid, context)
            # Django 5.2's is the driver's loader itself, and gives the zone too.
            self._load = getattr(made, "orig_loader", made).load

        def load(self, data: Any) -> Any:
            if len(data) < _SHORTEST_DAY:
                return _INFINITIES[bytes(data).decode()]
            return self._load(data).replace(tzinfo=self.timezone)

    return WithInfinityInZone


@cache
def _with_the_day_after(loader: type[Any]) -> type[Loader]:
    """Return *loader* of dates, which raises where a range has ended that has Python's last."""

    class WithInfinityAndTheDayAfter(Loader):
        def __init__(self, oid: int, context: Any = None) -> None:
            super().__init__(oid, context)
            self._load = loader(oid, context).load

        def load(self, data: Any) -> Any:
            if len(data) == _SHORTEST_DAY:
                return self._load(data)
            beyond = _BEYOND.get(bytes(data))
            return self._load(data) if beyond is None else beyond

    return WithInfinityAndTheDayAfter


class InfinityDumper(Dumper):
    """Writes infinity, or the end of a day or of days, of whatever type it is compared with."""

    def dump(self, obj: Any) -> bytes:
        return str(obj).encode()


class _Loader(RecursiveLoader):
    """Reads what PostgreSQL writes for ranges of one type."""

    format = Format.TEXT
    range_type: RangeType
    subtype_oid: int

    def __init__(self, oid: int, context: Any = None) -> None:
        super().__init__(oid, context)
        loader = self._tx.get_loader(self.subtype_oid, Format.TEXT)
        self._element = loader.load
        # As Django has them, points in time have no zone unless USE_TZ is on.
        is_naive = self.range_type is TSTZRANGE and getattr(loader, "timezone", self) is None
        self._bound_to = TSRANGE if is_naive else self.range_type
        # Elements of these types are loaded as what they are, ranges in canonical form.
        self._is_known = self.range_type in BUILT_IN
        read = self.range_type.read if isinstance(self.range_type, CustomRangeType) else None
        if read is not None:
            self._element = partial(_read_text, read)
            self._is_known = self.range_type.following is None

    def made(self, parts: Iterable[Sequence[bytes]]) -> list[Range[Any]]:
        """Return ranges, made of their parts; what is unbounded has b"" for an element."""
        if self.range_type is DATERANGE:
            parts = map(_in_python, parts)
        element, bound_to = self._element, self._bound_to
        make = known if self._is_known else _checked
        return [
            make(
                element(lower) if lower else None,
                element(upper) if upper else None,
                _BOUNDS[opening + closing],
                bound_to,
            )
            for opening, lower, upper, closing in parts
        ]

    def read(self, found: _literal.Literal) -> Range[Any]:
        """Return a range whose elements need their quotes taken off."""
        lower, upper, bounds = found
        if not bounds:
            return Range(empty=True, range_type=self._bound_to)
        first, last = (
            None if each is None else self._element(each.encode()) for each in (lower, upper)
        )
        return Range(first, last, bounds, range_type=self._bound_to)


def _in_python(parts: Sequence[bytes]) -> Sequence[bytes]:
    """Return *parts* of a range of days without a day that Python does not have."""
    opening, lower, upper, closing = parts
    if lower == _TOO_LATE:
        lower, opening = _LAST_DAY, b"("
    if upper == _TOO_LATE:
        upper, closing = _LAST_DAY, b"]"
    return opening, lower, upper, closing


def _checked(lower: Any, upper: Any, bounds: str, range_type: RangeType) -> Range[Any]:
    return Range(lower, upper, bounds, range_type=range_type)


def _read_text(read: Callable[[str], Any], data: Any) -> Any:
    return read(bytes(data).decode())


class RangeLoader(_Loader):
    def load(self, data: Any) -> Range[Any]:
        found = _PLAIN.fullmatch(data)
        if found:
            return self.made([found.groups(b"")])[0]
        return self.read(_literal.read(bytes(data).decode()))


class MultiRangeLoader(_Loader):
    def load(self, data: Any) -> MultiRange[Any]:
        if self._is_known and _PLAIN_MANY.fullmatch(data):
            return several(self.made(_PLAIN.findall(data)), self._bound_to)
        ranges = [self.read(each) for each in _literal.read_many(bytes(data).decode())]
        return MultiRange(ranges, range_type=self._bound_to)


def loaders(range_type: RangeType, oids: tuple[int, int, int]) -> Iterable[tuple[int, type]]:
    """Return what to load with: the oid of the range, of its multirange, each with a loader.

    Args:
        range_type: The type.
        oids: Of the range, of its multirange and of its elements.
    """
    own = {"range_type": range_type, "subtype_oid": oids[2]}
    yield oids[0], type("Loader", (RangeLoader,), own)
    yield oids[1], type("Loader", (MultiRangeLoader,), own)


def _built_in() -> Iterable[tuple[int, type]]:
    for each in BUILT_IN:
        one, many = (
            adapters.types.get(each.name),
            adapters.types.get(each.multirange),
        )
        if isinstance(one, RangeInfo) and isinstance(many, MultirangeInfo):
            yield from loaders(each, (one.oid, many.oid, one.subtype_oid))


_LOADERS = tuple(_built_in())


def register(context: AdaptContext) -> None:
    """Have one of psycopg's own connections read and write ranges and multiranges. No query.

    Django's connections do so by themselves. A pool has each of its connections do so with
    ``ConnectionPool(configure=register)``. From then on dates and points in time may be
    ``INFINITY``. Ranges of types of the project's own are written as such and read as text.

    Args:
        context: A connection, sync or async, or a cursor, which then does so alone.

    Raises:
        RangeTypeError: It is none.
    """
    found = getattr(context, "adapters", None)
    if not isinstance(found, AdaptersMap):
        raise RangeTypeError(
            f"What is to know ranges must be a connection of psycopg's, got {context!r}.",
            hint="Django's connections know them by themselves.",
        )
    for cls in (Range, MultiRange):
        found.register_dumper(cls, RangeDumper)
    for element in (Infinity, EndOfDay, AfterLastDay):
        found.register_dumper(element, InfinityDumper)
    for oid, loader in _LOADERS:
        found.register_loader(oid, loader)
    for name in ("date", "timestamp", "timestamptz"):
        known = found.get_loader(found.types[name].oid, Format.TEXT)
        if known is not None and not known.__name__.startswith("WithInfinity"):
            told = _with_the_day_after if name == "date" else _with_infinity
            found.register_loader(name, told(known))


def _connected(connection: Any, **_signal: object) -> None:
    if connection.vendor == "postgresql":
        register(connection.connection)
        # What inspectdb writes.
        connection.introspection.data_types_reverse.update(_FIELDS)


_FIELDS = {
    adapters.types[name].oid: f"matinee.ranges.fields.{field}Field"
    for each, kind in (
        (INT4RANGE, "Integer"),
        (INT8RANGE, "BigInteger"),
        (NUMRANGE, "Decimal"),
        (DATERANGE, "Date"),
        (TSTZRANGE, "DateTime"),
    )
    for name, field in ((each.name, f"{kind}Range"), (each.multirange, f"{kind}MultiRange"))
}

# Also those that a pool lends out, and replicas'; and those that are there already.
connection_created.connect(_connected, dispatch_uid="matinee.ranges")
if settings.configured:
    for _known in connections.all(initialized_only=True):
        if _known.connection is not None:
            _connected(_known)
