"""reads for Django REST framework: the only part of Matinee that imports it."""

from matinee.reads.drf._objects import PlannedSerializer
from matinee.reads.drf._reader import plan_for
from matinee.reads.drf._routes import Route, routes, serializers
from matinee.reads.drf._views import PlannedReads
from matinee.reads.drf._words import computed, related

__all__ = [
    "PlannedReads",
    "PlannedSerializer",
    "Route",
    "computed",
    "plan_for",
    "related",
    "routes",
    "serializers",
]
