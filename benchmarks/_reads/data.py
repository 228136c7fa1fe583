"""The films: the same ones every time."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Mod

from benchmarks.models import Film, Franchise, Genre, Person, Review, Studio

__all__ = ["few_studios", "many_reviews", "populate"]

START = dt.datetime(2026, 1, 1, 20, 30, 15, 250_000, tzinfo=dt.UTC)
PEOPLE = 4_000
TEXT = "It had a beginning, a middle and an end, though not all of it in that order. "


def populate(number: int = 1_000) -> None:
    """Make so many films and what hangs on them."""
    # Far more than one answer names: a table that is nearly as small as the answer is scanned
    # whole for each film, which happens to none of real size.
    people = Person.objects.bulk_create(
        Person(name=f"Person number {i}", born=dt.date(1900 + i % 90, 1 + i % 12, 1))
        for i in range(PEOPLE)
    )
    studios = Studio.objects.bulk_create(
        Studio(name=f"Studio {i}", city=f"City {i}", history="Founded. " * 60) for i in range(40)
    )
    genres = Genre.objects.bulk_create(Genre(name=f"Genre {i}") for i in range(12))
    franchises = Franchise.objects.bulk_create(Franchise(name=f"Series {i}") for i in range(20))
    films = Film.objects.bulk_create(
        Film(
            title=f"The film that bears number {i}",
            premiere=START + dt.timedelta(days=i, microseconds=7 * i),
            added=START + dt.timedelta(hours=i),
            price=Decimal(700 + i % 900) / 100,
            minutes=70 + i % 100,
            colour=i % 3 > 0,
            synopsis="Somebody wants something badly, and somebody else is in the way. " * 2,
            notes="Not for the public. " * 25,
            franchise=franchises[i % 20] if i % 3 == 0 else None,
            studio=studios[i % 40],
        )
        for i in range(number)
    )
    _link(Film.directors.through, "person_id", films, people, each=2)
    _link(Film.genres.through, "genre_id", films, genres, each=3)
    Review.objects.bulk_create(
        _review(film, n, people[(film.pk * 7 + n) % len(people)])
        for film in films
        for n in range(5)
    )
    _analyze()


@contextmanager
def few_studios() -> Iterator[None]:
    """Let all films share five studios inside this block, each with a history of 2 kB."""
    with transaction.atomic():
        Studio.objects.update(history="Founded, sold, and founded again. " * 60)
        Film.objects.update(studio_id=Mod(F("pk"), Value(5)) + Studio.objects.earliest("pk").pk)
        _analyze()
        yield
        transaction.set_rollback(True)


@contextmanager
def many_reviews(reviews: int = 5_000) -> Iterator[None]:
    """Give the first film so many more reviews inside this block."""
    with transaction.atomic():
        film, author = Film.objects.earliest("pk"), Person.objects.earliest("pk")
        Review.objects.bulk_create(_review(film, n % 5, author) for n in range(reviews))
        _analyze()
        yield
        transaction.set_rollback(True)


def _review(film: Film, n: int, author: Person) -> Review:
    return Review(
        film=film, author=author, stars=1 + n, text=TEXT, draft="What I meant to say. " * 20
    )


def _link(through: Any, name: str, films: list[Film], others: list[Any], *, each: int) -> None:
    rows = (
        through(film_id=film.pk, **{name: others[(film.pk * each + n) % len(others)].pk})
        for film in films
        for n in range(each)
    )
    while batch := list(islice(rows, 5_000)):
        through.objects.bulk_create(batch)


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
