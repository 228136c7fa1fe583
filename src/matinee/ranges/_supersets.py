"""What an index on ranges can answer of a question about one of their ends.

``lower(during) >= x`` needs an index of its own. ``during &> [x,)`` is true of at least the same
rows, and an index on ``during`` answers it: said beside the question it changes nothing but how
the rows are found. That holds where rows are kept because the question is true. Under NOT it does
not, for the end of an empty or unbounded range is NULL, and the operator says false of it.
"""

from functools import cache
from typing import Any

from django.db.models.expressions import Col
from django.db.models.functions import Now
from django.db.models.sql.where import AND, XOR, WhereNode

from matinee.exceptions import RangesError
from matinee.ranges._kinds import Sql, is_element, range_type_of
from matinee.ranges._range import Range
from matinee.ranges._types import AfterLastDay, Infinity

__all__ = ["narrowed"]

# Of each end and question: what is true of at least the same rows. The ranges are from x on, x
# included, and up to x: for elements that are discrete without x, for others with it.
_FROM = "{range} && {from_} OR {range} -|- {from_}"
_TO = "{range} && {to} OR {range} -|- {to}"
_SUPERSETS = {
    ("lower", "gt"): "{range} &> {from_}",
    ("lower", "gte"): "{range} &> {from_}",
    ("lower", "exact"): "{range} &> {from_}",
    ("lower", "lt"): "{range} && {to}",
    ("lower", "lte"): _TO,
    ("upper", "lt"): "{range} &< {to}",
    ("upper", "lte"): "{range} &< {to}",
    ("upper", "exact"): "{range} &< {to}",
    ("upper", "gt"): "{range} && {from_}",
    ("upper", "gte"): _FROM,
}
# Where an end lies between two points, one range between them is true of at least the same rows.
# Told of each point alone, the planner takes the two for independent of each other: of the bookings
# that begin on a day in May it expects a quarter of the year's.
_FROM_A_POINT = {("lower", "gt"), ("lower", "gte"), ("upper", "gt")}
_TO_A_POINT = {("lower", "lt"), ("upper", "lt"), ("upper", "lte")}


class _Narrowed:
    """A comparison of an end of a range, with what an index on the range can answer beside it."""

    lhs: Any
    rhs: Any
    lookup_name: str
    made_of: tuple[type, str]

    def __reduce__(self) -> Any:
        return _unpickled, self.made_of, self.__getstate__()

    def get_prep_lookup(self) -> Any:
        is_beyond = isinstance(self.rhs, Infinity | AfterLastDay)
        return self.rhs if is_beyond else super().get_prep_lookup()  # type: ignore[misc]

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        sql, params = super().as_sql(compiler, connection)  # type: ignore[misc]
        found = _is_kept_where_true(compiler.query.where, self) and self.told(compiler, connection)
        return (f"({sql} AND ({found[0]}))", [*params, *found[1]]) if found else (sql, params)

    def told(self, compiler: Any, connection: Any) -> Sql | None:
        """Return what is said for an index; None if nothing, or if it is said elsewhere."""
        first, last = _pair(compiler.query.where, self) or (self, None)
        between = last and first.between(last, compiler, connection)
        if between:
            return between if first is self else None
        return self.superset(compiler, connection)

    def between(self, other: "_Narrowed", compiler: Any, connection: Any) -> Sql | None:
        """Return the superset of this and *other*, which ask for what lies between two points."""
        inner = self.lhs.lhs
        closing = "]" if inner.output_field.type.following is None else ")"
        try:
            first, last = map(inner.output_field.element, (self.rhs, other.rhs))
            Range(first, last, range_type=inner.output_field.type)
        except (RangesError, TypeError):  # of expressions, or the wrong way round
            return None
        column, own = compiler.compile(inner)
        made = range_type_of(inner.output_field, connection)
        return f"{column} && {made}(%s, %s, '[{closing}')", [*own, first, last]

    def superset(self, compiler: Any, connection: Any) -> Sql | None:
        """Return the superset; None where there is none."""
        inner = self.lhs.lhs
        template = _SUPERSETS[self.lhs.function, self.lookup_name]
        end = self._end(inner.output_field, compiler, connection)
        if end is None:
            return None
        column, own = compiler.compile(inner)
        made = range_type_of(inner.output_field, connection)
        closing = "]" if inner.output_field.type.following is None else ")"
        sql = template.format(
            range=column,
            from_=f"{made}({end[0]}, NULL, '[)')",
            to=f"{made}(NULL, {end[0]}, '({closing}')",
        )
        return sql, [*own, *end[1]] * template.count("{range}")

    def _end(self, field: Any, compiler: Any, connection: Any) -> Sql | None:
        if isinstance(self.rhs, Col | Now):  # told twice, and the same both times
            if not is_element(self.rhs.output_field, field, connection):
                return None
            return self.process_rhs(compiler, connection)  # type: ignore[attr-defined,no-any-return]
        try:
            return "%s", [field.element(self.rhs)]
        except (RangesError, TypeError):
            return None


@cache
def narrowed(lookup: type, function: str) -> type:
    """Return *lookup* with a superset, where there is one of the end that *function* returns."""
    if (function, getattr(lookup, "lookup_name", None)) not in _SUPERSETS:
        return lookup
    return type(lookup.__name__, (_Narrowed, lookup), {"made_of": (lookup, function)})


def _unpickled(lookup: type, function: str) -> Any:
    return object.__new__(narrowed(lookup, function))


def _pair(node: Any, lookup: _Narrowed) -> tuple[_Narrowed, _Narrowed] | None:
    """Return *lookup* and the one beside it that asks for what is on the other side, in order."""
    for child in node.children:
        if isinstance(child, WhereNode) and (found := _pair(child, lookup)):
            return found
    if node.connector != AND or not any(child is lookup for child in node.children):
        return None
    alike = [
        (each, (each.lhs.function, each.lookup_name))
        for each in node.children
        if isinstance(each, _Narrowed) and each.lhs == lookup.lhs
    ]
    first = next((each for each, asked in alike if asked in _FROM_A_POINT), None)
    last = next((each for each, asked in alike if asked in _TO_A_POINT), None)
    return (first, last) if first and last and lookup in (first, last) else None


def _is_kept_where_true(node: Any, lookup: object) -> bool:
    """Whether rows are kept because *lookup* is true, and not because it is not."""
    if node.negated or node.connector == XOR:
        return False
    return any(
        _is_kept_where_true(child, lookup) if isinstance(child, WhereNode) else child is lookup
        for child in node.children
    )
