"""How a series becomes a query: what is asked, the plan of it, its SQL, its rows."""

from matinee.ranges._series._asked import Asked
from matinee.ranges._series._generated import Values
from matinee.ranges._series._terms import AnyField

__all__ = ["AnyField", "Asked", "Values"]
