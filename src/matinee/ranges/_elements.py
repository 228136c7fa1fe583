"""The elements of custom range types: their order is PostgreSQL's, never that of their text."""

import datetime as dt
import ipaddress
import uuid
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

from matinee.exceptions import RangeTypeError
from matinee.ranges._types import FINITE, Key, key_of

__all__ = [
    "END_OF_DAY",
    "FLOAT",
    "INET",
    "TEXT",
    "TIME",
    "UUID",
    "Elements",
    "EndOfDay",
    "refusing",
]


class EndOfDay:
    """24:00, the end of a day: an element of ``timerange`` that no ``time`` of Python's is.

    ``END_OF_DAY`` is the only one. It comes after every ``time``.
    """

    __slots__ = ()

    def isoformat(self) -> str:
        return "24:00:00"

    def __str__(self) -> str:
        return "24:00:00"

    def __repr__(self) -> str:
        return "END_OF_DAY"

    def __reduce__(self) -> str:
        return "END_OF_DAY"


END_OF_DAY: Final = EndOfDay()


class Elements(NamedTuple):
    """What is known of the elements of a type.

    Attributes:
        coerce: Returns what stands for an element; raises ValueError or TypeError if nothing does.
        key: Returns what elements are compared by.
        zero: The width of nothing; None where there are no widths.
        read: Returns the element that PostgreSQL writes so, as coerce would; None where psycopg
            knows it.
    """

    coerce: Callable[[Any], Any]
    key: Callable[[Any], Key] = key_of
    zero: Any = None
    read: Callable[[str], Any] | None = None


# https://www.postgresql.org/docs/current/datatype-net-types.html

_ADDRESSES = (
    ipaddress.IPv4Address,
    ipaddress.IPv6Address,
    ipaddress.IPv4Network,
    ipaddress.IPv6Network,
)
_LONGEST = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128")


@lru_cache(maxsize=4096)
def _address(text: str) -> tuple[str, Key]:
    """Return an address as it is written, and what it is compared by."""
    if "%" in text:
        raise ValueError("PostgreSQL has no scopes of addresses.")
    found = ipaddress.ip_interface(text)
    prefix = found.network.prefixlen
    whole = prefix == found.max_prefixlen
    # IPv4 first; then by the network, a wide one before the narrow ones in it; then by the host.
    key = found.version, int(found.network.network_address), prefix, int(found.ip)
    return str(found.ip) if whole else found.with_prefixlen, (FINITE, key)


def _inet(element: Any) -> str:
    text = str(element) if isinstance(element, _ADDRESSES) else element
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise TypeError
    return _address(text)[0]


def _read_inet(text: str) -> str:
    # As PostgreSQL writes it, which is as Python does, IPv4 within IPv6 apart.
    return _inet(text) if ":" in text and "." in text else text


INET = Elements(_inet, lambda element: _address(element)[1], read=_read_inet)


def _time(element: Any) -> Any:
    if element is END_OF_DAY or (isinstance(element, dt.time) and element.tzinfo is None):
        return element
    raise TypeError


def _since_midnight(element: Any) -> Key:
    if element is END_OF_DAY:
        return FINITE, dt.timedelta(days=1)
    return FINITE, dt.timedelta(
        hours=element.hour,
        minutes=element.minute,
        seconds=element.second,
        microseconds=element.microsecond,
    )


def _read_time(text: str) -> Any:
    return END_OF_DAY if text == str(END_OF_DAY) else dt.time.fromisoformat(text)


TIME = Elements(_time, _since_midnight, dt.timedelta(0), _read_time)


def _float(element: Any) -> float:
    if isinstance(element, bool) or not isinstance(element, float | int | Decimal):
        raise TypeError
    return float(element)


FLOAT = Elements(_float, zero=0.0, read=float)


def _uuid(element: Any) -> uuid.UUID:
    if not isinstance(element, uuid.UUID):
        raise TypeError
    return element


UUID = Elements(_uuid, lambda element: (FINITE, element.int), read=uuid.UUID)


def _text(element: Any) -> str:
    if not isinstance(element, str) or "\0" in element:
        raise TypeError
    element.encode()  # which half of a surrogate pair cannot be
    return element


# Python orders text by code points, as the collation C orders that of a database in UTF-8.
TEXT = Elements(_text, lambda element: (FINITE, element), read=_text)


def refusing(coerce: Callable[[Any], Any], name: str) -> Callable[[Any], Any]:
    """Return *coerce*, raising errors that name the type."""

    def checked(element: Any) -> Any:
        try:
            return coerce(element)
        except (ValueError, TypeError, ArithmeticError) as error:
            raise RangeTypeError(
                f"Elements of {name} must be of its subtype, got {_short(element)}.",
                hint=str(error),
                code=getattr(error, "code", "ranges.element"),
            ) from error

    return checked


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
