"""``+``, ``-`` and ``*`` of names and values: what PostgreSQL needs to be told of the two sides."""

from typing import Any

from django.db.models import Value
from django.db.models.expressions import Combinable, CombinedExpression

from matinee.exceptions import RangeTypeError
from matinee.ranges._expressions import RangeOf
from matinee.ranges._kinds import Sql, field_of, many_of, one_of
from matinee.ranges._lookups import operand
from matinee.ranges._multirange import MultiRange
from matinee.ranges._range import Range
from matinee.ranges.fields import MultiRangeField, Ranged
from matinee.ranges.functions import Multi

__all__ = ["combined"]

_CONNECTORS = (Combinable.ADD, Combinable.SUB, Combinable.MUL)


def combined(self: Any, compiler: Any, connection: Any, **options: Any) -> Sql:
    """Compile what combines two expressions; a value among ranges is one of their type.

    Raises:
        RangesError: It is none.
    """
    fields = [field_of(each) for each in self.get_source_expressions()]
    ranged = [each for each in fields if isinstance(each, Ranged)]
    told = self
    if ranged and self.connector in _CONNECTORS:
        of_many = [each for each in ranged if isinstance(each, MultiRangeField)]
        field = (of_many or ranged)[0]
        told = self.copy()
        told.lhs, told.rhs = (_side(each, field) for each in self.get_source_expressions())
    found: Sql = told.as_sql(compiler, connection, **options)
    return found


def _side(expression: Any, field: Any) -> Any:
    """Return one side of two as a range of *field*, or as a multirange, as that one is."""
    if isinstance(expression, Value):
        return _value(expression.value, field)
    if isinstance(expression, RangeOf):
        expression = expression.of(one_of(field))
    is_one = isinstance(field_of(expression), Ranged) and not isinstance(
        field_of(expression), MultiRangeField
    )
    return Multi(expression) if is_one and isinstance(field, MultiRangeField) else expression


def _value(value: Any, field: Any) -> Value:
    """Return a range, a pair or a multirange, with its type."""
    if value is None:
        return Value(None, field)
    found = operand(field, value, elements=False)
    if isinstance(found, Range) and isinstance(field, MultiRangeField):
        found = MultiRange([found])
    if isinstance(found, MultiRange) and not isinstance(field, MultiRangeField):
        raise RangeTypeError(
            f"A range of {field} and a multirange must both be multiranges, got {found}.",
            hint='Write Multi("name") for the range.',
        )
    return Value(found, many_of(field) if isinstance(found, MultiRange) else one_of(field))


# Django's way to have an expression compiled otherwise for one database: to put a method there.
# https://docs.djangoproject.com/en/stable/ref/models/expressions/#adding-support-in-third-party-database-backends
CombinedExpression.as_postgresql = combined  # type: ignore[attr-defined]
