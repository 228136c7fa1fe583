"""One statement: the projection's text, kept; the queryset's, new for each request."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, cast

from django.db import connections
from django.db.models import Model, OuterRef, QuerySet
from django.utils import timezone

from matinee.reads.projection import Projection, Unfit
from matinee.reads.sqljson import _orm
from matinee.reads.sqljson._expressions import Bare, Record, Rows, Slot
from matinee.reads.sqljson._slots import ZONE
from matinee.reads.sqljson._write import Place, Writer

__all__ = ["Brought", "Statement", "compile_", "is_utc", "statement_for"]


class Brought(dict[str, Any]):
    """What a queryset adds to the columns of its model: names, with the field each is of."""

    def __init__(self, queryset: QuerySet[Any, Any] | None = None) -> None:
        added = queryset.query.annotation_select if queryset is not None else {}
        super().__init__({name: each.output_field for name, each in added.items()})
        # Fields of expressions are made anew each time, and equal none but themselves.
        self.key = tuple((name, repr(each.deconstruct()[1:])) for name, each in self.items())

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Brought) and self.key == other.key


@dataclass(frozen=True, eq=False)
class Statement:
    """A projection compiled for one database. It holds nothing of any request.

    Attributes:
        projection: What it answers.
        alias: The database.
        utc: Whether the time zone is UTC.
        brought: What the querysets bring.
        carried: What each projection with Python code carries for it, by its ``id``.
        managers: Each manager that is asked anew, and what it gave.
        text: The SQL that stands before the queryset, and that after it.
        params: The parameters before the queryset's, slots among them.
        columns: The fields of the queryset that are read.
        read: The annotations that are read.
        table: The name that the queryset stands under.
        moments: The points in time that are converted beside it.
    """

    projection: Projection
    alias: str
    utc: bool
    brought: Brought
    carried: Mapping[int, Any]
    managers: tuple[tuple[Any, tuple[Any, ...]], ...]
    text: tuple[str, str]
    params: tuple[Any, ...]
    columns: tuple[str, ...]
    read: tuple[str, ...]
    table: str
    moments: tuple[str, ...]

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
        head, tail = self.text
        columns = _quoted(self.alias, tuple(names))
        rows = f"({base}) AS {self.table}({columns})"
        filled = {each: each.fill(self.alias) for each in self.slots}
        if self.moments:
            times, more = _converted(self.projection.model, self.alias, self.moments)
            rows = f"(SELECT *{times} FROM {rows} OFFSET 0) AS {self.table}({columns}{more})"
            params = [*([filled[ZONE.slot]] * len(self.moments)), *params]
        own = [filled[each] if isinstance(each, Slot) else each for each in self.params]
        return f"{_note(comment)}{head}{rows}{tail}", [*own, *params]

    @cached_property
    def slots(self) -> frozenset[Slot]:
        """What each request fills in, each once."""
        zone = (ZONE.slot,) if self.moments else ()
        return frozenset((*zone, *(each for each in self.params if isinstance(each, Slot))))

    def fetch(self, queryset: QuerySet[Any, Any], *, comment: str = "") -> bytes:
        """Run it for *queryset* and return the JSON list.

        PostgreSQL writes an object a row, and they are collected here. As an aggregate the list
        would be several times in the server's memory, whose pages are new to it each time.

        Queries: one; none where the queryset is known to be empty.
        """
        compiled = self.sql(queryset, comment=comment)
        if compiled is None:
            return b"[]"
        with connections[self.alias].cursor() as cursor:
            cursor.execute(*compiled)
            # As they came: text would be decoded here, and encoded again for the response.
            found = cursor.cursor.pgresult
            rows = [found.get_value(number, 0) for number in range(found.ntuples)]
        if not rows:
            return b"[]"
        rows[0] = b"[" + rows[0]
        rows[-1] += b"]"
        return b",".join(rows)

    def current(self) -> "Statement":
        """Return this statement, or one made anew where a manager gives other rows by now.

        A manager that filters by the clock or by the tenant does so when it is asked; what it
        said another time must not be said again.
        """
        for manager, print_ in self.managers:
            if _orm.fingerprint(manager.get_queryset().using(self.alias)) != print_:
                return _compiled(self.projection, self.alias, self.utc, self.brought)
        return self


@lru_cache(maxsize=1024)
def _quoted(alias: str, names: tuple[str, ...]) -> str:
    return ", ".join(map(connections[alias].ops.quote_name, names))


@lru_cache(maxsize=1024)
def _converted(model: type, alias: str, moments: tuple[str, ...]) -> tuple[str, str]:
    """Return the points in time in their zone and in UTC as what is selected, and the names."""
    fields: Any = cast("type[Model]", model)._meta
    columns = [connections[alias].ops.quote_name(fields.get_field(n).column) for n in moments]
    both = (f", {each} AT TIME ZONE %s::text, {each} AT TIME ZONE 'UTC'" for each in columns)
    return "".join(both), "".join(f", _h${n}, _u${n}" for n in range(len(moments)))


@lru_cache(maxsize=1024)
def _note(comment: str) -> str:
    return f"/* {re.sub(r'[^\w.]+', ' ', comment)} */ " if comment else ""


def statement_for(projection: Projection, queryset: QuerySet[Any, Any]) -> Statement:
    """Return the statement that answers *projection* for *queryset*, kept from the last time.

    Raises:
        Unfit: One statement cannot.
    """
    return compile_(projection, queryset.db, utc=is_utc(), brought=Brought(queryset)).current()


def is_utc() -> bool:
    """Whether times are written in UTC, for which there is a statement of its own."""
    return str(timezone.get_current_timezone()) == "UTC"


@lru_cache(maxsize=1024)
def compile_(
    projection: Projection, alias: str, *, utc: bool, brought: Brought | None = None
) -> Statement:
    """Compile *projection* for the database *alias*, once.

    Raises:
        Unfit: One statement cannot answer it.
    """
    return _compiled(projection, alias, utc, brought or Brought())


def _compiled(projection: Projection, alias: str, utc: bool, brought: Brought) -> Statement:
    model: type[Model] = projection.model
    if connections[alias].vendor != "postgresql":
        raise Unfit(f"the database {alias} is no PostgreSQL")
    read = _read(projection, brought)
    writer = Writer(
        alias,
        utc=utc,
        table=model._meta.db_table,
        annotations={name: brought[name] for name in read},
        native=projection.remade_within,
    )
    record, columns = _outermost(writer, projection, model)
    queryset: QuerySet[Any, Any] = QuerySet(model).using(alias).order_by().values_list(*columns)
    select, params, table = _orm.selected(queryset, alias)
    text = ", ".join(select)
    made = "row_to_json(_x)" if record.json == "_x" else record.json
    head = f"SELECT ({made})::text FROM (SELECT {text} FROM "
    return Statement(
        projection,
        alias,
        utc,
        brought,
        writer.carried,
        tuple(writer.managers),
        (head, f") AS _x({record.columns})"),
        (*record.params, *params),
        tuple(
            each.name
            for each in model._meta.concrete_fields
            if f'{table}."{each.column}"' in text or each.name in writer.moments
        ),
        read,
        table,
        tuple(writer.moments),
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


def _read(projection: Projection, brought: Brought) -> tuple[str, ...]:
    if projection.needs is not None:
        return tuple(brought)
    named = [each.column for each in projection.values() if each.annotation]
    if missing := [name for name in named if name not in brought]:
        raise Unfit(f"the queryset does not bring {missing[0]}")
    return tuple(dict.fromkeys(named))
