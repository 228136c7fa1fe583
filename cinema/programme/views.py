"""What is shown, day by day."""

from datetime import date, datetime, time, timedelta, tzinfo

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from cinema.programme.forms import LengthForm
from cinema.programme.models import Hall, Screening
from cinema.programme.occupancy import occupancy
from cinema.programme.reads import Listing, ProgrammeEntry
from cinema.programme.timeline import Timeline, timeline, window
from matinee.ranges import MultiRange
from matinee.ranges.functions import Gaps
from matinee.reads.drf import plan_for

DAY = timedelta(days=1)
WEEK = 7


@require_safe
def programme(request: HttpRequest, day: date | None = None) -> HttpResponse:
    """Show one day, today unless told: four queries; htmx gets the drawing alone, for three."""
    today = timezone.localdate()
    day = day or today
    zone = timezone.get_current_timezone()
    form = LengthForm(request.GET, label_suffix="")
    monday = day - day.weekday() * DAY
    facts = {
        "day": day,
        "today": today,
        "now": timezone.now(),
        "form": form,
        "last_week": day - WEEK * DAY,
        "next_week": day + WEEK * DAY,
        "yesterday": day - DAY,
        "tomorrow": day + DAY,
        "screenings": (screenings := plan_for(ProgrammeEntry()).apply(_of(day))),
        "timeline": _timeline(day, zone, screenings, form.length),
    }
    if request.htmx and not request.htmx.history_restore_request:
        response = render(request, "programme/timeline.html", facts)
    else:
        week = list(occupancy(monday, monday + (WEEK - 1) * DAY, zone=zone))
        response = render(request, "programme/day.html", facts | {"week": week})
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


def _timeline(
    day: date, zone: tzinfo, screenings: QuerySet[Screening], length: timedelta | None
) -> Timeline:
    hours = window(day, zone)
    inside = Q(screenings__during__overlap=hours)
    is_open = MultiRange([hours]) - F("closed")
    free = Gaps("screenings__during", within=is_open, min_width=length, filter=inside)
    halls = Hall.objects.annotate(free=free).order_by("name")
    return timeline(hours, halls=halls, screenings=screenings, length=length)


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
