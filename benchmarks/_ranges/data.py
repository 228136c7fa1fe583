"""A year of bookings: halls open from 8 to 22, which nobody books twice at once."""

import datetime as dt
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from benchmarks._ranges.models import Slot

__all__ = ["DAYS", "LONGEST", "Taken", "moment", "opening", "populate"]

DAYS = [dt.date(2026, 1, 1) + dt.timedelta(days=number) for number in range(365)]
# The minutes that bookings take, and those between one and the next.
MINUTES = (30, 45, 60, 60, 60, 90, 90, 120)
BETWEEN = (0, 0, 0, 0, 15, 15, 30, 30, 60, 150)
LONGEST = dt.timedelta(minutes=max(MINUTES))

_ZONE = ZoneInfo("Europe/Vienna")
_INDEXES = (Path(__file__).parent / "data.sql").read_text()


class Taken(NamedTuple):
    hall: int
    start: dt.datetime
    stop: dt.datetime


def moment(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """Return a point in time by the halls' clock."""
    return dt.datetime.combine(day, dt.time(hour, minute), _ZONE)


def opening(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return when halls open on a day, and when they close."""
    return moment(day, 8), moment(day, 22)


def populate(bookings: int) -> None:
    """Write as many bookings, of as many halls as that takes, into every table."""
    random = Random(2026)
    taken = list(islice(_year(random), bookings))
    # Rows come in the order in which people booked: up to two months before.
    taken.sort(key=lambda each: each.start - dt.timedelta(days=60 * random.random()))
    with connection.cursor() as cursor:
        columns = "id, hall, start, stop"
        with cursor.copy(f"COPY {Slot._meta.db_table} ({columns}) FROM STDIN") as copy:
            for number, each in enumerate(taken, start=1):
                copy.write_row((number, *each))
        cursor.execute(_INDEXES)
        cursor.execute("VACUUM ANALYZE")


def _year(random: Random) -> Iterator[Taken]:
    """Yield the bookings of one hall after another, without end."""
    for hall in count(1):
        for day in DAYS:
            yield from _day(random, hall, *opening(day))


def _day(random: Random, hall: int, opens: dt.datetime, closes: dt.datetime) -> Iterator[Taken]:
    start = opens
    while True:
        start += dt.timedelta(minutes=random.choice(BETWEEN))
        stop = start + dt.timedelta(minutes=random.choice(MINUTES))
        if stop > closes:
            return
        yield Taken(hall, start.astimezone(dt.UTC), stop.astimezone(dt.UTC))
        start = stop
