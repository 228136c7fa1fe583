"""Which field of ranges goes with which field of elements, and how one is cast to another."""

from typing import Any

from django.contrib.postgres import fields as postgres
from django.core.exceptions import FieldError
from django.db import models
from django.utils import timezone

from matinee.exceptions import RangeTypeError
from matinee.ranges._custom_type import CustomRangeType
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
    "add_kind",
    "element_type",
    "field_for",
    "holds_ranges",
    "is_element",
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
_BUILT_IN = len(KINDS)
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
    "double precision": {"smallint", "integer", "real"},
    "inet": {"cidr"},
    "text": {"varchar"},
    "varchar": {"text"},
}
# What PostgreSQL takes for which by itself, as an argument of a function.
_TAKEN_FOR = {
    "integer": {"smallint"},
    "bigint": {"smallint", "integer"},
    "numeric": {"smallint", "integer", "bigint"},
    "double precision": {"smallint", "integer", "bigint", "numeric", "real"},
    "timestamp with time zone": {"date"},
    "inet": {"cidr"},
    "text": {"varchar"},
    "varchar": {"text"},
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
    if isinstance(field, RangeField) and isinstance(field.type, CustomRangeType):
        return _made(field.type.multirange_field)
    found = [
        many for element, one, many in KINDS if isinstance(field, element) or type(field) is one
    ]
    return found[0]() if found else None


def field_for(value: Any) -> RangeField | None:
    """Return a field of ranges of the type that *value* is bound to, if that is a custom one."""
    bound_to = getattr(value, "range_type", None)
    return bound_to.field() if isinstance(bound_to, CustomRangeType) else None


def add_kind(kind: Any) -> None:
    """Have elements go with the ranges of a custom type, unless they do with built-in ones.

    Args:
        kind: The field of the elements, of the ranges, and of the multiranges.
    """
    own = enumerate(KINDS[_BUILT_IN:])
    wider = [n for n, (each, *_) in own if issubclass(kind[0], each) and kind[0] is not each]
    KINDS.insert(_BUILT_IN + wider[0] if wider else len(KINDS), kind)


def _made(field_class: Any) -> MultiRangeField:
    found: MultiRangeField = field_class()
    return found


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
    # Without a length: a cast to one would cut what is too long.
    return found or str(field.base_field.db_type(connection)).split("(")[0]


def is_element(source: Any, field: Any, connection: Any) -> bool:
    """Whether PostgreSQL takes what is of *source* for an element of *field*, without a cast."""
    wanted = element_type(field, connection)
    found = str(source.rel_db_type(connection)).split("(")[0]
    return found == wanted or found in _TAKEN_FOR.get(wanted, ())


def to_element(sql: Sql, source: Any, field: Any, connection: Any) -> Sql:
    """Return *sql*, which is of *source*, as an element of *field*.

    Days and points in time are turned into each other in the current time zone.

    Raises:
        RangeTypeError: There is no such cast without a loss.
    """
    wanted = element_type(field, connection)
    known = None if source is None else source.rel_db_type(connection)
    if known is None:  # as of RawSQL
        return sql
    if isinstance(source, models.DateTimeField) and wanted == "date":
        return f"({sql[0]} AT TIME ZONE %s)::date", [*sql[1], timezone.get_current_timezone_name()]
    if type(source) is models.DateField and wanted == "timestamp with time zone":
        name = timezone.get_current_timezone_name()
        return f"({sql[0]}::timestamp AT TIME ZONE %s)", [*sql[1], name]
    found = str(known).split("(")[0]
    if found == wanted or found in _FITS.get(wanted, ()):
        return f"{sql[0]}::{wanted}", sql[1]
    raise RangeTypeError(
        f"Elements of {range_type_of(field, connection)} must be {wanted}, got {found}.",
        hint=f"Cast it: Cast(…, {field.base_field.get_internal_type()}()).",
    )
