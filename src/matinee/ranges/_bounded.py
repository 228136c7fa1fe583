"""``Bounded``: where a range may begin and end, and how wide it may be."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.models.constraints import BaseConstraint

from matinee.exceptions import RangesError
from matinee.ranges._bounds_rules import Rule, rules
from matinee.ranges._declared import Declared, field_of, not_ranges, problem, refuse_invalid
from matinee.ranges._no_overlap import default_name
from matinee.ranges._range import BOUNDS, PsycopgRange, Range

__all__ = ["Bounded"]


class Bounded(Declared, BaseConstraint):
    """A check of a range: only what is said is restricted, and NULL passes.

    Validation costs no query: Python measures as PostgreSQL does. What is unbounded has no end;
    ``INFINITY`` is an end, at infinity. A range with either is as wide as can be. What is empty
    has no ends to complain of, and no width.

    Args:
        field: The name of a field of ranges.
        name: By default ``<app>_<model>_<field>_check``.
        min_width: The least width: a number, or a ``timedelta``, for dates too.
        max_width: The greatest width; it asks for two ends that are not at infinity, too.
        within: A range, or its bounds ``(lower, upper)`` or ``(lower, upper, "[]")``, that has all
            of it.
        bounded: Whether it must have two ends.
        finite: Whether it must have two ends, neither of them at infinity.
        bounds: Which of its ends must belong to it: "[)" the lower one, "[]" both.
        not_empty: Whether it must have elements.
        violation_error_code: By default that of the rule: "min_width", and so on.
        violation_error_message: In place of the rules' own.
    """

    def __init__(  # noqa: PLR0913  each by its name
        self,
        field: str,
        *,
        name: str = "",
        min_width: Any = None,
        max_width: Any = None,
        within: Any = None,
        bounded: bool = False,
        finite: bool = False,
        bounds: str = "",
        not_empty: bool = False,
        violation_error_code: str | None = None,
        violation_error_message: Any = None,
    ) -> None:
        if isinstance(within, PsycopgRange):  # plain values, as migrations write them
            within = (within.lower, within.upper, within.bounds)
        self.field = field
        options = {
            "min_width": min_width,
            "max_width": max_width,
            "within": None if within is None else tuple(within),
            "bounded": bounded or None,
            "finite": finite or None,
            "bounds": bounds or None,
            "not_empty": not_empty or None,
        }
        self.options = {option: value for option, value in options.items() if value is not None}
        if not self.options or bounds not in ("", *BOUNDS):
            raise RangesError(
                f"A Bounded must restrict something, and bounds be one of {', '.join(BOUNDS)}, "
                f"got {self.options}.",
                code="ranges.constraint",
            )
        super().__init__(
            name=name or default_name([field], "check"),
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )

    def deconstruct(self) -> Any:
        path, _args, kwargs = super().deconstruct()
        return path, (self.field,), kwargs | self.options

    def problems(self, model: Any, connection: Any) -> Iterator[CheckMessage]:  # noqa: ARG002
        if field_of(model, self.field) is None:
            what = f"{self.name}: there must be {self.field}, got none."
            yield problem(what, model, "matinee.E224")
            return
        found = list(not_ranges(model, self, [self.field], many=False))
        yield from found
        try:
            if not found:
                self._rules(model)
        except RangesError as error:
            yield problem(f"{self.name}: {error.message}", model, "matinee.E226", error.hint)

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        return schema_editor._check_sql(self.name, self._sql(model, schema_editor))  # noqa: SLF001  as Django's

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return schema_editor._create_check_sql(model, self.name, self._sql(model, schema_editor))  # noqa: SLF001

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return schema_editor._delete_check_sql(model, self.name)  # noqa: SLF001

    def validate(
        self,
        model: Any,
        instance: Any,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,  # noqa: ARG002
    ) -> None:
        if self.field in (exclude or ()):
            return
        refuse_invalid(model, instance, [self.field])
        field = field_of(model, self.field)
        value = getattr(instance, field.attname)
        if value is None or hasattr(value, "resolve_expression"):
            return
        found = field.range(value)
        errors = [self._error(each) for each in self._rules(model) if not each.holds(found)]
        if errors:
            raise ValidationError({self.field: errors})

    def offered(self, field: Any, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of a form's *choices* of bounds that ranges of *field* may have."""
        if self.field != field.name:
            return choices
        found = list(rules(field, self.options))
        special = {
            choice: all(each.holds(Range(empty=is_empty, range_type=field.type)) for each in found)
            for choice, is_empty in (("(,)", False), ("empty", True))
        }
        # Of integers and days the end that is entered is the last one, whatever is stored.
        only = None if field.type.following else self.options.get("bounds")
        return tuple(each for each in choices if special.get(each, only in (None, each)))

    def _rules(self, model: Any) -> list[Rule]:
        return list(rules(field_of(model, self.field), self.options))

    def _sql(self, model: Any, schema_editor: Any) -> str:
        column = schema_editor.quote_name(field_of(model, self.field).column)
        checks = " AND ".join(
            f"({each.sql})".replace("{r}", column)
            % tuple(map(schema_editor.quote_value, each.values))
            for each in self._rules(model)
        )
        return f"{column} IS NULL OR ({checks})"

    def _error(self, rule: Rule) -> ValidationError:
        own = self.violation_error_message != self.default_violation_error_message
        message = self.get_violation_error_message() if own else rule.message
        return ValidationError(message, code=self.violation_error_code or rule.code)
