"""Halls, and what they show when."""

from datetime import UTC, datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from cinema.api.fields import IdField
from cinema.api.serializers.resource import Resource
from cinema.films.models import Film
from cinema.programme.models import Hall, Screening


def on_the_clock(moment: datetime) -> None:
    """Refuse the hour that is skipped when the clocks go forward; DRF shifts it in silence."""
    if moment.astimezone(UTC) != moment:
        raise serializers.ValidationError(_("The clocks go forward: there is no such time."))


SCREENING_TIMES = [
    on_the_clock,
    MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC)),
    MaxValueValidator(datetime(2100, 1, 1, tzinfo=UTC)),
]


class HallSerializer(Resource):
    """A hall of the house."""

    url = serializers.HyperlinkedIdentityField(view_name="api:hall-detail")

    class Meta:
        model = Hall
        fields = ["url", "id", "name", "seats"]
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
                "starts_at": "2026-12-24T20:15:00+01:00",
                "ends_at": "2026-12-24T22:05:00+01:00",
                "price": "11.50",
                "original_version": True,
            },
        )
    ]
)
class ScreeningSerializer(Resource):
    """A film in a hall, from its start until its end, at a price in euro."""

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
            "starts_at",
            "ends_at",
            "price",
            "original_version",
            "generated",
        ]
        extra_kwargs = {
            "starts_at": {"validators": SCREENING_TIMES},
            "ends_at": {"validators": SCREENING_TIMES},
            "price": {"min_value": 0},
        }

    def validate(self, attrs: dict) -> dict:
        if self._after(attrs, "starts_at") >= self._after(attrs, "ends_at"):
            raise serializers.ValidationError(
                {"ends_at": _("A screening must end after it starts.")}
            )
        return attrs

    def save(self, **kwargs) -> Screening:
        with transaction.atomic():
            self._refuse_double_booking()
            return super().save(**kwargs)

    def _refuse_double_booking(self) -> None:
        """Wait for whoever books the same hall, then look: two at once cannot both find it free."""
        attrs = self.validated_data
        hall = Hall.objects.select_for_update(no_key=True).get(pk=self._after(attrs, "hall").pk)
        others = hall.screenings.filter(
            starts_at__lt=self._after(attrs, "ends_at"), ends_at__gt=self._after(attrs, "starts_at")
        )
        if self.instance is not None:
            others = others.exclude(pk=self.instance.pk)
        if (other := others.first()) is not None:
            message = _("%(hall)s is taken by another screening: %(other)s.")
            raise serializers.ValidationError(
                {"starts_at": message % {"hall": hall, "other": other}}
            )

    def _after(self, attrs: dict, name: str):
        """Return the value *name* will have once *attrs* are saved."""
        return attrs[name] if name in attrs else getattr(self.instance, name)
