"""What somebody asks of a range in a URL: an element, a range, or both of its ends."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from matinee.exceptions import RangesError
from matinee.ranges import _literal
from matinee.ranges._kinds import many_of

__all__ = ["AskedInput", "AskedWidget", "suffixes_of"]

# Longer than many ranges are, short enough to be read at once.
LONGEST = 4_000


def suffixes_of(field: Any) -> tuple[str, str]:
    """Return what django-filter calls the ends of such ranges."""
    return ("after", "before") if isinstance(field.base_field, models.DateField) else ("min", "max")


class AskedWidget(forms.TextInput):
    """One line of text; or two parameters, ``during_after`` and ``during_before``.

    Args:
        suffixes: What the two parameters end with.
    """

    def __init__(self, suffixes: tuple[str, ...] = (), attrs: Any = None) -> None:
        super().__init__(attrs)
        self.suffixes = suffixes

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        text = super().value_from_datadict(data, files, name)
        ends = [data.get(f"{name}_{suffix}") or "" for suffix in self.suffixes]
        return text or (ends if any(ends) else text)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:  # noqa: ARG002
        names = [name, *(f"{name}_{suffix}" for suffix in self.suffixes)]
        return not any(each in data for each in names)

    def format_value(self, value: Any) -> Any:
        if isinstance(value, list):
            lower, upper = (each or None for each in value)
            return _literal.write(lower, upper, "[]", str)
        return super().format_value(value)


class AskedInput(forms.Field):
    """Reads an element or a range of a model field's.

    Args:
        model_field: The model field of ranges.
        takes: "element", "range", "either", or "several" ranges with commas between them.
    """

    default_error_messages = {
        "range": _('Enter a range, as "[1,5)".'),
        "ranges": _('Enter a multirange, as "{[1,3),[5,8)}".'),
        "too_long": _("Enter no more than %(longest)s characters."),
        "inverted": _("The lower bound must not come after the upper one."),
    }

    def __init__(self, *, model_field: Any, takes: str, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", AskedWidget(suffixes_of(model_field) if takes == "range" else ())
        )
        super().__init__(**kwargs)
        self.model_field = model_field
        self.takes = takes
        self.one: Any = model_field.formfield()
        # Both days belong to what is asked for, as both of django-filter's ends do.
        self.bounds = "[]" if self.one.is_discrete else model_field.default_bounds

    def to_python(self, value: Any) -> Any:
        """Return the element or the range that was asked for.

        Raises:
            ValidationError: There is none such.
        """
        if value in self.empty_values:
            return None
        if isinstance(value, list):
            return self.one.to_python([*value, self.bounds])
        text = str(value).strip()
        if len(text) > LONGEST:
            raise self._error("too_long", longest=LONGEST)
        if self.takes == "several":
            return self._several(text)
        if self.takes != "element" and _literal.is_literal(text):
            return self._several(text[1:-1], whole=text) if text[:1] == "{" else self._range(text)
        if self.takes == "range":
            raise self._error("range")
        return self.one.input.read(text)

    def _range(self, text: str) -> Any:
        try:
            found = _literal.read(text)
        except RangesError as error:
            raise self._error("range") from error
        return self._made(found)

    def _several(self, text: str, whole: str = "") -> Any:
        """Return the ranges of *text*, or the multirange that the *whole* is."""
        try:
            found = list(_literal.read_many(whole or f"{{{text}}}"))
        except RangesError as error:
            raise self._error("ranges") from error
        many: Any = many_of(self.model_field)
        ranges = [self._made(each) for each in found]
        return many.value(ranges) if whole else ranges

    def _made(self, found: _literal.Literal) -> Any:
        read = self.one.input.read
        ends = [None if each is None else read(each) for each in found[:2]]
        try:
            return self.model_field.range((*ends, found.bounds))
        except RangesError as error:
            if error.code == "ranges.inverted":
                raise self._error("inverted") from error
            raise ValidationError(error.message, code=error.code) from error

    def _error(self, code: str, **params: Any) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params or None)
