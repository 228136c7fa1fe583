"""What an answer costs beside its time: queries, waiting for PostgreSQL, memory, and overhead."""

import statistics
import subprocess
import sys
from time import perf_counter
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from benchmarks._reads.http import environ
from benchmarks._reads.ways import Way

__all__ = ["overhead_us", "peak_mb", "postgresql_ms", "queries"]


def queries(way: Way, rows: int) -> int:
    """Return how many queries one answer takes."""
    with CaptureQueriesContext(connection) as captured:
        way.answer(_request(rows))
    return len(captured)


def postgresql_ms(way: Way, rows: int, times: int = 5) -> float:
    """Return the milliseconds that one answer waits for PostgreSQL, the median.

    From execute to the last row in the driver's hands; making Python objects of them comes after.
    ``EXPLAIN ANALYZE`` says more than a statement takes, the more the more subqueries it has.
    """
    return statistics.median(_waited(way, _request(rows)) for _ in range(times)) * 1_000


def peak_mb(way: Way, rows: int) -> float:
    """Return by how many MB one answer raises the peak of a process that has given a small one."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks._reads.memory", way.slug, str(rows)],
        env=environ(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return int(done.stdout) / 1_000_000


def overhead_us(way: Way, rounds: int, turns: int = 5, calls: int = 20) -> list[float]:
    """Return the microseconds from a view's entry to its first query, one a round.

    Of a round's turns the best counts, of a turn's calls the median.
    """
    request = _request(1, omit="minutes")
    way.answer(request)
    return [
        min(
            statistics.median(_until_execute(way, request) for _ in range(calls))
            for _ in range(turns)
        )
        * 1_000_000
        for _ in range(rounds)
    ]


def _request(rows: int, **parameters: str) -> HttpRequest:
    return RequestFactory().get("/", {"rows": rows, **parameters})


class _Reached(BaseException):
    """Ends an answer at its first query."""


def _until_execute(way: Way, request: HttpRequest) -> float:
    reached: list[float] = []

    def stop(*_arguments: Any) -> Any:
        reached.append(perf_counter())
        raise _Reached

    start = perf_counter()
    try:
        with connection.execute_wrapper(stop):
            way.answer(request)
    except BaseException:  # a peer makes another error of it
        if not reached:
            raise
    return reached[0] - start


def _waited(way: Way, request: HttpRequest) -> float:
    waits: list[float] = []

    def note(execute: Any, *arguments: Any) -> Any:
        start = perf_counter()
        try:
            return execute(*arguments)
        finally:
            waits.append(perf_counter() - start)

    with connection.execute_wrapper(note):
        way.answer(request)
    return sum(waits)
