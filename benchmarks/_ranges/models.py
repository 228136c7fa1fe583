"""A year of bookings, in each way to keep them. Rows of one booking have one key everywhere."""

from django.contrib.postgres.fields import DateTimeRangeField as DjangosRangeField
from django.db import models

from matinee.ranges import DateTimeRangeField

__all__ = ["Booking", "BookingByLower", "DjangosBooking", "DjangosByLower", "Slot", "SlotByRange"]


class Booking(models.Model):
    """One range, with GiST on it and the hall."""

    hall = models.IntegerField()
    during = DateTimeRangeField()

    class Meta:
        app_label = "benchmarks"


class BookingByLower(models.Model):
    """One range, with a B-tree on its lower bound."""

    hall = models.IntegerField()
    during = DateTimeRangeField()

    class Meta:
        app_label = "benchmarks"


class DjangosBooking(models.Model):
    """The rows of ``Booking``, with Django's own field."""

    hall = models.IntegerField()
    during = DjangosRangeField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "benchmarks_booking"


class DjangosByLower(models.Model):
    """The rows of ``BookingByLower``, with Django's own field."""

    hall = models.IntegerField()
    during = DjangosRangeField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "benchmarks_bookingbylower"


class Slot(models.Model):
    """Start and stop, with B-trees on the hall and the start, and on the start and the stop."""

    hall = models.IntegerField()
    start = models.DateTimeField()
    stop = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"


class SlotByRange(models.Model):
    """Start and stop, with GiST on the range of the two and the hall."""

    hall = models.IntegerField()
    start = models.DateTimeField()
    stop = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"
