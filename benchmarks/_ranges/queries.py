"""What is asked of a year of bookings: of ranges, and of start and stop."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from random import Random
from typing import Any, NamedTuple

from django.contrib.postgres.fields import DateTimeRangeField as DjangosRangeField
from django.db.models import Func, QuerySet
from psycopg.types.range import Range as PsycopgRange

from benchmarks._harness import Contender, Context, Timings
from benchmarks._ranges.data import DAYS, LONGEST, moment, opening
from benchmarks._ranges.models import (
    Booking,
    DjangosBooking,
    DjangosByLower,
    Slot,
    SlotByRange,
)
from matinee.ranges import TSTZRANGE, MultiRange, Range
from matinee.ranges.functions import Gaps

__all__ = [
    "B_TREES",
    "B_TREE_ON_LOWER",
    "GIST_ON_START_STOP",
    "KNOWN_LONGEST",
    "MATINEE",
    "NO_INDEX",
    "PYTHON",
    "contains",
    "endpoints",
    "free_slots",
    "last_endpoints",
    "overlap",
    "overlap_in_a_hall",
]

MATINEE = "Matinee"
B_TREES = "start/stop, B-trees"
KNOWN_LONGEST = "start/stop, B-trees, told how long bookings are at most"
GIST_ON_START_STOP = "start/stop, GiST on their range"
NO_INDEX = "Django's field, no index on the bound"
B_TREE_ON_LOWER = "Django's field, B-tree on lower(during)"
PYTHON = "fetched, computed in Python"

HOUR = dt.timedelta(hours=1)
WIDE_ENOUGH = dt.timedelta(hours=2)

# The range of start and stop, as its index has it.
_RANGE = Func("start", "stop", function="tstzrange", output_field=DjangosRangeField())


class Window(NamedTuple):
    """What is looked at.

    Attributes:
        hall: None for all of them.
    """

    start: dt.datetime
    stop: dt.datetime
    hall: int | None = None

    @property
    def range(self) -> Range[dt.datetime]:
        return Range(self.start, self.stop, range_type=TSTZRANGE)

    def of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows if self.hall is None else rows.filter(hall=self.hall)


# What finds the rows of a window.
type Ask = Callable[[Window], QuerySet[Any]]


def overlap(context: Context) -> Timings:
    """Measure which bookings there are in an hour, in all halls."""
    return _measure(context, _OVERLAP, _hours(6), "Bookings in an hour, all halls", close=True)


def overlap_in_a_hall(context: Context) -> Timings:
    """Measure which bookings there are in an hour of one hall."""
    halls = list(range(1, Booking.objects.latest("hall").hall))
    found = [each._replace(hall=hall) for each, hall in zip(_hours(24), halls, strict=False)]
    return _measure(context, _OVERLAP, found, "Bookings in an hour, one hall", close=True)


def contains(context: Context) -> Timings:
    """Measure which bookings there are at a moment."""
    return _measure(context, _CONTAINS, _hours(6), "Bookings at a moment, all halls")


def endpoints(context: Context) -> Timings:
    """Measure which bookings begin on a day, which asks two things of one bound."""
    days = [Window(moment(day, 0), moment(day, 0) + dt.timedelta(days=1)) for day in _days(3)]
    return _measure(context, _ENDPOINTS, days, "Bookings that begin on a day")


def last_endpoints(context: Context) -> Timings:
    """Measure which bookings begin on one of the year's last days, or later."""
    days = [Window(moment(day, 0), moment(day, 23)) for day in DAYS[-3:]]
    return _measure(context, _LAST, days, "Bookings from one of the last days on")


def free_slots(context: Context) -> Timings:
    """Measure the free slots of two hours or more in a week, hall by hall."""
    first = DAYS.index(_days(1)[0]) % (len(DAYS) - 7)
    week = [opening(day) for day in DAYS[first : first + 7]]
    contenders = [
        Contender(MATINEE, partial(_free_by_sql, week)),
        Contender(PYTHON, partial(_free_by_python, week)),
    ]
    return context.measure(
        *contenders, title="Free slots of two hours or more in a week, all halls", close=True
    )


_OVERLAP: dict[str, Ask] = {
    MATINEE: lambda window: Booking.objects.filter(during__overlap=window.range),
    B_TREES: lambda window: Slot.objects.filter(start__lt=window.stop, stop__gt=window.start),
    KNOWN_LONGEST: lambda window: Slot.objects.filter(
        start__gt=window.start - LONGEST, start__lt=window.stop, stop__gt=window.start
    ),
    GIST_ON_START_STOP: lambda window: SlotByRange.objects.alias(during=_RANGE).filter(
        during__overlap=PsycopgRange(window.start, window.stop)
    ),
}
_CONTAINS: dict[str, Ask] = {
    MATINEE: lambda window: Booking.objects.filter(during__contains=window.start),
    B_TREES: lambda window: Slot.objects.filter(start__lte=window.start, stop__gt=window.start),
    KNOWN_LONGEST: lambda window: Slot.objects.filter(
        start__gt=window.start - LONGEST, start__lte=window.start, stop__gt=window.start
    ),
    GIST_ON_START_STOP: lambda window: SlotByRange.objects.alias(during=_RANGE).filter(
        during__contains=window.start
    ),
}
_LAST: dict[str, Ask] = {
    MATINEE: lambda window: Booking.objects.filter(during__lower__gte=window.start),
    NO_INDEX: lambda window: DjangosBooking.objects.filter(during__startswith__gte=window.start),
    B_TREE_ON_LOWER: lambda window: DjangosByLower.objects.filter(
        during__startswith__gte=window.start
    ),
}
_ENDPOINTS: dict[str, Ask] = {
    MATINEE: lambda window: Booking.objects.filter(
        during__lower__gte=window.start, during__lower__lt=window.stop
    ),
    NO_INDEX: lambda window: DjangosBooking.objects.filter(
        during__startswith__gte=window.start, during__startswith__lt=window.stop
    ),
    B_TREE_ON_LOWER: lambda window: DjangosByLower.objects.filter(
        during__startswith__gte=window.start, during__startswith__lt=window.stop
    ),
}


def _measure(
    context: Context,
    asks: dict[str, Ask],
    windows: Sequence[Window],
    title: str,
    *,
    close: bool = False,
) -> Timings:
    def found(ask: Ask) -> list[list[int]]:
        rows = (window.of(ask(window)).values_list("pk", flat=True) for window in windows)
        return [sorted(each) for each in rows]

    contenders = [Contender(name, partial(found, ask)) for name, ask in asks.items()]
    return context.measure(*contenders, title=title, close=close)


def _days(number: int) -> list[dt.date]:
    return Random(number).sample(DAYS, number)


def _hours(number: int) -> list[Window]:
    """Return hours spread over the year."""
    random = Random(number)
    starts = [moment(day, random.randrange(9, 20), 20) for day in random.sample(DAYS, number)]
    return [Window(start, start + HOUR) for start in starts]


# Of each hall, the beginnings and ends of its free slots.
type Free = dict[int, list[tuple[dt.datetime, dt.datetime]]]


def _free_by_sql(week: Sequence[tuple[dt.datetime, dt.datetime]]) -> Free:
    opened = MultiRange((Range(*day) for day in week), range_type=TSTZRANGE)
    free = Gaps("during", within=opened, min_width=WIDE_ENOUGH)
    rows = Booking.objects.filter(during__overlap=opened.span).values("hall").annotate(free=free)
    return {
        hall: [(each.lower, each.upper) for each in found]
        for hall, found in rows.values_list("hall", "free")
    }


def _free_by_python(week: Sequence[tuple[dt.datetime, dt.datetime]]) -> Free:
    (first, _), (_, last) = week[0], week[-1]
    rows = Slot.objects.filter(start__gt=first - LONGEST, start__lt=last, stop__gt=first)
    taken = rows.order_by("hall", "start").values_list("hall", "start", "stop")
    return {
        hall: list(_free(list(found), week))
        for hall, found in groupby(taken, key=lambda row: row[0])
    }


def _free(
    taken: Sequence[Any], week: Sequence[tuple[dt.datetime, dt.datetime]]
) -> Iterable[tuple[dt.datetime, dt.datetime]]:
    """Yield the free slots of one hall, whose bookings are in order."""
    at = 0
    for opens, closes in week:
        free = opens
        while at < len(taken) and taken[at][1] < closes:
            _, start, stop = taken[at]
            if start - free >= WIDE_ENOUGH:
                yield free, start
            free = max(free, stop)
            at += 1
        if closes - free >= WIDE_ENOUGH:
            yield free, closes
