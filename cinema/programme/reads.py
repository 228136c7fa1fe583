"""What the pages about the programme read."""

from datetime import datetime
from decimal import Decimal

from django.db.models import F
from rest_framework import serializers

from cinema.films.models import Film, Genre
from cinema.programme.models import Hall, Screening
from matinee.reads.struct import Shape, computed, source


class HallPlate(serializers.ModelSerializer):
    class Meta:
        model = Hall
        fields = ["id", "name", "seats"]


class GenreName(serializers.ModelSerializer):
    class Meta:
        model = Genre
        fields = ["id", "name"]


class StubFilm(serializers.ModelSerializer):
    class Meta:
        model = Film
        fields = ["id", "title", "released"]


class Stub(serializers.ModelSerializer):
    """A screening as its ticket names it."""

    film = StubFilm()
    hall = HallPlate()

    class Meta:
        model = Screening
        fields = ["id", "during", "price", "original_version", "film", "hall"]


class ScreenedFilm(serializers.ModelSerializer):
    genre = GenreName()
    byline = serializers.CharField()

    class Meta:
        model = Film
        fields = ["id", "title", "released", "minutes", "certificate", "genre", "byline"]


class ProgrammeEntry(serializers.ModelSerializer):
    """A screening in the programme of a day."""

    film = ScreenedFilm()
    hall = HallPlate()

    class Meta:
        model = Screening
        fields = ["id", "during", "price", "original_version", "film", "hall"]


class Listing(Shape, model=Screening):
    """A screening as newspapers and the screens in the foyer list it."""

    title: str = source("film__title")
    hall: str = source("hall__name")
    seats: int = source("hall__seats")
    starts_at: datetime = computed(F("during__lower"))
    ends_at: datetime = computed(F("during__upper"))
    price: Decimal
    original_version: bool
