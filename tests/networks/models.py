"""What is allowed, when it is open, and one field of each type."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db import models

from matinee.ranges import NoOverlap
from matinee.ranges.types import (
    InetMultiRangeField,
    InetRangeField,
    TimeMultiRangeField,
    TimeRangeField,
)
from tests.networks.ranges import (
    FloatRangeField,
    ManySeatsField,
    NetworkRangeField,
    SeatsField,
    UuidRangeField,
    WordsField,
)

__all__ = ["Allowed", "Lot", "Opening", "Visit"]


class Allowed(models.Model):
    """Addresses that may come in."""

    name = models.CharField(max_length=40, blank=True)
    addresses = InetRangeField(null=True, blank=True, default_bounds="[]")
    several = InetMultiRangeField(null=True, blank=True)
    listed = ArrayField(InetRangeField(), null=True, blank=True)

    class Meta:
        indexes = [GistIndex(fields=["addresses"], name="allowed_addresses")]
        constraints = [NoOverlap("name", "addresses")]


class Visit(models.Model):
    """Who came, and from where."""

    ip = models.GenericIPAddressField(null=True, blank=True)
    at = models.TimeField(null=True, blank=True)
    allowed = models.ForeignKey(Allowed, models.CASCADE, null=True, blank=True)


class Opening(models.Model):
    """When something is open."""

    day = models.IntegerField(default=0)
    hours = TimeRangeField(null=True, blank=True)
    breaks = TimeMultiRangeField(null=True, blank=True)

    class Meta:
        constraints = [NoOverlap("day", "hours")]


class Lot(models.Model):
    """One of each of the others."""

    floats = FloatRangeField(null=True, blank=True)
    keys = UuidRangeField(null=True, blank=True)
    words = WordsField(null=True, blank=True)
    networks = NetworkRangeField(null=True, blank=True)
    seats = SeatsField(null=True, blank=True)
    many_seats = ManySeatsField(null=True, blank=True)
