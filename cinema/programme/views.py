"""What is shown, day by day."""

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cinema.programme.models import Screening
from cinema.programme.reads import Listing, ProgrammeEntry
from matinee.reads.drf import plan_for

DAY = timedelta(days=1)
WEEK = 7


@require_safe
def programme(request: HttpRequest, day: date | None = None) -> HttpResponse:
    """Show one day, today unless told: two queries."""
    today = timezone.localdate()
    day = day or today
    monday = day - day.weekday() * DAY
    facts = {
        "day": day,
        "today": today,
        "now": timezone.now(),
        "week": [monday + number * DAY for number in range(WEEK)],
        "last_week": day - WEEK * DAY,
        "next_week": day + WEEK * DAY,
        "yesterday": day - DAY,
        "tomorrow": day + DAY,
        "screenings": plan_for(ProgrammeEntry()).apply(_of(day)),
    }
    return render(request, "programme/day.html", facts)


@require_safe
def listings(request: HttpRequest, day: date) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """List one day for programs to read: one query."""
    return HttpResponse(Listing.json(_of(day)), content_type="application/json")


def _of(day: date) -> QuerySet[Screening]:
    """Return what begins on *day* by the clock on the house's wall, hall by hall."""
    zone = timezone.get_current_timezone()
    first, last = (datetime.combine(at, time.min, zone) for at in (day, day + DAY))
    screenings = Screening.objects.filter(during__lower__gte=first, during__lower__lt=last)
    return screenings.order_by("hall__name", "during", "pk")
