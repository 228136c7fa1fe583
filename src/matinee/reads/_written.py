"""Prefetches as strings or ``Prefetch`` objects: what they fetch, and where it goes."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch

__all__ = [
    "by_attribute",
    "further",
    "into",
    "own",
    "own_queryset",
    "rows_of",
    "shifted",
    "stays",
    "through",
    "under",
]


class _Own(Prefetch):  # type: ignore[type-arg]
    """A prefetch of the rows that the relation's manager finds, told what to load of them.

    Django copies the queryset of a ``Prefetch`` for each row above, so that a manager goes on from
    it where it is asked more. Here it goes on from its own rows, and nothing is copied.
    """

    def __init__(self, lookup: str, rows: Any) -> None:
        super().__init__(lookup)
        self.rows = rows

    def get_current_querysets(self, level: int) -> list[Any] | None:
        """Return what Django is to fetch at *level* of the path."""
        return [self.rows] if self.get_current_prefetch_to(level) == self.prefetch_to else None

    def __getstate__(self) -> dict[str, Any]:
        rows = Prefetch(self.prefetch_to, self.rows).__getstate__()["queryset"]
        return {**super().__getstate__(), "rows": rows}


def own(path: str, rows: Any) -> Any:
    """Return the prefetch of *path* that fetches *rows*, which are all that its manager finds."""
    make: Any = _Own  # types of Prefetch are looked into, and not those of its subclasses
    return make(path, rows)


def rows_of(lookup: Any) -> Any:
    """Return the queryset that *lookup* fetches by, None where that is up to Django."""
    return lookup.rows if isinstance(lookup, _Own) else getattr(lookup, "queryset", None)


def by_attribute(lookups: Sequence[Any]) -> dict[str, list[Any]]:
    """Return *lookups* by the first relation that each follows."""
    found: dict[str, list[Any]] = {}
    for each in lookups:
        found.setdefault(through(each).split("__", 1)[0], []).append(each)
    return found


def through(lookup: Any) -> str:
    """Return the relations that *lookup* follows."""
    return lookup.prefetch_through if isinstance(lookup, Prefetch) else str(lookup)


def into(lookup: Any) -> str:
    """Return where *lookup* puts its rows."""
    return lookup.prefetch_to if isinstance(lookup, Prefetch) else str(lookup)


def further(lookup: Any) -> bool:
    """Whether it goes on beyond its first relation."""
    return "__" in through(lookup)


def stays(lookup: Any) -> bool:
    """Whether it puts its rows elsewhere than where the plan does."""
    return isinstance(lookup, Prefetch) and lookup.to_attr is not None and not further(lookup)


def own_queryset(lookups: Sequence[Any]) -> Any:
    """Return the queryset written by hand for the very relation, None where there is none."""
    for each in lookups:
        if isinstance(each, Prefetch) and not further(each) and each.to_attr is None:
            return rows_of(each)
    return None


def shifted(lookup: Any) -> Any:
    """Return *lookup* as seen from the other end of its first relation."""
    rest = through(lookup).split("__", 1)[1]
    return _at(rest, lookup)


def under(path: str, lookup: Any) -> Any:
    """Return *lookup* as seen from the root, which is *path* away."""
    return _at(path + through(lookup), lookup)


def _at(path: str, lookup: Any) -> Any:
    if isinstance(lookup, _Own):
        return own(path, lookup.rows)
    if isinstance(lookup, Prefetch):
        return Prefetch(path, lookup.queryset, lookup.to_attr)
    return path
