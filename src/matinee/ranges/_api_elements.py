"""How an API has elements that Django REST framework has otherwise, or not at all."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from matinee.ranges._elements import END_OF_DAY
from matinee.ranges._subtypes import INVALID_ADDRESS, Address, TimeOfDay

__all__ = ["ELEMENTS"]


class AddressField(serializers.CharField):
    """An address, with a prefix or without."""

    default_error_messages = {"address": INVALID_ADDRESS}

    def __init__(self, *, protocol: str = "both", **kwargs: Any) -> None:  # noqa: ARG002  as theirs
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            return Address().to_python(text)
        except ValidationError:
            self.fail("address")


class TimeOfDayField(serializers.TimeField):
    """A time; 24:00 is one too."""

    def to_internal_value(self, value: Any) -> Any:
        found = TimeOfDay().to_python(value) if value in ("24:00", "24:00:00") else value
        return found if found is END_OF_DAY else super().to_internal_value(value)

    def to_representation(self, value: Any) -> Any:
        return str(value) if value is END_OF_DAY else super().to_representation(value)


ELEMENTS: dict[Any, Any] = {Address: AddressField, TimeOfDay: TimeOfDayField}
