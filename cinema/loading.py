"""What the commands that fill the cinema share: a progress bar, and one of them at a time."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

from django.db import connection, transaction

__all__ = ["one_at_a_time", "progress"]

_LOCK = 7_202_606  # any number no other part of the site locks


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Run the block in one transaction, after any other process that is inside such a block.

    All of it is saved, or after a crash nothing: what is there is always complete.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        yield


def progress[T](
    items: Iterable[T], label: str, *, total: int, stream: IO[str] | None
) -> Iterator[T]:
    """Yield *items*, drawing a bar on *stream* where that is a terminal."""
    if stream is None or not stream.isatty():
        yield from items
        return
    room = max(10, min(40, shutil.get_terminal_size().columns - len(label) - 22))
    for done, item in enumerate(items, 1):
        yield item
        if done % 50 == 0 or done >= total:
            bar = "█" * (room * done // max(total, done))
            stream.write(f"\r{label} {bar:░<{room}} {done:,}/{total:,}")
            stream.flush()
    stream.write("\r\033[K")
