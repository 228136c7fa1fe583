"""What the pages about bookings read."""

from rest_framework import serializers

from cinema.bookings.models import Booking
from cinema.programme.models import Screening
from cinema.programme.reads import HallPlate, Stub, StubFilm


class Taken(serializers.ModelSerializer):
    class Meta:
        model = Booking
        fields = ["id", "seats", "visitor"]


class BookedScreening(serializers.ModelSerializer):
    """A screening with all that is booked of it."""

    film = StubFilm()
    hall = HallPlate()
    bookings = Taken(many=True)

    class Meta:
        model = Screening
        fields = ["id", "during", "price", "original_version", "film", "hall", "bookings"]


class OwnBooking(serializers.ModelSerializer):
    """A booking among those of its visitor."""

    screening = Stub()

    class Meta:
        model = Booking
        fields = ["id", "seats", "screening"]
