"""Expressions of SQL that Django has no words for. Keys are quoted here and nowhere else."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Expression, JSONField, QuerySet, Subquery, TextField

from matinee.reads.projection import Unfit

__all__ = [
    "Array",
    "Bare",
    "Column",
    "Filled",
    "Here",
    "Literal",
    "Pattern",
    "Record",
    "Rows",
    "Slot",
]

_LONGEST = 63  # bytes of a name in PostgreSQL, which cuts longer ones short without a word
_MOST = 100  # arguments of a function in PostgreSQL


@dataclass(frozen=True, slots=True)
class Slot:
    """A parameter that every request fills anew; what is kept between requests holds the slot.

    Attributes:
        name: What it is.
        fill: Given the database's alias, returns the value.
    """

    name: str
    fill: Callable[[str], Any]


class _Text(Expression):
    """An expression whose type matters to nobody: it is looked at by PostgreSQL alone."""

    def __init__(self, *expressions: Any) -> None:
        super().__init__(output_field=TextField())
        self.expressions = list(expressions)

    def get_source_expressions(self) -> list[Any]:
        return self.expressions

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.expressions = list(exprs)

    @property
    def identity(self) -> Any:  # its arguments do not say what it is
        return id(self)


class Pattern(_Text):
    """SQL with the expressions in the places of ``{0}``, ``{1}``, each as often as it is named."""

    def __init__(self, pattern: str, *expressions: Any) -> None:
        super().__init__(*expressions)
        self.pattern = re.split(r"\{(\d)\}", pattern)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002
        compiled = [compiler.compile(each) for each in self.expressions]
        sql, params = [], []
        for position, part in enumerate(self.pattern):
            if position % 2:
                inner, inner_params = compiled[int(part)]
                sql.append(inner)
                params += inner_params
            else:
                sql.append(part)
        return "".join(sql), tuple(params)


class Filled(_Text):
    """The value of a slot, of the type that *cast* names or that stands beside it."""

    def __init__(self, slot: Slot, cast: str = "") -> None:
        super().__init__()
        self.slot = slot
        self.cast = cast

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002
        return f"%s::{self.cast}" if self.cast else "%s", (self.slot,)


class Literal(_Text):
    """JSON as it stands."""

    def __init__(self, json: str) -> None:
        super().__init__()
        self.json = json

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002
        return "%s::json", (self.json,)


class Column(_Text):
    """A column of the outermost table that no model knows: an annotation of the queryset."""

    def __init__(self, table: str, name: str) -> None:
        super().__init__()
        self.table = table
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002
        quote_name = connection.ops.quote_name
        return f"{quote_name(self.table)}.{quote_name(self.name)}", ()


class Array(_Text):
    """The expressions as one JSON array."""

    def __init__(self, *expressions: Any) -> None:
        super().__init__(*expressions)
        if len(expressions) > _MOST:
            raise Unfit(f"Python code needs more than {_MOST} columns of one object")

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002
        compiled = [compiler.compile(each) for each in self.expressions]
        sql = ", ".join(sql for sql, _ in compiled)
        return f"json_build_array({sql})", tuple(p for _, params in compiled for p in params)


class Record:
    """How columns, by their position, become one object or one value.

    Attributes:
        columns: Names for them, for a list of column aliases.
        json: The object, in the words of a table ``_x`` of those columns.
        params: The parameters of *json*.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self.params: tuple[str, ...] = ()
        if all(0 < len(key.encode()) <= _LONGEST for key in keys):
            self.columns = ", ".join(map(_quoted, keys))
            self.json = "_x"
            return
        # A third slower, and any keys will do.
        names = [f"_{position}" for position in range(len(keys))]
        self.columns = ", ".join(names)
        pairs = ", ".join(f"({n}, %s::text, to_json(_x.{name}))" for n, name in enumerate(names))
        self.json = (
            f"(SELECT json_object_agg(_k, _v ORDER BY _n) FROM (VALUES {pairs}) AS _o(_n, _k, _v))"
        )
        self.params = tuple(keys)


class Bare(Record):
    """One column that is the value by itself."""

    def __init__(self) -> None:
        self.columns = "_0"
        self.json = "_x._0"
        self.params = ()


class Rows(Subquery):
    """The rows of a queryset of ``values_list()`` as a JSON list, or the only one by itself."""

    def __init__(self, queryset: QuerySet[Any, Any], record: Record, *, many: bool) -> None:
        super().__init__(queryset, output_field=JSONField())
        self.record = record
        self.many = many

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **_extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        rows, params = self.query.as_sql(compiler, connection)
        made = self.record.json
        if self.many:
            made = f"coalesce(json_agg({made}), '[]'::json)"
        elif made == "_x":
            made = "row_to_json(_x)"
        sql = f"(SELECT {made} FROM {rows} AS _x({self.record.columns}))"
        return sql, (*self.record.params, *params)


class Here(_Text):
    """The expressions as an object of the same row."""

    def __init__(self, record: Record, *expressions: Any) -> None:
        super().__init__(*expressions)
        self.record = record

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002
        compiled = [compiler.compile(each) for each in self.expressions]
        made = "row_to_json(_x)" if self.record.json == "_x" else self.record.json
        select = ", ".join(sql for sql, _ in compiled)
        params = [p for _, params in compiled for p in params]
        sql = f"(SELECT {made} FROM (SELECT {select}) AS _x({self.record.columns}))"
        return sql, (*self.record.params, *params)


def _quoted(name: str) -> str:
    if "\0" in name:
        raise Unfit("PostgreSQL knows no character of number 0, and a key has one")
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'
