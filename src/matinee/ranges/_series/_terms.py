"""What a series can be made of: numbers, days, points in time, and SQL for the n-th of each.

The SQL speaks of ``q``, the row of what the series was asked for: where it starts (``q.a``), where
it stops (``q.b``), its step (``q.s``), how wide its ranges are (``q.w``), its time zone (``q.z``);
and of ``g``, the rows that PostgreSQL makes: each with its term (``g.t``) and its number (``g.n``).
"""

import datetime as dt
from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any, Final

from django.conf import settings
from django.db import models

from matinee.exceptions import RangesError
from matinee.ranges import fields
from matinee.ranges._series._steps import Step
from matinee.ranges._types import (
    DATERANGE,
    INT4RANGE,
    INT8RANGE,
    NUMRANGE,
    TSTZRANGE,
    Infinity,
    RangeType,
)

__all__ = ["BIGINTS", "DAYS", "INTEGERS", "MOMENTS", "NUMERICS", "AnyField", "Terms"]

# Django's fields are generic for type checkers alone.
type AnyField = models.Field[Any, Any]

# More digits than anybody counts in, few enough to be read 100 000 times.
_DIGITS = 1_000
_EXACT = Context(prec=3 * _DIGITS)
# A month's last days and a change of clocks, in which PostgreSQL's rows may stop too early.
_SLACK = "interval '5 days'"


@dataclass(frozen=True, slots=True)
class Terms(ABC):
    """One kind of terms.

    Attributes:
        sql: PostgreSQL's name of their type.
        range_type: The type of ranges of them.
        field: The field of the model whose rows they are.
        range_field: The field of their ranges.
        works_in: The type that a start or a stop is cast to.
        step_type: The type that a step is cast to.
        unit: The step where none is given.
    """

    sql: str
    range_type: RangeType
    field: type[AnyField]
    range_field: type[fields.RangeField]
    works_in: str
    step_type: str
    unit: Any

    def value(self, value: Any) -> Any:
        """Return what a start or a stop is in this kind.

        Raises:
            RangesError: It is none, or infinite.
        """
        found = self.range_type.coerce(value)
        if isinstance(found, Infinity):
            raise RangesError(
                f"A series must start and stop somewhere, got {value!r}.", code="ranges.unbounded"
            )
        return found

    @abstractmethod
    def step(self, value: Any) -> Any:
        """Return what a step is in this kind, which ``written`` writes.

        Raises:
            RangesError: It is none, or leads nowhere.
        """

    @abstractmethod
    def way(self, step: Any) -> int:
        """Return 1 where *step* leads on, -1 where it leads back."""

    @abstractmethod
    def nth(self, start: Any, step: Any, number: int, zone: dt.tzinfo | None) -> Any:
        """Return the term after *number* steps.

        Raises:
            OverflowError: Python has no such term.
        """

    @abstractmethod
    def rows(self, step: Any) -> str:
        """Return what SQL's ``generate_series`` is given: enough rows, maybe some too many."""

    @abstractmethod
    def own(self, step: Any) -> str:
        """Return SQL for a term where PostgreSQL's rows are all terms and no others, else ""."""

    @abstractmethod
    def at(self, steps: str) -> str:
        """Return SQL for the term after so many steps."""

    @abstractmethod
    def wider(self, term: str) -> str:
        """Return SQL for what is ``q.w`` after *term*."""

    @property
    def forward(self) -> str:
        """SQL that says whether the step leads on."""
        return f"q.s > '0'::{self.step_type}"


class Numbers(Terms):
    """Integers and decimal numbers."""

    __slots__ = ()

    def value(self, value: Any) -> Any:
        found = Terms.value(self, value)
        if isinstance(found, Decimal):
            _check(found)
        return found

    def step(self, value: Any) -> Any:
        found = self.value(value)
        if not found:
            raise RangesError(f"A step must go on, got {value!r}.", code="ranges.step")
        return found

    def way(self, step: Any) -> int:
        return 1 if step > 0 else -1

    def nth(self, start: Any, step: Any, number: int, zone: dt.tzinfo | None) -> Any:  # noqa: ARG002
        if isinstance(start, Decimal):
            return _EXACT.add(start, _EXACT.multiply(step, Decimal(number)))
        return start + step * number

    def rows(self, step: Any) -> str:  # noqa: ARG002
        return "q.a, q.b, q.s"

    def own(self, step: Any) -> str:  # noqa: ARG002
        return "g.t"

    def at(self, steps: str) -> str:
        return f"(q.a + ({steps}) * q.s)::{self.sql}"

    def wider(self, term: str) -> str:
        return f"{term} + q.w"


class Days(Terms):
    """Dates, by the calendar."""

    __slots__ = ()

    def step(self, value: Any) -> Step:
        found = Step.of(value)
        if found.microseconds:
            raise RangesError(
                f"A step from date to date must be of whole days, got {value!r}.",
                hint="Make a series of datetimes.",
                code="ranges.step",
            )
        return found

    def way(self, step: Any) -> int:
        return int(step.way)

    def nth(self, start: Any, step: Any, number: int, zone: dt.tzinfo | None) -> Any:  # noqa: ARG002
        return step.times(number, dt.datetime.combine(start, dt.time())).date()

    def rows(self, step: Any) -> str:
        return f"q.a, q.b{_slack(self, step)}, q.s"

    def own(self, step: Any) -> str:
        return "g.t::date" if step is not None and not step.months else ""

    def at(self, steps: str) -> str:
        return f"(q.a + ({steps}) * q.s)::date"

    def wider(self, term: str) -> str:
        return f"({term} + q.w)::date"


class Moments(Terms):
    """Points in time: months and days by the calendar of a zone, hours by the clock."""

    __slots__ = ()

    def value(self, value: Any) -> Any:
        if isinstance(value, dt.datetime):
            value = models.DateTimeField().get_prep_value(value)
            if not settings.USE_TZ and value.tzinfo is None:
                return value
        return Terms.value(self, value)

    def step(self, value: Any) -> Step:
        return Step.of(value)

    def way(self, step: Any) -> int:
        return int(step.way)

    def nth(self, start: Any, step: Any, number: int, zone: dt.tzinfo | None) -> Any:
        if not number or zone is None or start.tzinfo is None:
            return step.times(number, start) + step.clock(number)
        wall = start.astimezone(zone).replace(tzinfo=None)
        there = step.times(number, wall).replace(tzinfo=zone)
        # As PostgreSQL: the second of two, and after what is left out.
        offset = min(there.utcoffset(), there.replace(fold=1).utcoffset())
        utc = there.replace(tzinfo=dt.UTC) - offset if step.months or step.days else start
        return utc + step.clock(number)

    def rows(self, step: Any) -> str:
        if self.own(step):
            return "q.a, q.b, q.s"
        wall = "q.a AT TIME ZONE q.z, q.b AT TIME ZONE q.z"
        return f"{wall}{_slack(self, step)}, q.s"

    def own(self, step: Any) -> str:
        return "g.t" if step is not None and not step.months and not step.days else ""

    def at(self, steps: str) -> str:
        there = self._on("q.a", f"({steps}) * date_trunc('day', q.s)")
        clock = f"({steps}) * (q.s - date_trunc('day', q.s))"
        return f"CASE WHEN ({steps}) = 0 THEN q.a ELSE {there} + {clock} END"

    def wider(self, term: str) -> str:
        there = self._on(term, "date_trunc('day', q.w)")
        return (
            f"CASE WHEN date_trunc('day', q.w) = interval '0' THEN {term} ELSE {there} END "
            "+ (q.w - date_trunc('day', q.w))"
        )

    @staticmethod
    def _on(term: str, calendar: str) -> str:
        return f"((({term}) AT TIME ZONE q.z + {calendar}) AT TIME ZONE q.z)"


def _slack(terms: Terms, step: Step | None) -> str:
    if step is None:
        return f" + CASE WHEN {terms.forward} THEN {_SLACK} ELSE -{_SLACK} END"
    if isinstance(terms, Days) and not step.months:
        return ""
    return f" + {_SLACK}" if step.way > 0 else f" - {_SLACK}"


def _check(number: Decimal) -> None:
    if not number.is_finite():
        raise RangesError(
            f"A series must start and stop somewhere, got {number}.", code="ranges.unbounded"
        )
    if max(len(number.as_tuple().digits), abs(number.adjusted())) > _DIGITS:
        raise RangesError(
            f"The numbers of a series must have at most {_DIGITS} digits, got more.",
            code="ranges.overflow",
        )


_DAY = dt.timedelta(days=1)

INTEGERS: Final = Numbers(
    sql="integer",
    range_type=INT4RANGE,
    field=models.IntegerField,
    range_field=fields.IntegerRangeField,
    works_in="integer",
    step_type="integer",
    unit=1,
)
BIGINTS: Final = Numbers(
    sql="bigint",
    range_type=INT8RANGE,
    field=models.BigIntegerField,
    range_field=fields.BigIntegerRangeField,
    works_in="bigint",
    step_type="bigint",
    unit=1,
)
NUMERICS: Final = Numbers(
    sql="numeric",
    range_type=NUMRANGE,
    field=models.DecimalField,
    range_field=fields.DecimalRangeField,
    works_in="numeric",
    step_type="numeric",
    unit=1,
)
DAYS: Final = Days(
    sql="date",
    range_type=DATERANGE,
    field=models.DateField,
    range_field=fields.DateRangeField,
    works_in="timestamp",
    step_type="interval",
    unit=_DAY,
)
MOMENTS: Final = Moments(
    sql="timestamptz",
    range_type=TSTZRANGE,
    field=models.DateTimeField,
    range_field=fields.DateTimeRangeField,
    works_in="timestamptz",
    step_type="interval",
    unit=_DAY,
)
