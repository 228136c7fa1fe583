"""One statement: the projection's text, kept; the queryset's, new for each request."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connections
from django.db.models import Model, OuterRef, QuerySet
from django.utils import timezone

from matinee.reads.projection import Projection, Unfit
from matinee.reads.sqljson import _orm
from matinee.reads.sqljson._expressions import Bare, Record, Rows, Slot
from matinee.reads.sqljson._objects import Carried
from matinee.reads.sqljson._write import Place, Writer

__all__ = ["Statement", "annotations", "compile_", "statement_for"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A projection compiled for one database. It holds nothing of any request.

    Attributes:
        projection: What it answers.
        alias: The database.
        utc: Whether the time zone is UTC.
        annotations: What the querysets bring, by name, with the field each is of.
        carried: What each projection with Python code carries for it, by its ``id``.
        managers: Each manager that is asked anew, and what it gave.
        text: The SQL that stands before the queryset, and that after it.
        params: The parameters before the queryset's, slots among them.
        columns: The fields of the queryset that are read.
        read: The annotations that are read.
        table: The name that the queryset stands under.
    """

    projection: Projection
    alias: str
    utc: bool
    annotations: Mapping[str, Any]
    carried: Mapping[int, Carried]
    managers: tuple[tuple[Any, tuple[Any, ...]], ...]
    text: tuple[str, str]
    params: tuple[Any, ...]
    columns: tuple[str, ...]
    read: tuple[str, ...]
    table: str

    def check(self, queryset: QuerySet[Any, Any]) -> None:
        """Raise ``Unfit`` where *queryset* cannot stand for its model's table."""
        if why := _orm.fits(queryset, self.read):
            raise Unfit(f"the queryset cannot be put into a statement: {why}")

    def sql(
        self, queryset: QuerySet[Any, Any], *, comment: str = ""
    ) -> tuple[str, list[Any]] | None:
        """Return the SQL and its parameters for *queryset*, None where that is empty.

        Raises:
            Unfit: The queryset cannot stand for its model's table.
        """
        self.check(queryset)
        compiled = _orm.base(queryset, self.alias, self.columns, self.read)
        if compiled is None:
            return None
        base, params, names = compiled
        quote_name = connections[self.alias].ops.quote_name
        head, tail = self.text
        note = f"/* {re.sub(r'[^\w.]+', ' ', comment)} */ " if comment else ""
        columns = ", ".join(map(quote_name, names))
        sql = f"{note}{head}({base}) AS {self.table}({columns}){tail}"
        own = [each.fill(self.alias) if isinstance(each, Slot) else each for each in self.params]
        return sql, [*own, *params]

    def fetch(self, queryset: QuerySet[Any, Any], *, comment: str = "") -> str:
        """Run it for *queryset* and return the JSON list.

        Queries: one; none where the queryset is known to be empty.
        """
        found = self.sql(queryset, comment=comment)
        if found is None:
            return "[]"
        with connections[self.alias].cursor() as cursor:
            cursor.execute(*found)
            text: str = cursor.fetchone()[0]
        return text

    def current(self) -> "Statement":
        """Return this statement, or one made anew where a manager gives other rows by now.

        A manager that filters by the clock or by the tenant does so when it is asked; what it
        said another time must not be said again.
        """
        for manager, print_ in self.managers:
            if _orm.fingerprint(manager.get_queryset().using(self.alias)) != print_:
                return _compiled(self.projection, self.alias, self.utc, self.annotations)
        return self


def statement_for(projection: Projection, queryset: QuerySet[Any, Any]) -> Statement:
    """Return the statement that answers *projection* for *queryset*, kept from the last time.

    Raises:
        Unfit: One statement cannot.
    """
    utc = str(timezone.get_current_timezone()) == "UTC"
    return compile_(projection, queryset.db, utc=utc, annotations=annotations(queryset)).current()


def annotations(queryset: QuerySet[Any, Any]) -> dict[str, Any]:
    """Return what *queryset* adds to the columns of its model, with the field each is of."""
    selected = queryset.query.annotation_select
    return {name: each.output_field for name, each in selected.items()} if selected else {}


def compile_(
    projection: Projection, alias: str, *, utc: bool, annotations: Mapping[str, Any] | None = None
) -> Statement:
    """Compile *projection* for the database *alias*, once.

    Raises:
        Unfit: One statement cannot answer it.
    """
    return _kept(projection, alias, utc, tuple((annotations or {}).items()))


@lru_cache(maxsize=1024)
def _kept(
    projection: Projection, alias: str, utc: bool, annotations: tuple[tuple[str, Any], ...]
) -> Statement:
    return _compiled(projection, alias, utc, dict(annotations))


def _compiled(
    projection: Projection, alias: str, utc: bool, annotations: Mapping[str, Any]
) -> Statement:
    model: type[Model] = projection.model
    if connections[alias].vendor != "postgresql":
        raise Unfit(f"the database {alias} is no PostgreSQL")
    read = _read(projection, annotations)
    writer = Writer(
        alias, utc=utc, table=model._meta.db_table, annotations={n: annotations[n] for n in read}
    )
    record, columns = _outermost(writer, projection, model)
    queryset: QuerySet[Any, Any] = QuerySet(model).using(alias).order_by().values_list(*columns)
    select, params, table = _orm.selected(queryset, alias)
    text = ", ".join(select)
    head = f"SELECT coalesce(json_agg({record.json}), '[]'::json)::text FROM (SELECT {text} FROM "
    return Statement(
        projection,
        alias,
        utc,
        annotations,
        writer.carried,
        tuple(writer.managers),
        (head, f") AS _x({record.columns})"),
        (*record.params, *params),
        tuple(
            each.name for each in model._meta.concrete_fields if f'{table}."{each.column}"' in text
        ),
        read,
        table,
    )


def _outermost(
    writer: Writer, projection: Projection, model: type[Model]
) -> tuple[Record, list[Any]]:
    if len({each.model._meta.db_table for each in model._meta.concrete_fields}) == 1:
        return writer.record(projection, Place(model, inner=False))
    # In two tables: the rows are found again by their key, where a join is no harm.
    record, columns = writer.record(projection, Place(model))
    rows: QuerySet[Any, Any] = (
        QuerySet(model).using(writer.alias).order_by().filter(pk=OuterRef("pk"))
    )
    return Bare(), [Rows(rows.order_by().values_list(*columns), record, many=False)]


def _read(projection: Projection, annotations: Mapping[str, Any]) -> tuple[str, ...]:
    if projection.needs is not None:
        return tuple(annotations)
    named = [each.column for each in projection.values() if each.annotation]
    if missing := [name for name in named if name not in annotations]:
        raise Unfit(f"the queryset does not bring {missing[0]}")
    return tuple(dict.fromkeys(named))
