"""How full the house is, day by day; days without a screening are days too."""

import datetime as dt

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from cinema.bookings.models import Booking
from matinee.ranges import series

from .models import Screening

__all__ = ["occupancy"]


def occupancy(first: dt.date, last: dt.date, *, zone: dt.tzinfo) -> QuerySet:
    """Return a row for each day: its ``term``, ``shown`` screenings, ``seats`` and ``percent``.

    A term is the range from midnight to midnight by the clock in *zone*. One query.
    """
    midnights = (dt.datetime.combine(day, dt.time.min, zone) for day in (first, last))
    days = series(*midnights, "1 day", span=True, zone=zone)
    shown = Screening.objects.filter(during__lower__contained_by=OuterRef("term"))
    booked = Booking.objects.filter(screening__during__lower__contained_by=OuterRef("term"))
    return days.annotate(
        shown=_of_all(shown, Count("pk")),
        seats=_of_all(shown, Sum("hall__seats")),
        booked=_of_all(booked, Sum("seats__width")),
    ).annotate(percent=Coalesce(Value(100) * F("booked") / NullIf("seats", Value(0)), Value(0)))


def _of_all(rows: QuerySet, aggregate: object) -> Coalesce:
    alone = rows.order_by().values(all=Value(1)).annotate(found=aggregate).values("found")
    return Coalesce(Subquery(alone), Value(0))
