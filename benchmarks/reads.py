"""reads: one list of films, read and rendered by each way there is.

The shape is fixed: a film has two date-times, a decimal, a nullable foreign key, a studio, two
directors, three genres and five reviews with their author's name; the time zone is not UTC.
Every contender starts from nothing but the queryset's filter and ends at the JSON's bytes.
"""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Prefetch, QuerySet
from django.test.utils import CaptureQueriesContext
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from benchmarks._harness import Contender, Context, Report, Timings
from benchmarks.models import Film, Franchise, Genre, Person, Review, Studio
from matinee.reads.drf import plan_for

FILMS = 1_000
START = dt.datetime(2026, 1, 1, 20, 30, 15, 250_000, tzinfo=dt.UTC)


class StudioSerializer(serializers.ModelSerializer[Studio]):
    class Meta:
        model = Studio
        fields = ("id", "name", "city")


class PersonSerializer(serializers.ModelSerializer[Person]):
    class Meta:
        model = Person
        fields = ("id", "name")


class GenreSerializer(serializers.ModelSerializer[Genre]):
    class Meta:
        model = Genre
        fields = ("id", "name")


class ReviewSerializer(serializers.ModelSerializer[Review]):
    author = serializers.CharField(source="author.name", read_only=True)

    class Meta:
        model = Review
        fields = ("id", "author", "stars", "text")


class FilmSerializer(serializers.ModelSerializer[Film]):
    studio = StudioSerializer()
    directors = PersonSerializer(many=True)
    genres = GenreSerializer(many=True)
    reviews = ReviewSerializer(many=True)

    class Meta:
        model = Film
        fields = (
            "id",
            "title",
            "premiere",
            "added",
            "price",
            "minutes",
            "colour",
            "synopsis",
            "franchise",
            "studio",
            "directors",
            "genres",
            "reviews",
        )


def naive(films: QuerySet[Film]) -> QuerySet[Film]:
    """Plain DRF, nothing prefetched."""
    return films


def hand_tuned(films: QuerySet[Film]) -> QuerySet[Film]:
    """What a careful developer writes, columns included."""
    return (
        films.select_related("studio")
        .prefetch_related(
            Prefetch("directors", Person.objects.only("id", "name")),
            "genres",
            Prefetch(
                "reviews",
                Review.objects.select_related("author").only(
                    "id", "film_id", "stars", "text", "author__name"
                ),
            ),
        )
        .only(
            *("id", "title", "premiere", "added", "price", "minutes", "colour", "synopsis"),
            *("franchise_id", "studio__id", "studio__name", "studio__city"),
        )
    )


def hand_written(films: QuerySet[Film]) -> QuerySet[Film]:
    """What most developers write: relations, but every column."""
    reviews = Prefetch("reviews", Review.objects.select_related("author"))
    return films.select_related("studio").prefetch_related("directors", "genres", reviews)


def matinee(films: QuerySet[Film]) -> QuerySet[Film]:
    """The plan, made and applied anew for each list, as a view does it."""
    return plan_for(FilmSerializer(many=True)).apply(films)


READERS = {
    "naive DRF": naive,
    "DRF, prefetched by hand": hand_written,
    "DRF, prefetched and narrowed by hand": hand_tuned,
    "DRF on Matinee": matinee,
}


def run(context: Context) -> Report:
    """Measure lists of 20, 100 and 1,000 films; of 100 alone where quick."""
    populate()
    tables = {
        rows: _measure(context, rows) for rows in ((100,) if context.quick else (20, 100, 1_000))
    }
    at_100 = tables[100]
    ours = "DRF on Matinee"
    return Report(
        list(tables.values()),
        [
            at_100.speedup(
                "reads.list100.instances_vs_naive_drf", of=ours, over="naive DRF", at_least=5
            ),
            at_100.speedup(
                "reads.list100.instances_vs_hand_tuned_drf",
                of=ours,
                over="DRF, prefetched and narrowed by hand",
                at_least=0.9,
            ),
        ],
        [_queries(), f"JSON of 100 films: {len(_answer(matinee, 100)) / 1000:.0f} kB"],
    )


def _measure(context: Context, rows: int) -> Timings:
    contenders = [
        Contender(name, lambda reader=reader: Answer(_answer(reader, rows)))
        for name, reader in READERS.items()
        # A second and more of thousands of queries would tell nothing that 100 rows do not.
        if reader is not naive or rows <= 100
    ]
    return context.measure(*contenders, title=f"{rows} films")


def _answer(reader: Callable[[QuerySet[Film]], QuerySet[Film]], rows: int) -> bytes:
    films = reader(Film.objects.order_by("pk"))[:rows]
    return JSONRenderer().render(FilmSerializer(films, many=True).data)


class Answer:
    """JSON that equals another where only the order of unordered relations differs."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Answer) and self._rows() == other._rows()

    __hash__ = None  # type: ignore[assignment]

    def _rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(self.body)
        for row in rows:
            for name in ("directors", "genres", "reviews"):
                row[name].sort(key=lambda each: each["id"])
        return rows


def _queries() -> str:
    counts = {}
    for name, reader in READERS.items():
        with CaptureQueriesContext(connection) as queries:
            _answer(reader, 100)
        counts[name] = len(queries)
    return "Queries for 100 films: " + ", ".join(
        f"{name} {count}" for name, count in counts.items()
    )


def populate() -> None:
    """Make the films, the same ones every time."""
    people = Person.objects.bulk_create(
        Person(name=f"Person number {i}", born=dt.date(1900 + i % 90, 1 + i % 12, 1))
        for i in range(400)
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
        for i in range(FILMS)
    )
    _link(Film.directors.through, "person_id", films, people, each=2)
    _link(Film.genres.through, "genre_id", films, genres, each=3)
    Review.objects.bulk_create(
        Review(
            film=film,
            author=people[(film.pk * 7 + n) % len(people)],
            stars=1 + n,
            text="It had a beginning, a middle and an end, though not all of it in that order. ",
            draft="What I meant to say. " * 20,
        )
        for film in films
        for n in range(5)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _link(through: Any, name: str, films: list[Film], others: list[Any], *, each: int) -> None:
    rows = (
        through(film_id=film.pk, **{name: others[(film.pk * each + n) % len(others)].pk})
        for film in films
        for n in range(each)
    )
    while batch := list(islice(rows, 5_000)):
        through.objects.bulk_create(batch)
