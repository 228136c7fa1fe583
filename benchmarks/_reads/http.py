"""The same over HTTP: Uvicorn in a process of its own, clients that keep their connections."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, perf_counter, sleep

from django.db import connection

from benchmarks._harness import Context, Timings, check_alike, rotated
from benchmarks._reads import CLIENTS
from benchmarks._reads.ways import Answer, Way

__all__ = ["environ", "measure"]

START_S = 30.0
COMMAND = ("-m", "uvicorn", "django.core.asgi:get_asgi_application", "--factory")
OPTIONS = ("--port", "0", "--lifespan", "off", "--no-access-log")
PORT = re.compile(r"running on http://127\.0\.0\.1:(\d+)")


def measure(context: Context, ways: Sequence[Way], rows: int) -> Timings:
    """Return the seconds between two answers while all clients ask, by way, one a round."""
    # Several clients fill a sample with several answers each.
    sample_s = 4 * context.sample_s
    seconds: dict[str, list[float]] = {way.name: [] for way in ways}
    with _served() as port, ThreadPoolExecutor(CLIENTS) as clients:
        check_alike({way.name: Answer(_ask_once(port, _path(way, rows))) for way in ways})
        for turn in range(context.rounds):
            for way in rotated(ways, turn):
                spent = _sample(clients, port, _path(way, rows), sample_s)
                seconds[way.name].append(spent)
    return Timings(f"{rows} films over HTTP, {CLIENTS} clients, a pool of {CLIENTS}", seconds)


def environ() -> dict[str, str]:
    """Return the environment of a process that reads this benchmark's database."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "benchmarks._reads.pooled",
        "BENCHMARK_DATABASE": connection.settings_dict["NAME"],
    }


def _path(way: Way, rows: int) -> str:
    return f"/{way.slug}/?rows={rows}"


def _sample(clients: ThreadPoolExecutor, port: int, path: str, sample_s: float) -> float:
    start = perf_counter()
    until = start + sample_s
    asked = clients.map(lambda _: _ask(port, path, until), range(CLIENTS))
    answers = sum(asked)
    return (perf_counter() - start) / answers


def _ask(port: int, path: str, until: float) -> int:
    """Ask again and again over one connection; return how often."""
    answers = 0
    with closing(HTTPConnection("127.0.0.1", port)) as server:
        while not answers or perf_counter() < until:
            _get(server, path)
            answers += 1
    return answers


def _ask_once(port: int, path: str) -> bytes:
    with closing(HTTPConnection("127.0.0.1", port)) as server:
        return _get(server, path)


def _get(server: HTTPConnection, path: str) -> bytes:
    server.request("GET", path)
    response = server.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"GET {path} must answer 200, got {response.status}: {body[:200]!r}.")
    return body


@contextmanager
def _served() -> Iterator[int]:
    """Serve the films on a free port of this machine alone, and yield the port."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "uvicorn.log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [sys.executable, *COMMAND, *OPTIONS],
                env=environ(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield _port(server, log)
        finally:
            server.terminate()
            server.wait(20)


def _port(server: subprocess.Popen[bytes], log: Path) -> int:
    give_up = monotonic() + START_S
    while not (found := PORT.search(log.read_text())):
        if server.poll() is not None or monotonic() > give_up:
            raise RuntimeError(f"Uvicorn must start, got:\n{log.read_text()}")
        sleep(0.05)
    return int(found.group(1))
