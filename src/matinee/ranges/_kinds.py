"""Which field of ranges goes with which field of elements, and how one is cast to another."""

from typing import Any

from django.contrib.postgres import fields as postgres
from django.core.exceptions import FieldError
from django.db import models
from django.utils import timezone

from matinee.exceptions import RangeTypeError
from matinee.ranges.fields import (
    BigIntegerMultiRangeField,
    BigIntegerRangeField,
    DateMultiRangeField,
    DateRangeField,
    DateTimeMultiRangeField,
    DateTimeRangeField,
    DecimalMultiRangeField,
    DecimalRangeField,
    IntegerMultiRangeField,
    IntegerRangeField,
    MultiRangeField,
    Ranged,
    RangeField,
)

__all__ = [
    "KINDS",
    "Sql",
    "element_type",
    "holds_ranges",
    "many_of",
    "one_of",
    "range_type_of",
    "to_element",
]

type Sql = tuple[str, Any]

# The most special first. Of each: the field of its elements, of ranges, of multiranges.
type _Kind = tuple[type[models.Field[Any, Any]], type[RangeField], type[MultiRangeField]]

KINDS: list[_Kind] = [
    (models.DateTimeField, DateTimeRangeField, DateTimeMultiRangeField),
    (models.DateField, DateRangeField, DateMultiRangeField),
    (models.BigIntegerField, BigIntegerRangeField, BigIntegerMultiRangeField),
    (models.IntegerField, IntegerRangeField, IntegerMultiRangeField),
    (models.FloatField, DecimalRangeField, DecimalMultiRangeField),
    (models.DecimalField, DecimalRangeField, DecimalMultiRangeField),
]
_SUBTYPES = {
    "int4range": "integer",
    "int8range": "bigint",
    "numrange": "numeric",
    "daterange": "date",
    "tsrange": "timestamp without time zone",
    "tstzrange": "timestamp with time zone",
}
# What goes into which without a loss; a bigint that is no integer is the database's to refuse.
_FITS = {
    "integer": {"smallint", "integer", "bigint", "serial", "bigserial", "smallserial"},
    "bigint": {"smallint", "integer", "bigint", "serial", "bigserial", "smallserial"},
    "numeric": {"smallint", "integer", "bigint", "double precision", "numeric"},
}


def one_of(field: Any) -> RangeField | None:
    """Return a field of ranges of *field*'s elements, or whose elements *field* has."""
    if isinstance(field, RangeField):
        return field
    if isinstance(field, MultiRangeField):
        return field.range_field
    found = [one for element, one, _ in KINDS if isinstance(field, element)]
    return found[0]() if found else None


def many_of(field: Any) -> MultiRangeField | None:
    """Return a field of multiranges of *field*'s elements, or whose elements *field* has."""
    if isinstance(field, MultiRangeField):
        return field
    found = [
        many for element, one, many in KINDS if isinstance(field, element) or type(field) is one
    ]
    return found[0]() if found else None


def field_of(expression: Any) -> Any:
    """Return the field of an expression or a subquery, None where nobody knows."""
    try:
        return expression.output_field
    except (AttributeError, FieldError):
        return None


def holds_ranges(field: Any) -> bool:
    """Whether its values are ranges, or multiranges."""
    return isinstance(field, Ranged | postgres.RangeField)


def range_type_of(field: Any, connection: Any) -> str:
    """Return the range type of a column, of multiranges too."""
    one = field.range_field if isinstance(field, MultiRangeField) else field
    return str(one.db_type(connection))


def element_type(field: Any, connection: Any) -> str:
    """Return the type of the elements of a field of ranges or multiranges."""
    found = _SUBTYPES.get(range_type_of(field, connection))
    return found or str(field.base_field.db_type(connection))


def to_element(sql: Sql, source: Any, field: Any, connection: Any) -> Sql:
    """Return *sql*, which is of *source*, as an element of *field*.

    Days and points in time are turned into each other in the current time zone.

    Raises:
        RangeTypeError: There is no such cast without a loss.
    """
    wanted = element_type(field, connection)
    if source is None:
        return sql
    if isinstance(source, models.DateTimeField) and wanted == "date":
        return f"({sql[0]} AT TIME ZONE %s)::date", [*sql[1], timezone.get_current_timezone_name()]
    if type(source) is models.DateField and wanted == "timestamp with time zone":
        name = timezone.get_current_timezone_name()
        return f"({sql[0]}::timestamp AT TIME ZONE %s)", [*sql[1], name]
    found = str(source.rel_db_type(connection)).split("(")[0]
    if found == wanted or found in _FITS.get(wanted, ()):
        return f"{sql[0]}::{wanted}", sql[1]
    raise RangeTypeError(
        f"Elements of {range_type_of(field, connection)} must be {wanted}, got {found}.",
        hint=f"Cast it: Cast(…, {field.base_field.get_internal_type()}()).",
    )
