"""Ranges and multiranges in Django REST framework.

A ``ModelSerializer`` takes these fields for those of its model, and asks the model's constraints;
nothing needs to be declared.
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from copy import copy
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.options import Options
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.utils import html

from matinee.exceptions import RangesError
from matinee.ranges import _literal, fields
from matinee.ranges._api_elements import ELEMENTS
from matinee.ranges._constrained import constrain
from matinee.ranges._multirange import MultiRange
from matinee.ranges._range import BOUNDS, PsycopgRange, Range
from matinee.ranges._types import INFINITY, MINUS_INFINITY, Infinity

__all__ = [
    "BigIntegerMultiRangeField",
    "BigIntegerRangeField",
    "DateMultiRangeField",
    "DateRangeField",
    "DateTimeMultiRangeField",
    "DateTimeRangeField",
    "DecimalMultiRangeField",
    "DecimalRangeField",
    "IntegerMultiRangeField",
    "IntegerRangeField",
    "MultiRangeField",
    "RangeField",
]

PARTS = ("lower", "upper", "bounds", "empty")
# As long as Django REST framework has numbers; longer ones would be written in full as well.
LONGEST = 1_000
# Two elements, each of which may be quoted.
LONGEST_LITERAL = 4 * LONGEST
# So many wrong ranges are told of, and no more are looked at.
MOST_WRONG = 20

if TYPE_CHECKING:
    _ModelField = serializers.ModelField
    _Made = Callable[[], Any] | None
else:
    _ModelField, _Made = serializers.ModelField, object


class _Field(_ModelField):
    """What the fields of ranges and those of multiranges have in common.

    Args:
        model_field: The model field that says what there is; a plain one by default.
    """

    model_field: Any
    made: _Made = None
    style_template = ""
    requires_model_field = "A field of ranges must know its model field: model_field=…."

    def __init__(self, model_field: Any = None, **kwargs: Any) -> None:
        model_field = model_field or (self.made and self.made())
        if model_field is None:
            raise TypeError(self.requires_model_field)
        super().__init__(model_field, **kwargs)
        self.style = {"template": self.style_template} | self.style

    # Not as ModelField has it, which takes the whole object, and its own one only.
    get_attribute = serializers.Field.get_attribute  # type: ignore[assignment]

    def run_validation(self, data: Any = empty) -> Any:
        constrain(self.parent)
        return super().run_validation(data)


class RangeField(_Field):
    """A range: ``{"lower": 1, "upper": 5, "bounds": "[)"}``, or ``{"empty": true}``.

    Elements are as Django REST framework has those of their model field, or "infinity" or
    "-infinity". None is no bound, as is one that is not sent; PATCH keeps those that are not sent.
    PostgreSQL's text is taken as well: "[1,5)". What is wrong is told by part: ``{"lower": […]}``.

    Args:
        model_field: The model field that says what there is; a plain one by default.
        child: The serializer field of the elements.
    """

    style_template = "matinee/ranges/api_range.html"
    default_error_messages = {
        "not_a_range": _(
            'A range must be an object of lower, upper and bounds, or text as "[1,5)".'
        ),
        "literal": _('The text of a range must be like "[1,5)".'),
        "json": _("The JSON of a range must be valid."),
        "unknown": _("There is no such part: a range has lower, upper, bounds and empty."),
        "bounds": _("Bounds must be one of [), [], () and (]."),
        "empty": _("This must be true or false."),
        "empty_with_bounds": _("A range that is empty has no bounds."),
        "inverted": _("The lower bound must not come after the upper one."),
        "scalar": _("This must be a single value."),
        "too_long": _("This must have no more than {longest} characters."),
        "digits": _("This must have no more than {longest} digits."),
        "out_of_reach": _("This must be a point in time that UTC has."),
        "make_aware": serializers.DateTimeField.default_error_messages["make_aware"],
    }

    def __init__(self, model_field: Any = None, *, child: Any = None, **kwargs: Any) -> None:
        super().__init__(model_field, **kwargs)
        self.child = child or _element_field(self.model_field)
        self.child.bind(field_name="", parent=self)
        element = self.model_field.base_field
        self.infinities: dict[str, Any] = {}
        if isinstance(element, models.DateField):
            self.infinities = {"infinity": INFINITY, "-infinity": MINUS_INFINITY}
        elif isinstance(element, models.DecimalField):
            self.infinities = {sign + "infinity": Decimal(f"{sign}inf") for sign in ("", "-")}

    # What is written.

    def to_representation(self, value: Any) -> Any:
        found = self.model_field.range(value)
        if found.isempty:
            return {"empty": True}
        lower, upper = self._written(found.lower), self._written(found.upper)
        return {"lower": lower, "upper": upper, "bounds": found.bounds}

    def _written(self, element: Any) -> Any:
        if element is None or isinstance(element, Infinity):
            return element and str(element)
        if isinstance(element, Decimal) and not element.is_finite():
            return str(element).lower() if element.is_infinite() else "NaN"
        try:
            return self.child.to_representation(element)
        except serializers.ValidationError:  # the time zone has no such time, in year 1 or 9999
            return element.isoformat()

    # What is read.

    def get_value(self, dictionary: Any) -> Any:
        """Return what was sent: of a form, the parts, ``during.lower``, or one text."""
        if not html.is_html_input(dictionary) or self.field_name in dictionary:
            return super().get_value(dictionary)
        sent = html.parse_html_dict(dictionary, prefix=self.field_name or "")
        if not sent:
            return super().get_value(dictionary)
        parts = {key: str(value).strip() or None for key, value in sent.items()}
        if parts.get("bounds") == "empty":
            return {"empty": True}
        if not any(parts.values()):
            return None
        return {key: parts[key] for key in parts if key != "bounds" or parts[key]}

    def to_internal_value(self, data: Any) -> Range[Any]:
        parts = self._parts(data)
        if not self._is_empty(parts):
            lower, upper, bounds = self._checked(parts)
            return self._range(lower, upper, bounds)
        return Range(empty=True, range_type=self.model_field.type)

    def _parts(self, data: Any) -> Mapping[str, Any]:
        if isinstance(data, str):
            data = self._read(data)
        if isinstance(data, PsycopgRange):
            data = _parts_of(data)
        if not isinstance(data, Mapping):
            self.fail("not_a_range")
        unknown = next((each for each in data if each not in PARTS), None)
        if unknown is not None:
            raise serializers.ValidationError({str(unknown)[:40]: [self._message("unknown")]})
        return data

    def _read(self, text: str) -> Any:
        text = text.strip()
        if len(text) > LONGEST_LITERAL:
            self.fail("too_long", longest=LONGEST_LITERAL)
        if text[:1] == "{":
            try:
                return json.loads(text)
            except (ValueError, RecursionError):
                self.fail("json")
        try:
            found = _literal.read(text)
        except RangesError:
            self.fail("literal")
        return _parts_of(found)

    def _is_empty(self, parts: Mapping[str, Any]) -> bool:
        found = parts.get("empty", False)
        if not isinstance(found, bool):
            raise serializers.ValidationError({"empty": [self._message("empty")]})
        if found and any(parts.get(each) is not None for each in PARTS[:3]):
            raise serializers.ValidationError({"empty": [self._message("empty_with_bounds")]})
        return found

    def _checked(self, parts: Mapping[str, Any]) -> tuple[Any, Any, str]:
        """Return the lower and upper bound, and which belong to it; all that is wrong at once."""
        kept = self._kept()
        errors: dict[str, Any] = {}
        ends: list[Any] = []
        for name in ("lower", "upper"):
            try:
                sent = name in parts or kept is None
                ends.append(self._element(parts.get(name)) if sent else getattr(kept, name))
            except serializers.ValidationError as error:
                errors[name] = error.detail
        bounds = parts.get("bounds")
        if bounds is None:
            bounds = _bounds(kept, self.model_field.default_bounds)
        if bounds not in BOUNDS:
            errors["bounds"] = [self._message("bounds")]
        if errors:
            raise serializers.ValidationError(errors)
        return ends[0], ends[1], bounds

    def _element(self, value: Any) -> Any:
        if value is None or isinstance(value, Infinity):
            return value
        if isinstance(value, list | tuple | Mapping):
            self.fail("scalar")
        if isinstance(value, str):
            if len(value) > LONGEST:
                self.fail("too_long", longest=LONGEST)
            if value.lower() in self.infinities:
                return self.infinities[value.lower()]
        found = self.child.run_validation(value)
        self._check_reach(found)
        try:
            return self.model_field.element(found)
        except RangesError as error:
            raise _refused(error) from error

    def _check_reach(self, element: Any) -> None:
        """Refuse what PostgreSQL has and Python cannot read or write in full."""
        if isinstance(element, Decimal):
            exponent = element.as_tuple().exponent
            shortest = -exponent if isinstance(exponent, int) else 0
            if max(element.adjusted(), shortest) > LONGEST:
                self.fail("digits", longest=LONGEST)
        if isinstance(element, dt.datetime) and element.tzinfo is not None:
            try:
                instant = element.astimezone(dt.UTC)
            except OverflowError:
                self.fail("out_of_reach")
            # Django REST framework has the message, and lets through what the clocks leave out.
            known = instant.astimezone(element.tzinfo)
            if known.replace(tzinfo=None) != element.replace(tzinfo=None):
                self.fail("make_aware", timezone=element.tzinfo)

    def _range(self, lower: Any, upper: Any, bounds: str) -> Range[Any]:
        for name, ends in ("lower", (lower, None)), ("upper", (None, upper)):
            try:
                self.model_field.range((*ends, bounds))
            except RangesError as error:  # none follows it
                raise serializers.ValidationError({name: _refused(error).detail}) from error
        try:
            return self.model_field.range((lower, upper, bounds))  # type: ignore[no-any-return]
        except RangesError as error:
            raise serializers.ValidationError({"lower": [self._message("inverted")]}) from error

    def _kept(self) -> Range[Any] | None:
        """Return the range that PATCH changes, None where there is none."""
        parent: Any = self.parent
        if not isinstance(parent, serializers.Serializer) or not getattr(parent, "partial", False):
            return None
        row = parent.instance
        found = row and getattr(row, self.source or "", None)
        return found if isinstance(found, Range) and not found.isempty else None

    def _message(self, key: str) -> Any:
        return serializers.ErrorDetail(str(self.error_messages[key]), code=key)


class MultiRangeField(_Field):
    """A multirange: a list of ranges, as :class:`RangeField` has them.

    They may be in any order, overlap and touch. PostgreSQL's text is taken as well:
    "{[1,3),[5,8)}". What is wrong is told by range and part: ``{"1": {"lower": […]}}``.

    Args:
        model_field: The model field that says what there is; a plain one by default.
        child: The serializer field of one range.
        max_length: The most ranges there may be.
    """

    style_template = "matinee/ranges/api_multirange.html"
    default_error_messages = {
        "not_a_list": _('A multirange must be a list of ranges, or text as "{{[1,3),[5,8)}}".'),
        "literal": _('The text of a multirange must be like "{{[1,3),[5,8)}}".'),
        "json": _("The JSON of a multirange must be valid."),
        "max_length": _("There must be no more than {max_length} ranges."),
    }

    def __init__(self, model_field: Any = None, *, child: Any = None, **kwargs: Any) -> None:
        super().__init__(model_field, **kwargs)
        self.child = child or RangeField(self.model_field.range_field)
        self.child.bind(field_name="", parent=self)  # type: ignore[arg-type]

    def to_representation(self, value: Any) -> Any:
        return [self.child.to_representation(each) for each in self.model_field.value(value)]

    def to_internal_value(self, data: Any) -> MultiRange[Any]:
        if isinstance(data, str):
            data = self._read(data.strip())
        if not isinstance(data, list | tuple | MultiRange):
            self.fail("not_a_list")
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        found, errors = [], dict[Any, Any]()
        for index, each in enumerate(data):
            try:
                found.append(self.child.run_validation(each))
            except serializers.ValidationError as error:
                errors[index] = error.detail
                if len(errors) == MOST_WRONG:
                    break
        if errors:
            raise serializers.ValidationError(errors)
        return MultiRange(found, range_type=self.model_field.type)

    def _read(self, text: str) -> Any:
        try:
            if text[:1] == "{":
                return [_parts_of(each) for each in _literal.read_many(text)]
            return json.loads(text)
        except RangesError:
            self.fail("literal")
        except (ValueError, RecursionError):
            self.fail("json" if text[:2] in {"[{", "[]"} else "literal")


class IntegerRangeField(RangeField):
    """Ranges of integers of 32 bits."""

    made = fields.IntegerRangeField


class BigIntegerRangeField(RangeField):
    """Ranges of integers of 64 bits."""

    made = fields.BigIntegerRangeField


class DecimalRangeField(RangeField):
    """Ranges of decimal numbers: text, unless ``COERCE_DECIMAL_TO_STRING`` is off."""

    made = fields.DecimalRangeField


class DateRangeField(RangeField):
    """Ranges of days."""

    made = fields.DateRangeField


class DateTimeRangeField(RangeField):
    """Ranges of points in time: in the current time zone, as ``DateTimeField`` has them."""

    made = fields.DateTimeRangeField


class IntegerMultiRangeField(MultiRangeField):
    """Multiranges of integers of 32 bits."""

    made = fields.IntegerMultiRangeField


class BigIntegerMultiRangeField(MultiRangeField):
    """Multiranges of integers of 64 bits."""

    made = fields.BigIntegerMultiRangeField


class DecimalMultiRangeField(MultiRangeField):
    """Multiranges of decimal numbers."""

    made = fields.DecimalMultiRangeField


class DateMultiRangeField(MultiRangeField):
    """Multiranges of days."""

    made = fields.DateMultiRangeField


class DateTimeMultiRangeField(MultiRangeField):
    """Multiranges of points in time."""

    made = fields.DateTimeMultiRangeField


class _Nothing:
    _meta: Any = Options(None)


def _element_field(model_field: Any) -> Any:
    """Return the field that a serializer of a model has for the elements."""
    element = copy(model_field.base_field)
    element.model = _Nothing  # it is no column, which might be unique
    cls, kwargs = serializers.ModelSerializer().build_standard_field("", element)
    kwargs.pop("label", None)
    if issubclass(cls, serializers.DecimalField):
        kwargs = {"max_digits": None, "decimal_places": None} | kwargs
    return cls(**kwargs)


def _parts_of(found: Any) -> dict[str, Any]:
    """Return the parts of a range, or of the text of one."""
    if not found.bounds:
        return {"empty": True}
    return {"lower": found.lower, "upper": found.upper, "bounds": found.bounds}


def _bounds(kept: Range[Any] | None, default: str) -> str:
    """Return the bounds where none are sent: those that PATCH keeps of the ends that there are."""
    if kept is None:
        return default
    opening = default[0] if kept.lower is None else kept.bounds[0]
    return opening + (default[1] if kept.upper is None else kept.bounds[1])


def _refused(error: RangesError) -> serializers.ValidationError:
    return serializers.ValidationError([error.message], code=error.code.removeprefix("ranges."))


serializers.ModelSerializer.serializer_field_mapping.update(
    {fields.RangeField: RangeField, fields.MultiRangeField: MultiRangeField, **ELEMENTS}
)
