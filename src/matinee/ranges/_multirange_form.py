"""The form field of a multirange, of any type: a line for each range."""

from itertools import islice
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from matinee.exceptions import RangesError
from matinee.ranges import _lines
from matinee.ranges._multirange import MultiRange
from matinee.ranges._range import Range
from matinee.ranges._range_form import Kept, RangeField, strings
from matinee.ranges._widgets import MultiRangeWidget, RangeWidget

__all__ = ["MultiRangeField"]

# Of what is wrong in many lines, enough to mend it.
_MOST_ERRORS = 5
# Nobody enters more; what is stored already stays as it is, however many there are.
_MOST_RANGES, _LONGEST = 2_000, 200_000
_LINES = _("A range a line: start .. end. The end does not belong to it; none is no limit.")
_DISCRETE_LINES = _("A range a line: first .. last. Both belong to it; none is no limit.")


class MultiRangeField(Kept):
    """The base of the form fields of multiranges: a line for each range.

    A line is ``start .. end``, where either may be missing, or PostgreSQL's ``[start, end)``. Of
    integers and days the end belongs to the range, and one of them alone is a range too. Blank
    text is no multirange, ``{}`` the empty one. What overlaps or touches becomes one range.

    Args:
        range_field: The form field of one of the ranges.
        empty_value: What blank text is: None by default. Of a model's field that may be blank and
            not NULL it is the empty multirange.
    """

    widget = MultiRangeWidget
    range_field_class: ClassVar[type[RangeField]]
    default_error_messages = {
        "line": _("Line %(line)s: %(error)s"),
        "range": _("Enter a range: start .. end"),
        "max_ranges": _("Enter at most %(limit)s ranges."),
    }

    def __init__(
        self,
        *,
        range_field: RangeField | None = None,
        empty_value: MultiRange[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.range_field = range_field or self.range_field_class(widget=_Text)
        self.empty_value = empty_value
        super().__init__(**kwargs)
        shown: Any = self.widget
        if isinstance(shown, MultiRangeWidget):
            shown.hint = _DISCRETE_LINES if self.range_field.is_discrete else _LINES

    @property
    def bounds(self) -> str:
        """The bounds that ``start .. end`` has."""
        return "[]" if self.range_field.is_discrete else "[)"

    @property
    def _blank(self) -> MultiRange[Any] | None:
        """What blank text is; where something is asked for, it is not given by blank text."""
        return None if self.required else self.empty_value

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, MultiRange | list):
            return value
        if len(value) == 0:
            return _lines.EMPTY if self._blank is None else ""
        return "\n".join(_lines.written(self._shown(each), self.bounds) for each in value)

    def to_python(self, value: Any) -> Any:
        """Return the multirange of what was sent.

        Raises:
            ValidationError: A line is no range.
        """
        if not isinstance(value, str):
            return None if value is None else MultiRange(value, range_type=self.range_field.type)
        lines = {at: line.strip() for at, line in enumerate(value.splitlines(), 1) if line.strip()}
        if not lines:
            return self._blank
        if len(lines) > _MOST_RANGES or len(value) > _LONGEST:
            raise self._too_many()
        ranges: list[Any] = []
        errors: list[ValidationError] = []
        for at, line in lines.items():
            try:
                ranges += self._ranges(line)
            except ValidationError as error:
                errors.append(self._wrong(at, error))
                if len(errors) == _MOST_ERRORS:
                    break
            if len(ranges) > _MOST_RANGES:
                raise self._too_many()
        if errors:
            raise ValidationError(errors)
        return MultiRange(ranges, range_type=self.range_field.type)

    def unchanged(self, initial: Any, data: Any) -> bool:
        if not isinstance(data, str):
            return False
        if initial is None:
            return not data.strip()
        return [*map(str.strip, str(self.prepare_value(initial)).splitlines())] == [
            *map(str.strip, data.splitlines())
        ]

    def _shown(self, value: Any) -> list[Any]:
        return self.range_field.shown(Range.of(value, range_type=self.range_field.type))

    def _ranges(self, line: str) -> list[Any]:
        try:
            found = [*islice(_lines.parts(line, self.bounds), _MOST_RANGES + 1)]
        except RangesError as error:
            raise ValidationError(self.error_messages["range"], code="range") from error
        if not self.range_field.is_discrete and found and found[0][0] is line:
            raise ValidationError(self.error_messages["range"], code="range")
        return [self.range_field.to_python(_unbounded(each)) for each in found]

    def _too_many(self) -> ValidationError:
        message, params = self.error_messages["max_ranges"], {"limit": _MOST_RANGES}
        return ValidationError(message, code="max_ranges", params=params)

    def _wrong(self, at: int, error: ValidationError) -> ValidationError:
        return ValidationError(
            [
                ValidationError(
                    self.error_messages["line"],
                    code=each.code,
                    params={"line": at, "error": message},
                )
                for each in error.error_list
                for message in each.messages
            ]
        )


class _Text(RangeWidget):
    """What is not shown: its field reads and writes lines."""

    style = "text"


def _unbounded(parts: list[Any]) -> list[Any]:
    lower, upper, bounds = parts
    return parts if any(strings([lower, upper])) or bounds == "empty" else [None, None, "(,)"]
