"""Model fields of ranges and multiranges.

Those of ranges have Django's names and column types, and can stand in their place: see
:mod:`django.contrib.postgres.fields`.
"""

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings
from django.contrib.postgres import fields as postgres
from django.contrib.postgres import utils
from django.db import models
from psycopg.types.multirange import Multirange as PsycopgMultirange

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges import _migrations, forms  # noqa: F401  migrations write ranges
from matinee.ranges._multirange import MultiRange
from matinee.ranges._range import PsycopgRange, Range
from matinee.ranges._ranged import Ranged, is_one, short, unpacked
from matinee.ranges._typed import Get, Ranges, Set, Settable
from matinee.ranges._types import (
    DATERANGE,
    INT4RANGE,
    INT8RANGE,
    NUMRANGE,
    TSRANGE,
    TSTZRANGE,
    RangeType,
    multirange_of,
)

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
    "Number",
    "RangeField",
    "Ranged",
    "is_one",
]

if TYPE_CHECKING:
    from django.contrib.postgres.utils import CheckPostgresInstalledMixin

    _RangeField = postgres.RangeField[Any]
    _DecimalField = models.DecimalField[Any, Any]
else:  # generic for type checkers alone
    # New in Django 6.1: a check that django.contrib.postgres is installed.
    CheckPostgresInstalledMixin = getattr(
        utils, "CheckPostgresInstalledMixin", type("None", (), {})
    )
    _RangeField = postgres.RangeField
    _DecimalField = models.DecimalField


class RangeField(Ranged[Set, Get], _RangeField):
    """The base of the fields of ranges."""

    range_type = Range
    form_field: Any = forms.RangeField

    def formfield(self, **kwargs: Any) -> Any:
        if self.form_field is forms.RangeField:
            kwargs = {"element": self.base_field.formfield(), "type": self.type, **kwargs}
        found = super().formfield(**kwargs)
        if isinstance(found, forms.RangeField) and "bounds" not in kwargs:
            for each in self._constraints():
                found.offer(each.offered(self, found.offered))
        return found

    def _constraints(self) -> list[Any]:
        """Return those of the model that say which bounds a form offers."""
        if not hasattr(self, "model"):
            return []
        return [each for each in self.model._meta.constraints if hasattr(each, "offered")]

    def value(self, value: Any) -> Any:
        return self.range(value)

    def bound(self, value: Any) -> Any:
        if isinstance(value, Range) and value.range_type is self.type:
            return value
        try:
            if isinstance(value, PsycopgRange) or is_one(value):
                lower, upper, bounds = self._parts(value)
                if any(hasattr(each, "resolve_expression") for each in (lower, upper)):
                    return value
                return Range(lower, upper, bounds, empty=not bounds, range_type=self.type)
        except RangesError:
            pass
        return value

    def value_to_string(self, obj: Any) -> Any:
        value = self.value_from_object(obj)
        return None if value is None else json.dumps(self._written(self.range(value)))


class IntegerRangeField(RangeField[Set, Get], postgres.IntegerRangeField):
    """Ranges of integers of 32 bits: ``int4range``."""

    form_field = forms.IntegerRangeField
    _pyi_private_set_type: Settable[int, int | str]
    _pyi_private_get_type: Range[int]

    @property
    def type(self) -> RangeType:
        return INT4RANGE


class BigIntegerRangeField(RangeField[Set, Get], postgres.BigIntegerRangeField):
    """Ranges of integers of 64 bits: ``int8range``."""

    form_field = forms.BigIntegerRangeField
    _pyi_private_set_type: Settable[int, int | str]
    _pyi_private_get_type: Range[int]

    @property
    def type(self) -> RangeType:
        return INT8RANGE


class Number(_DecimalField):
    """The elements of ``numrange``: infinity and NaN are among them.

    What the database cannot hold is told before it is asked.
    """

    def to_python(self, value: Any) -> Any:
        if str(value).lower() in {"infinity", "-infinity", "inf", "-inf", "nan"}:
            return Decimal(value)
        return super().to_python(value)

    def get_prep_value(self, value: Any) -> Any:
        found = super().get_prep_value(value)
        return NUMRANGE.coerce(found) if isinstance(found, Decimal) else found


class DecimalRangeField(RangeField[Set, Get], postgres.DecimalRangeField):
    """Ranges of decimal numbers: ``numrange``.

    Args:
        default_bounds: The bounds of a pair that is assigned; "[)" by default.
    """

    base_field = Number
    form_field = forms.DecimalRangeField
    _pyi_private_set_type: Settable[Decimal, Decimal | float | str]
    _pyi_private_get_type: Range[Decimal]

    @property
    def type(self) -> RangeType:
        return NUMRANGE


class DateRangeField(RangeField[Set, Get], postgres.DateRangeField):
    """Ranges of days: ``daterange``."""

    form_field = forms.DateRangeField
    _pyi_private_set_type: Settable[dt.date, dt.date | str]
    _pyi_private_get_type: Range[dt.date]

    @property
    def type(self) -> RangeType:
        return DATERANGE


class DateTimeRangeField(RangeField[Set, Get], postgres.DateTimeRangeField):
    """Ranges of points in time: ``tstzrange``.

    They have a zone if ``USE_TZ`` is on, as Django has them.

    Args:
        default_bounds: The bounds of a pair that is assigned; "[)" by default.
    """

    form_field = forms.DateTimeRangeField
    _pyi_private_set_type: Settable[dt.datetime, dt.date | str]
    _pyi_private_get_type: Range[dt.datetime]

    @property
    def type(self) -> RangeType:
        return TSTZRANGE if settings.USE_TZ else TSRANGE


class MultiRangeField(CheckPostgresInstalledMixin, Ranged[Set, Get]):
    """The base of the fields of multiranges.

    Attributes:
        range_field: A field of one of the ranges.
    """

    range_field_class: type[RangeField]
    form_field: Any = forms.MultiRangeField
    empty_strings_allowed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.range_field = self.range_field_class()
        self.base_field = self.range_field.base_field
        super().__init__(*args, **kwargs)

    @property
    def type(self) -> RangeType:
        return self.range_field.type

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only=private_only)
        self.range_field.set_attributes_from_name(name)
        self.range_field.model = cls

    def formfield(self, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", self.form_field)
        if self.form_field is forms.MultiRangeField:
            kwargs.setdefault("range_field", self.range_field.formfield())
        if self.blank and not self.null and issubclass(kwargs["form_class"], forms.MultiRangeField):
            kwargs.setdefault("empty_value", MultiRange(range_type=self.type))
        return super().formfield(**kwargs)

    def db_type(self, connection: Any) -> str:
        return multirange_of(str(self.range_field.db_type(connection)))

    # One name before Django 6.1, another one since.
    if django.VERSION < (6, 1):

        def get_placeholder(self, _value: Any, _compiler: Any, connection: Any) -> str:
            return f"%s::{self.db_type(connection)}"

    def value(self, value: Any) -> Any:
        match unpacked(value):
            case MultiRange() as found if found.range_type == self.type:
                return found
            case found if is_one(found):
                return MultiRange([self.range(found)], range_type=self.type)
            case list() | tuple() | MultiRange() | PsycopgMultirange() as found:
                return MultiRange(map(self.range, found), range_type=self.type)
        raise RangeTypeError(
            f"A multirange for {self} must be a MultiRange, ranges or text, got {short(value)}.",
            code="ranges.element",
        )

    def bound(self, value: Any) -> Any:
        if isinstance(value, MultiRange) and value.range_type is self.type:
            return value
        ranges = [value] if is_one(value) else value
        try:
            if isinstance(ranges, list | tuple | MultiRange | PsycopgMultirange):
                return MultiRange(map(self.range_field.bound, ranges), range_type=self.type)
        except RangesError:
            pass
        return value

    def value_to_string(self, obj: Any) -> Any:
        value = self.value_from_object(obj)
        if value is None:
            return None
        return json.dumps([self._written(each) for each in self.value(value)])


class IntegerMultiRangeField(MultiRangeField[Set, Get]):
    """Multiranges of integers of 32 bits: ``int4multirange``."""

    range_field_class = IntegerRangeField
    form_field = forms.IntegerMultiRangeField
    _pyi_private_set_type: Ranges[int, int | str]
    _pyi_private_get_type: MultiRange[int]


class BigIntegerMultiRangeField(MultiRangeField[Set, Get]):
    """Multiranges of integers of 64 bits: ``int8multirange``."""

    range_field_class = BigIntegerRangeField
    form_field = forms.BigIntegerMultiRangeField
    _pyi_private_set_type: Ranges[int, int | str]
    _pyi_private_get_type: MultiRange[int]


class DecimalMultiRangeField(MultiRangeField[Set, Get]):
    """Multiranges of decimal numbers: ``nummultirange``."""

    range_field_class = DecimalRangeField
    form_field = forms.DecimalMultiRangeField
    _pyi_private_set_type: Ranges[Decimal, Decimal | float | str]
    _pyi_private_get_type: MultiRange[Decimal]


class DateMultiRangeField(MultiRangeField[Set, Get]):
    """Multiranges of days: ``datemultirange``."""

    range_field_class = DateRangeField
    form_field = forms.DateMultiRangeField
    _pyi_private_set_type: Ranges[dt.date, dt.date | str]
    _pyi_private_get_type: MultiRange[dt.date]


class DateTimeMultiRangeField(MultiRangeField[Set, Get]):
    """Multiranges of points in time: ``tstzmultirange``."""

    range_field_class = DateTimeRangeField
    form_field = forms.DateTimeMultiRangeField
    _pyi_private_set_type: Ranges[dt.datetime, dt.date | str]
    _pyi_private_get_type: MultiRange[dt.datetime]
