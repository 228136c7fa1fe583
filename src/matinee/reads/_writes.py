"""Whether anything was written over a connection since one looked."""

from typing import Any

from django.db import connections

__all__ = ["Stamp", "stamp"]

# Two are equal if nothing was written in between. Holds the counter itself, not its id, so that
# another thread's connection is never taken for this one.
type Stamp = tuple[object, int, bool]


class Writes:
    """An execute wrapper that counts the statements which may change what is read."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not (isinstance(sql, str) and sql.lstrip("( \n\t")[:6].upper() == "SELECT"):
            self.count += 1
        return execute(sql, params, many, context)


def stamp(alias: str) -> Stamp:
    """Return a stamp that changes when something is written over this thread's connection.

    What a transaction wrote is gone when it is rolled back, and no statement says so: hence the
    block that is open is part of the stamp.
    """
    connection = connections[alias]
    wrappers = connection.execute_wrappers
    counter = next((each for each in wrappers if isinstance(each, Writes)), None)
    if counter is None:
        counter = Writes()
        # In front: execute_wrapper() takes off the last one, which must be the one it put on.
        wrappers.insert(0, counter)
    return counter, counter.count, connection.in_atomic_block
