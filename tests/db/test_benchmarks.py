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
RUN = "import sys, benchmarks; benchmarks.__path__.append({!r}); from benchmarks.__main__ import main; sys.exit(main())"


@pytest.fixture
def probe(tmp_path):
    """Run the benchmark with a gate, in a process and a database of its own."""

    def run(*options, gate):
        (tmp_path / "probe.py").write_text(BENCHMARK % gate)
        with _databases.clone("bench", template="template0") as name:
            return subprocess.run(
                [sys.executable, "-c", RUN.format(str(tmp_path)), "probe", "--quick", *options],
                env={**os.environ, "DATABASE_URL": _databases.server_url(name)},
                capture_output=True,
                text=True,
                check=False,
            )

    return run


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
