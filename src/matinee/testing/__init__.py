"""For the tests of projects that use Matinee, with pytest or unittest.

Django is imported when something here is used, not before: the pytest plugin is loaded in every
project that has Matinee installed.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matinee.receipts import Query, Receipt

__all__ = ["assert_reads", "raising_reads"]

SHOWN_STATEMENTS = 30
SHOWN_CHARACTERS = 300


@contextmanager
def assert_reads(queries: int, *, using: str | None = None) -> Iterator["Receipt"]:
    """Fail unless the block sends exactly so many statements to the database.

    Counted are the statements of this thread or coroutine and of what it awaits, sync views under
    Django's AsyncClient included; those of a server in another thread are not. A savepoint is a
    statement, BEGIN and COMMIT are none.

    Args:
        queries: The exact number.
        using: Count this database alone; all of them otherwise.

    Yields:
        The receipt of the block, for a look at its queries.

    Raises:
        AssertionError: Another number was sent; the message lists what.
    """
    __tracebackhide__ = True
    from matinee.receipts import collect

    with collect(max_queries=100_000) as receipt:
        yield receipt
    sent = [query for query in receipt.queries if using in {None, query.alias}]
    count = receipt.query_count if using is None else len(sent)
    if count != queries:
        where = f" on {using!r}" if using else ""
        expected = "1 query" if queries == 1 else f"{queries} queries"
        raise AssertionError(
            "\n".join([f"{expected} expected{where}, {count} sent.", *_listed(sent)])
        )


@contextmanager
def raising_reads() -> Iterator[None]:
    """Raise inside the block where rendering runs a query that its plan did not foresee.

    The same as ``MATINEE["reads"]["on_miss"] = "raise"``, the other settings kept.
    """
    from django.conf import settings
    from django.test import override_settings

    whole = getattr(settings, "MATINEE", {})
    reads = {**whole.get("reads", {}), "on_miss": "raise"}
    with override_settings(MATINEE={**whole, "reads": reads}):
        yield


def _listed(queries: "list[Query]") -> Iterator[str]:
    counts = Counter((query.alias, query.sql) for query in queries)
    for (alias, sql), times in list(counts.items())[:SHOWN_STATEMENTS]:
        shown = sql if len(sql) <= SHOWN_CHARACTERS else f"{sql[:SHOWN_CHARACTERS]}..."
        yield f"{times:>5} x [{alias}] {shown}"
    if (more := len(counts) - SHOWN_STATEMENTS) > 0:
        yield f"      and {more} other statements"
