"""Which serializer fields write ranges in a way that a statement can."""

from typing import Any

from matinee._parts import FIELDS, Parts
from matinee.ranges import drf, fields

_SUBTYPES: dict[type, str] = {
    fields.IntegerRangeField: "int4",
    fields.BigIntegerRangeField: "int8",
    fields.DecimalRangeField: "numeric",
    fields.DateRangeField: "date",
    fields.DateTimeRangeField: "timestamptz",
}
_MANY_SUBTYPES: dict[type, str] = {
    fields.IntegerMultiRangeField: "int4",
    fields.BigIntegerMultiRangeField: "int8",
    fields.DecimalMultiRangeField: "numeric",
    fields.DateMultiRangeField: "date",
    fields.DateTimeMultiRangeField: "timestamptz",
}


def _one(field: Any, column: Any) -> Parts | None:
    return _parts(field, column, _SUBTYPES, field.child)


def _several(field: Any, column: Any) -> Parts | None:
    one = field.child
    # A subclass may write anything.
    if FIELDS.get(type(one)) is not _one or "to_representation" in vars(one):
        return None
    if type(one.model_field) is not field.model_field.range_field_class:
        return None
    return _parts(field, column, _MANY_SUBTYPES, one.child, many=True)


def _parts(
    field: Any, column: Any, subtypes: dict[type, str], child: Any, *, many: bool = False
) -> Parts | None:
    """Return what *field* writes of *column*, both of one kind that is as it is here."""
    if type(field.model_field) is not type(column) or type(column) not in subtypes:
        return None
    if "to_representation" in vars(child):
        return None
    return Parts(subtypes[type(column)], child, many)


for _name in drf.__all__:
    FIELDS[getattr(drf, _name)] = _several if "Multi" in _name else _one
