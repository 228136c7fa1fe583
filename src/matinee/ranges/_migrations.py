"""Ranges, multiranges, infinities and range types as migrations write them."""

from typing import Any

from django.db.migrations.serializer import BaseSerializer, Serializer, serializer_factory

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
            case RangeType():
                return _type(self.value), HERE
            case Range() if self.value.isempty:
                return _call("Range", [], {"empty": True}, self.value.range_type)
            case Range(lower=lower, upper=upper, bounds=bounds):
                return _call("Range", [lower, upper, bounds], {}, self.value.range_type)
        ranges = [each.bind(each.range_type) for each in self.value]
        return _call("MultiRange", [ranges], {}, self.value.range_type)


def _call(name: str, args: list[Any], kwargs: dict[str, Any], range_type: Any) -> Text:
    # A type of one's own is not known to migrations; the field binds its values to it.
    if range_type in BUILT_IN:
        kwargs = {**kwargs, "range_type": range_type}
    found, imports = [], set(HERE)
    for key, value in [*((None, each) for each in args), *kwargs.items()]:
        text, needed = serializer_factory(value).serialize()
        found.append(f"{key}={text}" if key else text)
        imports |= needed
    return f"matinee.ranges.{name}({', '.join(found)})", imports


def _type(range_type: RangeType) -> str:
    if range_type in BUILT_IN:
        return f"matinee.ranges.{range_type.name.upper()}"
    raise ValueError(f"Migrations must have a type of PostgreSQL's own, got {range_type.name}.")


# Before all that is iterable, which a range is too: its elements would be written, one by one.
_registry: Any = vars(Serializer)["_registry"]
_known = dict(_registry)
_registry.clear()
_registry.update({(Range, MultiRange, Infinity, RangeType): Written, **_known})
