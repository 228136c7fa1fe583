"""Every part of Django's ORM that is used here and has no public name.

Each function has a test of its own in ``tests/db/reads/test_sqljson_orm.py``, so that a Django
that changes one of them says which.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, cast

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Expression, Manager, Model, QuerySet, TextField
from django.db.models.base import ModelState
from django.db.models.expressions import OrderBy
from django.db.models.manager import BaseManager
from django.db.models.query import ModelIterable
from django.db.models.sql import Query

from matinee.reads import _facts as facts
from matinee.reads import _written as hand
from matinee.reads.projection import Unfit
from matinee.reads.shape import Hop

__all__ = [
    "asks_anew",
    "base",
    "blank",
    "fingerprint",
    "fits",
    "point_to",
    "prefetched",
    "selected",
    "way",
]


def selected(queryset: QuerySet[Any, Any], alias: str) -> tuple[list[str], list[Any], str]:
    """Compile what a ``values_list()`` selects from its one table.

    Returns:
        The expressions in SQL, their parameters, and the table's name as they write it.

    Raises:
        Unfit: They need more than the one table.
    """
    compiler = queryset.query.get_compiler(alias)
    compiler.pre_sql_setup()
    tables, _ = compiler.get_from_clause()
    if len(tables) != 1:
        raise Unfit(f"it takes a join beside {tables[0]}")
    columns = [sql for _, (sql, _), _ in compiler.select]
    return columns, [p for _, (_, params), _ in compiler.select for p in params], tables[0]


def base(
    queryset: QuerySet[Any, Any], alias: str, columns: tuple[str, ...], annotations: Sequence[str]
) -> tuple[str, Sequence[Any], list[str]] | None:
    """Compile a queryset that stands for the table of its model.

    Args:
        queryset: One that ``fits``.
        alias: The database's.
        columns: The names of the fields that are read.
        annotations: The names of the annotations that are read.

    Returns:
        The SQL, its parameters and the names its columns shall have, an annotation's by its
        position; None where it is known to be empty.
    """
    query, model = queryset.query, cast("type", queryset.model)
    names, table = _ordering(query), queryset.model._meta.db_table
    order = _order(query, table) if names else None
    if annotations or not _is_whole(query) or (names and order is None):
        return _compiled(query, alias, columns, annotations)
    # Most lists are all rows in some order, and a page of that: Django need not say it each time.
    sql, params, known = _whole(model, table, alias, columns, order)
    if query.is_sliced:
        limits = connections[alias].ops.limit_offset_sql(query.low_mark, query.high_mark)
        sql = f"{sql} {limits}"
    return sql, params, known


def _is_whole(query: Any) -> bool:
    """Whether *query* is all rows of its table, or a page of those."""
    chooses = query.where or query.annotations or query.distinct or query.combinator
    own = query.extra or query.explain_info or query.group_by is not None
    return type(query) is Query and not (chooses or own)


@lru_cache(maxsize=1024)
def _whole(
    model: type, _table: str, alias: str, columns: tuple[str, ...], order: "Order | None"
) -> tuple[str, Sequence[Any], list[str]]:
    query: Any = Query(model)
    query.order_by = (order,) if order else ()
    query.default_ordering = order is not None
    return cast("tuple[str, Sequence[Any], list[str]]", _compiled(query, alias, columns, ()))


def _compiled(
    query: Any, alias: str, columns: tuple[str, ...], annotations: Sequence[str]
) -> tuple[str, Sequence[Any], list[str]] | None:
    query = query.chain()
    query.select_related = False
    if not query.combinator:
        query.set_annotation_mask(annotations)
        _choose(query, columns, alone=not annotations)
    compiler = query.get_compiler(alias)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    names = [
        each
        for column, _, name in compiler.select
        for each in getattr(column, "names", [_name(column, name, annotations)])
    ]
    if query.distinct and not query.distinct_fields:
        # What it is ordered by is selected too.
        extra = compiler.get_extra_select(compiler.get_order_by(), compiler.select)
        names += ["_"] * len(extra)
    # A name nobody asks for must still be of one column alone.
    return sql, params, [each if each != "_" else f"_{n}" for n, each in enumerate(names)]


def _choose(query: Any, columns: tuple[str, ...], *, alone: bool) -> None:
    """Have *query* select *columns*, and whether nothing else."""
    if alone and not query.where.contains_over_clause:
        table = query.get_initial_alias()
        query.default_cols = False
        query.select = (_columns(query.model, columns, table),)
        if (order := _order(query, table)) is not None:
            query.order_by = (order,)
    else:  # Django refers to what is selected by its position, or by a name for each
        query.clear_deferred_loading()
        query.add_immediate_loading(columns)


@lru_cache(maxsize=1024)
def _columns(model: type[Model], names: tuple[str, ...], table: str) -> "Columns":
    fields = model._meta.concrete_fields
    wanted = {*names, *facts.identity(model)}
    return Columns([each.get_col(table) for each in fields if each.name in wanted])


class Columns(Expression):
    """Columns of one table as one expression: apart, they take longer than all the rest.

    Attributes:
        columns: The columns.
        names: Their names.
        sql: What they are in SQL, once that was asked for.
    """

    def __init__(self, columns: list[Any]) -> None:
        super().__init__(output_field=TextField())
        self.columns = columns
        self.names = [each.target.column for each in columns]
        self.identity = (id(self),)  # Django compares what is selected
        self.sql = ""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002
        if not self.sql:
            self.sql = ", ".join(compiler.compile(each)[0] for each in self.columns)
        return self.sql, ()

    def get_group_by_cols(self) -> list[Any]:
        return self.columns


def _ordering(query: Any) -> Sequence[Any]:
    """Return what *query* is ordered by."""
    return query.order_by or (query.default_ordering and query.get_meta().ordering) or ()


def _order(query: Any, table: str) -> "Order | None":
    """Return the order of *query* as one expression, None where it is by more than columns."""
    names = _ordering(query)
    plain = query.standard_ordering and not (query.distinct or query.annotations)
    if not plain or not names or not all(isinstance(each, str) for each in names):
        return None
    return _ordered(query.model, tuple(names), table)


@lru_cache(maxsize=1024)
def _ordered(model: type[Model], names: tuple[str, ...], table: str) -> "Order | None":
    own = {each.attname: each for each in model._meta.local_concrete_fields}
    own |= {each.name: each for each in own.values() if not each.remote_field}
    if (key := model._meta.pk) in own.values() and not key.remote_field:
        own["pk"] = key
    if any(each.removeprefix("-") not in own for each in names):
        return None
    return Order(
        [
            OrderBy(own[each.removeprefix("-")].get_col(table), descending=each[0] == "-")
            for each in names
        ]
    )


class Order(OrderBy):
    """Columns of one table to order by, as one expression; Django looks each up on each request.

    Attributes:
        each: The columns, each with its direction.
        sql: What they are in SQL, once that was asked for.
    """

    def __init__(self, each: list[OrderBy]) -> None:
        super().__init__(each[0].expression)
        self.each = each
        self.sql = ""

    def resolve_expression(self, *args: Any, **kwargs: Any) -> "Order":  # noqa: ARG002
        return self

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]  # noqa: ARG002
        if not self.sql:
            self.sql = ", ".join(compiler.compile(each)[0] for each in self.each)
        return self.sql, ()


def _name(column: Any, name: str | None, annotations: Sequence[str]) -> str:
    if name in annotations:
        return f"_a{annotations.index(name)}"
    target = getattr(column, "target", None)
    return target.column if target is not None else "_"


def fits(queryset: QuerySet[Any, Any], annotations: Sequence[str]) -> str:
    """Say why *queryset* cannot stand for the table of its model, "" if it can."""
    return next(_misfits(queryset, annotations), "")


def _misfits(queryset: QuerySet[Any, Any], annotations: Sequence[str]) -> Iterator[str]:
    query = queryset.query
    if not issubclass(queryset._iterable_class, ModelIterable):
        yield "its rows are no instances"
    if queryset._result_cache is not None:  # noqa: SLF001
        yield "it was run already"
    if query.extra_select or query.extra_tables or query.extra_order_by:
        yield "it uses extra()"
    if query.select_for_update:
        yield "it locks its rows"
    for each in queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
        if hand.rows_of(each) is not None:
            yield f"it chooses the rows of {hand.through(each)} itself"
    parts = (query, *query.combined_queries)
    plain = not annotations and not any(each.annotation_select for each in parts)
    if query.combinator and not (plain and all(not each.deferred_loading[0] for each in parts)):
        yield f"it is a {query.combinator} of more than its model's columns"


def asks_anew(manager: "Manager[Any]") -> bool:
    """Whether the manager may give other rows at the next request."""
    own: Any = type(manager)
    made = own.get_queryset, own._queryset_class.__init__  # noqa: SLF001
    return made != (BaseManager.get_queryset, QuerySet.__init__)


def fingerprint(queryset: QuerySet[Any, Any]) -> tuple[Any, ...]:
    """Return what two querysets of one manager are compared by.

    Raises:
        Unfit: No further filter can be put on it, or its rows are made up.
    """
    query = queryset.query
    name = queryset.model.__name__
    if query.is_sliced or query.combinator or query.distinct or query.group_by is not None:
        raise Unfit(f"the manager of {name} gives cut, joined or grouped rows")
    if query.extra or query.extra_tables or query.extra_order_by:
        raise Unfit(f"the manager of {name} uses extra()")
    # Conditions name tables; which rows of those they mean, the joins say.
    joins = dict(query.alias_map)
    return query.where, joins, query.order_by, query.default_ordering, query.annotations


# Instances that no query made.


def blank(model: type[Model], alias: str, values: dict[str, Any]) -> Model:
    """Return an instance with these attributes, as if it had been read from the database."""
    values["_state"] = state = ModelState()
    state.adding = False
    state.db = alias
    instance = model.__new__(model)
    instance.__dict__ = values
    return instance


def way(hop: Hop, model: type[Model]) -> tuple[str, str]:
    """Return what *model* remembers the other end of a to-one relation under, and that it this."""
    field: Any = model._meta.get_field(hop.lookup)
    return field.cache_name, field.remote_field.cache_name if hop.back else ""


def point_to(instance: Model, way: tuple[str, str], other: Model | None) -> None:
    """Let *other* be where a ``way`` of *instance* leads to, and *instance* the way back."""
    there, back = way
    instance._state.fields_cache[there] = other
    if back and other is not None:
        other._state.fields_cache[back] = instance


def prefetched(instance: Model, hop: Hop, rows: list[Model]) -> None:
    """Let *rows* be what a to-many relation of *instance* was prefetched to be."""
    manager = getattr(instance, hop.attribute)
    queryset = manager.get_queryset()
    queryset._result_cache = rows  # noqa: SLF001
    queryset._prefetch_done = True  # noqa: SLF001
    if hop.back:
        field: Any = cast("type[Model]", hop.model)._meta.get_field(hop.back)
        for row in rows:
            field.set_cached_value(row, instance)
    if (cache := instance.__dict__.get("_prefetched_objects_cache")) is None:
        cache = instance.__dict__["_prefetched_objects_cache"] = {}
    cache[cache_name(manager)] = queryset


def cache_name(manager: Any) -> str:
    """Return what Django remembers the rows of a related manager under."""
    name = getattr(manager, "prefetch_cache_name", None)
    return str(name or manager.field.remote_field.cache_name)
