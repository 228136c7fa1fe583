"""Functions and aggregates of ranges and multiranges.

https://www.postgresql.org/docs/current/functions-range.html
"""

import json
from abc import abstractmethod
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Aggregate, Func, IntegerField, TextField
from psycopg.adapt import Transformer
from psycopg.pq import Format

from matinee.exceptions import RangeTypeError
from matinee.ranges._kinds import Sql, holds_ranges, many_of, one_of, range_type_of
from matinee.ranges._transforms import (
    IsEmpty,
    Lower,
    LowerInc,
    LowerInf,
    Span,
    Upper,
    UpperInc,
    UpperInf,
    Width,
    width_of,
)
from matinee.ranges._within import columns, least, taken, whole
from matinee.ranges.fields import MultiRangeField

__all__ = [
    "Coverage",
    "Gaps",
    "IsEmpty",
    "Lower",
    "LowerInc",
    "LowerInf",
    "Merge",
    "Multi",
    "Peak",
    "RangeAgg",
    "RangeIntersectAgg",
    "RangeMerge",
    "Span",
    "Unnest",
    "Upper",
    "UpperInc",
    "UpperInf",
    "Width",
]


class _OfMany:
    @property
    def output_field(self) -> Any:
        return many_of(_source(self))


class _OfOne:
    @property
    def output_field(self) -> Any:
        return one_of(_source(self))


def _source(expression: Any) -> Any:
    return expression.get_source_expressions()[0].output_field


class Merge(_OfOne, Func):
    """The smallest range that contains two ranges."""

    function = "range_merge"
    arity = 2


class Multi(_OfMany, Func):
    """The multirange of one range."""

    function = "multirange"
    arity = 1


class Unnest(_OfOne, Func):
    """The ranges of a multirange, a row each."""

    function = "unnest"
    arity = 1
    set_returning = True


class RangeAgg(_OfMany, Aggregate):
    """What is in any of the rows' ranges or multiranges: a multirange, NULL of no rows."""

    function = "range_agg"
    name = "RangeAgg"
    allow_distinct = True


class RangeIntersectAgg(Aggregate):
    """What is in all of the rows' ranges or multiranges, NULL of no rows."""

    function = "range_intersect_agg"
    name = "RangeIntersectAgg"
    allow_distinct = True

    @property
    def output_field(self) -> Any:
        return _source(self)


class RangeMerge(_OfOne, Aggregate):
    """The smallest range that contains those of all rows, NULL of no rows."""

    function = "range_agg"
    name = "RangeMerge"
    template = f"range_merge({Aggregate.template})"
    window_compatible = False


_OF_NONE = "%(function)s(%(distinct)s%(expressions)s) FILTER (WHERE FALSE)"


class _OfRows(Aggregate):
    """What is made of all rows' ranges together: of an aggregate, in a subquery of its own."""

    window_compatible = False
    # Of no rows it is something too: the database is asked even where it is known that none match.
    empty_result_set_value: Any = NotImplemented

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **options: Any) -> Sql:
        try:
            sql, params = super().as_sql(compiler, connection, *args, **options)
        except EmptyResultSet:  # nothing can pass its filter
            found = self.copy()
            found.filter = None
            return found.as_sql(compiler, connection, *args, template=_OF_NONE, **options)
        before, after = self.around(_source(self), compiler, connection)
        return f"({before[0]}{sql}{after[0]})", [*before[1], *params, *after[1]]

    @abstractmethod
    def around(self, field: Any, compiler: Any, connection: Any) -> tuple[Sql, Sql]:
        """Return what comes before the aggregate, and after it."""


class Gaps(_OfMany, _OfRows):
    """What is in none of the rows' ranges or multiranges: a multirange.

    With *min_width*, of those the free slots that are wide enough; one without an end is.

    Args:
        expression: The ranges.
        within: The range or multirange in which there are gaps; by default, from the first of the
            rows' bounds to the last. It may be a name, a subquery or any expression, of which each
            group of rows has one value: rows are grouped by its columns too. Where it is NULL, so
            are the gaps.
        min_width: How wide each must be: a ``timedelta``, or a number.

    Raises:
        RangeTypeError: *within* is of another type; or it is a name in ``aggregate()``, where all
            rows are one group; or *min_width* is no width of these ranges.
    """

    function = "range_agg"
    name = "Gaps"

    def __init__(
        self, expression: Any, *, within: Any = None, min_width: Any = None, **options: Any
    ) -> None:
        super().__init__(expression, **options)
        self.within, self.min_width = taken(within), min_width

    def get_source_expressions(self) -> list[Any]:
        found = super().get_source_expressions()
        return [*found, self.within] if self._is_asked else found

    def set_source_expressions(self, exprs: Any) -> None:
        if self._is_asked:
            *exprs, self.within = exprs
        super().set_source_expressions(exprs)

    def get_group_by_cols(self) -> list[Any]:
        return list(dict.fromkeys(columns(self.within))) if self._is_asked else []

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        found = super().resolve_expression(query, allow_joins, reuse, summarize, for_save)
        if summarize and found.get_group_by_cols():
            raise RangeTypeError(
                f"Gaps of all rows must be within one range, got {self.within}.",
                hint="Write an aggregate, within=RangeAgg(…), or annotate(…) each group.",
            )
        return found

    @property
    def _is_asked(self) -> bool:
        """Whether the database knows what there are gaps in."""
        return hasattr(self.within, "resolve_expression")

    def around(self, field: Any, compiler: Any, connection: Any) -> tuple[Sql, Sql]:
        many = many_of(field) if holds_ranges(field) else None
        if many is None:
            raise RangeTypeError(f"Gaps must be between ranges, got {field}.")
        in_all: Sql = "multirange(range_merge(m))", []
        if self.within is not None:
            in_all = whole(self.within, many, compiler, connection)
        where, width = "", []
        if self.min_width is not None:
            wide = width_of(many, "gap", may_be_empty=False)
            where, width = f" WHERE coalesce({wide} >= %s, TRUE)", [least(self.min_width, many)]
        if self._is_asked:
            return _within_each(in_all, where, width)
        # A function in FROM would have its rows written down first.
        before = (
            f"SELECT coalesce(range_agg(gap), '{{}}') FROM "
            f"(SELECT unnest({in_all[0]} - coalesce(m, '{{}}')) AS gap FROM (SELECT "
        )
        return (before, in_all[1]), (f" AS m) AS m) AS gaps{where}", width)


def _within_each(within: Sql, where: str, width: list[Any]) -> tuple[Sql, Sql]:
    """Return what is around an aggregate to have the gaps in *within*, which may be NULL."""
    before = (
        "SELECT CASE WHEN w IS NOT NULL THEN coalesce((SELECT range_agg(gap) FROM "
        f"(SELECT unnest(w - coalesce(m, '{{}}')) AS gap) AS gaps{where}), '{{}}') END "
        "FROM (SELECT "
    )
    # OFFSET 0 has it asked once.
    return (before, width), (f" AS m, {within[0]} AS w OFFSET 0) AS m", within[1])


# How many there are at once: where one begins it is one more, where one ends one less, summed up
# from the first to the last. A bound is before its element, or after it; where as many end as
# begin nothing changes.
_BEFORE = (
    "SELECT no_first, at, after, sum(sum(step)) OVER (ORDER BY no_first DESC, at, after) AS n "
    "FROM unnest("
)
_AFTER = (
    "(lower_inf(r), lower(r), NOT lower_inc(r), 1), (FALSE, upper(r), upper_inc(r), -1)"
    ") AS e (no_first, at, after, step) WHERE NOT isempty(r) AND (step = 1 OR NOT upper_inf(r)) "
    "GROUP BY no_first, at, after HAVING sum(step) <> 0"
)


def _each_of(expression: Any) -> str:
    """Return what comes after the rows' ranges, each then being r.

    Raises:
        RangeTypeError: They are none.
    """
    field = _source(expression)
    if not holds_ranges(field):
        raise RangeTypeError(f"{type(expression).__name__} must be of ranges, got {field}.")
    each = ") AS m, LATERAL unnest(m) AS r" if isinstance(field, MultiRangeField) else ") AS r"
    return f"{each}, LATERAL (VALUES {_AFTER}"


class Peak(_OfRows):
    """How many of the rows' ranges or multiranges there are at once, at most; 0 of no rows."""

    function = "array_agg"
    name = "Peak"
    output_field = IntegerField()
    allow_distinct = True

    def around(self, field: Any, compiler: Any, connection: Any) -> tuple[Sql, Sql]:  # noqa: ARG002
        after = f"{_each_of(self)}) AS sums"
        return (f"SELECT coalesce(max(n), 0) FROM ({_BEFORE}", []), (after, [])


class _Parts(TextField):  # type: ignore[type-arg]  # generic for type checkers alone
    """Pairs of a range and a number: JSON, with the ranges' text."""

    def __init__(self, one: Any) -> None:
        super().__init__()
        self.one = one

    def from_db_value(self, value: Any, _expression: object, connection: Any) -> Any:
        if value is None:
            return None
        with connection.create_cursor() as cursor:  # which knows Django's time zone; no query
            info = cursor.adapters.types[range_type_of(self.one, connection)]
            load = Transformer(cursor).get_loader(info.oid, Format.TEXT).load
        return [(self.one.bound(load(text.encode())), n) for text, n in json.loads(value)]


class Coverage(_OfRows):
    """How many of the rows' ranges or multiranges there are where: pairs of a range and a number.

    They are in order, and where there are none is left out. As :func:`matinee.ranges.coverage` of
    the values.
    """

    function = "array_agg"
    name = "Coverage"
    allow_distinct = True

    @property
    def output_field(self) -> Any:
        one = one_of(_source(self))
        if one is None or not holds_ranges(_source(self)):
            raise RangeTypeError(f"Coverage must be of ranges, got {_source(self)}.")
        return _Parts(one)

    def around(self, field: Any, compiler: Any, connection: Any) -> tuple[Sql, Sql]:  # noqa: ARG002
        made = range_type_of(field, connection)
        before = (
            f"SELECT coalesce(json_agg(json_build_array({made}(at, to_at, "
            "CASE WHEN after THEN '(' ELSE '[' END || CASE WHEN to_after THEN ']' ELSE ')' END"
            ")::text, n) ORDER BY no_first DESC, at, after) FILTER (WHERE n > 0), '[]')::text "
            "FROM (SELECT *, lead(at) OVER turns AS to_at, lead(after) OVER turns AS to_after "
            "FROM ("
        )
        turns = "WINDOW turns AS (ORDER BY no_first DESC, at, after)) AS parts"
        return (f"{before}{_BEFORE}", []), (f"{_each_of(self)}) AS sums {turns}", [])
