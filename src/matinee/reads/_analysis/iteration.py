"""What happens to a value that is looped over, tested, compared or printed."""

from collections.abc import Iterable

from matinee.reads._analysis.managers import elements as rows_elements
from matinee.reads._analysis.objects import items, special
from matinee.reads._analysis.reading import Reading
from matinee.reads._analysis.values import (
    NOTHING,
    PLAIN,
    Annotation,
    Apart,
    Foreign,
    Generic,
    Items,
    Live,
    Made,
    Object,
    Plain,
    Rows,
    Value,
    Values,
    union,
)

__all__ = ["elements", "serialized", "test", "text", "unpacked"]


def elements(reading: Reading, values: Iterable[Value]) -> Values:
    """Loop over *values*; return what the loop's variable may be."""
    return union(*(_elements(reading, value) for value in values))


def _elements(reading: Reading, value: Value) -> Values:  # noqa: PLR0911  one for each kind
    match value:
        case Rows() | Apart():
            return rows_elements(reading, value)
        case Items(inside):
            return tuple(inside)
        case Live(thing):
            return items(reading, thing)
        case Annotation(name):
            return (Annotation(name, deep=True),)
        case Made(cls, attributes) if issubclass(cls, tuple):
            return union(*attributes.values())
        case Object() | Made():
            found = special(reading, value, "__iter__")
            return elements(reading, found) if found else NOTHING
        case Plain() | Foreign():
            return (value,)
    return NOTHING


def unpacked(reading: Reading, value: Value, count: int) -> list[Values]:
    """Return the *count* parts that *value* is unpacked to."""
    if isinstance(value, Items) and value.order is not None and len(value.order) == count:
        return list(value.order)
    if isinstance(value, Live) and isinstance(value.thing, tuple) and len(value.thing) == count:
        return [items(reading, (each,)) for each in value.thing]
    if isinstance(value, Made) and len(value.attributes) == count:
        return list(value.attributes.values())
    return [_elements(reading, value)] * count


def test(reading: Reading, values: Values) -> Values:
    """Ask whether *values* are true; return them."""
    for value in values:
        match value:
            case Rows(manager=False) | Apart():
                rows_elements(reading, value)
            case Object() | Made():
                if special(reading, value, "__bool__") is None:
                    special(reading, value, "__len__")
    return values


def text(reading: Reading, values: Iterable[Value], how: str = "__str__") -> Values:
    """Print *values*."""
    for value in values:
        match value:
            case Rows(manager=False) | Apart():
                text(reading, rows_elements(reading, value), "__repr__")
            case Items(inside):
                text(reading, inside, "__repr__")
            case Object() | Made():
                _text_of(reading, value, how)
            case Generic(name):
                reading.unseen(f"{name} may be of any model, and is printed")
    return PLAIN


def _text_of(reading: Reading, value: Object | Made, how: str) -> None:
    """Print as Python does: ``__format__`` and ``__repr__`` fall back on what the class has."""
    fallbacks = {"__format__": "__str__", "__repr__": "__str__", "__str__": "__repr__"}
    if isinstance(value, Made):
        fallbacks["__repr__"] = ""
    if special(reading, value, how) is None and (other := fallbacks[how]):
        special(reading, value, other)


def serialized(reading: Reading, values: Values) -> list[tuple[Object, bool]]:
    """Return the objects in *values*, an answer, and whether several; every query in it runs."""
    found: list[tuple[Object, bool]] = []
    for value in values:
        match value:
            case Object():
                found.append((value, False))
            case Rows() | Apart():
                rows = rows_elements(reading, value)
                found += [(each, True) for each in rows if isinstance(each, Object)]
            case Items(inside):
                found += [(each, True) for each, _ in serialized(reading, tuple(inside))]
    return found
