"""The admin's hierarchy of dates, by the start or the end of ranges."""

import datetime as dt
from contextlib import nullcontext
from typing import Any

from django.contrib.admin.checks import ModelAdminChecks
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db import DataError, ProgrammingError, connections, transaction
from django.db.models import DateField, DateTimeField, Max, Min
from django.db.models.constants import LOOKUP_SEP
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from matinee.ranges.fields import Ranged

__all__ = ["RangeAdminMixin"]

_BOUNDS = {"lower", "upper", "startswith", "endswith"}
_PARTS = ("year", "month", "day")
# What Python's calendar has, in any time zone: infinity is no part of it.
_DAYS = dt.date.min, dt.date.max
_MOMENTS = dt.datetime(1, 1, 2, tzinfo=dt.UTC), dt.datetime(9999, 12, 30, tzinfo=dt.UTC)


def bound_field(model: Any, path: str | None) -> Any:
    """Return the range field of which *path* names a bound that is a day or a point in time."""
    *names, bound = (path or "").split(LOOKUP_SEP)
    if not names or bound not in _BOUNDS:
        return None
    try:
        field = get_fields_from_path(model, LOOKUP_SEP.join(names))[-1]
    except (FieldDoesNotExist, AttributeError):
        return None
    dated = isinstance(field, Ranged) and isinstance(field.base_field, DateField)
    return field if dated else None


class _Checks(ModelAdminChecks):
    def _check_date_hierarchy(self, obj: Any) -> list[Any]:
        if bound_field(obj.model, obj.date_hierarchy):
            return []
        return super()._check_date_hierarchy(obj)  # type: ignore[no-any-return, misc]


class RangeChangeList(ChangeList):
    """A list whose hierarchy of dates may go by a bound of ranges."""

    def get_filters(self, request: Any) -> Any:
        try:
            found: Any = super().get_filters(request)
        except (ValueError, OverflowError) as error:  # the year after the last one
            raise IncorrectLookupParameters(error) from error
        field = bound_field(self.model, self.date_hierarchy)
        if field and not isinstance(field.base_field, DateTimeField):
            for lookup in ("gte", "lt"):
                name = f"{self.date_hierarchy}__{lookup}"
                if name in found[2]:
                    found[2][name] = _day(found[2][name])
        return found

    def get_results(self, request: Any) -> None:
        """Count and choose what is shown; what the database refuses is told as a wrong address.

        Django finds most of that before: not a regular expression that is none, nor year 10000.
        """
        using = connections[self.queryset.db]
        try:
            # An error must not take the transaction with it that somebody else has begun.
            with transaction.atomic(using.alias) if using.in_atomic_block else nullcontext():
                super().get_results(request)
        except (DataError, ProgrammingError, ValueError, OverflowError, IndexError) as error:
            raise IncorrectLookupParameters(error) from error

    def hierarchy(self) -> dict[str, Any] | None:
        """Return what the admin's template of the hierarchy shows, None if it is not by a bound."""
        field = bound_field(self.model, self.date_hierarchy)
        return Hierarchy(self, field).shown() if field else None


class Hierarchy:
    """Years, months or days in which ranges of a list have a bound.

    One query for them, one more where none is chosen yet.
    """

    def __init__(self, changelist: Any, field: Any) -> None:
        path = self.path = changelist.date_hierarchy
        self.changelist, self.field = changelist, field
        self.moments = isinstance(field.base_field, DateTimeField)
        first, last = _MOMENTS if self.moments else _DAYS
        known = {f"{path}__gte": first, f"{path}__lte": last}
        self.queryset = changelist.queryset.filter(**known)
        sent = [changelist.params.get(f"{path}__{part}") for part in _PARTS]
        self.chosen = [int(each) for each in sent[: (*sent, None).index(None)]]

    def shown(self) -> dict[str, Any]:
        chosen = self.chosen or self._common()
        back = None
        if chosen:
            title = str(chosen[0]) if len(chosen) == 2 else _("All dates")
            if len(chosen) == 3:
                title = self._title(dt.date(*chosen), 1)
            back = {"link": self._link(chosen[:-1]), "title": title}
        if len(chosen) == 3:
            choices = [{"title": self._title(dt.date(*chosen), 2)}]
        else:
            choices = [
                {
                    "link": self._link([*chosen, *_numbers(each)[len(chosen) :][:1]]),
                    "title": self._title(each, len(chosen)),
                }
                for each in self._found(len(chosen))
            ]
        return {
            "show": bool(choices or back),
            "back": back,
            "choices": choices,
            "field_name": self.field.verbose_name,
        }

    def _common(self) -> list[int]:
        """Return the year that all are in, with the month if they are in one."""
        found = self.queryset.aggregate(first=Min(self.path), last=Max(self.path))
        if found["first"] is None:
            return []
        first, last = (_numbers(self._local(each)) for each in (found["first"], found["last"]))
        same = [one == other for one, other in zip(first, last, strict=True)]
        return first[: (*same[:2], False).index(False)]

    def _found(self, level: int) -> Any:
        method = self.queryset.datetimes if self.moments else self.queryset.dates
        return method(self.path, _PARTS[level])

    def _local(self, value: Any) -> Any:
        return timezone.localtime(value) if self.moments and timezone.is_aware(value) else value

    def _link(self, chosen: list[int]) -> str:
        names = (f"{self.path}__{part}" for part in _PARTS)
        return str(
            self.changelist.get_query_string(
                {name: str(each) for name, each in zip(names, chosen, strict=False)},
                [f"{self.path}__"],
            )
        )

    @staticmethod
    def _title(day: Any, level: int) -> str:
        if level == 0:
            return str(day.year)
        form = "YEAR_MONTH_FORMAT" if level == 1 else "MONTH_DAY_FORMAT"
        return str(capfirst(formats.date_format(day, form)))


class RangeAdminMixin:
    """For a ``ModelAdmin`` whose ``date_hierarchy`` goes by a bound: ``"during__lower"``.

    Days, months and years are those of the current time zone. A template of its own extends
    ``matinee/ranges/change_list.html``.
    """

    checks_class = _Checks
    change_list_template = "matinee/ranges/change_list.html"

    def get_changelist(self, request: Any, **kwargs: Any) -> type[ChangeList]:  # noqa: ARG002
        return RangeChangeList


def _day(values: list[Any]) -> list[Any]:
    moment = values[-1]
    if not isinstance(moment, dt.datetime):
        return values
    return [(timezone.make_naive(moment) if timezone.is_aware(moment) else moment).date()]


def _numbers(day: Any) -> list[int]:
    return [day.year, day.month, day.day]
