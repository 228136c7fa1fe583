"""reads: one list of films, answered in each way there is.

The shape is fixed: a film has two date-times, a decimal, a nullable foreign key, a studio, two
directors, three genres and five reviews with their author's name; the time zone is not UTC.
Every contender is a view, from the request to the JSON's bytes.
"""

from benchmarks._harness import Context, Figure, Report, Timings, figure
from benchmarks._reads import costs, data, http, losing, ours, ways
from benchmarks._reads.ways import HAND_TUNED, HAND_WRITTEN, INSTANCES, JSON, NAIVE, Way


def run(context: Context) -> Report:
    """Measure lists of 20, 100 and 1,000 films; of 100 alone where quick."""
    data.populate()
    sizes = [100] if context.quick else [20, 100, 1_000]
    plain = {rows: _measure(context, ways.PLAIN, rows, f"{rows:,} films") for rows in sizes}
    headline = _measure(context, ways.HEADLINE, 100, "100 films with a method on each")
    byline = _measure(context, ways.BYLINE, 100, "100 films with a method on each of 500 reviews")
    close = _close(context, HAND_TUNED, INSTANCES, 100)
    served = http.measure(context, [way for way in ways.PLAIN if way.served], 100)
    figures = [
        plain[100].speedup(
            "reads.list100.instances_vs_naive_drf", of=INSTANCES, over=NAIVE, at_least=5
        ),
        close.speedup(
            "reads.list100.instances_vs_hand_tuned_drf",
            of=INSTANCES,
            over=HAND_TUNED,
            at_least=0.95,
        ),
        *_overhead(context),
        *_json(context, plain[100], headline, byline, served),
    ]
    tables = [*plain.values(), headline, byline, close, served]
    if not context.quick:
        tables += losing.measure(context)
    return Report(tables, figures, _facts(context))


def _measure(context: Context, which: list[Way], rows: int, title: str) -> Timings:
    return context.measure(*ways.contenders(which, rows), title=title)


def _close(context: Context, one: str, other: str, rows: int) -> Timings:
    """Let two take turns alone."""
    pair = [way for way in ways.PLAIN if way.name in (one, other)]
    title = f"{rows:,} films, these two alone"
    return context.measure(*ways.contenders(pair, rows), title=title, close=True)


def _json(
    context: Context, plain: Timings, headline: Timings, byline: Timings, served: Timings
) -> list[Figure]:
    """Return the figures of JSON from one statement."""
    if JSON not in plain.seconds:
        return []
    gates = [
        ("reads.list100.json_vs_hand_tuned_drf", plain, 6.5),
        ("reads.list100.json_root_method_vs_hand_tuned_drf", headline, 5.5),
        ("reads.list100.json_deep_method_vs_hand_tuned_drf", byline, 4),
        ("reads.list100.http_rps_vs_hand_tuned_drf", served, 5.5),
    ]
    return [
        *(
            timings.speedup(name, of=JSON, over=HAND_TUNED, at_least=gate)
            for name, timings, gate in gates
        ),
        *(_over_hand_written(context, *each) for each in ((20, 1.3), (100, 1.15), (1_000, 1.05))),
    ]


def _over_hand_written(context: Context, rows: int, gate: float) -> Figure:
    close = _close(context, HAND_WRITTEN, JSON, rows)
    ratios = close.ratios(of=HAND_WRITTEN, over=JSON)
    return figure(f"reads.json_time_over_handwritten_sql_{rows}", ratios, at_most=gate)


def _overhead(context: Context) -> list[Figure]:
    """Return what it takes to get from the request to the first query."""
    static = next(way for way in reversed(ways.PLAIN) if way.name in (JSON, INSTANCES))
    dynamic = Way("Matinee, fields by request", ours.Sparse.as_view())
    names = {"reads.request_overhead_us": (static, 600)}
    names["reads.request_overhead_dynamic_us"] = (dynamic, 1_300)
    return [
        figure(name, costs.overhead_us(way, context.rounds), at_most=gate)
        for name, (way, gate) in names.items()
    ]


def _facts(context: Context) -> dict[str, dict[str, float]]:
    rows = 100 if context.quick else 1_000
    eager = [way for way in ways.PLAIN if not way.lazy]
    facts: dict[str, dict[str, float]] = {
        "Queries for 100 films": {way.name: costs.queries(way, 100) for way in ways.PLAIN},
        f"Waiting for PostgreSQL, {rows:,} films, ms": {
            way.name: costs.postgresql_ms(way, rows) for way in eager
        },
    }
    if not context.quick:
        peaks = {way.name: costs.peak_mb(way, rows) for way in eager}
        facts[f"Peak of memory, {rows:,} films, MB more than for 20"] = peaks
    return facts
