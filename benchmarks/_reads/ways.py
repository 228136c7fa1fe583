"""Every way to answer with the same films: a view each, in this process or behind Uvicorn."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.test import RequestFactory

from benchmarks._harness import Contender
from benchmarks._reads import drf, ours, peers

__all__ = [
    "BYLINE",
    "HAND_TUNED",
    "HAND_WRITTEN",
    "HEADLINE",
    "INSTANCES",
    "JSON",
    "NAIVE",
    "PEERS",
    "PLAIN",
    "Answer",
    "Way",
    "contenders",
]

NAIVE = "DRF, naive"
PEERS = "DRF, FETCH_PEERS"
HAND_TUNED = "DRF, tuned by hand"
HAND_WRITTEN = "SQL, written by hand"
INSTANCES = "Matinee, instances"
JSON = "Matinee, JSON"


@dataclass(frozen=True)
class Way:
    """One view of the films.

    Attributes:
        name: As the tables have it.
        view: Django's view, which takes ``?rows=``.
        lazy: Whether it runs queries for every film: more than 100 would tell nothing more.
        served: Whether it is measured over HTTP too.
    """

    name: str
    view: Callable[..., Any]
    lazy: bool = False
    served: bool = False

    @property
    def slug(self) -> str:
        """Return its name in a URL."""
        return "-".join(self.name.lower().replace(",", "").split())

    def answer(self, request: HttpRequest) -> bytes:
        """Return the bytes of the answer to *request*."""
        response = self.view(request)
        if not getattr(response, "is_rendered", True):
            response.render()
        content: bytes = response.content
        return content


PLAIN = [
    Way(NAIVE, drf.Naive.as_view(), lazy=True),
    Way(PEERS, drf.Peers.as_view(), lazy=True),
    Way("DRF, prefetched by hand", drf.Prefetched.as_view()),
    Way(HAND_TUNED, drf.HandTuned.as_view(), served=True),
    Way("django-ninja, tuned by hand", peers.ninja, served=True),
    Way("django-readers", peers.Readers.as_view()),
    Way("django-virtual-models", peers.VirtualModels.as_view()),
    Way("drf-serializer-prefetch", peers.SerializerPrefetch.as_view()),
    Way(HAND_WRITTEN, drf.HandWrittenSql.as_view(), served=True),
    Way(INSTANCES, ours.Instances.as_view(), served=True),
    Way(JSON, ours.Json.as_view(), served=True),
]
HEADLINE = [
    Way(HAND_TUNED, drf.HandTunedHeadline.as_view()),
    Way(INSTANCES, ours.InstancesHeadline.as_view()),
    Way(JSON, ours.JsonHeadline.as_view()),
]
BYLINE = [
    Way(HAND_TUNED, drf.HandTunedByline.as_view()),
    Way(INSTANCES, ours.InstancesByline.as_view()),
    Way(JSON, ours.JsonByline.as_view()),
]


class Answer:
    """JSON that equals another where only the order of unordered relations differs."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Answer) and self._rows() == other._rows()

    __hash__ = None  # type: ignore[assignment]

    def _rows(self) -> list[list[tuple[str, Any]]]:
        """Return the rows as pairs: the order of keys counts."""
        rows: list[dict[str, Any]] = json.loads(self.body)
        for row in rows:
            for name in {"directors", "genres", "reviews"} & row.keys():
                row[name] = sorted(map(_pairs, row[name]))
        return [_pairs(row) for row in rows]


def _pairs(row: dict[str, Any]) -> list[tuple[str, Any]]:
    return list(row.items())


def contenders(ways: Iterable[Way], rows: int) -> list[Contender]:
    """Return *ways* as contenders over the first *rows* films."""
    return [
        Contender(way.name, partial(_answer, way, RequestFactory().get("/", {"rows": rows})))
        for way in ways
        if rows <= 100 or not way.lazy
    ]


def _answer(way: Way, request: HttpRequest) -> Answer:
    return Answer(way.answer(request))
