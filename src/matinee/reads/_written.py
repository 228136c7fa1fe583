"""Prefetches that are written by hand, as strings or ``Prefetch`` objects, and where they go."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch

__all__ = [
    "by_attribute",
    "further",
    "into",
    "own_queryset",
    "shifted",
    "stays",
    "through",
    "under",
]


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
            return each.queryset
    return None


def shifted(lookup: Any) -> Any:
    """Return *lookup* as seen from the other end of its first relation."""
    rest = through(lookup).split("__", 1)[1]
    return Prefetch(rest, lookup.queryset, lookup.to_attr) if isinstance(lookup, Prefetch) else rest


def under(path: str, lookup: Any) -> Any:
    """Return *lookup* as seen from the root, which is *path* away."""
    if isinstance(lookup, Prefetch):
        return Prefetch(path + lookup.prefetch_through, lookup.queryset, lookup.to_attr)
    return path + lookup
