"""A series as a query: what stands in its FROM clause."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import NotSupportedError, models
from django.db.models.expressions import BaseExpression
from django.db.models.sql.datastructures import BaseTable
from django.db.models.sql.query import Query

from matinee.exceptions import RangesError
from matinee.ranges._series._plan import Plan
from matinee.ranges._series._terms import MOMENTS

__all__ = ["TABLE", "SeriesQuery", "Source", "Values"]

# Of the models, and so the name of the series in a query that names no other.
TABLE = "series"


class Source(BaseExpression):
    """The rows of a series, as a query that stands in a FROM clause.

    Args:
        plan: What it is.
        given: What is given, in the order of the plan's names; None for what *each* has.
        each: Selects the rows that have a series each: a value, then what is given by them.
    """

    # What is in it does not make a query of its rows one with aggregates.
    contains_aggregate = False
    contains_over_clause = False
    contains_column_references = False

    def __init__(self, plan: Plan, given: Iterable[Any], *, each: Any = None) -> None:
        super().__init__(output_field=plan.terms.field())
        self.plan = plan
        self.given = list(given)
        self.each = each

    def get_source_expressions(self) -> list[Any]:
        return [*self.given, self.each]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        *self.given, self.each = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if connection.vendor != "postgresql":
            raise NotSupportedError("A series is made by PostgreSQL.")
        selected: list[str] = []
        params: list[Any] = []
        own = ["value"]
        for name, expression in zip(self.plan.names, self.given, strict=True):
            sql, its = (f"o.{name}", ()) if expression is None else compiler.compile(expression)
            selected.append(self.plan.given(name, sql))
            params.extend(its)
            own += [name] if expression is None else []
        if self.plan.terms is MOMENTS:
            selected.append(f"{'%s' if self.plan.zone else "current_setting('TimeZone')"} AS z")
            params += [self.plan.zone] if self.plan.zone else []
        given = f"SELECT {', '.join(selected)}"
        if self.each is not None:
            sql, its = compiler.compile(self.each)
            given += f", o.value FROM {sql} o({', '.join(own)})"
            params.extend(its)
        return self.plan.select(given), tuple(params)


class Values(BaseExpression):
    """Values of one type, as a query of them."""

    contains_aggregate = False

    def __init__(self, values: list[Any], sql_type: str) -> None:
        super().__init__()
        self.values = values
        self.sql_type = sql_type

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002
        return f"(SELECT unnest(%s::{self.sql_type}[]))", (self.values,)


class SeriesTable(BaseTable):
    """The series in a FROM clause, under the name that the query has for it."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if self.table_name != TABLE:  # what it was joined with, where the join was not needed
            return super().as_sql(compiler, connection)
        sql, params = compiler.compile(compiler.query.source)
        quote = getattr(compiler, "quote_name", None) or compiler.quote_name_unless_alias
        return f"({sql}) {quote(self.table_alias)}", tuple(params)


class SeriesQuery(Query):
    """A query of the rows of a series."""

    base_table_class = SeriesTable
    # None in a query that Django makes of another's joins, to exclude what many belong to.
    source: Source | None = None

    @classmethod
    def of(cls, model: type[models.Model], source: Source) -> "SeriesQuery":
        """Return the query of all rows of *source*, which are instances of *model*."""
        query = cls(model)
        # What stands for a name of an outer query is one query further out from now on; what
        # stands in source.each is so already.
        query.source = source.copy()
        query.source.given = [
            each and each.resolve_expression(query, allow_joins=True) for each in source.given
        ]
        return query

    def chain(self, klass: Any = None) -> Any:
        if klass is not None and not issubclass(klass, SeriesQuery):
            raise RangesError(
                "A series must be read, got an attempt to write it.", code="ranges.read_only"
            )
        return super().chain(klass)

    def combine(self, rhs: Any, connector: str) -> None:
        if getattr(rhs, "source", None) is not self.source:
            raise RangesError(
                "Both sides of & and | must be of one series, got two.",
                hint="one.union(other), or one.filter(...) | one.filter(...).",
            )
        super().combine(rhs, connector)

    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> Any:
        # First: the names it has of the outer query are not to be taken for its own below.
        source = self.source and self.source.resolve_expression(query, *args, **kwargs)
        clone: Any = super().resolve_expression(query, *args, **kwargs)
        clone.source = source
        return clone

    def change_aliases(self, change_map: Any) -> Any:
        changed = super().change_aliases(change_map)
        self.source = self.source and self.source.relabeled_clone(change_map)
        return changed

    def get_external_cols(self) -> list[Any]:
        found = super().get_external_cols()
        if self.source is not None:
            columns = self._gen_cols([self.source], include_external=True)  # type: ignore[attr-defined]  # Django's own
            found += [each for each in columns if each.alias in self.external_aliases]
        return found
