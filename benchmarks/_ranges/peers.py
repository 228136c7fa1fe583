"""Ranges in Python: ours, SQLAlchemy's, and portion's, each asked in its own words."""

import datetime as dt
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import portion
from sqlalchemy.dialects.postgresql import Range as SqlAlchemyRange

from benchmarks._ranges.world import Kind, Written
from matinee.ranges import DATERANGE, INT4RANGE, NUMRANGE, TSTZRANGE, Range

__all__ = ["MATINEE", "PEERS", "PORTION", "SQLALCHEMY", "Peer"]

MATINEE, SQLALCHEMY, PORTION = "Matinee", "SQLAlchemy", "portion"


@dataclass(frozen=True)
class Peer:
    """Somebody's ranges.

    Attributes:
        make: Returns the range that is written.
        asks: By PostgreSQL's operator, what answers it.
        parts: Returns what an operation made as it could be written.
        refuses: What it raises where PostgreSQL says that a result would have two parts.
    """

    name: str
    make: Callable[[Written, Kind], Any]
    asks: Mapping[str, Callable[[Any, Any], Any]]
    parts: Callable[[Any], Iterable[Written]]
    refuses: type[Exception] | tuple[()] = ()


_TYPES = {each.name: each for each in (INT4RANGE, NUMRANGE, DATERANGE, TSTZRANGE)}


def _ours(written: Written, kind: Kind) -> Range[Any]:
    lower, upper, bounds = written
    return Range(lower, upper, bounds or "[)", empty=not bounds, range_type=_TYPES[kind.type])


def _sqlalchemys(written: Written, kind: Kind) -> SqlAlchemyRange[Any]:  # noqa: ARG001
    lower, upper, bounds = written
    # As its own readers have them: unbounded is open.
    opening, closing = ("(" if lower is None else bounds[0]), (")" if upper is None else bounds[1])
    if not bounds:
        return SqlAlchemyRange(empty=True)
    return SqlAlchemyRange(lower, upper, bounds=opening + closing)


def _parts(found: Any) -> list[Written]:
    return [Written(found.lower, found.upper, "" if found.isempty else found.bounds)]


class _Integers(portion.AbstractDiscreteInterval):
    _step = 1


class _Dates(portion.AbstractDiscreteInterval):
    _step = dt.timedelta(days=1)


_APIS = {
    "int4range": portion.create_api(_Integers),
    "daterange": portion.create_api(_Dates),
}
_BOUNDS = {"[)": "closedopen", "[]": "closed", "()": "open", "(]": "openclosed"}


def _portions(written: Written, kind: Kind) -> Any:
    api = _APIS.get(kind.type, portion)
    lower, upper, bounds = written
    if not bounds:
        return api.empty()
    make = getattr(api, _BOUNDS[bounds])
    return make(-portion.inf if lower is None else lower, portion.inf if upper is None else upper)


def _portions_parts(found: Any) -> list[Written]:
    if found.empty:
        return []
    return [_portions_part(each) for each in found]


def _portions_part(found: Any) -> Written:
    opening = "[" if found.left is portion.CLOSED else "("
    closing = "]" if found.right is portion.CLOSED else ")"
    lower = None if found.lower == -portion.inf else found.lower
    upper = None if found.upper == portion.inf else found.upper
    return Written(lower, upper, opening + closing)


PEERS = (
    Peer(
        MATINEE,
        _ours,
        {
            "=": operator.eq,
            "@>": Range.contains,
            "<@": Range.contained_by,
            "&&": Range.overlaps,
            "-|-": Range.adjacent_to,
            "<<": Range.strictly_left_of,
            ">>": Range.strictly_right_of,
            "&<": Range.not_extending_right_of,
            "&>": Range.not_extending_left_of,
            "+": Range.union,
            "*": Range.intersection,
            "-": Range.difference,
        },
        _parts,
        ValueError,
    ),
    Peer(
        SQLALCHEMY,
        _sqlalchemys,
        {
            "=": operator.eq,
            "@>": SqlAlchemyRange.contains,
            "<@": SqlAlchemyRange.contained_by,
            "&&": SqlAlchemyRange.overlaps,
            "-|-": SqlAlchemyRange.adjacent_to,
            "<<": SqlAlchemyRange.strictly_left_of,
            ">>": SqlAlchemyRange.strictly_right_of,
            "&<": SqlAlchemyRange.not_extend_right_of,
            "&>": SqlAlchemyRange.not_extend_left_of,
            "+": SqlAlchemyRange.union,
            "*": SqlAlchemyRange.intersection,
            "-": SqlAlchemyRange.difference,
        },
        _parts,
        ValueError,
    ),
    Peer(
        PORTION,
        _portions,
        {
            "=": operator.eq,
            "@>": operator.contains,
            "<@": lambda one, other: one in other,
            "&&": portion.Interval.overlaps,
            "-|-": portion.Interval.adjacent,
            "<<": operator.lt,
            ">>": operator.gt,
            "&<": operator.le,
            "&>": operator.ge,
            "+": operator.or_,
            "*": operator.and_,
            "-": operator.sub,
        },
        _portions_parts,
    ),
)
