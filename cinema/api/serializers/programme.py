"""Halls, and what they show when."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from cinema.api.fields import IdField
from cinema.api.serializers.resource import Cleaned
from cinema.films.models import Film
from cinema.programme.models import Hall, Screening


class HallSerializer(Cleaned):
    """A hall of the house."""

    url = serializers.HyperlinkedIdentityField(view_name="api:hall-detail")

    class Meta:
        model = Hall
        fields = ["url", "id", "name", "seats", "closed"]
        extra_kwargs = {"seats": {"min_value": 1}}


class ScreenedFilm(serializers.ModelSerializer):
    """A film as the programme shows it."""

    byline = serializers.CharField(read_only=True, help_text=_("Who directed it."))
    genre = serializers.CharField(source="genre.name", read_only=True, allow_null=True)

    class Meta:
        model = Film
        fields = ["title", "byline", "minutes", "genre"]
        read_only_fields = fields


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A screening",
            request_only=True,
            value={
                "film_id": 12,
                "hall_id": 1,
                "during": {
                    "lower": "2026-12-24T20:15:00+01:00",
                    "upper": "2026-12-24T22:05:00+01:00",
                    "bounds": "[)",
                },
                "price": "11.50",
                "original_version": True,
            },
        )
    ]
)
class ScreeningSerializer(Cleaned):
    """A film in a hall, during the time from its start until its end, at a price in euro."""

    url = serializers.HyperlinkedIdentityField(view_name="api:screening-detail")
    film = ScreenedFilm(read_only=True)
    film_id = IdField(source="film", queryset=Film.objects.all())
    film_url = serializers.HyperlinkedRelatedField(
        source="film", view_name="api:film-detail", read_only=True
    )
    hall_id = IdField(source="hall", queryset=Hall.objects.all())
    hall_name = serializers.CharField(source="hall.name", read_only=True)
    seats = serializers.IntegerField(source="hall.seats", read_only=True)

    class Meta:
        model = Screening
        fields = [
            "url",
            "id",
            "film",
            "film_id",
            "film_url",
            "hall_id",
            "hall_name",
            "seats",
            "during",
            "price",
            "original_version",
            "generated",
        ]
        extra_kwargs = {"price": {"min_value": 0}}
