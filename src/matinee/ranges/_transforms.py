"""What a range or multirange has: its ends, whether they belong to it, how wide it is."""

from typing import Any

from django.db import models

from matinee.exceptions import RangeTypeError
from matinee.ranges._kinds import Sql, one_of
from matinee.ranges._supersets import narrowed
from matinee.ranges.fields import MultiRangeField, Number, Ranged

__all__ = [
    "IsEmpty",
    "Lower",
    "LowerInc",
    "LowerInf",
    "Span",
    "Upper",
    "UpperInc",
    "UpperInf",
    "Width",
    "width_of",
]


class _End(models.Transform):
    @property
    def output_field(self) -> Any:
        field: Any = self.lhs.output_field
        return field.base_field

    def get_lookup(self, lookup: str) -> Any:
        found: Any = super().get_lookup(lookup)
        return found and narrowed(found, self.function)


class Lower(_End):
    """The lower bound: NULL where there is none."""

    lookup_name = "lower"
    function = "lower"


class Upper(_End):
    """The upper bound: NULL where there is none."""

    lookup_name = "upper"
    function = "upper"


class IsEmpty(models.Transform):
    """Whether it has no elements."""

    lookup_name = "is_empty"
    function = "isempty"
    output_field = models.BooleanField()


class LowerInc(models.Transform):
    """Whether the lower bound belongs to it."""

    lookup_name = "lower_inc"
    function = "lower_inc"
    output_field = models.BooleanField()


class UpperInc(models.Transform):
    """Whether the upper bound belongs to it."""

    lookup_name = "upper_inc"
    function = "upper_inc"
    output_field = models.BooleanField()


class LowerInf(models.Transform):
    """Whether it has no lower bound; ``-infinity`` is one."""

    lookup_name = "lower_inf"
    function = "lower_inf"
    output_field = models.BooleanField()


class UpperInf(models.Transform):
    """Whether it has no upper bound; ``infinity`` is one."""

    lookup_name = "upper_inf"
    function = "upper_inf"
    output_field = models.BooleanField()


class Span(models.Transform):
    """The smallest range that contains a multirange."""

    lookup_name = "span"
    function = "range_merge"

    @property
    def output_field(self) -> Any:
        return one_of(self.lhs.output_field)


class Duration(models.DurationField):  # type: ignore[type-arg]  # generic for type checkers alone
    """How long it is: text of a URL is read, where Django's sends it as it is."""

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(value) if isinstance(value, str) else super().get_prep_value(value)


# The field of the width, the width, zero, and when there is one.
type _Kind = tuple[type[models.Field[Any, Any]], str, str, str]

_BETWEEN = "{low} > '-infinity' AND {low} < 'infinity' AND {high} < 'infinity'"
_FINITE = "isfinite({low}) AND isfinite({high})"
_WIDTHS: dict[str, _Kind] = {
    "DecimalField": (Number, "{high} - {low}", "0", _BETWEEN),
    "DateField": (
        Duration,
        "({high} - {low}) * interval '1 day'",
        "interval '0'",
        _FINITE,
    ),
    "DateTimeField": (Duration, "{high} - {low}", "interval '0'", _FINITE),
    "FloatField": (models.FloatField, "{high} - {low}", "0", _BETWEEN),
    "TimeField": (Duration, "{high} - {low}", "interval '0'", "TRUE"),
}
_WHOLE: _Kind = (models.BigIntegerField, "{high}::bigint - {low}", "0", "TRUE")


class Width(models.Transform):
    """How far it is from the lower bound to the upper one; NULL where one is not finite.

    A number for numbers, a ``timedelta`` for days and for points in time, which are measured as
    instants. Of a multirange, of all its ranges together.
    """

    lookup_name = "width"

    @property
    def output_field(self) -> Any:
        return _kind(self.lhs.output_field)[0]()

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_options: Any) -> Sql:  # noqa: ARG002
        field = self.lhs.output_field
        sql, params = compiler.compile(self.lhs)
        if isinstance(field, MultiRangeField):
            return _width_of_all(field, sql), params
        # Repeated, since neither an index nor a constraint may have a subquery.
        found = width_of(field, "{r}")
        return found.format(r=sql), [*params] * found.count("{r}")


def width_of(field: Any, range_sql: str, *, may_be_empty: bool = True) -> str:
    """Return the width of a range of *field*."""
    _, width, zero, finite = _kind(field)
    ends = {"low": f"lower({range_sql})", "high": f"upper({range_sql})"}
    condition, found = finite.format(**ends), width.format(**ends)
    empty = f" WHEN isempty({range_sql}) THEN {zero}" if may_be_empty else ""
    return f"CASE{empty} WHEN {condition} THEN {found} END"


def _width_of_all(field: Any, sql: str) -> str:
    """Return the width of all ranges together; sum() alone would pass over those without."""
    each = f"SELECT {width_of(field, 'r')} AS w FROM unnest({sql}) AS r"
    return (
        f"(SELECT CASE WHEN count(*) = 0 THEN {_kind(field)[2]} "
        f"WHEN bool_and(w IS NOT NULL) THEN sum(w) END FROM ({each}) AS w)"
    )


def _kind(field: Any) -> _Kind:
    found = _WIDTHS.get(field.base_field.get_internal_type())
    if found is None and not isinstance(field.base_field, models.IntegerField):
        raise RangeTypeError(
            f"Only what can be measured has a width, got {field} of {field.type.name}.",
            code="ranges.width",
        )
    return found or _WHOLE


for _transform in (Lower, Upper, IsEmpty, LowerInc, UpperInc, LowerInf, UpperInf, Width):
    Ranged.register_lookup(_transform)
MultiRangeField.register_lookup(Span)
# Django's names.
Ranged.register_lookup(Lower, "startswith")
Ranged.register_lookup(Upper, "endswith")
Ranged.register_lookup(IsEmpty, "isempty")
