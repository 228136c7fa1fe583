"""Ranges, multiranges, infinities and range types as migrations write them."""

from typing import Any

from django.db.migrations.serializer import BaseSerializer, Serializer, serializer_factory

from matinee.ranges._custom_type import CustomRangeType, place_of
from matinee.ranges._elements import EndOfDay
from matinee.ranges._multirange import MultiRange
from matinee.ranges._range import Range
from matinee.ranges._types import (
    DATERANGE,
    INT4RANGE,
    INT8RANGE,
    NUMRANGE,
    TSRANGE,
    TSTZRANGE,
    Infinity,
    RangeType,
)

__all__ = ["Written"]

type Text = tuple[str, set[str]]

HERE = {"import matinee.ranges"}
BUILT_IN = (INT4RANGE, INT8RANGE, NUMRANGE, DATERANGE, TSRANGE, TSTZRANGE)


class Written(BaseSerializer):
    """A value as Python that makes it."""

    def serialize(self) -> Text:
        match self.value:
            case Infinity():
                return f"matinee.ranges.{self.value!r}", HERE
            case EndOfDay():
                return f"matinee.ranges.types.{self.value!r}", {"import matinee.ranges.types"}
            case RangeType():
                return _type(self.value)
            case Range() if self.value.isempty:
                return _call("Range", [], {"empty": True}, self.value.range_type)
            case Range(lower=lower, upper=upper, bounds=bounds):
                return _call("Range", [lower, upper, bounds], {}, self.value.range_type)
        ranges = [each.bind(each.range_type) for each in self.value]
        return _call("MultiRange", [ranges], {}, self.value.range_type)


def _call(name: str, args: list[Any], kwargs: dict[str, Any], range_type: Any) -> Text:
    # What has no name in a module cannot be written; the field binds its values to it.
    if range_type in BUILT_IN or _module_and_name(range_type)[1]:
        kwargs = {**kwargs, "range_type": range_type}
    found, imports = [], set(HERE)
    for key, value in [*((None, each) for each in args), *kwargs.items()]:
        text, needed = serializer_factory(value).serialize()
        found.append(f"{key}={text}" if key else text)
        imports |= needed
    return f"matinee.ranges.{name}({', '.join(found)})", imports


def _type(range_type: RangeType) -> Text:
    if range_type in BUILT_IN:
        return f"matinee.ranges.{range_type.name.upper()}", HERE
    module, name = _module_and_name(range_type)
    if name:
        return f"{module}.{name}", {f"import {module}"}
    raise ValueError(f"Migrations must have a type with a name in a module, got {range_type.name}.")


def _module_and_name(range_type: Any) -> tuple[str, str]:
    is_custom = isinstance(range_type, CustomRangeType)
    return place_of(range_type, range_type) if is_custom else ("", "")


# Before all that is iterable, which a range is too: its elements would be written, one by one.
_registry: Any = vars(Serializer)["_registry"]
_known = dict(_registry)
_registry.clear()
_registry.update({(Range, MultiRange, Infinity, EndOfDay, RangeType): Written, **_known})
