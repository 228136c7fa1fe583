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
from matinee.ranges._multirange import MultiRange
from matinee.ranges._range import PsycopgRange
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


_RANGES = (PsycopgRange, MultiRange)
_WIDGETS: dict[type[Any], dict[str, Any]] = {
    fields.RangeField: {"widget": AdminRangeWidget},
    fields.MultiRangeField: {"widget": AdminMultiRangeWidget},
}


def install() -> None:
    """Have the admin know ranges. To call it again does nothing.

    It adds the widgets to the admin's defaults, and the filter to what ``list_filter`` chooses
    from; and it wraps the admin's ``display_for_field`` and ``display_for_value``, which have no
    place to say how values are shown, so that ranges are shown in words.
    """
    options.FORMFIELD_FOR_DBFIELD_DEFAULTS.update(_WIDGETS)
    for site in admin.sites.all_sites:
        for each in site._registry.values():  # noqa: SLF001  those that were registered before
            vars(each)["formfield_overrides"] = {**_WIDGETS, **each.formfield_overrides}
    if not hasattr(utils.display_for_field, "knows_ranges"):
        admin.FieldListFilter.register(_is_ranged, RangeListFilter, take_priority=True)
        of_field = _with_ranges(utils.display_for_field)
        of_value = _with_ranges(utils.display_for_value)
        for module in (utils, helpers, admin_list):
            module.display_for_field = of_field  # type: ignore[attr-defined]
        for module in (utils, admin_list):
            module.display_for_value = of_value  # type: ignore[attr-defined]


def _is_ranged(field: Any) -> bool:
    return isinstance(field, fields.Ranged)


def _with_ranges(display: Any) -> Any:
    @wraps(display)
    def shown(value: Any, *args: Any, **options: Any) -> Any:
        has_choices = bool(args and getattr(args[0], "flatchoices", None))
        several = value if isinstance(value, list) else [value]
        if has_choices or not several or not all(isinstance(each, _RANGES) for each in several):
            return display(value, *args, **options)
        return "; ".join(map(in_words, several))

    shown.knows_ranges = True  # type: ignore[attr-defined]
    return shown
