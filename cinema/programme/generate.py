"""Invented halls and screenings, marked as such, kept two weeks ahead of today."""

import datetime as dt

from django.db.models import Max
from django.utils import timezone

from cinema.films.models import Film
from matinee.ranges import TSTZRANGE, MultiRange
from matinee.ranges.functions import RangeAgg

from .models import Hall, Screening
from .timetable import Bill, Slot, plan_day, with_cleaning

__all__ = ["generate", "is_complete"]

SEED = "matinee"
DAYS_BEFORE, DAYS_AFTER = 7, 14
# Named for people who made cinema what it is.
HALLS = {"Lumière": 220, "Méliès": 140, "Guy-Blaché": 96, "Reiniger": 64, "Attic": 32}
REPAIRED, REPAIR_IN, REPAIR = "Attic", dt.timedelta(days=1), dt.timedelta(hours=8)
NEVER = MultiRange(range_type=TSTZRANGE)
_GOOD = {"imdb_rating__gte": 7.2, "imdb_votes__gte": 1000}


def is_complete(*, today: dt.date) -> bool:
    """Say whether the programme reaches as far as `generate` would take it. One statement."""
    return not _missing_days(today)


def generate(*, today: dt.date, seed: str = SEED) -> int:
    """Bring the programme to two weeks after *today*; from a week before it on the first run.

    Days that have a generated screening, or lie before one, are left as they are, and nothing is
    put where staff booked the hall.

    Returns:
        How many screenings were made. At most six statements.
    """
    days = _missing_days(today)
    bills = _bills() if days else []
    if not bills:
        return 0
    halls = _halls(today)
    zone = timezone.get_default_timezone()
    slots = [
        slot
        for day in days
        for slot in plan_day(day, halls=list(halls), bills=bills, zone=zone, seed=seed)
    ]
    free = _free(slots, closed=halls)
    return len(Screening.objects.bulk_create(_screening(slot) for slot in free))


def _missing_days(today: dt.date) -> list[dt.date]:
    last = Screening.objects.filter(generated=True).aggregate(last=Max("during__lower"))["last"]
    first = today - dt.timedelta(days=DAYS_BEFORE)
    if last:
        first = max(
            first, timezone.localdate(last, timezone.get_default_timezone()) + dt.timedelta(1)
        )
    count = (today - first).days + DAYS_AFTER + 1
    return [first + dt.timedelta(days) for days in range(count)]


def _bills() -> list[Bill]:
    films = Film.objects.filter(**_GOOD).order_by("source_row", "pk")
    return [Bill(*film) for film in films.values_list("pk", "minutes")]


def _halls(today: dt.date) -> dict[int, MultiRange]:
    """Return when each hall is closed. Of new ones one is repaired soon, for a few hours."""
    opens = dt.datetime.combine(today, dt.time(9), timezone.get_default_timezone())
    repair = opens + REPAIR_IN, opens + REPAIR_IN + REPAIR
    Hall.objects.bulk_create(
        (
            Hall(name=name, seats=seats, closed=[repair] if name == REPAIRED else [])
            for name, seats in HALLS.items()
        ),
        ignore_conflicts=True,
    )
    found = Hall.objects.filter(name__in=HALLS).values_list("name", "pk", "closed")
    halls = {name: (pk, closed) for name, pk, closed in found}
    return dict(halls[name] for name in HALLS)


def _free(slots: list[Slot], *, closed: dict[int, MultiRange]) -> list[Slot]:
    """Leave out what would disturb a screening that is there."""
    first = min(slot.during for slot in slots).lower - dt.timedelta(days=1)
    booked = Screening.objects.filter(during__upper__gte=first).order_by().values("hall")
    taken = dict(booked.annotate(taken=RangeAgg("during")).values_list("hall", "taken"))
    return [
        slot
        for slot in slots
        if not with_cleaning(slot.during).overlaps(taken.get(slot.hall, NEVER))
        and not slot.during.overlaps(closed[slot.hall])
    ]


def _screening(slot: Slot) -> Screening:
    return Screening(
        film_id=slot.film,
        hall_id=slot.hall,
        during=slot.during,
        price=slot.price,
        original_version=slot.original_version,
        generated=True,
    )
