"""The fetch mode of planned querysets where what was not planned is loaded for all rows at once."""

from collections.abc import Iterator
from typing import Any

import django

from matinee import conf
from matinee.reads._calls import adopt
from matinee.reads._guard import foreseen, healed, heals

__all__ = ["HEALING", "fetching"]

HEALING: Any = None  # before Django 6.1, where a mode has nobody to ask it

if django.VERSION >= (6, 1):
    from django.db.models.fetch_modes import FETCH_ONE, FetchMode

    class Healing(FetchMode):
        """While a planned answer is rendered, fetch for all peers; otherwise as Django does."""

        __slots__ = ()

        track_peers = True

        def fetch(self, fetcher: Any, instance: Any) -> None:
            if not heals():
                fetcher.fetch_one(instance)
                return
            alive = [peer for each in instance._state.peers if (peer := each()) is not None]
            with foreseen():
                if len(alive) > 1:
                    fetcher.fetch_many(alive)
                else:
                    fetcher.fetch_one(instance)
            healed(instance, fetcher.field.name, len(alive))
            adopt(_fetched(alive, fetcher.field))

        def __reduce__(self) -> str:
            return "HEALING"

    HEALING = Healing()


def _fetched(instances: list[Any], field: Any) -> Iterator[Any]:
    """Yield the objects that *instances* have at *field*, none where it is a column."""
    name = getattr(field, "cache_name", None)
    for each in instances:
        if (other := each._state.fields_cache.get(name)) is not None:
            yield other


def fetching(queryset: Any) -> Any:
    """Have what *queryset* leaves out be fetched as ``reads.on_miss`` says.

    A fetch mode that was chosen by hand stays.
    """
    if HEALING is None or not conf.reads.heals or queryset._fetch_mode is not FETCH_ONE:
        return queryset
    return queryset.fetch_mode(HEALING)
