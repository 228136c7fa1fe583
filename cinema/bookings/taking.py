"""Seats are found and taken. Who comes second gets others, or is told that there are none."""

from django.contrib.auth.models import AbstractBaseUser

from cinema.programme.models import Screening
from matinee.conflicts import attempt
from matinee.ranges import MultiRange, Range
from matinee.ranges.functions import Gaps

from .models import Booking

__all__ = ["SoldOutError", "free_seats", "take"]


class SoldOutError(Exception):
    """There are not so many free seats beside each other."""


def free_seats(screening: Screening, *, together: int = 1) -> MultiRange[int]:
    """Return the seats that nobody has, where so many are *together*. One query."""
    hall = Range(1, screening.hall.seats + 1)
    free = Gaps("seats", within=hall, min_width=together)
    return Booking.objects.filter(screening=screening).aggregate(free=free)["free"]


def take(screening: Screening, *, count: int, visitor: AbstractBaseUser | None) -> Booking:
    """Book the first *count* free seats beside each other.

    All who book here wait for their turn at the screening's row, or many would find the same
    seats free, and PostgreSQL some of them waiting for each other. That is politeness: it is the
    constraint that decides.

    Raises:
        SoldOutError: There are none.
        ConflictError: Somebody who did not wait was faster.
    """
    return attempt(_take, screening, count=count, visitor=visitor)


def _take(screening: Screening, *, count: int, visitor: AbstractBaseUser | None) -> Booking:
    Screening.objects.select_for_update(no_key=True).get(pk=screening.pk)
    free = free_seats(screening, together=count)
    if free.is_empty:
        raise SoldOutError
    first = free.span.lower
    return Booking.objects.create(
        screening=screening, seats=(first, first + count), visitor=visitor
    )
