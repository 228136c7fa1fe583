"""Invented reviewers and reviews, marked as such."""

import datetime as dt
import math
from collections.abc import Iterator
from random import Random

from django.utils import timezone

from cinema.films.models import Direction, Film

from .grammar import Facts, review, stars
from .models import Review, Reviewer

__all__ = ["generate"]

SEED = "matinee"
PEN_NAMES = (
    "Aisle Seat", "Balcony Bee", "Cutting Room Kat", "Dolly Zoom", "Early Bird", "Final Reel",
    "First Row Fritz", "Flicker", "Gaffer Tape", "Golden Hour", "Half Past Eight", "Hitchhiker 39",
    "Iris Out", "Jump Cut Jo", "Kino Kurt", "Late Show Lou", "Limelight Lina", "Long Take",
    "Matinee Mimi", "Midnight Mo", "Night Owl Nika", "No Popcorn", "Odeon Otto", "Pan and Tilt",
    "Projectionist's Cat", "Quiet Please", "Red Curtain", "Rewind Rosa", "Second Feature",
    "Silent Sam", "Slow Fade", "Sofa Refugee", "Splice", "Student Ticket", "Subtitle Sue",
    "Ticket Stub", "Tracking Shot", "Usherette", "Velvet Seat", "Wide Angle",
)  # fmt: skip
_DAYS = 730
_MOST = 28


def generate(*, today: dt.date, seed: str = SEED) -> int:
    """Review the films: most get none to eight reviews, well-known ones more.

    Returns how many were written, all within two years before *today*: 0 where there are some
    already. About 25 statements for 3,201 films.
    """
    if Review.objects.filter(generated=True).exists():
        return 0
    authors = _authors()
    reviews = (
        written
        for film, row, facts in _films()
        for written in _reviews(
            film,
            facts,
            authors=authors,
            today=today,
            random=Random(f"{seed}/reviews/{row}"),  # noqa: S311
        )
    )
    return len(Review.objects.bulk_create(reviews, batch_size=1000, ignore_conflicts=True))


def _authors() -> list[int]:
    Reviewer.objects.bulk_create(
        (Reviewer(name=name, generated=True) for name in PEN_NAMES), ignore_conflicts=True
    )
    # A visitor who took one of the names first keeps it, and is credited with nothing.
    generated = Reviewer.objects.filter(name__in=PEN_NAMES, generated=True)
    keys = dict(generated.values_list("name", "pk"))
    return [keys[name] for name in PEN_NAMES if name in keys]


def _films() -> Iterator[tuple[int, int, Facts]]:
    """Yield key, row and facts of each film of the data. Two statements."""
    directors = dict(
        Direction.objects.filter(generated=False).values_list("film", "director__name")
    )
    films = Film.objects.filter(source_row__isnull=False).order_by("source_row")
    for pk, row, votes, title, year, minutes, genre, based_on, setting, rating in films.values_list(
        "pk", "source_row", "imdb_votes", "title", "released__year", "minutes", "genre__name",
        "based_on", "setting", "imdb_rating",
    ):  # fmt: skip
        facts = Facts(
            title=title,
            year=year,
            minutes=minutes,
            genre=genre or "",
            based_on=based_on,
            setting=setting,
            director=directors.get(pk, ""),
            rating=None if rating is None else float(rating),
            votes=votes or 0,
        )
        yield pk, row, facts


def _reviews(
    film: int, facts: Facts, *, authors: list[int], today: dt.date, random: Random
) -> Iterator[Review]:
    count = min(_how_many(facts.votes, random=random), len(authors))
    for author in random.sample(authors, count):
        given = stars(facts, random=random)
        yield Review(
            film_id=film,
            author_id=author,
            stars=given,
            text=review(facts, given=given, random=random),
            written_at=_written_at(today, random=random),
            generated=True,
        )


def _how_many(votes: int, *, random: Random) -> int:
    """Draw a number that grows with the film's fame: about 3 on average, at most 28."""
    fame = math.log10(votes + 10) ** 2 / 4.6
    return min(_MOST, int(random.expovariate(1 / fame) + 0.5))


def _written_at(today: dt.date, *, random: Random) -> dt.datetime:
    day = today - dt.timedelta(days=random.randint(1, _DAYS))
    # From nine in the morning on: no clock change makes such a time twice or never.
    time = dt.time(random.randint(9, 23), random.randrange(60))
    return dt.datetime.combine(day, time, timezone.get_default_timezone())
