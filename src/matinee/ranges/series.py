"""PostgreSQL's ``generate_series`` as a queryset: numbers, days, points in time, ranges of them."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from inspect import signature
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import RangeField
from django.db import models
from django.utils import timezone

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges._range import BOUNDS
from matinee.ranges._series import AnyField, Asked, Values

__all__ = ["generate_series", "series"]


def series(  # noqa: PLR0913  each is one thing to ask
    start: Any,
    stop: Any,
    step: Any = None,
    *,
    span: Any = False,
    zone: Any = None,
    each: models.QuerySet[Any] | None = None,
    output_field: Any = None,
    max_steps: int | None = None,
) -> models.QuerySet[Any]:
    """Return the terms from *start* to *stop* as rows with a ``term``: no query yet.

    Terms are ints, decimals, dates or datetimes. The first is *start*, each of the others so
    many steps from it, the last not beyond *stop*. Months and days are the calendar's: the end of
    January is followed by those of February and of March, and days keep the time that the clocks
    in *zone* show, whatever they do in between.

    Args:
        start: The first; or an expression: with ``OuterRef`` in a subquery, with ``F`` of *each*.
        stop: What no term is beyond, or an expression.
        step: From one to the next, by default 1 or a day: a number; a ``timedelta``, of which 24
            hours are a day of the calendar; an interval's text: "1 month", "90 minutes"; or an
            expression. A negative one leads back.
        span: Make ranges of the terms, with their lower bound: True, up to where the next term
            begins; or how wide each is, as a step is said.
        zone: The time zone whose days count, by its name or a ``ZoneInfo``; the current one.
        each: Rows each of which has a series: they are at ``each`` of its rows, which have an
            ``id`` then.
        output_field: The field of the term, where it cannot be seen from *start* and *stop*.
        max_steps: How many terms there may be, of each of *each*; ``ranges.max_steps`` of the
            settings by default.

    Raises:
        RangesError: Something is no term, the step does not go on, or there would be more than
            *max_steps*. Where that depends on expressions, PostgreSQL says so: ``DataError``.
    """
    asked = {"a": start, "b": stop, "s": step}
    if not isinstance(span, bool):
        asked["w"] = span
    field = _field(output_field)
    return Asked(
        asked,
        ranges=span is not False or isinstance(field, RangeField),
        zone=_zone(zone),
        output_field=field,
        limit=max_steps,
        each=each,
    ).queryset()


def generate_series(  # noqa: PLR0913  django-generate-series has them
    start: Any,
    stop: Any,
    step: Any = 1,
    span: Any = None,
    output_field: Any = None,
    *,
    include_id: bool = False,
    max_digits: int | None = None,
    decimal_places: int | None = None,
    default_bounds: str | None = None,
    queryset: models.QuerySet[Any] | None = None,
    iterable: Iterable[Any] | None = None,
) -> models.QuerySet[Any]:
    """Return what django-generate-series returns: stands in its place.

    Days are those of the connection's time zone. Ranges of dates and datetimes end at *stop* at
    the latest; others begin there at the latest.

    Args:
        start: The first term.
        stop: What no term is beyond.
        step: From one to the next: a number, or an interval's text: "1 day".
        span: How wide ranges of numbers are; by default a step.
        output_field: The class of the field of the term: a range's for ranges.
        include_id: Number the rows, from 1, in ``id``.
        max_digits: Of the field, for decimals.
        decimal_places: Of the field, for decimals.
        default_bounds: Of the field, for ranges.
        queryset: Rows whose primary keys, as ``value``, are combined with all terms.
        iterable: Values that are combined with all terms, as ``value``.

    Raises:
        RangesError: As by :func:`series`; and *start* comes after *stop*.
    """
    if queryset is not None and iterable is not None:
        raise RangesError("Terms must be combined with a queryset or an iterable, got both.")
    if default_bounds not in (None, *BOUNDS):
        raise RangesError(
            f"Bounds must be one of {', '.join(BOUNDS)}, got {default_bounds!r}.",
            code="ranges.bounds",
        )
    options = {
        "max_digits": max_digits,
        "decimal_places": decimal_places,
        "default_bounds": default_bounds,
    }
    field = _field(output_field, **options)
    ranges = span is not None or isinstance(field, RangeField)
    by_calendar = isinstance(start, dt.date)
    given = {"a": start, "b": stop, "s": step or 1}
    if span is not None and not by_calendar:
        given["w"] = span
    if start > stop and not _leads_back(given["s"]):
        raise RangesError(
            f"A series must not start after its stop, got {start} and {stop}.",
            code="ranges.inverted",
        )
    return Asked(
        given,
        ranges=ranges,
        whole=ranges and by_calendar,
        output_field=field,
        numbered=include_id,
        value=_values(queryset, iterable),
    ).queryset()


def _field(said: Any, **options: Any) -> Any:
    """Return the field that is said, or one of the class that is, with the options it takes."""
    if not isinstance(said, type):
        return said
    taken = [each for base in said.__mro__ for each in signature(base).parameters]
    return said(**{name: each for name, each in options.items() if each and name in taken})


def _zone(said: Any) -> dt.tzinfo | None:
    """Return the zone that is said, or the current one; None where times have no zone."""
    if said is None:
        return timezone.get_current_timezone() if settings.USE_TZ else None
    if isinstance(said, dt.tzinfo):
        return said
    try:
        return ZoneInfo(said)
    except (KeyError, OSError, TypeError, ValueError) as error:
        raise RangesError(
            f"A zone must be a name like 'Europe/Vienna', got {said!r}.", code="ranges.zone"
        ) from error


def _leads_back(step: Any) -> bool:
    return step.lstrip().startswith("-") if isinstance(step, str) else abs(step) != step


# The types of iterables' values, as fields have them and PostgreSQL calls them.
_TYPES: tuple[tuple[type | tuple[type, ...], type[AnyField], str], ...] = (
    (bool, models.BooleanField, "boolean"),
    (int, models.BigIntegerField, "bigint"),
    (float, models.FloatField, "double precision"),
    (Decimal, models.DecimalField, "numeric"),
    (dt.datetime, models.DateTimeField, "timestamptz"),
    (dt.date, models.DateField, "date"),
    (str, models.CharField, "text"),
    ((bytes, bytearray), models.BinaryField, "bytea"),
)


def _values(queryset: Any, iterable: Iterable[Any] | None) -> tuple[Any, Any] | None:
    """Return the field of the values that terms are combined with, and what selects those."""
    if queryset is not None:
        query = queryset.values_list("pk").query
        query.subquery = True
        key = queryset.model._meta.pk
        return getattr(key, "target_field", key), query
    if not (values := list(iterable or ())):
        return None
    for kind, field, name in _TYPES:
        if isinstance(values[0], kind):
            return field(), Values(values, name)
    raise RangeTypeError(
        f"Terms must be combined with values that have a type in SQL, got {values[0]!r}.",
        code="ranges.element",
    )
