"""How elements are written in forms and read from them: what is written is what is read."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from matinee.exceptions import RangesError
from matinee.ranges._types import INFINITY, MINUS_INFINITY, Infinity, RangeType

__all__ = ["DateInput", "DateTimeInput", "Input", "NumberInput"]

# Nobody writes a longer element; what is stored already stays as it is, however long.
LONGEST = 1_000
# What PostgreSQL's numeric holds: digits before the point and after it.
_BEFORE, _AFTER = 131_072, 16_383

# For "native" inputs of browsers, for the admin's pickers ("local"), or for lines of "text".
type Style = str
type Text = str | list[str]


class Input:
    """One bound as text.

    Args:
        field: The form field of the elements, which says what of text is one.
        type_of: Returns the type of the ranges.
    """

    native = "text"
    mode = ""
    infinities: dict[str, Any] = {}

    def __init__(self, field: forms.Field, type_of: Callable[[], RangeType]) -> None:
        self.field = field
        self.type_of = type_of

    def write(self, element: Any, style: Style = "native") -> Text:
        """Return *element* as text that is read as the same one; text stays as it is.

        The short form is taken where it says all there is to say, else the long one.
        """
        if element is None or isinstance(element, str | list):
            return element or self.split("", style)
        for written in (self.short, self.long):
            try:
                text = written(element, style)
                if self._same(self.read(text), element):
                    return text
            except (ValidationError, ValueError, OverflowError):
                continue
        return self.long(element, style)

    def read(self, text: Any) -> Any:
        """Return the element that *text* says, None where it is blank.

        Raises:
            ValidationError: It is none.
        """
        parts = text if isinstance(text, list | tuple) else [text]
        trimmed = [each.strip() if isinstance(each, str) else each for each in parts]
        if not any(trimmed):
            return None
        joined = " ".join(str(each) for each in trimmed if each)
        MaxLengthValidator(LONGEST)(joined)
        if joined.lower() in self.infinities:
            return self.infinities[joined.lower()]
        found = self.parsed(trimmed, joined)
        try:
            return self.type_of().coerce(found)
        except RangesError as error:
            raise self.invalid() from error

    def parsed(self, parts: list[Any], joined: str) -> Any:  # noqa: ARG002  for those of two inputs
        """Return the element that the text of one input or of two says."""
        return self.field.clean(joined)

    def short(self, element: Any, style: Style) -> Text:
        """Return *element* as people write it, which may say less than there is."""
        if self.field.localize and style == "local":
            return str(formats.localize_input(element))
        return self.long(element, style)

    def long(self, element: Any, style: Style) -> Text:
        """Return all of *element* as text."""
        return self.split(str(element), style)

    def split(self, text: str, style: Style) -> Text:  # noqa: ARG002
        """Return *text* as its input or inputs have it."""
        return text

    def invalid(self) -> ValidationError:
        """Return the error of text that is no element."""
        return ValidationError(self.field.error_messages["invalid"], code="invalid")

    def _same(self, one: Any, other: Any) -> bool:
        key = self.type_of().key
        return bool(key(one) == key(other))


class NumberInput(Input):
    """A number: as text, since inputs of type number lose digits and change when one scrolls."""

    @property
    def mode(self) -> str:  # type: ignore[override]
        return "decimal" if self.infinities else "numeric"

    def __init__(self, field: forms.Field, type_of: Callable[[], RangeType]) -> None:
        super().__init__(field, type_of)
        if isinstance(field, forms.DecimalField):
            self.infinities = {sign + "infinity": Decimal(f"{sign}Infinity") for sign in ("", "-")}

    def parsed(self, parts: list[Any], joined: str) -> Any:
        found = super().parsed(parts, joined)
        if isinstance(found, Decimal):
            exponent = found.as_tuple().exponent
            if found.adjusted() >= _BEFORE or not isinstance(exponent, int) or exponent < -_AFTER:
                raise ValidationError(
                    _("Ensure that this number has fewer digits."), code="max_digits"
                )
        return found


class DateInput(Input):
    """A day."""

    native = "date"
    infinities = {str(each): each for each in (INFINITY, MINUS_INFINITY)}

    def short(self, element: Any, style: Style) -> Text:
        if style != "local" or isinstance(element, Infinity):
            return str(element)
        return str(formats.localize_input(element, formats.get_format("DATE_INPUT_FORMATS")[0]))


class DateTimeInput(Input):
    """A point in time, in the current time zone unless it says another."""

    native = "datetime-local"
    infinities = DateInput.infinities

    def parsed(self, parts: list[Any], joined: str) -> Any:
        found = self._parsed(parts, joined)
        if timezone.is_aware(found):
            try:
                found.astimezone(dt.UTC)
            except OverflowError as error:  # PostgreSQL would have a year that Python has not
                raise self.invalid() from error
        return found

    def _parsed(self, parts: list[Any], joined: str) -> Any:
        if len(parts) == 1:
            return self.field.clean(joined)
        if all(parts):
            try:
                return self.field.clean(joined)
            except ValidationError:
                pass
        return forms.SplitDateTimeField(required=False).clean(parts)

    def short(self, element: Any, style: Style) -> Text:
        if isinstance(element, Infinity):
            return self.long(element, style)
        local = timezone.make_naive(element) if timezone.is_aware(element) else element
        if style == "local":
            wanted = (formats.get_format(f"{each}_INPUT_FORMATS")[0] for each in ("DATE", "TIME"))
            return [
                str(formats.localize_input(each, form))
                for each, form in zip((local.date(), local.time()), wanted, strict=True)
            ]
        return str(local.isoformat("T" if style == "native" else " ", _precision(local)))

    def long(self, element: Any, style: Style) -> Text:
        if isinstance(element, Infinity):
            return self.split(str(element), style)
        # Within hours of the first or the last that Python has there is no such time elsewhere.
        zones = (timezone.get_current_timezone(), dt.UTC) if timezone.is_aware(element) else ()
        for zone in zones:
            with suppress(OverflowError):
                element = element.astimezone(zone)
                break
        return self.split(element.isoformat(" "), style)

    def split(self, text: str, style: Style) -> Text:
        return [*text.split(" "), ""][:2] if style == "local" else text


def _precision(local: dt.datetime) -> str:
    if local.microsecond:
        return "microseconds" if local.microsecond % 1000 else "milliseconds"
    return "seconds" if local.second else "minutes"
