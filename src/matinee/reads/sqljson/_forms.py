"""How the forms of values are written in PostgreSQL's SQL. ``{0}`` is the column."""

import re
from dataclasses import replace
from functools import cache
from typing import Any

from matinee.reads.projection import Form, Ranged
from matinee.reads.sqljson._expressions import Pattern
from matinee.reads.sqljson._slots import ZONE

__all__ = ["converted", "formed"]

# To the microsecond or not at all, as isoformat() writes it; to_json() would trim .120000 to .12.
_ISO = """replace(to_char({}, 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', '')"""
_UTC = "({0} AT TIME ZONE 'UTC')"
_MOMENT_UTC = f"{_ISO.format(_UTC)} || 'Z'"


def _in_zone() -> str:
    # Offsets before standard time had seconds: they are written where there are some.
    form = "CASE WHEN extract(second FROM _h - _u) = 0 THEN 'HH24:MI' ELSE 'HH24:MI:SS' END"
    size = f"to_char(greatest(_h - _u, _u - _h), {form})"
    sign = "CASE WHEN _h > _u THEN '+' ELSE '-' END"
    zone = f"CASE WHEN _h = _u THEN 'Z' ELSE {sign} || {size} END"
    return f"{_ISO.format('_h')} || {zone}"


_IN_ZONE = _in_zone()
# OFFSET keeps the conversion from being copied to each of its uses, which takes twice as long.
_TIMES = f"SELECT {{0}} AT TIME ZONE {{1}} AS _h, {_UTC} AS _u OFFSET 0"
_MOMENT = f"(SELECT {_IN_ZONE} FROM ({_TIMES}) AS _t)"
# The same, where both times are columns.
_CONVERTED = re.sub(r"\b_h\b", "{0}", re.sub(r"\b_u\b", "{1}", _IN_ZONE))

# PostgreSQL counts months and days apart; Python's timedelta, as psycopg makes it, does not.
_MICROSECONDS = (
    "((extract(year FROM {0}) * 365 + extract(month FROM {0}) * 30 + extract(day FROM {0}))"
    " * 86400000000 + extract(hour FROM {0}) * 3600000000"
    " + extract(minute FROM {0}) * 60000000 + extract(microseconds FROM {0}))::bigint"
)
_DURATION = (
    "(SELECT CASE WHEN _d <> 0 THEN _d || ' ' ELSE '' END"
    " || to_char((_r || ' microseconds')::interval, 'HH24:MI:SS')"
    " || CASE WHEN _r %% 1000000 <> 0 THEN '.' || lpad((_r %% 1000000)::text, 6, '0') ELSE '' END"
    " FROM (SELECT floor(_u / 86400000000.0)::bigint AS _d,"
    " _u - floor(_u / 86400000000.0)::bigint * 86400000000 AS _r"
    f" FROM (SELECT {_MICROSECONDS} AS _u) AS _a) AS _b)"
)

_PATTERNS = {
    Form.TEXT: "({0})::text",
    Form.MOMENT: _MOMENT,
    Form.TIME: "replace(to_char({0}, 'HH24:MI:SS.US'), '.000000', '')",
    Form.DURATION: _DURATION,
    Form.FLOAT: "({0})::float8",
    Form.TRIMMED: "trim_scale({0})::text",
    Form.BASE64: "translate(encode({0}, 'base64'), E'\\n', '')",
    Form.ADDRESS: "host({0})",
}

MICROSECONDS = _MICROSECONDS
_EACH = (
    "CASE WHEN {{0}} IS NOT NULL THEN (SELECT coalesce(json_agg({} ORDER BY _o), '[]'::json)"
    " FROM unnest({{0}}) WITH ORDINALITY AS _z(_e, _o)) END"
)


# A point in time that the time zone has no such time for, before year 1 or after 9999: those are
# written as the connection has them. Only near the ends it takes a look at the time itself.
_ELSEWHERE = _MOMENT.replace("{1}", "current_setting('TimeZone')").replace("'Z'", "'+00:00'")
_HAS_NO_TIME = (
    "({0} < '0001-01-03 00:00+00' OR {0} >= '9999-12-30 00:00+00')"
    " AND NOT ({0} AT TIME ZONE {zone} >= '0001-01-01' AND {0} AT TIME ZONE {zone} < '10000-01-01')"
)
# The day after the last one that Python has stands where a range includes the last or begins
# after it.
_TOO_LATE, _LAST_DAY = "'10000-01-01'::date", "'9999-12-31'::date"
# PostgreSQL refuses to make a double of what is nearer to zero than any; Python makes it zero.
_TINY = "2.4703282292062327208e-324"
_NUMBER = f"CASE WHEN abs({{0}}) <= {_TINY} THEN 0 ELSE {{0}} END"

_LOWER = "CASE WHEN lower_inc({0}) THEN '[' ELSE '(' END"
_UPPER = "CASE WHEN upper_inc({0}) THEN ']' ELSE ')' END"
_LOWER_DAY = f"CASE WHEN lower_inc({{0}}) AND lower({{0}}) <> {_TOO_LATE} THEN '[' ELSE '(' END"
_UPPER_DAY = f"CASE WHEN upper_inc({{0}}) OR upper({{0}}) = {_TOO_LATE} THEN ']' ELSE ')' END"


def converted(local: Any, utc: Any) -> Any:
    """Return the form of a point in time of which the time in its zone and in UTC are columns."""
    return Pattern(_CONVERTED, local, utc)


def formed(column: Any, form: Form | Ranged, *, array: bool, utc: bool) -> Any:
    """Return the expression *column* in its form.

    Args:
        column: An expression of Django's.
        form: How it is written.
        array: Whether it holds an array of what is to be so written.
        utc: Whether the time zone is UTC, which is written four times faster.
    """
    if form is Form.PLAIN:
        return column
    pattern = _range(form, utc=utc) if isinstance(form, Ranged) else _pattern(form, utc=utc)
    if array:
        pattern = _EACH.format(pattern.replace("{0}", "_e"))
    return Pattern(pattern, column, ZONE)


def _pattern(form: Form, *, utc: bool) -> str:
    return _MOMENT_UTC if form is Form.MOMENT and utc else _PATTERNS[form]


@cache
def _range(form: Ranged, *, utc: bool) -> str:
    """Return the pattern of a range, or of each of a multirange, as an object of its parts."""
    if form.many:
        return _EACH.format(_range(replace(form, many=False), utc=utc).replace("{0}", "_e"))
    element = _element(form, utc=utc)
    lower, upper = (element.replace("{0}", f"{end}({{0}})") for end in ("lower", "upper"))
    bounds = f"{_LOWER} || {_UPPER}" if form.subtype != "date" else f"{_LOWER_DAY} || {_UPPER_DAY}"
    return (
        """CASE WHEN isempty({0}) THEN '{"empty":true}'::json WHEN {0} IS NOT NULL THEN"""
        f" (SELECT row_to_json(_r) FROM (SELECT {lower}, {upper}, {bounds})"
        " AS _r(lower, upper, bounds)) END"
    )


def _element(form: Ranged, *, utc: bool) -> str:
    """Return the pattern of a bound: in its form if it is finite, null where there is none."""
    pattern = "{0}" if form.form is Form.PLAIN else _pattern(form.form, utc=utc)
    match form.subtype:
        case "date":
            return f"CASE WHEN {{0}} = {_TOO_LATE} THEN {_LAST_DAY} ELSE {{0}} END"
        case "timestamptz":
            odd = _HAS_NO_TIME.replace("{zone}", "'UTC'" if utc else "{1}")
            return (
                "CASE WHEN NOT isfinite({0}) THEN {0}::text"
                f" WHEN {odd} THEN {_ELSEWHERE} ELSE {pattern} END"
            )
        case "numeric" if form.form is Form.TEXT:
            return f"replace({pattern}, 'Infinity', 'infinity')"
        case "numeric":
            pattern = pattern.replace("{0}", _NUMBER)
            return (
                "CASE WHEN {0} IN ('NaN', 'Infinity', '-Infinity')"
                " THEN to_json(replace({0}::text, 'Infinity', 'infinity'))"
                f" WHEN {{0}} IS NOT NULL THEN to_json({pattern}) END"
            )
    return pattern
