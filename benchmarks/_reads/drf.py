"""Django REST framework's own ways, from nothing prefetched to SQL written by hand."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.views import APIView

from benchmarks._reads.serializers import (
    BylineFilmSerializer,
    FilmSerializer,
    HeadlineFilmSerializer,
)
from benchmarks.models import Film, Person, Review

__all__ = [
    "Films",
    "HandTuned",
    "HandTunedByline",
    "HandTunedHeadline",
    "HandWrittenSql",
    "Naive",
    "Peers",
    "Prefetched",
    "hand_tuned",
]

STATEMENT = Path(__file__).with_name("handwritten.sql").read_text()


class Films(ListAPIView[Film]):
    """The first films; ``?rows=`` says how many."""

    serializer_class: Any = FilmSerializer

    def get_queryset(self) -> QuerySet[Film]:
        return Film.objects.order_by("pk")[: int(self.request.GET["rows"])]


class Naive(Films):
    """Nothing prefetched."""


class Peers(Films):
    """Django 6.1's fetch mode: a to-one relation is loaded for all its peers at once."""

    def get_queryset(self) -> QuerySet[Film]:
        return super().get_queryset().fetch_mode(models.FETCH_PEERS)


class Prefetched(Films):
    """What most developers write: relations, but every column."""

    def get_queryset(self) -> QuerySet[Film]:
        reviews = Prefetch("reviews", Review.objects.select_related("author"))
        films = super().get_queryset().select_related("studio")
        return films.prefetch_related("directors", "genres", reviews)


class HandTuned(Films):
    """What a careful developer writes, columns included."""

    def get_queryset(self) -> QuerySet[Film]:
        return hand_tuned(super().get_queryset())


class HandTunedHeadline(HandTuned):
    serializer_class = HeadlineFilmSerializer


class HandTunedByline(HandTuned):
    serializer_class = BylineFilmSerializer


class HandWrittenSql(APIView):
    """One statement in Django REST framework's own formats, on Django's own connection."""

    def get(self, request: Request) -> HttpResponse:
        with connection.cursor() as cursor:
            rows = int(request.GET["rows"])
            cursor.execute(STATEMENT, {"rows": rows, "zone": settings.TIME_ZONE})
            (body,) = cursor.fetchone()
        return HttpResponse(body, content_type="application/json")


def hand_tuned(films: QuerySet[Film]) -> QuerySet[Film]:
    """Load what the serializers of these benchmarks read, and not a column more."""
    return (
        films.select_related("studio")
        .prefetch_related(
            Prefetch("directors", Person.objects.only("id", "name")),
            "genres",
            Prefetch(
                "reviews",
                Review.objects.select_related("author").only(
                    *("id", "film_id", "stars", "text", "author__name")
                ),
            ),
        )
        .only(
            *("id", "title", "premiere", "added", "price", "minutes", "colour", "synopsis"),
            *("franchise_id", "studio__id", "studio__name", "studio__city"),
        )
    )
