"""Ranges in Django's admin: its pickers, lists in words, filters, and a hierarchy of dates.

Where ``matinee`` and ``django.contrib.admin`` are installed and a model has ranges, ``install`` is
called when Django starts, and a ``ModelAdmin`` needs to declare nothing.
"""

from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin import helpers, options, utils, widgets
from django.contrib.admin.templatetags import admin_list
from django.forms import Widget

from matinee.ranges import fields
from matinee.ranges._admin_filter import RangeListFilter
from matinee.ranges._admin_hierarchy import RangeAdminMixin
from matinee.ranges._inputs import DateInput, DateTimeInput, Input
from matinee.ranges._range import PsycopgRange, Several
from matinee.ranges._widgets import EndInput, MultiRangeWidget, RangeWidget
from matinee.ranges._words import in_words

__all__ = [
    "AdminMultiRangeWidget",
    "AdminRangeWidget",
    "RangeAdminMixin",
    "RangeListFilter",
    "install",
]


class AdminRangeWidget(RangeWidget):
    """A start and an end with the admin's calendar and clock, in the format of the language."""

    style = "local"

    def end(self, element: Input) -> Widget:
        if isinstance(element, DateTimeInput):
            return widgets.AdminSplitDateTime()
        if isinstance(element, DateInput):
            return widgets.AdminDateWidget()
        return EndInput({"class": "vTextField"}, native=element.native, mode=element.mode)


class AdminMultiRangeWidget(MultiRangeWidget):
    """A line for each range, as wide as the admin's other texts."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "vLargeTextField"} | (attrs or {}))


_WIDGETS: dict[type[Any], dict[str, Any]] = {
    fields.RangeField: {"widget": AdminRangeWidget},
    fields.MultiRangeField: {"widget": AdminMultiRangeWidget},
}


def install() -> None:
    """Have the admin know ranges. To call it again does nothing.

    It adds the widgets to the admin's defaults, and the filter to what ``list_filter`` chooses
    from; and it wraps the admin's ``display_for_field``, which has no place to say how a field's
    values are shown, so that ranges are shown in words.
    """
    options.FORMFIELD_FOR_DBFIELD_DEFAULTS.update(_WIDGETS)
    for site in admin.sites.all_sites:
        for each in site._registry.values():  # noqa: SLF001  those that were registered before
            vars(each)["formfield_overrides"] = {**_WIDGETS, **each.formfield_overrides}
    if not hasattr(utils.display_for_field, "knows_ranges"):
        admin.FieldListFilter.register(_is_ranged, RangeListFilter, take_priority=True)
        shown = _with_ranges(utils.display_for_field)
        for module in (utils, helpers, admin_list):
            module.display_for_field = shown  # type: ignore[attr-defined]


def _is_ranged(field: Any) -> bool:
    return isinstance(field, fields.Ranged)


def _with_ranges(display_for_field: Any) -> Any:
    @wraps(display_for_field)
    def shown(value: Any, field: Any, *args: Any, **options: Any) -> Any:
        if _is_ranged(field) and isinstance(value, PsycopgRange | Several):
            return _said(value)
        return display_for_field(value, field, *args, **options)

    shown.knows_ranges = True  # type: ignore[attr-defined]
    return shown


def _said(value: Any) -> str:
    try:
        return in_words(value)
    except OverflowError:  # what is not a day or a year of Python's any more in this time zone
        return str(value)
