"""Hand-written loading that nothing reads."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, Prefetch, QuerySet

from matinee.reads._queryset import _followed
from matinee.reads._written import rows_of, through
from matinee.reads.plan import Plan, Step
from matinee.reads.shape import Kind

__all__ = ["is_complete", "without_unneeded"]


def without_unneeded[M: Model](
    plan: Plan, queryset: QuerySet[M]
) -> tuple[QuerySet[M], tuple[str, ...]]:
    """Return *queryset* without the hand-written loading that *plan* has no use for, and that.

    Only where the plan is all that its rows are read by: nothing is handed an object, nothing is
    unseen, nothing cut off. A ``Prefetch`` with a queryset or a ``to_attr`` of its own is kept:
    it was written for more than speed.

    Returns:
        The queryset, and each thing dropped as it is written: "select_related('studio')".
    """
    if not is_complete(plan) or queryset.query.select_for_update or queryset.query.combinator:
        return queryset, ()
    joins, fetches = set(_joined(plan)), set(_fetched(plan))
    by_hand = list(_followed(queryset))
    lookups = queryset._prefetch_related_lookups  # type: ignore[attr-defined]
    joined = [path for path in by_hand if path in joins]
    kept = [each for each in lookups if _is_own(each) or through(each) in fetches]
    dropped = [f"select_related({path!r})" for path in by_hand if path not in joins]
    dropped += [f"prefetch_related({through(each)!r})" for each in lookups if each not in kept]
    if len(joined) < len(by_hand):
        queryset = queryset.select_related(None)
        queryset = queryset.select_related(*joined) if joined else queryset
    if len(kept) < len(lookups):
        queryset = queryset.prefetch_related(None).prefetch_related(*kept)
    return queryset, tuple(dropped)


def is_complete(plan: Plan) -> bool:
    """Whether *plan* is all that its rows are read by."""
    unseen = any(note.kind is Kind.UNSEEN for note in plan.notes)
    return not (plan.whole or plan.cut or unseen) and all(
        is_complete(step.plan) for step in _steps(plan) if step.plan
    )


def _steps(plan: Plan) -> tuple[Step, ...]:
    return (*plan.joins, *plan.fetches)


def _joined(plan: Plan, path: str = "") -> Iterator[str]:
    """Yield what the plan joins, as ``select_related`` names it."""
    for step in plan.joins:
        yield path + step.hop.lookup
        if step.plan:
            yield from _joined(step.plan, f"{path}{step.hop.lookup}__")


def _fetched(plan: Plan, path: str = "") -> Iterator[str]:
    """Yield every relation that the plan follows, as ``prefetch_related`` names it."""
    for step in _steps(plan):
        yield path + step.hop.attribute
        if step.plan:
            yield from _fetched(step.plan, f"{path}{step.hop.attribute}__")


def _is_own(lookup: Any) -> bool:
    return isinstance(lookup, Prefetch) and (rows_of(lookup) is not None or bool(lookup.to_attr))
