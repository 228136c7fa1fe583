"""A small world: all ranges there are of three elements, and what PostgreSQL says of each two."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations_with_replacement, product
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from psycopg.types.multirange import Multirange

from benchmarks._ranges.driver import connect

__all__ = ["ASKED", "KINDS", "MADE", "Kind", "Parts", "Written", "canonical", "truth", "written"]

# In the order of truth.sql.
ASKED = ("=", "@>", "<@", "&&", "-|-", "<<", ">>", "&<", "&>")
MADE = ("+", "*", "-")

_TRUTH = (Path(__file__).parent / "truth.sql").read_text()
_VIENNA = ZoneInfo("Europe/Vienna")
_DAYS = [dt.date(2026, 1, day) for day in (1, 2, 3)]
_TWICE = dt.datetime(2026, 10, 25, 2, 30, tzinfo=_VIENNA)


class Kind(NamedTuple):
    """Elements of one type.

    Attributes:
        step: From one element to the next, where they are discrete.
    """

    name: str
    type: str
    elements: Sequence[Any]
    step: Any = None


class Written(NamedTuple):
    """A range as somebody writes it; *bounds* are "" of the empty one."""

    lower: Any
    upper: Any
    bounds: str

    @property
    def text(self) -> str:
        """What PostgreSQL reads."""
        if not self.bounds:
            return "empty"
        ends = ("" if each is None else f'"{each}"' for each in (self.lower, self.upper))
        return f"{self.bounds[0]}{','.join(ends)}{self.bounds[1]}"


# What an operation makes: in order, without what is empty.
type Parts = list[Written]

KINDS = (
    Kind("integers", "int4range", [1, 2, 3], 1),
    Kind("numbers", "numrange", [Decimal(each) for each in ("0.5", "1", "2")]),
    Kind("dates", "daterange", _DAYS, dt.timedelta(days=1)),
    Kind(
        *("points in time, UTC", "tstzrange"),
        [dt.datetime.combine(day, dt.time(), dt.UTC) for day in _DAYS],
    ),
    # The hour from two to three comes twice.
    Kind(
        *("points in time, the night the clocks go back", "tstzrange"),
        [_TWICE, _TWICE.replace(fold=1, minute=15), _TWICE.replace(hour=4)],
    ),
)


def written(kind: Kind) -> list[Written]:
    """Return every range of the elements: each pair in order, either side open, all bounds."""
    pairs = [
        *combinations_with_replacement(kind.elements, 2),
        *product([None], kind.elements),
        *product(kind.elements, [None]),
        (None, None),
    ]
    all_bounds = ("[)", "[]", "()", "(]")
    ranges = [Written(*pair, bounds) for pair, bounds in product(pairs, all_bounds)]
    return [*ranges, Written(None, None, "")]


def truth(kind: Kind) -> list[list[Any]]:
    """Return PostgreSQL's answers about each two: to ``ASKED`` bools, to ``MADE`` parts.

    The driver's own types are read, none of ours.
    """
    statement = _TRUTH.replace("{type}", kind.type)
    with connect() as own:
        rows = own.execute(statement, [[each.text for each in written(kind)]])
        return [[_told(each, kind) for each in row] for row in rows]


def canonical(parts: Sequence[Written], kind: Kind) -> Parts:
    """Return *parts* so that equal ones are written alike: without empty ones, of one form."""
    found = (_form(each, kind) for each in parts if each.bounds)
    return [each for each in found if not _is_empty(each)]


def _told(answer: Any, kind: Kind) -> Any:
    if isinstance(answer, Multirange):
        parts = [Written(each.lower, each.upper, each.bounds) for each in answer]
        return canonical(parts, kind)
    return answer


def _form(part: Written, kind: Kind) -> Written:
    lower, upper = map(_instant, part[:2])
    opening = part.bounds[0] if lower is not None else "("
    closing = part.bounds[1] if upper is not None else ")"
    if kind.step is not None and lower is not None and opening == "(":
        lower, opening = lower + kind.step, "["
    if kind.step is not None and upper is not None and closing == "]":
        upper, closing = upper + kind.step, ")"
    return Written(lower, upper, opening + closing)


def _instant(element: Any) -> Any:
    return element.astimezone(dt.UTC) if isinstance(element, dt.datetime) else element


def _is_empty(part: Written) -> bool:
    lower, upper, bounds = part
    if lower is None or upper is None:
        return False
    return bool(lower > upper or (lower == upper and bounds != "[]"))
