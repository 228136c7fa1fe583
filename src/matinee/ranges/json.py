"""Ranges as JSON: ``{"lower": …, "upper": …, "bounds": "[)"}``, ``{"empty": true}``, and back."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges import _literal
from matinee.ranges._multirange import MultiRange
from matinee.ranges._range import PsycopgRange, Range
from matinee.ranges._types import INFINITY, MINUS_INFINITY, Infinity, RangeType

__all__ = ["RangeJSONEncoder", "range_from_json"]

PARTS = {"lower", "upper", "bounds", "empty"}
INFINITIES = {str(each): each for each in (INFINITY, MINUS_INFINITY)}
READERS: dict[str, Callable[[Any], Any]] = {
    "int4range": int,
    "int8range": int,
    "numrange": Decimal,
    "daterange": dt.date.fromisoformat,
    "tsrange": dt.datetime.fromisoformat,
    "tstzrange": dt.datetime.fromisoformat,
}


class RangeJSONEncoder(DjangoJSONEncoder):
    """Django's encoder, and ranges, multiranges and infinities.

    Of ranges integers are numbers; decimals, days and points in time are text, of full precision
    and with the zone's offset. For a ``JSONField``, a session, a ``JsonResponse``::

        JsonResponse({"during": booking.during}, encoder=RangeJSONEncoder)
    """

    def default(self, o: Any) -> Any:
        match o:
            case PsycopgRange() if o.isempty:
                return {"empty": True}
            case PsycopgRange():
                ends = {"lower": _written(o.lower), "upper": _written(o.upper)}
                return ends | {"bounds": o.bounds}
            case MultiRange():
                return list(o)
            case Infinity():
                return str(o)
        return super().default(o)


def range_from_json(value: Any, range_type: RangeType) -> Any:
    """Return the range, or of a list the multirange, that ``RangeJSONEncoder`` wrote as *value*.

    Args:
        value: As :func:`json.loads` has it.
        range_type: The type of the ranges: JSON does not say it.

    Raises:
        RangesError: It is none.
    """
    if isinstance(value, list):
        return MultiRange((_one(each, range_type) for each in value), range_type=range_type)
    return _one(value, range_type)


def _one(value: Any, range_type: RangeType) -> Range[Any]:
    if isinstance(value, str) and _literal.is_literal(value):
        value = _literal.read(value)._asdict()
    if not isinstance(value, Mapping) or not value.keys() <= PARTS:
        raise RangeTypeError(
            f"The JSON of a range must be an object of lower, upper and bounds, got {value!r:.80}.",
            code="ranges.literal",
        )
    if value.get("empty") or value.get("bounds") == "":
        return Range(empty=True, range_type=range_type)
    lower, upper = (_read(value.get(each), range_type) for each in ("lower", "upper"))
    return Range(lower, upper, value.get("bounds", "[)"), range_type=range_type)


def _written(element: Any) -> Any:
    match element:
        case dt.date():
            return element.isoformat()
        case Decimal() | Infinity():
            return str(element)
    return element


def _read(text: Any, range_type: RangeType) -> Any:
    if not isinstance(text, str):
        return text
    if text in INFINITIES:
        return Decimal(text) if range_type.name == "numrange" else INFINITIES[text]
    try:
        return READERS.get(range_type.name, str)(text)
    except (ValueError, ArithmeticError) as error:
        raise RangesError(
            f"Elements of {range_type.name} must be of that type, got {text!r:.80}.",
            code="ranges.element",
        ) from error
