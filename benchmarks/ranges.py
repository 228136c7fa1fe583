"""ranges: Python's algebra beside its peers', and a year of bookings beside start and stop.

There are a million bookings, of halls that are open from 8 to 22; where quick fewer halls, in the
same year. Every contender asks through Django's ORM, and gets the same rows. A figure that stands
for two tables is that of the one where it is less favourable.
"""

from benchmarks._harness import Context, Figure, Report, Timings
from benchmarks._ranges import algebra, data, loading, queries
from benchmarks._ranges.peers import MATINEE, SQLALCHEMY

BOOKINGS, QUICK_BOOKINGS = 1_000_000, 600_000


def run(context: Context) -> Report:
    """Measure operations of values, then queries of bookings."""
    worlds = algebra.worlds()
    operations = list(algebra.measure(context, worlds))
    construction = algebra.measure_construction(context, worlds)
    data.populate(QUICK_BOOKINGS if context.quick else BOOKINGS)
    loaded = loading.measure(context)
    overlaps = [queries.overlap(context), queries.overlap_in_a_hall(context)]
    contains = queries.contains(context)
    endpoints = [queries.endpoints(context), queries.last_endpoints(context)]
    free = queries.free_slots(context)
    return Report(
        [*operations, construction, loaded, *overlaps, contains, *endpoints, free],
        [
            operations[0].speedup(
                "ranges.algebra_vs_sqlalchemy", of=MATINEE, over=SQLALCHEMY, at_least=1
            ),
            _least("ranges.overlap_vs_start_stop", overlaps, over=queries.B_TREES, at_least=3),
            _least(
                "ranges.endpoint_filter_vs_no_index",
                endpoints,
                over=queries.NO_INDEX,
                at_least=10,
            ),
            _least(
                "ranges.endpoint_filter_vs_btree_lower",
                endpoints,
                over=queries.B_TREE_ON_LOWER,
                at_least=0.4,
            ),
            free.speedup(
                "ranges.free_slots_vs_python",
                of=queries.MATINEE,
                over=queries.PYTHON,
                at_least=3,
            ),
        ],
        algebra.rights(worlds),
        [
            "",
            "Operations are timed where all three are right, and results are one range at most.",
            "Ranges that Matinee makes are checked, and brought into their one form.",
            "A B-tree that is told how long bookings are at most is right as long as that holds.",
        ],
    )


def _least(name: str, tables: list[Timings], *, over: str, at_least: float) -> Figure:
    """Return the figure of the table where it is least."""
    figures = [
        each.speedup(name, of=queries.MATINEE, over=over, at_least=at_least) for each in tables
    ]
    return min(figures, key=lambda each: each.quartile)
