"""Keys of PostgreSQL 18 whose last column is a range: ``WITHOUT OVERLAPS``."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models import Deferrable
from django.utils.translation import gettext_lazy as _

from matinee.exceptions import RangesError
from matinee.ranges._declared import bring_btree_gist, field_of, not_ranges, problem
from matinee.ranges._no_overlap import NoOverlap, default_name

__all__ = ["WithoutOverlaps", "old_server", "refuse_old_server"]

NEEDED = 18


class WithoutOverlaps(NoOverlap):
    """A unique or primary key in which ranges must not overlap; on PostgreSQL 18.

    What ``PeriodForeignKey`` can refer to. Otherwise it is ``NoOverlap`` without conditions and
    expressions, and empty ranges are refused. Older servers get a system check, and an error in
    migrations. https://www.postgresql.org/docs/18/ddl-constraints.html

    A primary key is that of a model whose ``pk`` is a ``CompositePrimaryKey`` of the same fields.

    Args:
        fields: What must be equal, at least one, and last the range or multirange.
        name: By default ``<app>_<model>_<fields>_key``, or ``…_pkey``.
        primary_key: Whether it is the primary key.
        deferrable: When the database looks; a foreign key cannot refer to it then.
        include: Fields that the index is to hold too.
        names: As of ``NoOverlap``.
        violation_error_code: By default "overlap".
        violation_error_message: As of ``NoOverlap``.
    """

    def __init__(  # noqa: PLR0913  each by its name
        self,
        *fields: str,
        name: str = "",
        primary_key: bool = False,
        deferrable: Deferrable | None = None,
        include: Sequence[str] | None = None,
        names: str = "range",
        violation_error_code: str | None = None,
        violation_error_message: Any = None,
    ) -> None:
        if len(fields) < 2 or not all(isinstance(each, str) for each in fields):
            raise RangesError(
                f"A WithoutOverlaps must be of the names of two fields at least, got {fields}.",
                code="ranges.constraint",
            )
        self.primary_key = primary_key
        super().__init__(
            *fields,
            name=name or default_name(fields, "pkey" if primary_key else "key"),
            deferrable=deferrable,
            include=include,
            names=names,
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        if self.primary_key:
            kwargs["primary_key"] = True
        return path, args, kwargs

    def problems(self, model: Any, connection: Any) -> Iterator[CheckMessage]:
        yield from not_ranges(model, self, [self.range])
        yield from old_server(self, model, connection)
        key = tuple(each.name for each in model._meta.pk_fields)
        if self.primary_key and key != self.fields:
            yield problem(
                f"{self.name}: the primary key of {model.__name__} must be of "
                f"{', '.join(self.fields)}, got {', '.join(key)}.",
                model,
                "matinee.E223",
                f"pk = models.CompositePrimaryKey({', '.join(map(repr, self.fields))})",
            )

    # Not those of an exclusion constraint.

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        if self.primary_key:  # in place of Django's, when there is a table
            schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
            return None
        return self._definition(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        table = model._meta.db_table
        instead = schema_editor.quote_name(_pkey(table))
        return Statement(
            "ALTER TABLE %(table)s %(before)sADD %(constraint)s",
            table=Table(table, schema_editor.quote_name),
            before=f"DROP CONSTRAINT IF EXISTS {instead}, " if self.primary_key else "",
            constraint=self._definition(model, schema_editor),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        table, quote = model._meta.db_table, schema_editor.quote_name
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s%(after)s%(columns)s%(end)s",
            table=Table(table, quote),
            name=quote(self.name),
            after=f", ADD CONSTRAINT {quote(_pkey(table))} PRIMARY KEY ("
            if self.primary_key
            else "",
            columns=Columns(table, self._columns(model) if self.primary_key else [], quote),
            end=")" if self.primary_key else "",
        )

    def _definition(self, model: Any, schema_editor: Any) -> Any:
        refuse_old_server(self, schema_editor.connection)
        bring_btree_gist(schema_editor)
        columns = self._columns(model)
        suffixes = [*("" for _ in columns[1:]), "WITHOUT OVERLAPS"]
        include = [model._meta.get_field(each).column for each in self.include]
        return Statement(
            "CONSTRAINT %(name)s %(kind)s (%(columns)s)%(include)s%(deferrable)s",
            name=schema_editor.quote_name(self.name),
            kind="PRIMARY KEY" if self.primary_key else "UNIQUE",
            columns=Columns(model._meta.db_table, columns, schema_editor.quote_name, suffixes),
            include=schema_editor._index_include_sql(model, include),  # noqa: SLF001  as Django's
            deferrable=schema_editor._deferrable_constraint_sql(self.deferrable),  # noqa: SLF001
        )

    def _columns(self, model: Any) -> list[str]:
        return [model._meta.get_field(each).column for each in self.fields]

    def validate(
        self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS
    ) -> None:
        super().validate(model, instance, exclude, using)
        field = field_of(model, self.range)
        value = getattr(instance, field.attname)
        if field.name in (exclude or ()) or hasattr(value, "resolve_expression"):
            return
        if value is not None and not field.to_python(value):
            raise ValidationError({field.name: ValidationError(_("It is empty."), code="empty")})


def old_server(constraint: Any, model: Any, connection: Any) -> Iterator[CheckMessage]:
    """Yield an error where the database is too old for *constraint*."""
    if model._meta.can_migrate(connection) and (version := _too_old(connection)):
        yield problem(
            f"{constraint.name}: {type(constraint).__name__} must have PostgreSQL {NEEDED}, "
            f"got {version} as {connection.alias!r}.",
            model,
            "matinee.E222",
            "NoOverlap keeps ranges apart on older servers too.",
        )


def refuse_old_server(constraint: Any, connection: Any) -> None:
    """Raise where the database is too old for *constraint*.

    Raises:
        RangesError: It is.
    """
    if version := _too_old(connection):
        raise RangesError(
            f"{type(constraint).__name__} {constraint.name} must have PostgreSQL {NEEDED}, "
            f"got {version}.",
            hint="NoOverlap keeps ranges apart on older servers too.",
            code="ranges.server",
        )


def _too_old(connection: Any) -> str:
    """Return the version of a server that is; "" of one that is not."""
    if connection.vendor != "postgresql":
        return str(connection.display_name)
    version: int = connection.pg_version // 10000
    return str(version) if version < NEEDED else ""


def _pkey(table: str) -> str:
    """Return the name that PostgreSQL gives to a primary key."""
    name = table.rsplit(".", 1)[-1].strip('"')
    return f"{name.encode()[: 63 - len('_pkey')].decode(errors='ignore')}_pkey"
