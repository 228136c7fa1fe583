"""Where plans lose: rows that share a few wide ones, and one row with thousands below it."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from benchmarks._harness import Context, Timings
from benchmarks._reads import data
from benchmarks._reads.drf import Films
from benchmarks._reads.ways import PLAIN, Way, contenders
from benchmarks.models import Film, Studio
from matinee.reads.drf import PlannedReads

__all__ = ["measure"]


class WholeStudioSerializer(serializers.ModelSerializer[Studio]):
    class Meta:
        model = Studio
        fields = ("id", "name", "history")


class BillSerializer(serializers.ModelSerializer[Film]):
    studio = WholeStudioSerializer()

    class Meta:
        model = Film
        fields = ("id", "title", "studio")


class Bill(Films):
    serializer_class: Any = BillSerializer


class Joined(Bill):
    def get_queryset(self) -> QuerySet[Film]:
        columns = ("id", "title", "studio__id", "studio__name", "studio__history")
        return super().get_queryset().select_related("studio").only(*columns)


class Fetched(Bill):
    def get_queryset(self) -> QuerySet[Film]:
        studios = Prefetch("studio", Studio.objects.only("id", "name", "history"))
        return super().get_queryset().prefetch_related(studios).only("id", "title", "studio_id")


class Planned(PlannedReads, Bill): ...


class PlannedJson(Planned):
    json_reads = True


SHARING = [
    Way("DRF, joined by hand", Joined.as_view()),
    Way("DRF, prefetched by hand", Fetched.as_view()),
    Way("Matinee, instances", Planned.as_view()),
    Way("Matinee, JSON", PlannedJson.as_view()),
]


def measure(context: Context) -> list[Timings]:
    """Return both cases' tables; the films are afterwards as they were."""
    with data.few_studios():
        title = "1,000 films that share 5 studios with 2 kB of text each"
        sharing = context.measure(*contenders(SHARING, 1_000), title=title)
    with data.many_reviews():
        served = [way for way in PLAIN if way.served]
        title = "1 film with 5,005 reviews"
        crowded = context.measure(*contenders(served, 1), title=title)
    return [sharing, crowded]
