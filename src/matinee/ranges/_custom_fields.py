"""What the model fields of custom range types have in common."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.postgres.fields.ranges import ContinuousRangeField
from django.core import checks

from matinee.exceptions import RangesError
from matinee.ranges._custom_type import CustomRangeType
from matinee.ranges._live import field_place
from matinee.ranges._made import problems
from matinee.ranges.fields import MultiRangeField, Ranged, RangeField

__all__ = ["CustomMultiRangeField", "CustomRangeField"]

if TYPE_CHECKING:
    _ContinuousRangeField = ContinuousRangeField[Any]
else:  # generic for type checkers alone
    _ContinuousRangeField = ContinuousRangeField


class _Custom(Ranged):
    """A field of a custom type.

    Attributes:
        declared: The type.
    """

    declared: ClassVar[CustomRangeType]

    @property
    def type(self) -> CustomRangeType:
        return self.declared

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, field_place(type(self)) if self._is_own() else path, args, kwargs

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Report what migrations would fail at: matinee.E231 to E233. No query."""
        found = super().check(**kwargs)
        try:
            self.deconstruct()
        except RangesError as error:
            found.append(checks.Error(error.message, error.hint, self, "matinee.E233"))
        return [*found, *problems(self, self.declared.name, kwargs.get("databases"))]

    def from_db_value(self, value: Any, _expression: object, _connection: object) -> Any:
        # Text of a connection that was opened before the type was there.
        return self.value(value) if isinstance(value, str) else self.bound(value)

    def __reduce__(self) -> Any:
        if hasattr(self, "model") or not self._is_own():
            return super().__reduce__()
        is_many = type(self) is self.declared.multirange_field
        return _empty, (self.declared, is_many), self.__dict__.copy()

    def _is_own(self) -> bool:
        """Whether it is of the classes that the declaration made, and not of the user's."""
        return type(self) in (self.declared.field, self.declared.multirange_field)


def _empty(declared: CustomRangeType, is_many: bool) -> Any:
    found = declared.multirange_field if is_many else declared.field
    return found.__new__(found)


class CustomRangeField(_Custom, RangeField, _ContinuousRangeField):
    """The base of the fields of ranges of a custom type.

    Args:
        default_bounds: The bounds of a pair that is assigned; "[)" by default.
    """

    def db_type(self, connection: Any) -> str:  # noqa: ARG002
        return self.declared.sql


class CustomMultiRangeField(_Custom, MultiRangeField):
    """The base of the fields of multiranges of a custom type."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002
        return self.declared.multirange_sql
