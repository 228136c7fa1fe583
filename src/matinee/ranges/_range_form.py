"""The form field of one range, of any type."""

from abc import abstractmethod
from typing import Any, ClassVar

from django import forms
from django.contrib.postgres import forms as postgres
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from matinee.exceptions import RangesError
from matinee.ranges import _lines
from matinee.ranges._inputs import Input
from matinee.ranges._range import BOUNDS, PsycopgRange, Range
from matinee.ranges._types import RangeType
from matinee.ranges._widgets import BOUND_LABELS, BoundRange, HiddenRangeWidget, RangeWidget

__all__ = ["Kept", "RangeField", "strings"]

_TEXT = (str, list, tuple, type(None))
_DISCRETE = BOUND_LABELS | {
    "[)": _("First included, last not"),
    "[]": _("First and last included"),
    "()": _("Neither first nor last included"),
    "(]": _("Last included, first not"),
}


class Kept(forms.Field):
    """A field that keeps what is stored where what was sent is what had been shown."""

    def _clean_bound_field(self, bf: Any) -> Any:
        if self.disabled or bf.initial is None or not self.unchanged(bf.initial, bf.data):
            return super()._clean_bound_field(bf)  # type: ignore[misc]
        found = self.to_python(bf.initial)
        self.validate(found)
        self.run_validators(found)
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled or self.unchanged(initial, data):
            return False
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True

    @abstractmethod
    def unchanged(self, initial: Any, data: Any) -> bool:
        """Whether *data* is what is shown for *initial*, letter by letter."""


class RangeField(Kept, postgres.BaseRangeField):
    """The base of the form fields of ranges, which takes ranges of any type.

    A blank start or end is none; both blank are no range, unless "No start and no end" is chosen.
    Of integers and days the end that is entered belongs to the range.

    Args:
        bounds: What is offered: of ``"[)"``, ``"[]"``, ``"()"``, ``"(]"``, of ``"(,)"`` for the
            unbounded range and of ``"empty"``. By default all of them, of integers and days the
            last two beside ``"[]"``. What a stored range has is offered too.
        default_bounds: The bounds of what is sent without any; ``"[)"`` by default.
        element: The form field of the elements.
        type: The type of the ranges.

    Attributes:
        input: How the elements are written and read.
        offered: The bounds that are offered.
    """

    range_type = Range
    hidden_widget = HiddenRangeWidget
    input_class: ClassVar[type[Input]] = Input
    labels: ClassVar[tuple[Any, Any, Any]] = RangeWidget.labels
    hints: ClassVar[tuple[Any, Any]] = RangeWidget.hints
    default_error_messages = {
        "bound_ordering": _("The end must not come before the start."),
        "overflow": _("This is more than the field can hold."),
        "nothing": _("Nothing lies between start and end: choose “Empty” if that is meant."),
        "not_blank": _("Leave start and end blank for this, or choose another."),
        "invalid_choice": _("Select a valid choice."),
    }

    def __init__(
        self,
        *,
        bounds: tuple[str, ...] | None = None,
        default_bounds: str | None = None,
        element: forms.Field | None = None,
        type: RangeType | None = None,  # noqa: A002  as the model's fields have it
        **kwargs: Any,
    ) -> None:
        if type is not None:
            self._type = type
        element = element or self.element()
        element.required, element.localize = False, kwargs.get("localize", False)
        self.input = self.input_class(element, lambda: self.type)
        kwargs.setdefault("widget", RangeWidget)
        super().__init__(fields=[element, element], default_bounds=default_bounds, **kwargs)
        self.default_bounds = default_bounds or "[)"
        offered = bounds or (("[]", "(,)", "empty") if self.is_discrete else tuple(BOUND_LABELS))
        self._preferred = default_bounds or ("[]" if self.is_discrete else "[)")
        self.offer(offered)

    @property
    def type(self) -> RangeType:
        """The type that values are bound to."""
        return self._type

    @property
    def is_discrete(self) -> bool:
        """Whether each element has a next one, as integers and days have."""
        return self.type.following is not None

    def element(self) -> forms.Field:
        """Return the form field of the elements."""
        return self.base_field()

    def prepare_value(self, value: Any) -> Any:
        """Return the start, the end and the bounds as the widget shows them."""
        if isinstance(value, str):
            try:
                value = self.to_python(value)
            except ValidationError:
                return [value, None, self.shown_bounds]
        if isinstance(value, PsycopgRange):
            return self.shown(Range.of(value, range_type=self.type))
        # What was sent without bounds is shown with those it was read with.
        lower, upper, bounds = [*value, None, None][:3] if value else (None, None, None)
        ends = [self.input.write(each, self._style) for each in (lower, upper)]
        return [*ends, bounds or (self.default_bounds if value else self.shown_bounds)]

    def shown(self, value: Range[Any]) -> list[Any]:
        """Return the start, the end and the bounds of *value* as they are shown."""
        blank = self.input.split("", self._style)
        if value.is_empty or (value.lower is None and value.upper is None):
            return [blank, blank, "empty" if value.is_empty else "(,)"]
        for bounds in dict.fromkeys((self.shown_bounds, *BOUNDS)):
            try:
                found = [*self._ends(value, bounds), bounds]
                if self.to_python(found) == value:
                    return found
            except (ValidationError, OverflowError, TypeError):
                continue
        ends = (value.lower, value.upper)
        return [*(self.input.write(each, self._style) for each in ends), value.bounds]

    def to_python(self, value: Any) -> Any:
        """Return the range that was sent: its start, its end and its bounds, or PostgreSQL's text.

        Raises:
            ValidationError: There is no such range; the parameter ``part`` says which input was
                wrong: 0 the start, 1 the end, 2 the bounds.
        """
        try:
            if isinstance(value, str) and value:
                value = [*next(_lines.parts(value, self.default_bounds))]
            if isinstance(value, PsycopgRange):
                return Range.of(value, range_type=self.type)
        except RangesError as error:
            raise self._wrong(0, self.input.invalid()) from error
        if value in self.empty_values:
            return None
        lower, upper, bounds = [*value, None, None][:3]
        return self._read(lower, upper, bounds or self.default_bounds)

    def clean(self, value: Any) -> Any:
        found = self.to_python(value)
        self.validate(found)
        self.run_validators(found)
        return found

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)

    def unchanged(self, initial: Any, data: Any) -> bool:
        if not isinstance(data, list | tuple) or not isinstance(initial, PsycopgRange):
            return False
        shown = strings(self.prepare_value(initial))
        return shown[: len(data)] == strings(data)

    def get_bound_field(self, form: Any, field_name: str) -> BoundRange:
        return BoundRange(form, self, field_name)

    def __deepcopy__(self, memo: Any) -> Any:
        found = super().__deepcopy__(memo)
        found.input = self.input
        return found

    @property
    def shown_bounds(self) -> str:
        """The bounds that a range is shown with, if it can be."""
        ours = isinstance(self.widget, RangeWidget)
        return self._shown_bounds if ours else self.default_bounds

    @property
    def _style(self) -> str:
        return str(getattr(self.widget, "style", "text"))

    def offer(self, offered: tuple[str, ...]) -> None:
        """Have the widget offer these bounds, and ask for what this field takes."""
        self.offered = offered
        self._shown_bounds = self._preferred if self._preferred in offered else offered[0]
        if isinstance(self.widget, RangeWidget):
            self.widget.labels, self.widget.hints = self.labels, self.hints
            self.widget.offered = offered
            self.widget.bound_labels = _DISCRETE if self.is_discrete else BOUND_LABELS
            self.widget.made_for(self.input)

    def _ends(self, value: Range[Any], bounds: str) -> list[Any]:
        """Return the bounds of *value* as text, where they are said with others."""
        lower, upper, unit = value.lower, value.upper, self.type.unit
        if unit is not None and upper is not None and value.bounds[1] != bounds[1]:
            upper = upper - unit if bounds[1] == "]" else upper + unit
        if unit is not None and lower is not None and value.bounds[0] != bounds[0]:
            lower = lower - unit if bounds[0] == "(" else lower + unit
        return [self.input.write(each, self._style) for each in (lower, upper)]

    def _read(self, lower: Any, upper: Any, bounds: str) -> Any:
        blank = not any(strings([lower, upper]))
        if bounds not in BOUND_LABELS:
            raise self._wrong(2, self._error("invalid_choice"))
        if bounds in {"empty", "(,)"}:
            if not blank:
                raise self._wrong(2, self._error("not_blank"))
            return Range(empty=bounds == "empty", range_type=self.type)
        if blank:
            return None
        return self._range(self._elements([lower, upper]), bounds)

    def _elements(self, texts: list[Any]) -> list[Any]:
        """Return both elements, or all that is wrong with them."""
        found, errors = [], []
        for part, text in enumerate(texts):
            try:
                found.append(self.input.read(text) if isinstance(text, _TEXT) else text)
            except ValidationError as error:
                errors.append(self._wrong(part, error))
        if errors:
            raise ValidationError(errors)
        return found

    def _range(self, ends: list[Any], bounds: str) -> Range[Any]:
        lower, upper = ends
        try:
            found: Range[Any] = Range(lower, upper, bounds, range_type=self.type)
        except RangesError as error:
            if error.code == "ranges.inverted":
                raise self._wrong(1, self._error("bound_ordering")) from error
            part = 0 if self._overflows(lower, bounds) else 1
            raise self._wrong(part, self._error("overflow")) from error
        if found.is_empty:
            raise self._wrong(1, self._error("nothing"))
        return found

    def _overflows(self, lower: Any, bounds: str) -> bool:
        try:
            Range(lower, None, bounds, range_type=self.type)
        except RangesError:
            return True
        return False

    def _error(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)

    def _wrong(self, part: int, error: ValidationError) -> ValidationError:
        """Return *error* as that of one input."""
        return ValidationError(
            [
                ValidationError(
                    _("%(label)s: %(error)s"),
                    code=each.code,
                    params={"label": self.labels[part], "part": part, "error": message},
                )
                for each in error.error_list
                for message in each.messages
            ]
        )


def strings(data: Any) -> list[str]:
    """Return what the inputs hold, two of one bound as one."""
    return [
        " ".join(strings(each)).strip()
        if isinstance(each, list | tuple)
        else str("" if each is None else each).strip()
        for each in data
    ]
