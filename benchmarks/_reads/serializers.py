"""The answer's fixed shape, as serializers, and twice more with a field that Python computes."""

from typing import Any

from rest_framework import serializers

from benchmarks.models import Film, Genre, Person, Review, Studio

__all__ = [
    "BylineFilmSerializer",
    "FilmSerializer",
    "GenreSerializer",
    "HeadlineFilmSerializer",
    "PersonSerializer",
    "ReviewSerializer",
    "SparseFilmSerializer",
    "StudioSerializer",
]


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
        fields: tuple[str, ...] = (
            *("id", "title", "premiere", "added", "price", "minutes", "colour", "synopsis"),
            *("franchise", "studio", "directors", "genres", "reviews"),
        )


class HeadlineFilmSerializer(FilmSerializer):
    """A method at the root: one call a film."""

    headline = serializers.SerializerMethodField()

    class Meta(FilmSerializer.Meta):
        fields = (*FilmSerializer.Meta.fields, "headline")

    def get_headline(self, film: Film) -> str:
        hours, minutes = divmod(film.minutes, 60)
        return f"{film.title} ({hours} h {minutes:02}), by {film.studio.name}"


class BylineReviewSerializer(ReviewSerializer):
    byline = serializers.SerializerMethodField()

    class Meta(ReviewSerializer.Meta):
        fields = (*ReviewSerializer.Meta.fields, "byline")

    def get_byline(self, review: Review) -> str:
        return f"{review.author.name} gives it {review.stars} of 5"


class BylineFilmSerializer(FilmSerializer):
    """A method below: one call a review, five a film."""

    reviews = BylineReviewSerializer(many=True)


class SparseFilmSerializer(FilmSerializer):
    """Fields that depend on the request: ``?omit=notes,synopsis``."""

    def get_fields(self) -> dict[str, Any]:
        omitted = self.context["request"].GET.get("omit", "").split(",")
        return {name: each for name, each in super().get_fields().items() if name not in omitted}
