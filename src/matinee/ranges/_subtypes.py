"""The model fields of elements of custom range types, and what is known of each."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from matinee.exceptions import RangesError
from matinee.ranges._elements import END_OF_DAY, FLOAT, INET, TEXT, TIME, UUID, Elements
from matinee.ranges._types import DATERANGE, INT4RANGE, INT8RANGE, NUMRANGE, TSTZRANGE, RangeType

__all__ = ["INVALID_ADDRESS", "Address", "TimeOfDay", "element_field", "elements_of"]

INVALID_ADDRESS = _("Enter a valid IPv4 or IPv6 address.")

if TYPE_CHECKING:
    _GenericIPAddressField = models.GenericIPAddressField[Any, Any]
    _TimeField = models.TimeField[Any, Any]
else:  # generic for type checkers alone
    _GenericIPAddressField, _TimeField = models.GenericIPAddressField, models.TimeField


class Address(_GenericIPAddressField):
    """An element of a range of addresses: text, with a prefix where PostgreSQL has one."""

    def to_python(self, value: Any) -> Any:
        if value in (None, ""):
            return None
        try:
            return INET.coerce(value.strip() if isinstance(value, str) else value)
        except (ValueError, TypeError) as error:
            raise ValidationError(INVALID_ADDRESS, code="invalid") from error

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: ARG002
        return self.to_python(value)

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(self, **{"form_class": AddressFormField, **kwargs})


class AddressFormField(forms.CharField):
    """An address, with a prefix or without."""

    default_error_messages = {"invalid": INVALID_ADDRESS}

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        try:
            return INET.coerce(found) if found else found
        except (ValueError, TypeError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class TimeOfDay(_TimeField):
    """An element of a range of times: 24:00 is one too."""

    def to_python(self, value: Any) -> Any:
        return END_OF_DAY if _is_end(value) else super().to_python(value)

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if _is_end(value):
            return END_OF_DAY
        return super().get_db_prep_value(value, connection, prepared)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": TimeOfDayFormField, **kwargs})


class TimeOfDayFormField(forms.TimeField):
    """A time: 24:00 is one too."""

    def to_python(self, value: Any) -> Any:
        return END_OF_DAY if _is_end(value) else super().to_python(value)


def _is_end(value: Any) -> bool:
    return value is END_OF_DAY or (isinstance(value, str) and value in {"24:00", "24:00:00"})


def _like(built_in: RangeType) -> Elements:
    return Elements(built_in.coerce, built_in.key, built_in.zero)


# The most special first. Of each: the field that is declared, and what stands for it.
_KNOWN: list[tuple[type[Any], type[Any] | None, Elements]] = [
    (models.GenericIPAddressField, Address, INET),
    (models.TimeField, TimeOfDay, TIME),
    (models.FloatField, None, FLOAT),
    (models.UUIDField, None, UUID),
    (models.CharField, None, TEXT),
    (models.TextField, None, TEXT),
    (models.DecimalField, None, _like(NUMRANGE)),
    (models.DateTimeField, None, _like(TSTZRANGE)),
    (models.DateField, None, _like(DATERANGE)),
    (models.BigIntegerField, None, _like(INT8RANGE)),
    (models.IntegerField, None, _like(INT4RANGE)),
]


def elements_of(subtype: Any) -> Elements | None:
    """Return what is known of the elements that a model field *subtype* has."""
    found = [elements for field, _own, elements in _KNOWN if isinstance(subtype, field)]
    return found[0] if found else None


def element_field(subtype: Any) -> Any:
    """Return a new field of the elements, made as *subtype* was.

    Raises:
        RangesError: It is no model field.
    """
    if isinstance(subtype, type) and issubclass(subtype, models.Field):
        subtype = subtype()
    if not isinstance(subtype, models.Field):
        raise RangesError(
            f"The subtype of a range type must be a model field, got {subtype!r}.",
            hint="Write subtype=models.GenericIPAddressField.",
            code="ranges.declaration",
        )
    for field, stands_for, _known in _KNOWN:
        if type(subtype) is field and stands_for is not None:
            return stands_for(*subtype.deconstruct()[2], **subtype.deconstruct()[3])
    return subtype.clone()
