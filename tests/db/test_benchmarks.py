"""``python -m benchmarks NAME`` from end to end, with a benchmark made for the test."""

import json
import os
import subprocess
import sys

import pytest

from tests import _databases

BENCHMARK = """
from django.db import connection
from benchmarks._harness import Contender, Context, Report

def ask(times):
    with connection.cursor() as cursor:
        for _ in range(times):
            cursor.execute("SELECT 1")

def run(context: Context) -> Report:
    context.sample_s = 0.001
    timings = context.measure(Contender("many", lambda: ask(40)), Contender("one", lambda: ask(1)))
    return Report(timings, figures=[
        timings.speedup("probe.one_vs_many", of="one", over="many", at_least=1.5),
        timings.speedup("probe.many_vs_one", of="many", over="one", at_least=%s),
    ])
"""
WAYS = """
from benchmarks import reads
from benchmarks._harness import Context, Report, check_alike
from benchmarks._reads import costs, data, http, ways
from benchmarks.models import Film, Review

def run(context: Context) -> Report:
    context.sample_s = 0.001
    data.populate(100)
    with data.few_studios(), data.many_reviews(10):
        changed = {"studios": Film.objects.values("studio").distinct().count(),
                   "reviews": Review.objects.count()}
    for kind in (ways.PLAIN, ways.HEADLINE, ways.BYLINE):
        check_alike({each.name: each.run() for each in ways.contenders(kind, 20)})
    served = [way for way in ways.PLAIN if way.served]
    return Report(
        http.measure(context, served, 20),
        figures=reads._methods(),
        facts={
            "changed": changed,
            "left": {"studios": Film.objects.values("studio").distinct().count(),
                     "reviews": Review.objects.count()},
            "queries": {way.name: costs.queries(way, 20) for way in ways.PLAIN},
            "MB": {way.name: costs.peak_mb(way, 100) for way in served[:1]},
            "waits": {way.name: costs.postgresql_ms(way, 20) for way in served},
            "overhead": {way.name: costs.overhead_us(way, 1, 3)[0] for way in served},
        },
    )
"""
RUN = "import sys, benchmarks; benchmarks.__path__.append({!r}); from benchmarks.__main__ import main; sys.exit(main())"


@pytest.fixture
def run(tmp_path):
    """Run a benchmark in a process and a database of its own."""

    def run(benchmark, *options):
        (tmp_path / "probe.py").write_text(benchmark)
        with _databases.clone("bench", template="template0") as name:
            return subprocess.run(
                [sys.executable, "-c", RUN.format(str(tmp_path)), "probe", "--quick", *options],
                env={**os.environ, "DATABASE_URL": _databases.server_url(name)},
                capture_output=True,
                text=True,
                check=False,
            )

    return run


@pytest.fixture
def probe(run):
    """Run the benchmark with a gate."""
    return lambda *options, gate: run(BENCHMARK % gate, *options)


def test_a_run_ends_with_its_figures_as_one_line_of_json(probe):
    done = probe(gate=0)
    assert done.returncode == 0, done.stderr
    *table, last = done.stdout.splitlines()
    assert any(line.startswith("many ") for line in table)
    figures = json.loads(last)
    assert figures["probe.one_vs_many"] > 1.5 > figures["probe.many_vs_one"] > 0
    assert len(figures["details"]["probe.one_vs_many"]["samples"]) == figures["rounds"] == 9
    assert {"cpu", "cpus", "python", "postgresql", "platform", "wal_flush_us"} <= set(
        figures["machine"]
    )


def test_a_missed_gate_fails_the_run(probe):
    done = probe("--json-only", gate=1)
    assert done.returncode == 1
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["details"]["probe.many_vs_one"]["passed"] is False


def test_a_missed_gate_can_be_allowed(probe):
    assert probe("--no-gate", gate=1).returncode == 0


def test_every_way_to_read_the_films_answers_alike(run):
    pytest.importorskip("ninja", reason="the peers are not installed")
    done = run(WAYS, "--json-only", "--no-gate")
    assert done.returncode == 0, done.stderr  # where two differ, nothing is measured
    figures = json.loads(done.stdout)
    assert 0 < figures["reads.methods_resolved"] <= 1
    assert "reads.methods_silent_miss" in figures
    facts = figures["facts"]
    assert facts["changed"] == {"studios": 5, "reviews": 510}
    assert facts["left"] == {"studios": 40, "reviews": 500}
    assert facts["queries"]["Matinee, instances"] == facts["queries"]["DRF, tuned by hand"] == 4
    assert facts["queries"]["SQL, written by hand"] == facts["queries"]["Matinee, JSON"] == 1
    assert facts["queries"]["DRF, naive"] == 181
    for title in ("MB", "waits", "overhead"):
        assert all(number > 0 for number in facts[title].values())
