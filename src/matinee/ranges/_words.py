"""A range in words: in the active language, format and time zone."""

import datetime as dt
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from matinee.ranges._multirange import MultiRange
from matinee.ranges._range import PsycopgRange, Range
from matinee.ranges._types import INFINITY, MINUS_INFINITY, RangeType

__all__ = ["in_words"]


def in_words(value: PsycopgRange[Any] | MultiRange[Any]) -> str:
    """Return *value* for people: "from Jan. 2, 2026, 10 a.m. to noon".

    In the active language, its formats and the current time zone. Of integers and days the last
    one is said, which belongs to it. Those of a multirange are separated by semicolons. No query.

    Raises:
        RangeTypeError: It is no range.
    """
    if isinstance(value, MultiRange):
        return "; ".join(in_words(each) for each in value) or _("empty")
    try:
        return _said(Range.of(value))
    except OverflowError:  # what is no day or year of Python's any more in this time zone
        return str(value)


def _said(found: Range[Any]) -> str:
    if found.isempty:
        return _("empty")
    lower, upper = found.lower, found.upper
    if found.range_type and found.range_type.following and not found.upper_inc:
        upper = _last(upper, found.range_type)
    if lower is None and upper is None:
        return _("unbounded")
    if upper is None:
        return (_("from %s on") if found.lower_inc else _("after %s")) % _element(lower)
    if lower is None:
        return _("until %s") % _element(upper)
    first, last = _element(lower, upper), _element(upper, lower, is_last=True)
    words = _("from %(first)s to %(last)s") if found.lower_inc else _("after %(first)s to %(last)s")
    if found.upper_inc:
        words = _("%s included") % words
    return words % {"first": first, "last": last}


def _last(upper: Any, range_type: RangeType) -> Any:
    """Return the last element before *upper*."""
    return upper if upper in (None, INFINITY, MINUS_INFINITY) else upper - range_type.unit


def _element(element: Any, other: Any = None, *, is_last: bool = False) -> str:
    """Return one bound; of a last point in time on the day of the first, the time alone."""
    if element is INFINITY:
        return _("infinity")
    if element is MINUS_INFINITY:
        return _("minus infinity")
    here, there = _local(element), _local(other)
    if not (isinstance(here, dt.datetime) and isinstance(there, dt.datetime)):
        return str(formats.localize(here))
    is_same_day = here.date() == there.date()
    if is_same_day and is_last:
        said = formats.time_format(here.time(), "TIME_FORMAT")
    else:
        said = str(formats.localize(here))
    # The hour that comes twice, on the day the clocks go back.
    twice = is_same_day and here.utcoffset() != there.utcoffset()
    return f"{said} {here.tzname()}" if twice else said


def _local(element: Any) -> Any:
    if not isinstance(element, dt.datetime) or timezone.is_naive(element):
        return element
    try:
        return timezone.localtime(element)
    except OverflowError:  # within hours of the first or the last that Python has
        return element
