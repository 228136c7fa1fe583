"""Invented bookings, marked as such, of invented screenings."""

import datetime as dt
from collections.abc import Iterator
from random import Random

from django.db.models import QuerySet
from django.utils import timezone

from cinema.programme.generate import DAYS_BEFORE
from cinema.programme.models import Screening

from .models import Booking

__all__ = ["generate"]

SEED = "matinee"
GROUPS = (1, 1, 2, 2, 2, 2, 3, 4, 4, 6)
MOST_GROUPS = 40


def generate(*, today: dt.date, seed: str = SEED) -> int:
    """Book seats of the generated screenings that nobody has booked, from a week before *today*.

    Returns:
        How many bookings were made. Two statements, or a few more for a long programme.
    """
    bookings = [
        Booking(screening_id=key, seats=seats, generated=True)
        for key, hall, seats_there, start in _unbooked(today)
        for seats in _groups(
            seats_there,
            random=Random(f"{seed}/bookings/{hall}/{start.isoformat()}"),  # noqa: S311
        )
    ]
    return len(Booking.objects.bulk_create(bookings, batch_size=2000)) if bookings else 0


def _unbooked(today: dt.date) -> QuerySet:
    midnight = dt.datetime.combine(today, dt.time.min, timezone.get_default_timezone())
    first = midnight - dt.timedelta(DAYS_BEFORE)
    recent = Screening.objects.filter(generated=True, during__lower__gte=first)
    unbooked = recent.filter(bookings__isnull=True).order_by("pk")
    return unbooked.values_list("pk", "hall__name", "hall__seats", "during__lower")


def _groups(seats: int, *, random: Random) -> Iterator[tuple[int, int]]:
    """Yield the seats of each group: from the first row on, with seats left free in between."""
    least_free = random.choice((0, 1, 1, 2, 3))
    seat = 1 + random.randrange(4)
    for _ in range(random.randrange(3, MOST_GROUPS)):
        size = random.choice(GROUPS)
        if seat + size > seats + 1:
            return
        yield seat, seat + size
        seat += size + least_free + random.randrange(3)
