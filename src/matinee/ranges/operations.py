"""Migration operations: range types of the project's own.

https://www.postgresql.org/docs/current/sql-createtype.html
"""

import re
from collections.abc import Iterable
from typing import Any

from django.db import router
from django.db.migrations.operations.base import Operation, OperationCategory

from matinee.exceptions import RangesError
from matinee.ranges._custom_type import quoted
from matinee.ranges._live import refresh
from matinee.ranges._types import multirange_of

__all__ = ["CreateInetRange", "CreateRangeType", "CreateTimeRange"]

# Names that are words of the grammar, which no schema can hide.
_WORDS = {
    "bigint",
    "character varying",
    "decimal",
    "double precision",
    "integer",
    "interval",
    "numeric",
    "real",
    "smallint",
    "time",
    "time without time zone",
    "timestamp",
    "timestamp with time zone",
    "timestamp without time zone",
    "varchar",
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class CreateRangeType(Operation):
    """Create a range type, and the type of its multiranges with it.

    It stands before what uses the type: in the same migration, or in one that this depends on;
    ``manage.py check`` tells if it does not. Every name in its SQL has its schema, so that nobody
    who may create things elsewhere can have others taken for them. Where another app has made
    the type, it is left as it is; going back it is dropped, unless a column has it still.

    Args:
        name: The type's: "inetrange".
        subtype: The type of the elements, as SQL has it: "inet". One that is in another schema
            than pg_catalog is written with it: "public.citext".
        difference: How far the element $1 is from $2, as SQL of type ``double precision``:
            indexes are better for it. A function of that is made, with the type's name and _diff.
        subtype_diff: The name of such a function, where there is one: "float8mi".
        collation: By what text is ordered: "C".
        canonical: The name of the function that makes ranges of discrete elements canonical. The
            shell type and the function are to be there before; going back, what made those drops
            the type with them.
        multirange: The name of the multiranges' type, PostgreSQL's choice by default.
        schema: Where they are made; by default the first of the ``search_path``, as tables.
        hints: For the database router.

    Raises:
        RangesError: A name is none.
    """

    category = OperationCategory.ADDITION
    reversible = True

    # Not keyword-only: what squashes migrations writes no such arguments.
    def __init__(  # noqa: PLR0913, PLR0917
        self,
        name: str,
        subtype: str,
        difference: str = "",
        subtype_diff: str = "",
        collation: str = "",
        canonical: str = "",
        multirange: str = "",
        schema: str = "",
        hints: dict[str, Any] | None = None,
    ) -> None:
        _check_names([name, *filter(None, (multirange, schema))])
        elsewhere = [*filter(None, (subtype_diff, collation, canonical))]
        elsewhere += [] if subtype in _WORDS else [subtype]
        _check_names(part for each in elsewhere for part in each.split(".", 1))
        self.name, self.subtype = name, subtype
        self.difference, self.subtype_diff = difference, subtype_diff
        self.collation, self.canonical = collation, canonical
        self.multirange = multirange or multirange_of(name)
        self.schema, self.hints = schema, hints or {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change nothing: models are what the state has, and they name the type."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: Any,
        from_state: Any,  # noqa: ARG002
        to_state: Any,  # noqa: ARG002
    ) -> None:
        if self._is_allowed(app_label, schema_editor):
            schema = self.schema or _current(schema_editor)
            if schema_editor.collect_sql or not self._is_there(schema_editor, schema):
                for statement in self.statements(schema):
                    schema_editor.execute(statement, params=None)
            _tell(schema_editor)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: Any,
        from_state: Any,  # noqa: ARG002
        to_state: Any,  # noqa: ARG002
    ) -> None:
        if self._is_allowed(app_label, schema_editor):
            schema = self.schema or _found(schema_editor, self.name)
            if schema_editor.collect_sql or not _is_used(schema_editor, self.name, schema):
                for statement in self.undoing(schema):
                    schema_editor.execute(statement, params=None)
            _tell(schema_editor)

    def statements(self, schema: str) -> list[str]:
        """Return the SQL that makes the type in *schema*, and its function."""
        subtype, function = _subtype(self.subtype), quoted(schema, f"{self.name}_diff")
        options = {
            "SUBTYPE": subtype,
            "COLLATION": self.collation and _named(self.collation, "pg_catalog"),
            "CANONICAL": self.canonical and _named(self.canonical, schema),
            "SUBTYPE_DIFF": self.subtype_diff and _named(self.subtype_diff, "pg_catalog"),
            "MULTIRANGE_TYPE_NAME": quoted(schema, self.multirange),
        }
        made = []
        if self.difference:
            options["SUBTYPE_DIFF"] = function
            # A body of SQL, not of text: its names are looked up now, and never again.
            made.append(
                f"CREATE FUNCTION {function} ({subtype}, {subtype}) RETURNS double precision "
                f"LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ({self.difference})"
            )
        said = ", ".join(f"{option} = {value}" for option, value in options.items() if value)
        return [*made, f"CREATE TYPE {quoted(schema, self.name)} AS RANGE ({said})"]

    def undoing(self, schema: str) -> list[str]:
        """Return the SQL that drops what is in *schema* of it."""
        if self.canonical:  # neither goes without the other, and CASCADE might take columns too
            return []
        dropped = [f"DROP TYPE {quoted(schema, self.name)}"]
        if self.difference:
            subtype, function = _subtype(self.subtype), quoted(schema, f"{self.name}_diff")
            dropped.append(f"DROP FUNCTION {function} ({subtype}, {subtype})")
        return dropped

    def _is_there(self, schema_editor: Any, schema: str) -> bool:
        """Whether another app's migration has made the type. One query."""
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "SELECT r.rngsubtype = pg_catalog.to_regtype(%s)::pg_catalog.oid, "
                f"pg_catalog.format_type(r.rngsubtype, NULL) {_NAMED}",
                [_subtype(self.subtype), self.name, schema],
            )
            is_same, subtype = cursor.fetchone() or (None, "")
        if is_same is False:
            raise RangesError(
                f"The range type {self.name} must be of {self.subtype}, got one of {subtype} that "
                "is there already.",
                hint="Choose another name, or another schema.",
                code="ranges.declaration",
            )
        return is_same is True

    def _is_allowed(self, app_label: str, schema_editor: Any) -> bool:
        connection = schema_editor.connection
        allowed = router.allow_migrate(connection.alias, app_label, **self.hints)
        return connection.vendor == "postgresql" and bool(allowed)

    def describe(self) -> str:
        return f"Creates the range type {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"create_{self.name}"


# The address as a number, from its fourth byte on in four parts of 32 bits, of which IPv4 has one.
_PART = (
    "('x' OPERATOR(pg_catalog.||) pg_catalog.encode(pg_catalog.substr("
    "pg_catalog.inet_send({0}), {1}, 4), 'hex'))::pg_catalog.\"bit\"(32)::bigint"
)
# All of OPERATOR() binds alike, so what comes first is in parentheses.
_APART = " OPERATOR(pg_catalog.+) ".join(
    f"(({_PART.format('$1', at)} OPERATOR(pg_catalog.-) {_PART.format('$2', at)})"
    f"::double precision OPERATOR(pg_catalog.*) {weight})"
    for at, weight in (
        (5, "79228162514264337593543950336::double precision"),
        (9, "18446744073709551616::double precision"),
        (13, "4294967296::double precision"),
        (17, "1::double precision"),
    )
)
# All of IPv4 comes before all of IPv6, and far from it.
_INET_DIFFERENCE = (
    "CASE WHEN pg_catalog.family($1) OPERATOR(pg_catalog.<>) pg_catalog.family($2) "
    "THEN (pg_catalog.family($1) OPERATOR(pg_catalog.-) pg_catalog.family($2))"
    "::double precision OPERATOR(pg_catalog.*) 1e39::double precision "
    "WHEN pg_catalog.family($1) OPERATOR(pg_catalog.=) 4 "
    "THEN ($1 OPERATOR(pg_catalog.-) $2)::double precision "
    f"ELSE {_APART} END"
)


class CreateInetRange(CreateRangeType):
    """Create ``inetrange``, ranges of addresses, for the fields of :mod:`matinee.ranges.types`.

    Args:
        schema: Where it is made; by default the first of the ``search_path``, as tables.
        hints: For the database router.
    """

    def __init__(self, schema: str = "", hints: dict[str, Any] | None = None) -> None:
        super().__init__(
            "inetrange", "inet", difference=_INET_DIFFERENCE, schema=schema, hints=hints
        )


class CreateTimeRange(CreateRangeType):
    """Create ``timerange``, ranges of times of day, for those of :mod:`matinee.ranges.types`.

    Args:
        schema: Where it is made; by default the first of the ``search_path``, as tables.
        hints: For the database router.
    """

    def __init__(self, schema: str = "", hints: dict[str, Any] | None = None) -> None:
        apart = "pg_catalog.date_part('epoch', $1 OPERATOR(pg_catalog.-) $2)"
        super().__init__("timerange", "time", difference=apart, schema=schema, hints=hints)


def _check_names(names: Iterable[str]) -> None:
    for each in names:
        if not _NAME.fullmatch(each):
            raise RangesError(
                f"A name must be an identifier, with its schema or without, got {each!r}.",
                code="ranges.declaration",
            )


def _subtype(name: str) -> str:
    return name if name in _WORDS else _named(name, "pg_catalog")


def _named(name: str, schema: str) -> str:
    """Return *name* in SQL: in *schema*, unless it says another."""
    before, _, after = name.rpartition(".")
    return quoted(before or schema, after)


def _current(schema_editor: Any) -> str:
    """Return the schema that tables are made in. One query."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT pg_catalog.current_schema()")
        (found,) = cursor.fetchone()
    if found is None:
        raise RangesError(
            "There must be a schema to make a type in, got none in the search_path.",
            hint='Say schema="…".',
            code="ranges.declaration",
        )
    return str(found)


def _found(schema_editor: Any, name: str) -> str:
    """Return the schema that the type is found in. One query."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_namespace AS n "
            "ON n.oid = t.typnamespace "
            "WHERE t.typname = %s AND pg_catalog.pg_type_is_visible(t.oid)",
            [name],
        )
        found = cursor.fetchone()
    return str(found[0]) if found else _current(schema_editor)


# A range type that there is; one that is not made yet, a shell, is none.
_NAMED = (
    "FROM pg_catalog.pg_range AS r JOIN pg_catalog.pg_type AS t ON t.oid = r.rngtypid "
    "JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace "
    "WHERE t.typname = %s AND n.nspname = %s"
)


def _is_used(schema_editor: Any, name: str, schema: str) -> bool:
    """Whether a column has the type, its multiranges or arrays of them. One query."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) {_NAMED} AND EXISTS (SELECT FROM pg_catalog.pg_type AS each "  # noqa: S608  ours
            "JOIN pg_catalog.pg_attribute AS a ON a.atttypid IN (each.oid, each.typarray) "
            "JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f') "
            "WHERE each.oid IN (r.rngtypid, r.rngmultitypid) AND NOT a.attisdropped)",
            [name, schema],
        )
        (found,) = cursor.fetchone()
    return bool(found)


def _tell(schema_editor: Any) -> None:
    """Have what comes next on this connection read the type."""
    if not schema_editor.collect_sql:
        refresh(schema_editor.connection)
