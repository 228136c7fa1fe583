"""Constraints of ranges: for ``constraints`` in a model's ``Meta``, and so for migrations."""

from matinee.ranges._bounded import Bounded
from matinee.ranges._no_overlap import NoOverlap
from matinee.ranges._period import PeriodForeignKey
from matinee.ranges._without_overlaps import WithoutOverlaps

__all__ = ["Bounded", "NoOverlap", "PeriodForeignKey", "WithoutOverlaps"]
