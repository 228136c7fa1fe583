"""What goes wrong when two people want the same: shown to staff on purpose."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from cinema.backstage.breaking import fault
from cinema.films.models import Film
from matinee.conflicts import attempt
from matinee.exceptions import ConflictError
from matinee.ranges import TSTZRANGE, Range

from .models import Hall, Screening

AHEAD, LENGTH = dt.timedelta(days=30), dt.timedelta(hours=2)
PATIENCE_S = 10


@fault(
    "race",
    gettext_lazy("Book the same slot twice at once"),
    explanation=gettext_lazy(
        "Two threads, each with a connection of its own, book two films into the same hall at the "
        "same time, without looking first. The constraint lets one of them through; the other is "
        "told so. The winner is taken out again."
    ),
)
def race() -> str:
    hall, films = Hall.objects.order_by("pk").first(), list(Film.objects.order_by("pk")[:2])
    if hall is None or len(films) < 2:
        return _("There is nothing to book. Load the films first.")
    during = _free(hall)
    rivals = [Screening(film=film, hall=hall, during=during, price=0) for film in films]
    book = partial(_book, gate=Barrier(len(rivals)), language=get_language())
    with ThreadPoolExecutor(len(rivals)) as pool:
        refusals = list(pool.map(book, rivals))
    taken = Screening.objects.filter(hall=hall, during__overlap=during)
    count = taken.delete()[0]
    return " ".join([_summary(hall, during.lower, count), *map(_told, rivals, refusals)])


def _free(hall: Hall) -> Range[dt.datetime]:
    """Return a time at which nobody has booked *hall* yet, or closed it."""
    last = hall.screenings.aggregate(last=Max("during__upper"))["last"]
    start = max(filter(None, [last, hall.closed.span.upper, timezone.now() + AHEAD]))
    return Range(start, start + LENGTH, range_type=TSTZRANGE)


def _book(screening: Screening, *, gate: Barrier, language: str) -> ConflictError | None:
    """Save *screening* when all others are there, too; return what the database refused."""
    try:
        connection.ensure_connection()
        gate.wait(PATIENCE_S)
        with override(language):
            attempt(screening.save)
    except ConflictError as refusal:
        return refusal
    finally:
        connection.close()
    return None


def _summary(hall: Hall, start: dt.datetime, count: int) -> str:
    return _("%(hall)s, %(start)s: %(count)d of 2 got it.") % {
        "hall": hall,
        "start": date_format(timezone.localtime(start), "DATETIME_FORMAT"),
        "count": count,
    }


def _told(screening: Screening, refusal: ConflictError | None) -> str:
    facts = {"film": screening.film.title}
    if refusal is None:
        return _("“%(film)s” won.") % facts
    told = _("“%(film)s” lost, and was told: %(message)s (%(code)s)")
    return told % {**facts, "message": refusal.message, "code": refusal.code}
