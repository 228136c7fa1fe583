"""Seats that visitors have booked."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from cinema.api.fields import IdField
from cinema.api.serializers.resource import Cleaned
from cinema.bookings.models import Booking
from cinema.programme.models import Screening


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A booking",
            request_only=True,
            value={"screening_id": 12, "seats": {"lower": 7, "upper": 9, "bounds": "[)"}},
        )
    ]
)
class BookingSerializer(Cleaned):
    """Adjacent seats of a screening, by their numbers."""

    url = serializers.HyperlinkedIdentityField(view_name="api:booking-detail")
    screening_id = IdField(source="screening", queryset=Screening.objects.all())
    screening_url = serializers.HyperlinkedRelatedField(
        source="screening", view_name="api:screening-detail", read_only=True
    )

    class Meta:
        model = Booking
        fields = ["url", "id", "screening_id", "screening_url", "seats", "booked_at"]
        read_only_fields = ["booked_at"]

    def validate_screening_id(self, screening: Screening) -> Screening:
        if screening.during.lower <= timezone.now():
            raise serializers.ValidationError(_("This screening has begun."), code="begun")
        return screening

    def create(self, validated_data: dict) -> Booking:
        return super().create(validated_data | {"visitor": self.context["request"].user})
