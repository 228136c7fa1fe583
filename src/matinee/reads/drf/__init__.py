"""reads for Django REST framework: the only part of Matinee that imports it."""

from matinee.reads.drf.reader import plan_for
from matinee.reads.drf.routes import Route, routes
from matinee.reads.drf.views import PlannedReads

__all__ = ["PlannedReads", "Route", "plan_for", "routes"]
