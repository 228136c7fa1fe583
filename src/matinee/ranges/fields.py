"""Model fields of ranges and multiranges.

Those of ranges have Django's names and column types, and can stand in their place: see
:mod:`django.contrib.postgres.fields`.
"""

import datetime as dt
import json
from abc import abstractmethod
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings
from django.contrib.postgres import fields as postgres
from django.contrib.postgres import utils
from django.contrib.postgres.fields.utils import AttributeSetter
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from psycopg.types.multirange import Multirange as PsycopgMultirange

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges import _literal, _migrations, forms  # noqa: F401  migrations write ranges
from matinee.ranges._multirange import MultiRange
from matinee.ranges._range import BOUNDS, PsycopgRange, Range
from matinee.ranges._typed import Field, Get, Ranges, Set, Settable
from matinee.ranges._types import (
    DATERANGE,
    INFINITY,
    INT4RANGE,
    INT8RANGE,
    MINUS_INFINITY,
    NUMRANGE,
    TSRANGE,
    TSTZRANGE,
    Infinity,
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

_RANGES = (PsycopgRange, PsycopgMultirange, MultiRange, dict, list, tuple)
_INFINITIES = {str(each): each for each in (INFINITY, MINUS_INFINITY)}


class _Bound(DeferredAttribute):
    """An attribute of instances: what is assigned is bound to the field's type."""

    field: "Ranged"

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = self.field.bound(value)


class Ranged(Field[Set, Get]):
    """What range fields and multirange fields have in common: one type of ranges.

    Attributes:
        base_field: The model field of the elements.
    """

    base_field: Any
    default_bounds = "[)"
    descriptor_class = _Bound

    @property
    @abstractmethod
    def type(self) -> RangeType:
        """The type that values are bound to."""

    def element(self, value: Any) -> Any:
        """Return *value* as an element of the type: text is read, days become points in time.

        Points in time without a zone are in the default one, with the warning that
        ``DateTimeField`` gives.

        Raises:
            RangesError: It is none.
        """
        if isinstance(value, str):
            value = self._read(value)
        if isinstance(value, dt.date) and isinstance(self.base_field, models.DateField):
            value = self.base_field.get_prep_value(self.base_field.to_python(value))
        return self._type_with(value).coerce(value)

    def range(self, value: Any) -> Range[Any]:
        """Return a range of the type, made of one, of a pair, of text, or of a dict of its parts.

        Raises:
            RangesError: There is no such range.
        """
        if isinstance(value, Range) and value.range_type == self.type:
            return value
        lower, upper, bounds = self._parts(value)
        if not bounds:
            return Range(empty=True, range_type=self.type)
        first, last = (None if each is None else self.element(each) for each in (lower, upper))
        return Range(first, last, bounds, range_type=self._type_with(first, last))

    @abstractmethod
    def value(self, value: Any) -> Any:
        """Return what the field holds, made of what somebody assigned.

        Raises:
            RangesError: There is no such value.
        """

    @abstractmethod
    def bound(self, value: Any) -> Any:
        """Return *value* bound to the type; as it is, where that is to be told when it is saved."""

    def from_db_value(self, value: Any, _expression: object, _connection: object) -> Any:
        return self.bound(value)

    if django.VERSION >= (6, 1):

        def get_placeholder_sql(
            self, value: Any, compiler: Any, connection: Any
        ) -> tuple[str, Any]:
            sql, params = compiler.compile(value) if hasattr(value, "as_sql") else ("%s", (value,))
            if sql == "DEFAULT":  # which takes no cast
                return sql, params
            return f"{sql}::{self.db_type(connection)}", params

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return self.value(value)

    def to_python(self, value: Any) -> Any:
        if value is None:
            return None
        try:
            return self.value(value)
        except RangesError as error:
            code = error.code.removeprefix("ranges.")
            raise ValidationError(str(error), code=code, params={"value": value}) from error

    def _type_with(self, *elements: Any) -> RangeType:
        """Return the type of a range of *elements*: they may have a zone where none needs one."""
        if self.type is TSRANGE and any(getattr(each, "tzinfo", None) for each in elements):
            return TSTZRANGE
        return self.type

    @property
    def flatchoices(self) -> list[tuple[Any, Any]]:
        """The choices, each bound as what is assigned is."""
        return [(self.bound(value), label) for value, label in super().flatchoices]

    def validate(self, value: Any, model_instance: Any) -> None:
        if self.choices is None or value not in [each for each, _ in self.flatchoices]:
            super().validate(value, model_instance)

    def _parts(self, value: Any) -> tuple[Any, Any, str]:
        """Return the lower and upper bound and which of them belong to it: "" if it is empty."""
        match _unpacked(value):
            case {"empty": True}:
                return None, None, ""
            case dict() as found if found.keys() <= {"lower", "upper", "bounds", "empty"}:
                bounds = found.get("bounds", self.default_bounds)
                return found.get("lower"), found.get("upper"), bounds
            case Range() as found if found.range_type and not _alike(found.range_type, self.type):
                raise RangeTypeError(
                    f"A range for {self} must be of {self.type.name}, got one of "
                    f"{found.range_type.name}, {found}.",
                    hint="Make one of elements of that type.",
                )
            case PsycopgRange() as found:
                return found.lower, found.upper, found.bounds
            case (lower, upper):
                return lower, upper, self.default_bounds
            case (lower, upper, bounds):
                return lower, upper, bounds
        raise RangeTypeError(
            f"A range for {self} must be a Range, a pair or text, got {_short(value)}.",
            code="ranges.element",
        )

    def _read(self, text: str) -> Any:
        """Return the element that *text* says."""
        if text in _INFINITIES and isinstance(self.base_field, models.DateField):
            return _INFINITIES[text]
        try:
            return self.base_field.to_python(text)
        except ValidationError as error:
            raise RangesError(
                f"Elements of {self.type.name} must be what {self} takes, got {_short(text)}.",
                hint=" ".join(error.messages),
                code="ranges.element",
            ) from error

    def _written(self, value: Range[Any]) -> dict[str, Any]:
        """Return a range for fixtures, in Django's words."""
        if value.isempty:
            return {"empty": True}
        ends = {"lower": value.lower, "upper": value.upper}
        return {"bounds": value.bounds} | {end: self._text(each) for end, each in ends.items()}

    def _text(self, element: Any) -> Any:
        if element is None or isinstance(element, Infinity):
            return element and str(element)
        return self.base_field.value_to_string(AttributeSetter(self.base_field.attname, element))


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
        match _unpacked(value):
            case MultiRange() as found if found.range_type == self.type:
                return found
            case found if is_one(found):
                return MultiRange([self.range(found)], range_type=self.type)
            case list() | tuple() | MultiRange() | PsycopgMultirange() as found:
                return MultiRange(map(self.range, found), range_type=self.type)
        raise RangeTypeError(
            f"A multirange for {self} must be a MultiRange, ranges or text, got {_short(value)}.",
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


def is_one(value: Any) -> bool:
    """Whether it says one range, not several: a pair of elements does, with its bounds or not."""
    if isinstance(value, PsycopgRange | dict | _literal.Literal):
        return True
    if not isinstance(value, list | tuple) or len(value) not in {2, 3}:
        return False
    *elements, bounds = (*value, "[)") if len(value) == 2 else value
    return bounds in BOUNDS and not any(
        isinstance(each, _RANGES) or _is_literal(each) for each in elements
    )


def _is_literal(value: Any) -> bool:
    return isinstance(value, str) and _literal.is_literal(value)


def _unpacked(value: Any) -> Any:
    """Return what *value* says, if it is text: PostgreSQL's, or a fixture's JSON."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text[:2] in {"{}", "{[", "{("}:
        return [tuple(each) for each in _literal.read_many(text)]
    if text[:1] == "{" or text[:2] in {"[{", "[]"}:
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise RangesError(
                f"The JSON of a range must be valid, got {_short(value)}.", code="ranges.literal"
            ) from error
    return _literal.read(text)


def _alike(one: RangeType, other: RangeType) -> bool:
    """Whether a range of one type means the same in the other, if there are such elements."""
    return (one.following is None) == (other.following is None)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
