"""How a series becomes a query: asked, planned, generated, and the rows it has."""

from matinee.ranges._series._asked import Asked
from matinee.ranges._series._generated import Values
from matinee.ranges._series._rows import SeriesQuerySet
from matinee.ranges._series._terms import AnyField

__all__ = ["AnyField", "Asked", "SeriesQuerySet", "Values"]
