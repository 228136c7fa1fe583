"""Other libraries' ways to the same answer, each as its documentation has it."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from operator import attrgetter
from typing import Annotated, Any

import django_virtual_models as virtual
import orjson
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import localtime
from django_readers import pairs, qs
from django_readers.rest_framework import SpecMixin
from django_virtual_models.generic_views import GenericVirtualModelViewMixin
from ninja import Field, NinjaAPI, Schema
from ninja.renderers import BaseRenderer
from pydantic import PlainSerializer
from serializer_prefetch import PrefetchingSerializerMixin

from benchmarks._reads.drf import Films, hand_tuned
from benchmarks._reads.serializers import (
    FilmSerializer,
    GenreSerializer,
    PersonSerializer,
    ReviewSerializer,
    StudioSerializer,
)
from benchmarks.models import Film, Genre, Person, Review, Studio

__all__ = ["Readers", "SerializerPrefetch", "VirtualModels", "ninja"]


# django-ninja, its queryset tuned by hand, with orjson as its documentation recommends. The two
# serializers write what Django REST framework writes: ninja's own formats are others.

Local = Annotated[dt.datetime, PlainSerializer(lambda moment: localtime(moment).isoformat())]
Price = Annotated[Decimal, PlainSerializer(str)]


class StudioOut(Schema):
    id: int
    name: str
    city: str


class NamedOut(Schema):
    id: int
    name: str


class ReviewOut(Schema):
    id: int
    author: str = Field(alias="author.name")
    stars: int
    text: str


class FilmOut(Schema):
    id: int
    title: str
    premiere: Local
    added: Local
    price: Price
    minutes: int
    colour: bool
    synopsis: str
    franchise: int | None = Field(alias="franchise_id")
    studio: StudioOut
    directors: list[NamedOut]
    genres: list[NamedOut]
    reviews: list[ReviewOut]


class Orjson(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:  # noqa: ARG002
        return orjson.dumps(data)


api = NinjaAPI(renderer=Orjson(), docs_url=None, openapi_url=None)


@api.get("films/", response=list[FilmOut])
def films(request: HttpRequest, rows: int) -> QuerySet[Film]:  # noqa: ARG001
    return hand_tuned(Film.objects.order_by("pk")[:rows])


def _view_of(path: str) -> Callable[[HttpRequest], Any]:
    return next(each.callback for each in api.urls[0] if str(each.pattern) == path)


ninja = _view_of("films/")


# django-readers: no serializers; a specification says what is read, and what is made of it.


def _as(make: Callable[[Any], Any], name: str) -> Any:
    return {name: pairs.field(name, transform_value=make)}


AUTHOR = (qs.select_related_fields("author__name"), attrgetter("author.name"))


class Readers(SpecMixin, Films):
    spec = [
        *("id", "title", _as(localtime, "premiere"), _as(localtime, "added"), _as(str, "price")),
        *("minutes", "colour", "synopsis", {"franchise": "franchise_id"}),
        {"studio": ["id", "name", "city"]},
        *({"directors": ["id", "name"]}, {"genres": ["id", "name"]}),
        {"reviews": ["id", {"author": AUTHOR}, "stars", "text"]},
    ]


# django-virtual-models: prefetches are declared beside the models, and used where needed.


class VirtualStudio(virtual.VirtualModel):
    class Meta:
        model = Studio
        deferred_fields = ["history"]


class VirtualPerson(virtual.VirtualModel):
    class Meta:
        model = Person
        deferred_fields = ["born"]


class VirtualGenre(virtual.VirtualModel):
    class Meta:
        model = Genre


class VirtualReview(virtual.VirtualModel):
    author = virtual.NestedJoin(Person)

    class Meta:
        model = Review
        deferred_fields = ["draft"]


class VirtualFilm(virtual.VirtualModel):
    franchise = virtual.NoOp()
    studio = VirtualStudio()
    directors = VirtualPerson()
    genres = VirtualGenre()
    reviews = VirtualReview()

    class Meta:
        model = Film
        deferred_fields = ["notes"]


class VirtualFilmSerializer(virtual.VirtualModelSerializerMixin, FilmSerializer):
    class Meta(FilmSerializer.Meta):
        virtual_model = VirtualFilm


class VirtualModels(GenericVirtualModelViewMixin, Films):
    serializer_class = VirtualFilmSerializer


# drf-serializer-prefetch: the outermost serializer prefetches what those within it are of.


class PrefetchingStudio(PrefetchingSerializerMixin, StudioSerializer): ...


class PrefetchingPerson(PrefetchingSerializerMixin, PersonSerializer): ...


class PrefetchingGenre(PrefetchingSerializerMixin, GenreSerializer): ...


class PrefetchingReview(PrefetchingSerializerMixin, ReviewSerializer):
    select_related = ["author"]


class PrefetchingFilm(PrefetchingSerializerMixin, FilmSerializer):
    studio = PrefetchingStudio()
    directors = PrefetchingPerson(many=True)
    genres = PrefetchingGenre(many=True)
    reviews = PrefetchingReview(many=True)


class SerializerPrefetch(Films):
    serializer_class = PrefetchingFilm
