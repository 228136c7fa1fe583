"""What the pages' templates need beyond Django's own."""

from collections.abc import Iterable
from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from cinema.films import posters
from cinema.films.models import Direction, Film
from cinema.programme.models import Screening
from cinema.reviews.models import Review

register = template.Library()


@register.filter
def poster(film: Film) -> SafeString:
    """Draw the film's poster; it escapes what it is given."""
    return mark_safe(posters.poster(film))  # noqa: S308


@register.filter
def average_stars(reviews: Iterable[Review]) -> float | None:
    stars = [review.stars for review in reviews]
    return sum(stars) / len(stars) if stars else None


@register.filter
def coming(screenings: Iterable[Screening], now: datetime) -> list[Screening]:
    """Keep the screenings that have not begun, the next one first."""
    ahead = (screening for screening in screenings if screening.during.lower >= now)
    return sorted(ahead, key=lambda screening: (screening.during, screening.pk))


@register.filter
def newest_first(directions: Iterable[Direction]) -> list[Direction]:
    def order(direction: Direction) -> tuple:
        film = direction.film
        return (film.released or date.min, film.title, film.pk)

    return sorted(directions, key=order, reverse=True)


@register.filter
def stars(number: int) -> str:
    """Return as many of five stars."""
    return "★" * number + "☆" * (5 - number)


@register.filter
def decade(film: Film) -> str:
    return gettext("%ds") % (film.released.year // 10 * 10) if film.released else ""


@register.filter
def day(moment: datetime) -> date:
    """Return the day by the house's own clock."""
    return timezone.localdate(moment)


@register.filter
def day_name(moment: datetime, now: datetime) -> str:
    """Name the day as somebody would who stands at the box office."""
    days_ahead = (day(moment) - day(now)).days
    if days_ahead == 0:
        return gettext("Today")
    if days_ahead == 1:
        return gettext("Tomorrow")
    return date_format(timezone.localtime(moment), gettext("D j M"))


@register.filter
def grouped(number: int) -> str:
    """Return the number with its thousands set apart, as the visitor's language does."""
    return number_format(number, force_grouping=True)


@register.filter
def rounded_stars(average: float) -> str:
    return stars(round(average))


@register.filter
def decade_start(film: Film) -> int | None:
    return film.released.year // 10 * 10 if film.released else None
