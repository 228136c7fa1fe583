"""Ranges and multiranges in django-filter."""

from typing import Any

import django_filters  # type: ignore[import-untyped]
from django_filters import filterset
from django_filters.rest_framework import filterset as rest_filterset  # type: ignore[import-untyped]
from django_filters.utils import get_model_field  # type: ignore[import-untyped]

from matinee.ranges import fields
from matinee.ranges._filter_input import AskedInput
from matinee.ranges._kinds import one_of

__all__ = ["RangeFilter", "RangeFilters"]

# By the short names, the lookups that filters are made for.
LOOKUPS = {
    "contains": "contains",
    "overlaps": "overlap",
    "within": "contained_by",
    "adjacent_to": "adjacent_to",
    "before": "fully_lt",
    "after": "fully_gt",
    **{
        f"{end}_{how}": f"{end}__{how}"
        for end in ("lower", "upper")
        for how in ("gt", "gte", "lt", "lte")
    },
    "is_empty": "is_empty",
}


class RangeFilter(django_filters.Filter):  # type: ignore[misc]
    """Asks something of a range or multirange, of an input that its model field types.

    ``contains`` takes an element or a range, ``lower__gte`` and its like an element, ``in`` ranges
    with commas between them; the others a range, as PostgreSQL writes it or as two parameters:
    ``?during_after=2026-01-01&during_before=2026-01-31``, of numbers ``_min`` and ``_max``. Both
    belong to it if it is of integers or days, else those that the field's ``default_bounds`` say.

    Args:
        field_name: The field of ranges, or one of elements to be ``contained_by`` a range.
        lookup_expr: The lookup: "overlap".
        model_field: The model field; by default, the one of that name.
    """

    field_class = AskedInput

    def __init__(
        self,
        field_name: str | None = None,
        lookup_expr: str = "overlap",
        *,
        model_field: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(field_name, lookup_expr, **kwargs)
        self._model_field = model_field

    @property
    def takes(self) -> str:
        """What is asked for: an "element", a "range", "either" of them or "several" ranges."""
        if self.lookup_expr.startswith(("lower__", "upper__", "startswith__", "endswith__")):
            return "element"
        return {"contains": "either", "in": "several"}.get(self.lookup_expr, "range")

    def range_field(self, model: Any) -> Any:
        """Return the field of the ranges that are asked for."""
        return one_of(self._model_field or get_model_field(model, self.field_name))

    @property
    def field(self) -> Any:
        if not hasattr(self, "_field"):
            model_field = self.range_field(getattr(self, "model", None))
            # Not field_class, which django-filter has split at commas for "in".
            self._field = AskedInput(
                model_field=model_field, takes=self.takes, label=self.label, **self.extra
            )
        return self._field


class RangeFilters:
    """A mixin of filter sets: ``Meta.ranges = ["during"]`` makes all the filters of a range.

    ``during_contains``, ``during_overlaps``, ``during_within``, ``during_adjacent_to``,
    ``during_before``, ``during_after``, ``during_lower_gte`` and its like, ``during_is_empty``::

        class BookingFilters(RangeFilters, django_filters.FilterSet):
            class Meta:
                model = Booking
                fields = ["hall"]
                ranges = ["during"]
    """

    _meta: Any
    filter_for_field: Any

    @classmethod
    def get_filters(cls) -> Any:
        ranges = getattr(getattr(cls, "Meta", None), "ranges", ())
        if ranges and cls._meta.fields is None and cls._meta.exclude is None:
            cls._meta.fields = []
        found = super().get_filters()  # type: ignore[misc]
        for name in ranges:
            for short, lookup in LOOKUPS.items():
                found.setdefault(f"{name}_{short}", cls._made(name, lookup))
        return found

    @classmethod
    def _made(cls, name: str, lookup: str) -> Any:
        field = get_model_field(cls._meta.model, name)
        if lookup == "is_empty":
            return cls.filter_for_field(field, name, lookup)
        return RangeFilter(name, lookup, model_field=field)


def _of_field(field: Any) -> dict[str, Any]:
    return {"model_field": field}


for _defaults in (
    filterset.FILTER_FOR_DBFIELD_DEFAULTS,
    rest_filterset.FILTER_FOR_DBFIELD_DEFAULTS,
):
    for _field in (fields.RangeField, fields.MultiRangeField):
        _defaults[_field] = {"filter_class": RangeFilter, "extra": _of_field}
