"""Hand-written loading held against a plan: lacking, for nothing, defeated."""

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

from django.db.models import QuerySet

from matinee.reads._queryset import _followed
from matinee.reads._unneeded import is_complete
from matinee.reads._written import through
from matinee.reads.plan import Plan, Step

__all__ = ["Loading", "defeated", "lacking", "of_queryset", "of_source", "unneeded"]


@dataclass(frozen=True, slots=True)
class Loading:
    """What is loaded by hand.

    Attributes:
        joined: The paths of ``select_related``.
        fetched: The paths of ``prefetch_related``, of strings and ``Prefetch`` objects.
        own: Those of them that have a queryset or a ``to_attr`` of their own.
    """

    joined: frozenset[str] = frozenset()
    fetched: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()

    def has(self, path: str, lookup: str) -> bool:
        """Whether the relation at *path*, *lookup* to the ORM, is loaded; so are those before."""
        deeper = (f"{path}__", f"{lookup}__")
        return (
            path in self.fetched
            or lookup in self.joined
            or any(each.startswith(deeper) for each in self.fetched | self.joined)
        )


def of_queryset(queryset: QuerySet[Any]) -> Loading:
    """Return what *queryset* loads."""
    lookups = queryset._prefetch_related_lookups  # type: ignore[attr-defined]
    own = [each for each in lookups if getattr(each, "queryset", None) is not None]
    own += [each for each in lookups if getattr(each, "to_attr", None)]
    return Loading(
        frozenset(_followed(queryset)),
        frozenset(map(through, lookups)),
        frozenset(map(through, own)),
    )


def of_source(function: Callable[..., Any]) -> Loading | None:
    """Return what *function* says to load, None where that cannot be told from its source."""
    try:
        module = ast.parse(dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return None
    said: dict[str, set[str]] = {"select_related": set(), "prefetch_related": set()}
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr not in said:
                continue
            if not all(isinstance(each, ast.Constant) for each in node.args) or not node.args:
                return None
            said[node.func.attr] |= {ast.literal_eval(each) for each in node.args}
    return Loading(frozenset(said["select_related"]), frozenset(said["prefetch_related"]))


def lacking(plan: Plan, loading: Loading) -> Iterator[tuple[str, Step]]:
    """Yield the paths that *plan* follows and nobody loads, the first of each branch."""
    yield from _lacking(plan, loading, "", "")


def _lacking(plan: Plan, loading: Loading, path: str, lookup: str) -> Iterator[tuple[str, Step]]:
    for step in (*plan.joins, *plan.fetches):
        if not step.read or step.rows.place:
            continue
        here, there = path + step.hop.attribute, lookup + step.hop.lookup
        if not loading.has(here, there):
            yield here, step
        elif step.plan:
            yield from _lacking(step.plan, loading, f"{here}__", f"{there}__")


def unneeded(plan: Plan, loading: Loading) -> Iterator[str]:
    """Yield the loading that a complete *plan* has no use for, as it is written."""
    if not is_complete(plan):
        return
    known = set(_known(plan, "", ""))
    for verb, paths in (
        ("select_related", loading.joined),
        ("prefetch_related", loading.fetched - loading.own),
    ):
        yield from (f'{verb}("{path}")' for path in sorted(paths - known))


def _known(plan: Plan, path: str, lookup: str) -> Iterator[str]:
    """Yield each relation of the plan under both its names."""
    for step in (*plan.joins, *plan.fetches):
        here, there = path + step.hop.attribute, lookup + step.hop.lookup
        yield from (here, there)
        if step.plan:
            yield from _known(step.plan, f"{here}__", f"{there}__")


def defeated(plan: Plan, loading: Loading) -> Iterator[tuple[str, Step]]:
    """Yield the prefetches whose rows nobody reads, since code asks the manager anew."""
    for step in plan.fetches:
        if step.calls and not step.read and step.hop.attribute in loading.fetched:
            yield step.hop.attribute, step
