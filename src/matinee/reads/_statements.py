"""The SQL of a planned queryset, as Django will run it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Func, QuerySet
from django.db.models.fields.related_descriptors import (  # type: ignore[attr-defined]
    ManyToManyDescriptor,
    _filter_prefetch_queryset,
)

from matinee.reads import _written as hand
from matinee.reads._facts import attribute
from matinee.reads.shape import Hop

__all__ = ["statements"]


def statements(queryset: QuerySet[Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, SQL) of *queryset* and of each of its prefetches, below *path*."""
    yield path, queryset.query.sql_with_params()[0]
    for lookup in queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
        name = (f"{path}." if path else "") + hand.into(lookup).replace("__", ".")
        if (rows := hand.rows_of(lookup)) is not None:
            owner, hop = _last_hop(queryset.model, hand.through(lookup))
            yield from statements(_keyed(rows, owner, hop), name)
        else:
            yield name, "-- left to Django"


def _last_hop(model: Any, path: str) -> tuple[Any, Hop | None]:
    """Return the last relation of *path*, and the model it starts from."""
    owner, hop = model, None
    for name in path.split("__"):
        owner, found = model, attribute(model, name) if model else None
        if not isinstance(found, Hop):
            return owner, None
        hop, model = found, found.model
    return owner, hop


def _keyed(queryset: QuerySet[Any], owner: Any, hop: Hop | None) -> QuerySet[Any]:
    """Return the query as Django's prefetch runs it, ``…`` for the keys from the level above."""
    if hop is None:
        return queryset
    queryset = _filter_prefetch_queryset(queryset.all(), hop.inverse, [_Keys()])
    descriptor = getattr(owner, hop.attribute)
    if isinstance(descriptor, ManyToManyDescriptor):
        field, through = descriptor.field, descriptor.through._meta
        name = field.m2m_reverse_field_name() if descriptor.reverse else field.m2m_field_name()
        end = through.get_field(name)
        column = f'"{through.db_table}"."{end.column}"'
        queryset = queryset.extra(select={f"_prefetch_related_val_{end.attname}": column})  # noqa: S610  as Django does
    return queryset


class _Keys(Func):
    template = "…"
    arity = 0
