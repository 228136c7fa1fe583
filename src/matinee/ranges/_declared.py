"""What the constraints of ranges have in common: what they say of themselves."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.postgres import fields as postgres
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import OperationalError, ProgrammingError
from django.db.models.constraints import BaseConstraint

from matinee.exceptions import RangesError
from matinee.ranges.fields import MultiRangeField, Ranged

__all__ = ["Declared", "bring_btree_gist", "field_of", "problem", "refuse_invalid"]

if TYPE_CHECKING:
    _Constraint = BaseConstraint
else:
    _Constraint = object


class Declared(_Constraint):
    """A mixin for constraints: written to migrations as declared, and checked."""

    def deconstruct(self) -> Any:
        _path, args, kwargs = super().deconstruct()
        if self.violation_error_code == type(self).violation_error_code:
            kwargs.pop("violation_error_code", None)
        return f"matinee.ranges.constraints.{type(self).__name__}", args, kwargs

    def check(self, model: Any, connection: Any) -> list[CheckMessage]:
        """Report what is wrong with the declaration, or with the server. One query at most."""
        # Before Django 6.0 it had another name, or none.
        inherited: Any = getattr(super(), "check", None) or getattr(super(), "_check", None)
        found = inherited(model, connection) if inherited else []
        return [*found, *(self.problems(model, connection) if not found else ())]

    _check = check

    @abstractmethod
    def problems(self, model: Any, connection: Any) -> Iterator[CheckMessage]:
        """Yield what is wrong."""

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return bool(self.deconstruct() == other.deconstruct())

    __hash__ = BaseConstraint.__hash__


def field_of(model: Any, name: object) -> Any:
    """Return the field *name* of *model*; None where there is none, or it is no name."""
    try:
        return model._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return None


def holds_ranges(field: Any) -> bool:
    return isinstance(field, Ranged | postgres.RangeField)


def problem(message: str, model: Any, number: str, hint: str = "") -> CheckMessage:
    """Return an error of a declaration."""
    return Error(message, hint=hint or None, obj=model, id=number)


def not_ranges(
    model: Any, constraint: Any, names: Iterable[object], *, many: bool = True
) -> Iterator[CheckMessage]:
    """Yield an error for each name that is no field of ranges."""
    for name in names:
        field = field_of(model, name)
        is_one = holds_ranges(field) and (many or not isinstance(field, MultiRangeField))
        if isinstance(name, str) and not is_one:
            kind = "a range or a multirange" if many else "a range"
            yield problem(
                f"{constraint.name}: {model.__name__}.{name} must be a field of {kind}.",
                model,
                "matinee.E221",
            )


def refuse_invalid(model: Any, instance: Any, names: Iterable[object]) -> None:
    """Raise what is wrong with values that are no ranges of their fields' types.

    Raises:
        ValidationError: On the field.
    """
    for name in names:
        field = field_of(model, name)
        if isinstance(field, Ranged):
            value = getattr(instance, field.attname)
            try:
                if not hasattr(value, "resolve_expression"):
                    field.to_python(value)
            except ValidationError as error:
                raise ValidationError({field.name: error}) from error


def bring_btree_gist(schema_editor: Any) -> None:
    """Have the extension that compares scalars in GiST indexes; nothing if it is there.

    Raises:
        RangesError: The role may not, or the server does not have it.
    """
    try:
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    except (OperationalError, ProgrammingError) as error:
        raise RangesError(
            f"The extension btree_gist must be in the database, got: {error}".strip(),
            hint="Have somebody who may run CREATE EXTENSION btree_gist in this database.",
            code="ranges.btree_gist",
        ) from error
