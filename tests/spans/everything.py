"""Every field there is, and what ranges are compared with."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from matinee.ranges.fields import (
    BigIntegerMultiRangeField,
    BigIntegerRangeField,
    DateMultiRangeField,
    DateRangeField,
    DateTimeMultiRangeField,
    DateTimeRangeField,
    DecimalMultiRangeField,
    DecimalRangeField,
    IntegerMultiRangeField,
    IntegerRangeField,
)

__all__ = ["Everything", "Part"]


class Everything(models.Model):
    """Each kind of range and multirange, and an element of each."""

    name = models.CharField(max_length=40, blank=True)

    ints = IntegerRangeField(null=True, blank=True)
    bigs = BigIntegerRangeField(null=True, blank=True)
    nums = DecimalRangeField(null=True, blank=True)
    closed = DecimalRangeField(null=True, blank=True, default_bounds="[]")
    days = DateRangeField(null=True, blank=True)
    during = DateTimeRangeField(null=True, blank=True)

    many_ints = IntegerMultiRangeField(null=True, blank=True)
    many_bigs = BigIntegerMultiRangeField(null=True, blank=True)
    many_nums = DecimalMultiRangeField(null=True, blank=True)
    many_days = DateMultiRangeField(null=True, blank=True)
    many_times = DateTimeMultiRangeField(null=True, blank=True)

    several = ArrayField(IntegerRangeField(), null=True, blank=True)

    small = models.SmallIntegerField(null=True, blank=True)
    number = models.IntegerField(null=True, blank=True)
    big = models.BigIntegerField(null=True, blank=True)
    number_float = models.FloatField(null=True, blank=True)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    at = models.DateTimeField(null=True, blank=True)


class Part(models.Model):
    """Something that belongs to one of them."""

    whole = models.ForeignKey(Everything, models.CASCADE, related_name="parts")
    ints = IntegerRangeField(null=True, blank=True)
    during = DateTimeRangeField(null=True, blank=True)
    number = models.IntegerField(null=True, blank=True)
