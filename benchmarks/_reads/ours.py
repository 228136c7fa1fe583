"""Matinee's ways: instances, and JSON from one statement."""

from benchmarks._reads.drf import Films
from benchmarks._reads.serializers import (
    BylineFilmSerializer,
    HeadlineFilmSerializer,
    SparseFilmSerializer,
)
from matinee.reads.drf import PlannedReads

__all__ = [
    "Instances",
    "InstancesByline",
    "InstancesHeadline",
    "Json",
    "JsonByline",
    "JsonHeadline",
    "Sparse",
]


class Instances(PlannedReads, Films):
    """The plan, applied anew for each request."""


class InstancesHeadline(Instances):
    serializer_class = HeadlineFilmSerializer


class InstancesByline(Instances):
    serializer_class = BylineFilmSerializer


class Sparse(Instances):
    """Planned for the request's own fields."""

    serializer_class = SparseFilmSerializer


class Json(Instances):
    """One statement."""

    json_reads = True


class JsonHeadline(InstancesHeadline):
    json_reads = True


class JsonByline(InstancesByline):
    json_reads = True
