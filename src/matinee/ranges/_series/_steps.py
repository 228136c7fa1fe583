"""Steps from one day or point in time to another: months, days, and time by the clock."""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from matinee.exceptions import RangesError, RangeTypeError

__all__ = ["Step"]

_DAY = 86_400_000_000
# Further than from Python's first year to its last no step leads anywhere.
_FURTHEST = {"months": 120_000, "days": 3_660_000, "microseconds": 3_660_000 * _DAY}
# How many of what a unit is.
_UNITS = {
    "microsecond": ("microseconds", 1),
    "us": ("microseconds", 1),
    "millisecond": ("microseconds", 1_000),
    "ms": ("microseconds", 1_000),
    "second": ("microseconds", 1_000_000),
    "sec": ("microseconds", 1_000_000),
    "minute": ("microseconds", 60_000_000),
    "min": ("microseconds", 60_000_000),
    "hour": ("microseconds", 3_600_000_000),
    "hr": ("microseconds", 3_600_000_000),
    "day": ("days", 1),
    "week": ("days", 7),
    "month": ("months", 1),
    "mon": ("months", 1),
    "year": ("months", 12),
    "yr": ("months", 12),
    "decade": ("months", 120),
    "century": ("months", 1_200),
    "centurie": ("months", 1_200),
    "millennium": ("months", 12_000),
    "millennia": ("months", 12_000),
}
_PART = re.compile(r"\s*([+-]?\d{1,18}(?:\.\d{1,6})?)\s*([a-z]+)", re.IGNORECASE)
_CLOCK = re.compile(r"\s*([+-]?)(\d{1,9}):(\d\d)(?::(\d\d(?:\.\d{1,6})?))?\s*$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Step:
    """An interval of PostgreSQL's that goes one way: ``str()`` is its text.

    Months and days are the calendar's, whatever their length; hours are of sixty minutes each.
    """

    months: int = 0
    days: int = 0
    microseconds: int = 0

    @classmethod
    def of(cls, value: Any) -> "Step":
        """Return what a ``timedelta`` or PostgreSQL's text, like ``"1 month"``, says.

        24 hours of a ``timedelta`` are a day of the calendar, as the two cannot be told apart.

        Raises:
            RangesError: It says no interval, none that goes one way, or nothing.
        """
        if isinstance(value, dt.timedelta):
            whole, sign = abs(value), -1 if value < dt.timedelta(0) else 1
            clock = whole.seconds * 1_000_000 + whole.microseconds
            step = cls(0, sign * whole.days, sign * clock)
        elif isinstance(value, str):
            step = cls._read(value)
        else:
            raise RangeTypeError(
                f"A step must be a timedelta or an interval's text, got {value!r}.",
                code="ranges.step",
            )
        if not step.way:
            raise RangesError(f"A step must go one way, got {_short(value)}.", code="ranges.step")
        if any(abs(getattr(step, part)) > most for part, most in _FURTHEST.items()):
            raise RangesError(
                f"A step must be of 10000 years at most, got {_short(value)}.", code="ranges.step"
            )
        return step

    @classmethod
    def _read(cls, text: str) -> "Step":
        found = dict.fromkeys(("months", "days", "microseconds"), Decimal(0))
        place = 0
        while part := _PART.match(text, place):
            number, unit = Decimal(part[1]), part[2].lower()
            name, size = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"), ("", 0))
            found[name] = found.get(name, Decimal(0)) + number * size
            place = part.end()
        if clock := _CLOCK.match(text, place):
            place = clock.end()
            seconds = int(clock[2]) * 3_600 + int(clock[3]) * 60 + Decimal(clock[4] or 0)
            found["microseconds"] += (-1 if clock[1] == "-" else 1) * seconds * 1_000_000
        found["microseconds"] += found["days"] % 1 * _DAY
        found["days"] -= found["days"] % 1
        if not text[:place] or text[place:].strip() or "" in found or found["months"] % 1:
            raise RangesError(
                f"A step must be like '1 month' or '2 hours 30 minutes', got {_short(text)}.",
                code="ranges.step",
            )
        return cls(*map(int, found.values()))

    @property
    def way(self) -> int:
        """1 or -1: whether it leads on or back; 0 if it does neither, or both."""
        signs = {(each > 0) - (each < 0) for each in (self.months, self.days, self.microseconds)}
        return sum(signs)

    def times(self, many: int, wall: dt.datetime) -> dt.datetime:
        """Return *wall*, which has no zone, so many times its months and days on.

        Raises:
            OverflowError: Python has no such year.
        """
        years, month = divmod(wall.month - 1 + self.months * many, 12)
        year = wall.year + years
        if not dt.MINYEAR <= year <= dt.MAXYEAR:
            raise OverflowError(year)
        first = wall.replace(year=year, month=month + 1, day=1)
        after = first.replace(month=month % 11 + 2, day=1) if month < 11 else None
        last = (after - dt.timedelta(days=1)).day if after else 31
        return first.replace(day=min(wall.day, last)) + dt.timedelta(days=self.days * many)

    def clock(self, many: int) -> dt.timedelta:
        """Return so many times what of it is by the clock."""
        return dt.timedelta(microseconds=self.microseconds * many)

    def __str__(self) -> str:
        return f"{self.months} months {self.days} days {self.microseconds} microseconds"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
