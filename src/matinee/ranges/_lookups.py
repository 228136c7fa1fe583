"""What can be asked of ranges, multiranges and elements in a filter."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models.lookups import PostgresOperatorLookup
from psycopg.types.multirange import Multirange as PsycopgMultirange

from matinee.exceptions import RangeTypeError
from matinee.ranges import _literal
from matinee.ranges._expressions import RangeOf
from matinee.ranges._kinds import (
    Sql,
    element_type,
    field_for,
    field_of,
    holds_ranges,
    many_of,
    one_of,
    range_type_of,
    to_element,
)
from matinee.ranges._multirange import MultiRange
from matinee.ranges._range import Range
from matinee.ranges._types import all_types
from matinee.ranges.fields import MultiRangeField, Ranged, is_one

__all__ = ["ElementContainedBy", "operand"]


# Any text is an element of theirs, also what looks like a range.
_TEXT = (models.CharField, models.TextField)


def operand(field: Any, value: Any, *, elements: bool) -> Any:
    """Return *value* as what a range or multirange of *field* is compared with.

    Args:
        field: The field of ranges or multiranges.
        value: A range, a multirange, pairs, text of these, or an element.
        elements: Whether it may be an element.

    Raises:
        RangesError: There is no such value.
    """
    if elements and isinstance(value, str) and isinstance(field.base_field, _TEXT):
        return field.element(value)
    if isinstance(value, str) and _literal.is_literal(value):
        many = value.lstrip()[:1] == "{"
        return _many(field).value(value) if many else field.range(value)
    if is_one(value):
        return field.range(value)
    if isinstance(value, MultiRange | PsycopgMultirange | list | tuple):
        return _many(field).value(value)
    if elements:
        return field.element(value)
    raise RangeTypeError(
        f"A range of {field} is compared with ranges, got {value!r}.",
        hint='Write Range(x, x, "[]") for the range of x alone.',
        code="ranges.element",
    )


def _many(field: Any) -> MultiRangeField:
    found = many_of(field)
    if found is None:
        raise RangeTypeError(f"There must be a field of multiranges for {field}, got none.")
    return found


class _Operator(PostgresOperatorLookup):
    """One of PostgreSQL's operators, a range or multirange at its left."""

    takes_elements: ClassVar = False

    def get_prep_lookup(self) -> Any:
        field = self.lhs.output_field
        if isinstance(self.rhs, RangeOf):
            return self.rhs.of(one_of(field))
        if isinstance(self.rhs, list | tuple) and any(map(_is_expression, self.rhs)):
            return _made_of(self.rhs, field.default_bounds, one_of(field))
        if _is_expression(self.rhs):
            return self.rhs
        return operand(field, self.rhs, elements=self.takes_elements)

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Any:
        field = self.lhs.output_field
        if isinstance(value, Range):
            wanted = range_type_of(field, connection)
        elif isinstance(value, MultiRange):
            wanted = _many(field).db_type(connection)
        else:
            wanted = element_type(field, connection)
        return f"%s::{wanted}", [value]

    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        found = super().process_rhs(compiler, connection)
        if self.rhs_is_direct_value():
            return found
        field, source = self.lhs.output_field, field_of(self.rhs)
        if holds_ranges(source):
            _same_type(field, source, connection)
        elif self.takes_elements and not _makes_ranges(self.rhs):
            return to_element(found, source, field, connection)
        return found


class Contains(_Operator):
    lookup_name = "contains"
    postgres_operator = RangeOperators.CONTAINS
    takes_elements = True


class ContainedBy(_Operator):
    lookup_name = "contained_by"
    postgres_operator = RangeOperators.CONTAINED_BY


class Overlap(_Operator):
    lookup_name = "overlap"
    postgres_operator = RangeOperators.OVERLAPS


class FullyLt(_Operator):
    lookup_name = "fully_lt"
    postgres_operator = RangeOperators.FULLY_LT


class FullyGt(_Operator):
    lookup_name = "fully_gt"
    postgres_operator = RangeOperators.FULLY_GT


class NotLt(_Operator):
    lookup_name = "not_lt"
    postgres_operator = RangeOperators.NOT_LT


class NotGt(_Operator):
    lookup_name = "not_gt"
    postgres_operator = RangeOperators.NOT_GT


class AdjacentTo(_Operator):
    lookup_name = "adjacent_to"
    postgres_operator = RangeOperators.ADJACENT_TO


class ElementContainedBy(PostgresOperatorLookup):
    """Whether an element is in a range, or in a multirange."""

    lookup_name = "contained_by"
    postgres_operator = RangeOperators.CONTAINED_BY

    def _field(self, value: Any) -> Any:
        """Return the field of what it is in, which *value* is bound to or the elements go with."""
        return field_for(value) or one_of(self.lhs.output_field)

    def get_prep_lookup(self) -> Any:
        field = self._field(self.rhs)
        if isinstance(self.rhs, RangeOf):
            return self.rhs.of(field)
        if isinstance(self.rhs, list | tuple) and any(map(_is_expression, self.rhs)):
            return _made_of(self.rhs, "[)", field)
        if _is_expression(self.rhs):
            return self.rhs
        return operand(field, self.rhs, elements=False)

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Any:
        field = self._field(value)
        one = isinstance(value, Range)
        wanted = range_type_of(field, connection) if one else _many(field).db_type(connection)
        return f"%s::{wanted}", [value]

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Sql:
        found = super().process_lhs(compiler, connection, lhs)
        source = field_of(self.rhs)
        field = source if holds_ranges(source) else self._field(self.rhs)
        return to_element(found, self.lhs.output_field, field, connection)


def _is_expression(value: Any) -> bool:
    return hasattr(value, "resolve_expression")


def _made_of(pair: Any, bounds: str, field: Any) -> RangeOf:
    """Return the range of a pair of names, and maybe its bounds."""
    if not is_one(pair):
        raise RangeTypeError(
            f"A range of names must be a pair, got {pair!r}.",
            hint='Write Range(F("a"), F("b")).',
            code="ranges.element",
        )
    return RangeOf(*(*pair, bounds)[:3], output_field=field)


def _makes_ranges(expression: Any) -> bool:
    """Whether it calls a function that makes ranges: Django takes that for one of its arguments."""
    function = getattr(expression, "function", None)
    named = getattr(expression, "extra", {}).get("function", function)
    name = str(named).lower()
    return any(name in (each.name, each.multirange) for each in all_types())


def _same_type(field: Any, source: Any, connection: Any) -> None:
    mine, its = range_type_of(field, connection), range_type_of(source, connection)
    if mine != its:
        raise RangeTypeError(
            f"{field} is compared with ranges of {mine}, got {source} of {its}.",
            hint='Make one of elements of that type: Range(Cast("other__lower", …), …).',
        )


for _lookup in (
    Contains,
    ContainedBy,
    Overlap,
    FullyLt,
    FullyGt,
    NotLt,
    NotGt,
    AdjacentTo,
):
    Ranged.register_lookup(_lookup)

# In the place of Django's, which know its own ranges.
for _field in (
    models.DateField,
    models.DateTimeField,
    models.IntegerField,
    models.FloatField,
    models.DecimalField,
):
    _field.register_lookup(ElementContainedBy)
