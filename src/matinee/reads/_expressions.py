"""What an expression of Django's names, and how it becomes a value of one row and no more."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Aggregate, F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.sql import Query

__all__ = ["apart", "crosses", "names"]


def names(node: Any) -> Iterator[str]:
    """Yield the paths that *node*, a ``Q`` or an expression, names in the ORM's language.

    What stands inside a subquery is of another model and is not looked into; nor are aggregates,
    which make one value of many.
    """
    if isinstance(node, Q):
        for child in node.children:
            yield from _of_condition(child)
    elif isinstance(node, F) and not isinstance(node, OuterRef):
        yield node.name  # type: ignore[attr-defined]
    elif not isinstance(node, Subquery | Aggregate):
        for each in _sources(node):
            yield from names(each)


def crosses(query: Query, path: str) -> bool:
    """Whether *path* goes over a to-many relation, so that one row of *query* becomes several.

    Raises:
        FieldError: The query's model has no such field.
    """
    found, *_ = query.names_to_path(path.split("__"), query.get_meta())
    return any(step.m2m for step in found)


def apart(expression: Any, model: type[Model]) -> Any:
    """Return *expression* with each aggregate in a subquery of its own.

    Two aggregates over two relations never multiply each other, the rows are not grouped, and
    ``count()`` leaves all of it out, as it leaves out every annotation that nothing refers to.
    """
    if isinstance(expression, Aggregate):
        one: QuerySet[Any] = QuerySet(model).filter(pk=OuterRef("pk")).order_by()
        return Subquery(one.values("pk").annotate(_value=expression).values("_value"))
    if isinstance(expression, Subquery) or not (sources := _sources(expression)):
        return expression
    rebuilt = expression.copy()
    rebuilt.set_source_expressions([apart(each, model) for each in sources])
    return rebuilt


def _of_condition(child: Any) -> Iterator[str]:
    if isinstance(child, tuple):
        yield child[0]
        yield from names(child[1])
    else:
        yield from names(child)


def _sources(node: Any) -> list[Any]:
    return node.get_source_expressions() if hasattr(node, "get_source_expressions") else []
