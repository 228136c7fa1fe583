"""Form fields of ranges and multiranges, and their widgets.

Those of ranges stand where Django's stand: :mod:`django.contrib.postgres.forms`. What is shown is
read as what it was: to save a form in which nothing was changed changes nothing.
"""

from django import forms
from django.conf import settings
from django.contrib.postgres import forms as postgres
from django.utils.translation import gettext_lazy as _

from matinee.ranges._inputs import DateInput, DateTimeInput, NumberInput
from matinee.ranges._multirange_form import MultiRangeField
from matinee.ranges._range_form import RangeField
from matinee.ranges._types import (
    DATERANGE,
    INT4RANGE,
    INT8RANGE,
    NUMRANGE,
    TSRANGE,
    TSTZRANGE,
    RangeType,
)
from matinee.ranges._widgets import (
    HiddenRangeWidget,
    MultiRangeWidget,
    RangeWidget,
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
    "HiddenRangeWidget",
    "IntegerMultiRangeField",
    "IntegerRangeField",
    "MultiRangeField",
    "MultiRangeWidget",
    "RangeField",
    "RangeWidget",
]


class IntegerRangeField(RangeField, postgres.IntegerRangeField):
    """Ranges of integers of 32 bits."""

    input_class = NumberInput
    bits = 32
    _type = INT4RANGE
    labels = (_("First"), _("Last"), _("Bounds"))
    hints = (_("blank: no first"), _("blank: no last"))

    def element(self) -> forms.Field:
        limit = 2 ** (self.bits - 1)
        return forms.IntegerField(min_value=-limit, max_value=limit - 1)


class BigIntegerRangeField(IntegerRangeField):
    """Ranges of integers of 64 bits."""

    bits = 64
    _type = INT8RANGE


class DecimalRangeField(RangeField, postgres.DecimalRangeField):
    """Ranges of decimal numbers."""

    input_class = NumberInput
    _type = NUMRANGE


class DateRangeField(RangeField, postgres.DateRangeField):
    """Ranges of days."""

    input_class = DateInput
    _type = DATERANGE
    labels = (_("First day"), _("Last day"), _("Bounds"))
    hints = (_("blank: no first"), _("blank: no last"))


class DateTimeRangeField(RangeField, postgres.DateTimeRangeField):
    """Ranges of points in time, entered in the current time zone."""

    input_class = DateTimeInput

    @property
    def type(self) -> RangeType:
        return TSTZRANGE if settings.USE_TZ else TSRANGE


class IntegerMultiRangeField(MultiRangeField):
    """Multiranges of integers of 32 bits."""

    range_field_class = IntegerRangeField


class BigIntegerMultiRangeField(MultiRangeField):
    """Multiranges of integers of 64 bits."""

    range_field_class = BigIntegerRangeField


class DecimalMultiRangeField(MultiRangeField):
    """Multiranges of decimal numbers."""

    range_field_class = DecimalRangeField


class DateMultiRangeField(MultiRangeField):
    """Multiranges of days."""

    range_field_class = DateRangeField


class DateTimeMultiRangeField(MultiRangeField):
    """Multiranges of points in time, in the current time zone."""

    range_field_class = DateTimeRangeField
