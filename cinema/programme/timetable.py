"""A day's programme as plain data: what runs in which hall, when and for how much. No database."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from matinee.ranges import TSTZRANGE, Range

__all__ = ["Bill", "Slot", "plan_day", "slot_length", "with_cleaning"]

TRAILERS = dt.timedelta(minutes=10)
CLEANING = dt.timedelta(minutes=20)
QUARTER = dt.timedelta(minutes=15)
MINUTES_IF_UNKNOWN = 110
BILLS_A_WEEK = 18
SATURDAY, SUNDAY, FRIDAY = 5, 6, 4


@dataclass(frozen=True, slots=True)
class Bill:
    """A film that may be shown; *film* is any key."""

    film: int
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """One screening: *during* instants in UTC, trailers included; the price in euro."""

    film: int
    hall: int
    during: Range[dt.datetime]
    price: Decimal
    original_version: bool


@dataclass(frozen=True, slots=True)
class _Hours:
    """The first showing and the latest start, in UTC."""

    first: dt.datetime
    last: dt.datetime
    zone: ZoneInfo


def plan_day(
    day: dt.date, *, halls: Sequence[int], bills: Sequence[Bill], zone: ZoneInfo, seed: str
) -> list[Slot]:
    """Fill each hall from the first showing of *day* to the last, with time to clean between.

    A week (Monday to Sunday) has a repertoire of its own, drawn from *bills*. The same arguments
    give the same slots, whatever other days hold. On a day that changes to or from summer time the
    doors open by the clock on the wall and films keep their length.
    """
    week = _repertoire(day, bills=bills, seed=seed)
    slots: list[Slot] = []
    for number, hall in enumerate(halls):
        random = Random(f"{seed}/programme/{day.isoformat()}/{number}")  # noqa: S311
        hours = _hours(day, zone=zone, random=random)
        waiting = random.sample(week, len(week))
        _fill_hall(slots, hall=hall, hours=hours, waiting=waiting, random=random)
    return slots


def slot_length(minutes: int | None) -> dt.timedelta:
    """Return how long a film of so many *minutes* takes the hall, trailers included."""
    return TRAILERS + dt.timedelta(minutes=minutes or MINUTES_IF_UNKNOWN)


def with_cleaning(during: Range[dt.datetime]) -> Range[dt.datetime]:
    """Return when the hall is not free for others: it is cleaned before and after."""
    return _range(during.lower - CLEANING, during.upper + CLEANING)


def _range(lower: dt.datetime, upper: dt.datetime) -> Range[dt.datetime]:
    return Range(lower, upper, range_type=TSTZRANGE)


def _repertoire(day: dt.date, *, bills: Sequence[Bill], seed: str) -> list[Bill]:
    year, week, _ = day.isocalendar()
    random = Random(f"{seed}/repertoire/{year}-{week}")  # noqa: S311
    return random.sample(list(bills), min(len(bills), BILLS_A_WEEK))


def _fill_hall(
    slots: list[Slot], *, hall: int, hours: _Hours, waiting: list[Bill], random: Random
) -> None:
    """Add the hall's screenings to *slots*: no film twice in it, none that runs elsewhere then."""
    starts_at = hours.first
    while starts_at <= hours.last:
        free = (bill for bill in waiting if not _runs_elsewhere(bill, slots, starts_at=starts_at))
        bill = next(free, None)
        if bill is None:
            break
        waiting.remove(bill)
        slots.append(_slot(bill, hall=hall, starts_at=starts_at, zone=hours.zone, random=random))
        pause = random.choice((0, 1, 2)) * QUARTER
        starts_at = _next_quarter(slots[-1].during.upper + CLEANING + pause)


def _runs_elsewhere(bill: Bill, slots: list[Slot], *, starts_at: dt.datetime) -> bool:
    during = _during(bill, starts_at=starts_at)
    return any(slot.film == bill.film and slot.during.overlaps(during) for slot in slots)


def _slot(bill: Bill, *, hall: int, starts_at: dt.datetime, zone: ZoneInfo, random: Random) -> Slot:
    return Slot(
        film=bill.film,
        hall=hall,
        during=_during(bill, starts_at=starts_at),
        price=_price(bill, starts_at=starts_at.astimezone(zone)),
        original_version=random.random() < 0.6,
    )


def _during(bill: Bill, *, starts_at: dt.datetime) -> Range[dt.datetime]:
    return _range(starts_at, starts_at + slot_length(bill.minutes))


def _hours(day: dt.date, *, zone: ZoneInfo, random: Random) -> _Hours:
    weekend = day.weekday() in {SATURDAY, SUNDAY}
    first = dt.time(random.choice((11, 12, 13) if weekend else (14, 15, 16)))
    late = day.weekday() in {FRIDAY, SATURDAY}
    last = dt.time(23) if late else dt.time(21, 45)
    opening = dt.datetime.combine(day, first, zone) + random.randrange(4) * QUARTER
    closing = dt.datetime.combine(day, last, zone)
    return _Hours(opening.astimezone(dt.UTC), closing.astimezone(dt.UTC), zone)


def _next_quarter(instant: dt.datetime) -> dt.datetime:
    late = (instant - dt.datetime.min.replace(tzinfo=dt.UTC)) % QUARTER
    return instant + (QUARTER - late if late else dt.timedelta())


def _price(bill: Bill, *, starts_at: dt.datetime) -> Decimal:
    """Return less before five by the clock on the wall, more at weekends and for length."""
    price = Decimal("7.50") if starts_at.hour < 17 else Decimal("9.50")
    if starts_at.weekday() in {FRIDAY, SATURDAY, SUNDAY}:
        price += 1
    return price + (Decimal("1.50") if (bill.minutes or 0) >= 150 else 0)
