"""Models whose constraints keep ranges apart."""

import datetime as dt

from django.db import models
from django.db.models import Deferrable, F, Q
from django.db.models.functions import Lower

from matinee.ranges.constraints import Bounded, NoOverlap, PeriodForeignKey, WithoutOverlaps
from matinee.ranges.fields import (
    DateMultiRangeField,
    DateRangeField,
    DateTimeRangeField,
    DecimalRangeField,
    IntegerRangeField,
)

__all__ = [
    "Booking",
    "Closure",
    "Hall",
    "Measured",
    "Price",
    "Shift",
    "Stay",
    "Tariff",
    "Unguarded",
]


class Hall(models.Model):
    name = models.CharField(max_length=40)

    def __str__(self):
        return self.name


class Confirmed(models.Manager):
    """Hides what is secret."""

    def get_queryset(self):
        return super().get_queryset().filter(is_secret=False)


class Booking(models.Model):
    """A hall has one at a time, unless it is cancelled."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE)
    during = DateTimeRangeField()
    who = models.CharField(max_length=40, blank=True)
    is_cancelled = models.BooleanField(default=False)
    is_secret = models.BooleanField(default=False)
    seats = models.IntegerField(default=1)

    objects = Confirmed()
    everything = models.Manager()

    class Meta:
        constraints = [NoOverlap("hall", "during", condition=Q(is_cancelled=False))]

    def __str__(self):
        return f"{self.who}'s"


class Unguarded(models.Model):
    """A booking that nothing guards: what validation alone is worth."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE)
    during = DateTimeRangeField()


class Closure(models.Model):
    """Says more, and later."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE)
    reason = models.CharField(max_length=40)
    days = DateMultiRangeField()

    class Meta:
        constraints = [
            NoOverlap(
                "hall", "days", deferrable=Deferrable.DEFERRED, include=["reason"], names="object"
            )
        ]

    def __str__(self):
        return self.reason


class Shift(models.Model):
    """Of people whose names differ in more than case; the range is made of two columns."""

    who = models.CharField(max_length=40)
    floor = models.IntegerField(default=0)
    first = models.DateField()
    last = models.DateField()

    class Meta:
        constraints = [
            NoOverlap(
                Lower("who"),
                "floor",
                models.Func(
                    F("first"),
                    F("last"),
                    models.Value("[]"),
                    function="daterange",
                    output_field=DateRangeField(),
                ),
                name="one_shift_at_a_time",
                names="nothing",
                violation_error_message="Everybody has one shift at a time.",
                violation_error_code="busy",
            )
        ]


class Measured(models.Model):
    """Ranges that are restricted in each way there is."""

    ints = IntegerRangeField(null=True, blank=True)
    nums = DecimalRangeField(null=True, blank=True)
    days = DateRangeField(null=True, blank=True)
    during = DateTimeRangeField(null=True, blank=True)
    some = IntegerRangeField(null=True, blank=True)
    ended = DateRangeField(null=True, blank=True)
    plain = DecimalRangeField(null=True, blank=True)

    class Meta:
        constraints = [
            Bounded("ints", min_width=2, max_width=5, within=(0, 100)),
            Bounded("nums", min_width=0.5, max_width=10, bounds="[]"),
            Bounded("days", min_width=dt.timedelta(days=2), max_width=dt.timedelta(days=30)),
            Bounded(
                "during",
                min_width=dt.timedelta(minutes=30),
                bounds="[)",
                within=(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), None),
            ),
            Bounded("some", not_empty=True, bounded=True),
            Bounded("ended", bounded=True, name="measured_ended_bounded"),
            Bounded("plain", finite=True),
            Bounded(
                "ended", max_width=dt.timedelta(days=10**7), violation_error_message="Too wide!"
            ),
        ]


# For PostgreSQL 18: their tables are made by the tests that need them.


class Price(models.Model):
    """A hall has one price at any time."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE)
    valid = DateRangeField()
    amount = models.IntegerField(default=0)

    class Meta:
        managed = False
        db_table = "spans_price"
        constraints = [WithoutOverlaps("hall", "valid", include=["amount"])]


class Stay(models.Model):
    """There is a price for each of its days."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, null=True)
    days = DateRangeField(null=True)

    class Meta:
        managed = False
        db_table = "spans_stay"
        constraints = [
            PeriodForeignKey("hall", "days", to="Price", to_fields=("hall", "valid"), name="paid")
        ]


class Tariff(models.Model):
    """Known by its name and when it holds."""

    pk = models.CompositePrimaryKey("name", "valid")
    name = models.CharField(max_length=40)
    valid = DateRangeField()

    class Meta:
        managed = False
        db_table = "spans_tariff"
        constraints = [WithoutOverlaps("name", "valid", primary_key=True)]
