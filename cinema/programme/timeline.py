"""A day of all halls as a drawing and as a table: screenings, closures, and slots for a film."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from matinee.ranges import TSTZRANGE, MultiRange, Range

from .models import Hall, Screening

__all__ = ["Line", "Timeline", "timeline", "window"]

OPENS, CLOSES_AFTER = dt.time(10), dt.timedelta(hours=16)
LEFT, WIDTH, TOP, ROW = 120, 1000, 24, 44
TICK = dt.timedelta(hours=2)
SHOWN, CLOSED, FREE = "shown", "closed", "free"


@dataclass(frozen=True)
class Bar:
    """Something that takes a hall for a time; *left* and *width* are of the drawing."""

    kind: str
    during: Range[dt.datetime]
    title: str
    left: int
    width: int


@dataclass(frozen=True)
class Line:
    hall: Hall
    top: int
    bars: list[Bar]


@dataclass(frozen=True)
class Timeline:
    """Attributes: ticks: pairs of a place and the moment there."""

    lines: list[Line]
    ticks: list[tuple[int, dt.datetime]]

    @property
    def height(self) -> int:
        return TOP + ROW * len(self.lines)

    @property
    def slots(self) -> int:
        """How many free slots there are."""
        return sum(bar.kind == FREE for line in self.lines for bar in line.bars)


def window(day: dt.date, zone: dt.tzinfo) -> Range[dt.datetime]:
    """Return the hours that the house may be open on *day*, as instants."""
    opens = dt.datetime.combine(day, OPENS, zone).astimezone(dt.UTC)
    return Range(opens, opens + CLOSES_AFTER, range_type=TSTZRANGE)


def timeline(
    hours: Range[dt.datetime],
    *,
    halls: Iterable[Hall],
    screenings: Iterable[Screening],
    length: dt.timedelta | None,
) -> Timeline:
    """Draw *halls* over *hours*, with slots of at least *length* where that is said. No query.

    Args:
        hours: From where to where the drawing goes.
        halls: Each with when it is open and empty long enough, a multirange, as ``free``.
        screenings: Of these halls, with their films.
        length: How long a slot has to be.
    """
    of_hall: dict[int, list[Screening]] = {}
    for screening in screenings:
        of_hall.setdefault(screening.hall_id, []).append(screening)
    lines = [
        Line(hall, TOP + ROW * nth, _bars(hall, of_hall.get(hall.pk, []), hours, length))
        for nth, hall in enumerate(halls)
    ]
    return Timeline(lines, _ticks(hours))


def _bars(
    hall: Hall,
    screenings: list[Screening],
    hours: Range[dt.datetime],
    length: dt.timedelta | None,
) -> list[Bar]:
    taken = [(SHOWN, each.during, each.film.title) for each in screenings]
    taken += [(CLOSED, each, "") for each in hall.closed * MultiRange([hours])]
    if length is not None:
        taken += [(FREE, each, "") for each in hall.free]
    placed = [_bar(*each, hours) for each in taken if hours.overlaps(each[1])]
    return sorted(placed, key=lambda bar: bar.during)


def _bar(kind: str, during: Range[dt.datetime], title: str, hours: Range[dt.datetime]) -> Bar:
    seen = during * hours
    left = _place(seen.lower, hours)
    return Bar(kind, during, title, left, _place(seen.upper, hours) - left)


def _place(moment: dt.datetime, hours: Range[dt.datetime]) -> int:
    return LEFT + round((moment - hours.lower) / hours.width * WIDTH)


def _ticks(hours: Range[dt.datetime]) -> list[tuple[int, dt.datetime]]:
    count = hours.width // TICK
    moments = [hours.lower + nth * TICK for nth in range(count)]
    return [(_place(moment, hours), moment) for moment in moments]
