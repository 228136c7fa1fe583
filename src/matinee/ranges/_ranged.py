"""What model fields of ranges and of multiranges have in common."""

import datetime as dt
import json
from abc import abstractmethod
from typing import Any

import django
from django.contrib.postgres.fields.utils import AttributeSetter
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from psycopg.types.multirange import Multirange as PsycopgMultirange

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges import _literal
from matinee.ranges._multirange import MultiRange
from matinee.ranges._range import BOUNDS, PsycopgRange, Range
from matinee.ranges._typed import Field, Get, Set
from matinee.ranges._types import (
    INFINITY,
    MINUS_INFINITY,
    TSRANGE,
    TSTZRANGE,
    Infinity,
    RangeType,
)

__all__ = ["Ranged", "is_one", "short", "unpacked"]

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
    def type(self) -> RangeType:
        """The type that values are bound to.

        Raises:
            RangeTypeError: The class has none.
        """
        raise RangeTypeError(
            f"{self.__class__.__name__} must have a type, got none.",
            hint="Take IntegerRangeField and the like; range_type() makes fields of other types.",
        )

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
        match unpacked(value):
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
            f"A range for {self} must be a Range, a pair or text, got {short(value)}.",
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
                f"Elements of {self.type.name} must be what {self} takes, got {short(text)}.",
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


def unpacked(value: Any) -> Any:
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
                f"The JSON of a range must be valid, got {short(value)}.", code="ranges.literal"
            ) from error
    return _literal.read(text)


def _alike(one: RangeType, other: RangeType) -> bool:
    """Whether a range of one type means the same in the other, if there are such elements."""
    return (one.following is None) == (other.following is None)


def short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
