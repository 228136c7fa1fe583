"""reads: one list of films, answered in each way there is.

The shape is fixed: a film has two date-times, a decimal, a nullable foreign key, a studio, two
directors, three genres and five reviews with their author's name; the time zone is not UTC.
Every contender is a view, from the request to the JSON's bytes.
"""

from django.db import connection

from benchmarks._harness import Context, Figure, Report, Timings, figure
from benchmarks._reads import costs, data, http, losing, ours, ways
from benchmarks._reads.ways import (
    BYLINE,
    HAND_TUNED,
    HAND_WRITTEN,
    HEADLINE,
    INSTANCES,
    JSON,
    NAIVE,
    PEERS,
    PLAIN,
    Way,
)
from tests.shelf import methods, rows

SERVED = [way for way in PLAIN if way.served]
EAGER = [way for way in PLAIN if not way.lazy]
STATIC = next(way for way in PLAIN if way.name == JSON)
DYNAMIC = Way("Matinee, fields by request", ours.Sparse.as_view())


def run(context: Context) -> Report:
    """Measure lists of 20, 100 and 1,000 films; where quick of 100 alone, and fewer ways."""
    data.populate()
    sizes = [100] if context.quick else [20, 100, 1_000]
    # First those that differ by little, before others have left their marks on the memory.
    limits = {rows: _close(context, HAND_WRITTEN, JSON, rows) for rows in sizes}
    instances = _close(context, HAND_TUNED, INSTANCES, 100)
    slow = (PEERS,) if context.quick else ()
    which = [way for way in PLAIN if way.name not in slow]
    plain = {rows: _measure(context, which, rows, f"{rows:,} films") for rows in sizes}
    headline = _measure(context, HEADLINE, 100, "100 films with a method on each")
    byline = _measure(context, BYLINE, 100, "100 films with a method on each of 500 reviews")
    ends = [way for way in SERVED if way.name in (HAND_TUNED, HAND_WRITTEN, JSON)]
    served = http.measure(context, ends if context.quick else SERVED, 100)
    lost = [] if context.quick else losing.measure(context)
    return Report(
        [*plain.values(), headline, byline, served, instances, *limits.values(), *lost],
        [
            plain[100].speedup(
                "reads.list100.instances_vs_naive_drf", of=INSTANCES, over=NAIVE, at_least=5
            ),
            _over_hand_tuned("instances", instances, of=INSTANCES, at_least=0.95),
            _over_hand_tuned("json", plain[100], of=JSON, at_least=6.5),
            _over_hand_tuned("json_root_method", headline, of=JSON, at_least=5.5),
            _over_hand_tuned("json_deep_method", byline, of=JSON, at_least=4),
            _over_hand_tuned("http_rps", served, of=JSON, at_least=5.5),
            *(_over_hand_written(rows, limit) for rows, limit in limits.items()),
            *_overhead(context),
            *_methods(),
        ],
        _facts(context),
    )


def _measure(context: Context, which: list[Way], rows: int, title: str) -> Timings:
    connection.close()  # each table has a server process of its own
    return context.measure(*ways.contenders(which, rows), title=title)


def _close(context: Context, one: str, other: str, rows: int) -> Timings:
    pair = [way for way in PLAIN if way.name in (one, other)]
    title = f"{rows:,} films, these two alone"
    connection.close()
    return context.measure(*ways.contenders(pair, rows), title=title, close=True)


def _over_hand_tuned(name: str, timings: Timings, *, of: str, at_least: float) -> Figure:
    name = f"reads.list100.{name}_vs_hand_tuned_drf"
    return timings.speedup(name, of=of, over=HAND_TUNED, at_least=at_least)


def _over_hand_written(rows: int, timings: Timings) -> Figure:
    """Return how much longer JSON takes than what SQL by hand takes: time, not speed."""
    name = f"reads.json_time_over_handwritten_sql_{rows}"
    times = timings.ratios(of=HAND_WRITTEN, over=JSON)
    return figure(name, times, at_most={20: 1.3, 100: 1.15, 1_000: 1.05}[rows])


def _overhead(context: Context) -> list[Figure]:
    """Return the microseconds from a view's entry to its first query."""
    static, dynamic = (costs.overhead_us(way, context.rounds) for way in (STATIC, DYNAMIC))
    return [
        figure("reads.request_overhead_us", static, at_most=600),
        figure("reads.request_overhead_dynamic_us", dynamic, at_most=1_300),
    ]


def _methods() -> list[Figure]:
    """Return how much is understood of methods in the style of real projects' serializers."""
    rows.fill(12)
    found = methods.figures()
    return [
        figure("reads.methods_resolved", found["methods_resolved"], at_least=0.6),
        figure("reads.methods_silent_miss", found["methods_silent_miss"], at_most=0),
    ]


def _facts(context: Context) -> dict[str, dict[str, float]]:
    rows = 100 if context.quick else 1_000
    facts: dict[str, dict[str, float]] = {
        "Queries for 100 films": {way.name: costs.queries(way, 100) for way in PLAIN},
        "From the request to the first query, us": {
            way.name: costs.overhead_us(way, rounds=1)[0] for way in SERVED
        },
        f"Waiting for PostgreSQL, {rows:,} films, ms": {
            way.name: costs.postgresql_ms(way, rows) for way in EAGER
        },
    }
    if not context.quick:
        peaks = {way.name: costs.peak_mb(way, rows) for way in EAGER}
        facts[f"Peak of memory, {rows:,} films, MB more than for 20"] = peaks
    return facts
