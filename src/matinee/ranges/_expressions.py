"""``Range(F("a"), F("b"))``: a range that the database makes."""

from types import NoneType
from typing import Any

from django.db.models import Func, Value
from django.db.models.expressions import Combinable, register_combinable_fields
from django.utils.deconstruct import deconstructible

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges._kinds import (
    KINDS,
    Sql,
    element_type,
    field_of,
    one_of,
    range_type_of,
    to_element,
)
from matinee.ranges._range import BOUNDS, Range

__all__ = ["RangeOf", "infer"]


@deconstructible(path="matinee.ranges.Range")
class RangeOf(Func):
    """A range of expressions, elements of Python's among them.

    Args:
        lower: The first element; None where there is none.
        upper: The last element; None where there is none.
        bounds: Which of the two belong to it.
        output_field: The field of ranges that it is of; by default, the one of the elements' kind.
    """

    conditional = False  # asked of names before anybody knows their fields

    def __init__(
        self, lower: Any = None, upper: Any = None, bounds: str = "[)", *, output_field: Any = None
    ) -> None:
        if bounds not in BOUNDS:
            raise RangesError(
                f"Bounds must be one of {', '.join(BOUNDS)}, got {bounds!r}.", code="ranges.bounds"
            )
        super().__init__(_source(lower), _source(upper), output_field=output_field)
        self.bounds = bounds
        self.is_typed = output_field is not None

    def of(self, field: Any) -> "RangeOf":
        """Return it as a range of *field*, unless it is of one already."""
        if self.is_typed or field is None:
            return self
        found = self.copy()
        found.output_field = field
        return found

    def _resolve_output_field(self) -> Any:
        sources = map(field_of, self.get_source_expressions())
        found = [one_of(each) for each in sources if each is not None]
        if not found or found[0] is None:
            raise RangeTypeError(
                "The type of a range must be known, got elements of no known type.",
                hint="Name it: Range(…, output_field=DateRangeField()).",
            )
        return found[0]

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_options: Any) -> Sql:
        field = self.output_field
        ends = [
            self._end(each, field, compiler, connection) for each in self.get_source_expressions()
        ]
        (lower, first), (upper, last) = ends
        made = range_type_of(field, connection)
        return f"{made}({lower}, {upper}, '{self.bounds}')", [*first, *last]

    def _end(self, source: Any, field: Any, compiler: Any, connection: Any) -> Sql:
        if isinstance(source, _Element):
            if source.value is None:
                return "NULL", []
            return f"%s::{element_type(field, connection)}", [field.element(source.value)]
        found = compiler.compile(source)
        return to_element(found, field_of(source), field, connection)


class _Element(Value):
    """An element that Python has; None where a range has no end."""


def _source(element: Any) -> Any:
    return element if hasattr(element, "resolve_expression") else _Element(element)


def infer(one: Any, many: Any) -> None:
    """Have Django know what ``+``, ``-`` and ``*`` make of two of these, values among them.

    Args:
        one: The class of the fields of ranges.
        many: That of their multiranges: what one of the two is, the result is too.
    """
    pairs: Any = [(one, many, many), (many, one, many)]
    for each in (one, many):
        pairs += [(each, each, each), (each, NoneType, each), (NoneType, each, each)]
    for connector in (Combinable.ADD, Combinable.SUB, Combinable.MUL):
        for lhs, rhs, result in pairs:
            register_combinable_fields(lhs, connector, rhs, result)


for _, _one, _many in KINDS:
    infer(_one, _many)


def _named(  # noqa: PLR0913  each by its name
    lower: Any = None,
    upper: Any = None,
    bounds: str = "[)",
    empty: bool = False,
    *,
    output_field: Any = None,
    range_type: Any = None,
) -> RangeOf:
    """Return a range of names, said as one of values is.

    Raises:
        RangesError: It is said to be empty, or is of no type that a field has.
    """
    if empty:
        raise RangesError(
            f"A range of names must have elements, got one that is empty, of {lower} and {upper}.",
            hint="Write Range(empty=True).",
            code="ranges.bounds",
        )
    if range_type is not None and output_field is None:
        output_field = _field_with(range_type)
    return RangeOf(lower, upper, bounds, output_field=output_field)


def _field_with(range_type: Any) -> Any:
    for _, one, _ in KINDS:
        if (field := one()).type == range_type:
            return field
    raise RangeTypeError(
        f"The range type of names must be one that a field has, got {range_type!r}.",
        hint="Name the field: Range(…, output_field=DateRangeField()).",
    )


# What makes a range of names in a query.
Range.of_expressions = _named
