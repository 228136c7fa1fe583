"""Run one benchmark: a table for people, then one line of JSON.

The JSON holds each figure under its name, as the gate sees it: the less favourable quartile of
the rounds; then ``details`` with the medians and samples, ``facts`` and ``machine``.
"""

import argparse
import importlib
import json
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import benchmarks
from benchmarks._harness import MIN_ROUNDS, Context, Report, Timings


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 1 where a gate is missed, unless that is allowed."""
    options = _parser().parse_args(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django

    django.setup()
    benchmark = importlib.import_module(f"benchmarks.{options.name}")
    with _database():
        from benchmarks import _machine

        machine = _machine.facts()
        report = benchmark.run(Context(quick=options.quick, rounds=options.rounds))
    if not options.json_only:
        print("\n".join(_lines(report)), end="\n\n")
    print(json.dumps(_summary(report, machine, options)))
    missed = any(not each.passed for each in report.figures)
    return 1 if missed and not options.no_gate else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Run a benchmark.")
    parser.add_argument("name", choices=_names())
    parser.add_argument("--quick", action="store_true", help="less data, shorter samples")
    parser.add_argument(
        "--rounds", type=_rounds, default=MIN_ROUNDS, metavar="N", help=f"at least {MIN_ROUNDS}"
    )
    parser.add_argument("--json-only", action="store_true", help="print nothing but the JSON")
    parser.add_argument("--no-gate", action="store_true", help="exit with 0 below a gate too")
    return parser


def _rounds(text: str) -> int:
    rounds = int(text)
    if rounds < MIN_ROUNDS:
        raise argparse.ArgumentTypeError(f"must be at least {MIN_ROUNDS}, got {rounds}")
    return rounds


def _names() -> list[str]:
    """Return the benchmarks there are: the modules here that define ``run``."""
    modules = [path for folder in benchmarks.__path__ for path in Path(folder).glob("[a-z]*.py")]
    return sorted(path.stem for path in modules if "\ndef run(" in path.read_text())


@contextmanager
def _database() -> Iterator[None]:
    """Make an empty database with all tables, and drop it afterwards."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _lines(report: Report) -> Iterator[str]:
    for timings in report.tables:
        yield from _table(timings)
        yield ""
    for title, numbers in report.facts.items():
        yield title
        yield from (f"  {name}: {number:,.4g}" for name, number in numbers.items())
        yield ""
    width = max((len(each.name) for each in report.figures), default=0)
    for each in report.figures:
        verdict = "" if not each.gate else f"  {each.gate}  {'OK' if each.passed else 'MISSED'}"
        yield f"{each.name:<{width}}  {each.quartile:8.2f}  (median {each.median:.2f}){verdict}"
    yield from report.notes


def _table(timings: Timings) -> Iterator[str]:
    width = max(len(name) for name in timings.seconds)
    yield f"{timings.title:<{width}}  {'median ms':>10}  {'best':>10}  {'worst':>10}"
    for name, seconds in timings.seconds.items():
        ms = [each * 1000 for each in (statistics.median(seconds), min(seconds), max(seconds))]
        yield f"{name:<{width}}  " + "  ".join(f"{each:10.3f}" for each in ms)


def _summary(
    report: Report, machine: dict[str, Any], options: argparse.Namespace
) -> dict[str, Any]:
    return {
        **{each.name: round(each.quartile, 4) for each in report.figures},
        "details": {
            each.name: {
                "quartile": round(each.quartile, 4),
                "median": round(each.median, 4),
                "gate": each.gate or None,
                "passed": each.passed,
                "samples": [round(sample, 4) for sample in each.samples],
            }
            for each in report.figures
        },
        "median_ms": [
            {
                "title": timings.title,
                **{
                    name: round(statistics.median(seconds) * 1000, 4)
                    for name, seconds in timings.seconds.items()
                },
            }
            for timings in report.tables
        ],
        "facts": report.facts,
        "quick": options.quick,
        "rounds": options.rounds,
        "machine": machine,
    }


if __name__ == "__main__":
    sys.exit(main())
