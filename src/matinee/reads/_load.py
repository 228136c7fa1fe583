"""From a plan to objects that are loaded already: what they lack, and no more."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from django.db.models import Field, Manager, Model, QuerySet, prefetch_related_objects

from matinee import conf
from matinee.reads._calls import adopt
from matinee.reads._queryset import annotated, called, lookup_of, wanted
from matinee.reads.plan import Plan, Step
from matinee.reads.shape import Link

__all__ = ["load"]


def load(plan: Plan, objects: Iterable[Any], *, narrow: bool) -> None:
    """Load what *plan* needs of *objects* and they have not.

    Objects of several classes, or of several databases, are loaded a class and a database at a
    time: a prefetch takes all for what the first one is.
    """
    for group in _groups(plan, objects):
        _values(plan, group)
        if (asked := called(plan, narrow=narrow)) or conf.reads.heals:
            adopt(group, asked)
        for step in (*plan.joins, *plan.fetches):
            if step.read:
                _relation(step, group, narrow=narrow)


def _groups(plan: Plan, objects: Iterable[Any]) -> Iterator[list[Any]]:
    groups: dict[tuple[type, str | None], dict[int, Any]] = {}
    for each in objects:
        # What is not saved has no rows; what is of another model is not the plan's business.
        if isinstance(each, Model) and isinstance(each, plan.model) and each.pk is not None:
            groups.setdefault((type(each), each._state.db), {})[id(each)] = each
    for group in groups.values():
        yield list(group.values())


def _values(plan: Plan, objects: Sequence[Any]) -> None:
    """Set the columns and the computed values that any of *objects* lacks, by one query."""
    model = cast("type[Model]", plan.model)
    fields = [cast("Field[Any, Any]", model._meta.get_field(name)) for name in wanted(plan)]
    names = [field.attname for field in fields]
    names += [each.name for each in plan.computed]
    lacking = [name for name in names if any(name not in one.__dict__ for one in objects)]
    if not lacking:
        return
    rows: QuerySet[Any] = QuerySet(model, using=objects[0]._state.db).filter(
        pk__in=[each.pk for each in objects]
    )
    computed = [each for each in plan.computed if each.name in lacking]
    rows = annotated(rows.order_by(), computed, model)
    found = {key: values for key, *values in rows.values_list("pk", *lacking)}
    for each in objects:
        for name, value in zip(lacking, found.get(each.pk, ()), strict=False):
            each.__dict__.setdefault(name, value)


def _relation(step: Step, objects: Sequence[Any], *, narrow: bool) -> None:
    """Load the relation of *step* where it is lacking, and what it leads to everywhere."""
    loaded = [each for each in objects if _is_loaded(each, step)]
    lacking = [each for each in objects if not _is_loaded(each, step)]
    if step.plan is None:
        prefetch_related_objects(lacking, step.hop.attribute)
        return
    if lacking:
        mode = getattr(lacking[0]._state, "fetch_mode", None)
        prefetch_related_objects(lacking, lookup_of(step, narrow=narrow, mode=mode))
    if loaded:
        load(step.plan, [other for each in loaded for other in _at(each, step)], narrow=narrow)


def _is_loaded(one: Any, step: Step) -> bool:
    if step.rows.place:
        return step.place in one.__dict__
    if step.hop.link is Link.MANY:
        return step.place in getattr(one, "_prefetched_objects_cache", ())
    return step.place in one._state.fields_cache


def _at(one: Any, step: Step) -> Sequence[Any]:
    """Return the objects that are loaded at *step*."""
    value = getattr(one, step.place, None)
    if isinstance(value, Manager):
        return list(value.all())
    return value if isinstance(value, list) else [value]
