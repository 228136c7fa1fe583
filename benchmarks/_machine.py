"""What the figures were measured on. A ratio without it is an anecdote."""

import os
import platform
import statistics
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any

from django.db import connection

PACKAGES = [
    *("django", "djangorestframework", "msgspec", "orjson", "psycopg", "psycopg-binary"),
    *("psycopg-pool", "uvicorn", "django-ninja", "django-readers", "django-virtual-models"),
    *("drf-serializer-prefetch", "sqlalchemy", "portion"),
]


def facts() -> dict[str, Any]:
    """Return the machine's and the software's facts; some 200 small queries."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone()
    return {
        "cpu": _cpu(),
        "cpus": len(os.sched_getaffinity(0)),
        "load_1min": round(os.getloadavg()[0], 2),
        "platform": platform.platform(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
        "postgresql": server,
        **_round_trips(),
    }


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _round_trips(times: int = 100) -> dict[str, float]:
    """Return, in microseconds, the median of a query, and of a commit that waits for its flush."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE probe (n int)")
        cursor.execute("SET synchronous_commit = on")
        try:
            query = _median_us(times, lambda: cursor.execute("SELECT 1"))
            commit = _median_us(times, lambda: cursor.execute("INSERT INTO probe VALUES (1)"))
        finally:
            cursor.execute("DROP TABLE probe")
            cursor.execute("RESET synchronous_commit")
    return {"query_us": query, "commit_us": commit, "wal_flush_us": max(0, commit - query)}


def _median_us(times: int, run: Callable[[], object]) -> int:
    samples = []
    for _ in range(times):
        start = perf_counter()
        run()
        samples.append(perf_counter() - start)
    return round(statistics.median(samples) * 1_000_000)
