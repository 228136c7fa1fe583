"""What a series is asked for: checked, and made a queryset."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import RangeField
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.expressions import F, OuterRef, Value

from matinee import conf
from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges._series._generated import SeriesQuery, Source
from matinee.ranges._series._plan import Plan
from matinee.ranges._series._rows import SeriesQuerySet, row_model
from matinee.ranges._series._steps import Step
from matinee.ranges._series._terms import (
    BIGINTS,
    DAYS,
    INTEGERS,
    MOMENTS,
    NUMERICS,
    AnyField,
    Terms,
)

__all__ = ["Asked"]

# The most special one first.
_BY_FIELD: tuple[tuple[type[AnyField], Terms], ...] = (
    (models.BigIntegerField, BIGINTS),
    (models.IntegerField, INTEGERS),
    (models.DecimalField, NUMERICS),
    (models.DateTimeField, MOMENTS),
    (models.DateField, DAYS),
)
_BY_TYPE = ((dt.datetime, MOMENTS), (dt.date, DAYS), ((Decimal, float), NUMERICS), (int, INTEGERS))


@dataclass(frozen=True)
class Asked:
    """What a series is asked for.

    Attributes:
        given: Start, stop, step and maybe the width of ranges, by their names in SQL, "a", "b",
            "s" and "w": each an expression, or what it is; a step may be None.
        ranges: Rows are ranges.
        whole: Ranges end at the stop at the latest.
        zone: The time zone whose days count; None for the connection's.
        output_field: The field of the term, or its class, where that is said.
        limit: How many steps there may be; None for what the settings say.
        each: The rows that have a series each.
        numbered: Rows have an ``id``.
        value: Of what all terms are combined with: a field, and what selects the values.
    """

    given: Mapping[str, Any]
    ranges: bool = False
    whole: bool = False
    zone: dt.tzinfo | None = None
    output_field: AnyField | None = None
    limit: int | None = None
    each: models.QuerySet[Any] | None = None
    numbered: bool = False
    value: tuple[AnyField, Any] | None = None

    def queryset(self) -> SeriesQuerySet:
        """Return the rows.

        Raises:
            RangesError: There can be none such, or there are too many.
        """
        expressions = {name: each for name, each in self.given.items() if _is_expression(each)}
        rows = self._rows(expressions)
        terms = self._terms(_fields(expressions, rows))
        known = {
            name: _literal(terms, name, value)
            for name, value in self.given.items()
            if name not in expressions
        }
        given = {
            name: None if self.each is not None else each for name, each in expressions.items()
        }
        given |= {name: _written(terms, value) for name, value in known.items()}
        plan = Plan(
            terms,
            columns=tuple(self._columns()),
            names=tuple(self.given),
            step=known.get("s"),
            ranges=self.ranges,
            whole=self.whole,
            zone=None if self.zone is None else _zone_name(self.zone),
            limit=self._limit(terms, known),
        )
        source = Source(plan, [given[name] for name in plan.names], each=rows)
        model = row_model(
            self._field(terms),
            numbered="id" in plan.columns,
            value=self.value and self.value[0],
            each=None if self.each is None else self.each.model,
        )
        using = None if self.each is None else self.each.db
        return SeriesQuerySet(model, query=SeriesQuery.of(model, source), using=using)

    def _rows(self, expressions: Mapping[str, Any]) -> Any:
        """Return what selects the rows that have a series each, with what they are asked by."""
        if self.each is not None:
            named = {f"_series_{name}": each for name, each in expressions.items()}
            rows = self.each.order_by() if not self.each.query.is_sliced else self.each
            query = rows.annotate(**named).values_list("pk", *named).query
            query.subquery = True
            return query
        for expression in expressions.values():
            if (name := next(_own_names(expression), None)) is not None:
                raise RangesError(
                    f"A series must be told whose rows have F({name!r}), got none.",
                    hint=f"each=Model.objects.all(), or in a subquery OuterRef({name!r}).",
                    code="ranges.rows",
                )
        return self.value and self.value[1]

    def _terms(self, found: Iterator[AnyField]) -> Terms:
        """Return the kind of the terms, as said or as seen from start and stop."""
        if self.output_field is not None:
            terms = _kind(self.output_field)
            return BIGINTS if terms is INTEGERS and not self.ranges and self._big() else terms
        ends = [self.given[name] for name in ("a", "b") if not _is_expression(self.given[name])]
        for field in [] if ends else found:
            return _kind(field)
        if isinstance(self.given["s"], Decimal | float):
            ends.append(self.given["s"])
        for kind, terms in _BY_TYPE:
            if any(isinstance(each, kind) for each in ends):
                return BIGINTS if terms is INTEGERS and self._big() else terms
        raise RangeTypeError(
            "A series must be of ints, Decimals, dates or datetimes, got "
            f"{next(iter(ends), self.given['a'])!r}.",
            hint="Say what an expression is: output_field=models.DateField().",
            code="ranges.element",
        )

    def _big(self) -> bool:
        """Whether a number of the series may be none of 32 bits.

        Where nobody knows, that is so for numbers, and not for ranges, whose type matters more.
        """
        if any(map(_is_expression, self.given.values())):
            return not self.ranges
        start, stop, *others = (
            abs(each) if isinstance(each, int) else 1 for each in self.given.values()
        )
        return max(start, stop) + sum(others) >= 2**31

    def _field(self, terms: Terms) -> AnyField:
        """Return the field of the rows' terms."""
        said = self.output_field
        if said is not None and isinstance(said, RangeField) == self.ranges:
            return said
        return terms.range_field() if self.ranges else terms.field()

    def _limit(self, terms: Terms, known: Mapping[str, Any]) -> int | None:
        """Return how many steps are to be counted to, None if there are no more for sure.

        Raises:
            RangesError: There are more for sure.
        """
        most: Any = conf.ranges.max_steps if self.limit is None else self.limit
        if not isinstance(most, int) or isinstance(most, bool) or most < 1:
            raise RangeTypeError(
                f"max_steps must be a number of steps, got {most!r}.", code="ranges.steps"
            )
        if not {"a", "b", "s"} <= known.keys() or (terms is MOMENTS and self.zone is None):
            return most
        try:
            after = terms.nth(known["a"], known["s"], most, self.zone)
        except OverflowError:
            return None
        way = terms.way(known["s"])
        if (after <= known["b"]) if way > 0 else (after >= known["b"]):
            raise RangesError(
                f"A series must take at most {most} steps, got more from {known['a']} to "
                f"{known['b']}.",
                hint='Allow it more: max_steps=..., or MATINEE["ranges"]["max_steps"] for all.',
                code="ranges.steps",
            )
        return None

    def _columns(self) -> Iterator[str]:
        yield "term"
        if self.each is not None:
            yield "each_id"
        if self.value is not None:
            yield "value"
        if self.numbered or self.each is not None:
            yield "id"


def _is_expression(value: Any) -> bool:
    return hasattr(value, "resolve_expression")


def _own_names(expression: Any) -> Iterator[str]:
    """Yield the names in *expression* that are not of an outer query."""
    if isinstance(expression, F) and not isinstance(expression, OuterRef):
        yield expression.name  # type: ignore[attr-defined]  # undocumented, and always there
    elif hasattr(expression, "get_source_expressions"):
        for each in expression.get_source_expressions():
            yield from _own_names(each)


def _fields(expressions: Mapping[str, Any], rows: Any) -> Iterator[AnyField]:
    """Yield the fields of start and stop, as far as they are known."""
    annotated = getattr(rows, "annotations", {})
    for name in ("a", "b"):
        expression = annotated.get(f"_series_{name}", expressions.get(name))
        try:
            yield expression.output_field  # type: ignore[union-attr]  # of None there is none too
        except (AttributeError, FieldError):
            continue


def _kind(field: AnyField) -> Terms:
    base = field.base_field if isinstance(field, RangeField) else field
    for kind, terms in _BY_FIELD:
        if isinstance(base, kind):
            return terms
    raise RangeTypeError(
        "A series must be of integers, decimals, dates, datetimes or ranges of them, got "
        f"{type(field).__name__}."
    )


def _literal(terms: Terms, name: str, value: Any) -> Any:
    if name in ("a", "b"):
        return terms.value(value)
    found = terms.step(terms.unit if value is None else value)
    if name == "w" and terms.way(found) < 0:
        raise RangesError(
            f"Ranges must be wider than nothing, got span={value!r}.", code="ranges.step"
        )
    return found


def _zone_name(zone: dt.tzinfo) -> str:
    """Return PostgreSQL's name of *zone*.

    Raises:
        RangesError: It has none.
    """
    if (key := getattr(zone, "key", None)) or zone is dt.UTC:
        return key or "UTC"
    if (offset := zone.utcoffset(None)) is None:
        raise RangesError(
            f"A zone must be a ZoneInfo or a fixed offset, got {zone!r}.", code="ranges.zone"
        )
    # As POSIX has them: what is east of Greenwich is behind.
    return f"<fixed>{'-' if offset >= dt.timedelta(0) else '+'}{abs(offset)}"


def _written(terms: Terms, value: Any) -> Value:
    return Value(str(value)) if isinstance(value, Step) else Value(value, terms.field())
