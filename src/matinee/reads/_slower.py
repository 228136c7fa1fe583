"""Where one statement for everything is slower than a query a relation."""

from collections.abc import Iterator
from typing import cast

from django.db.models import Model, UniqueConstraint

from matinee.reads.plan import Plan, Step
from matinee.reads.shape import Link

__all__ = ["slower"]


def slower(plan: Plan) -> Iterator[str]:
    """Say of which parts of *plan* one statement makes more work than instances do.

    A statement asks for what hangs on a row once for each row. Two things make that dear: a
    relation whose rows no index finds, and an object that many rows share, made again for each
    together with the lists within it. Both are told from the models; measure to decide.
    """
    for step in (*plan.joins, *plan.fetches):
        if step.read and step.plan is not None:
            yield from _of(plan, step)
            yield from slower(step.plan)


def _of(plan: Plan, step: Step) -> Iterator[str]:
    near, far = plan.model.__name__, cast("type[Model]", step.hop.model)
    name = f"{near}.{step.hop.attribute}"
    lists = [each.place for each in step.plan.fetches if each.read] if step.plan else []
    if step.hop.link is Link.MANY and not _is_indexed(far, step.hop.far):
        yield (
            f"no index finds the rows of {name}, so each {near} looks through all of "
            f"{far.__name__}: add one on {', '.join(step.hop.far)}"
        )
    if step.hop.link is Link.FORWARD and lists:
        yield (
            f"{name} is made for each row, with its {' and '.join(lists)}: where many rows share "
            f"few of {far.__name__}, instances may be faster"
        )


def _is_indexed(model: type[Model], names: tuple[str, ...]) -> bool:
    """Whether an index of *model* finds rows by the fields *names*, or by the first of them."""
    first = model._meta.get_field(names[0])
    if getattr(first, "db_index", False) or getattr(first, "unique", False):
        return True
    unique = [each for each in model._meta.constraints if isinstance(each, UniqueConstraint)]
    fields = [*(each.fields for each in (*model._meta.indexes, *unique))]
    keys = [[name.lstrip("-") for name in each] for each in (*fields, *model._meta.unique_together)]
    return any(each[:1] == [names[0]] or set(each[: len(names)]) == set(names) for each in keys)
