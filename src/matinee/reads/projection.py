"""What JSON is made of: a tree of keys, and where the value of each comes from.

A projection is data, and the same for every request; it is what ``sqljson`` compiles. Whatever it
does not name is not in the answer, and the order of its entries is the order of the keys.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from matinee.reads.plan import Plan
from matinee.reads.shape import Hop, Rows

__all__ = [
    "NULL",
    "OMIT",
    "RAISE",
    "Entry",
    "Form",
    "Nested",
    "Projection",
    "Python",
    "Ranged",
    "Unfit",
    "Value",
    "attribute",
]

_ESCAPED = re.compile(r'["\\\x00-\x1f]')


class Unfit(Exception):  # noqa: N818  a reason, always caught
    """Why one statement cannot make an answer, so that instances must."""


class Form(Enum):
    """How a value of the database is written as JSON."""

    PLAIN = "as it is"
    TEXT = "as text"
    MOMENT = "a point in time, in the time zone of the request"
    TIME = "a time of day, without empty microseconds"
    DURATION = "days, hours, minutes and seconds, as Django writes them"
    FLOAT = "as a double"
    TRIMMED = "a decimal as text, without trailing zeros"
    BASE64 = "bytes in base64"
    ADDRESS = "an IP address without its mask"


@dataclass(frozen=True, slots=True)
class Ranged:
    """A range as an object of its parts.

    Attributes:
        subtype: PostgreSQL's name for the type of the elements.
        form: How those are written that are finite.
        many: Whether it is a multirange, which is a list of such objects.
    """

    subtype: str
    form: Form
    many: bool = False


# What stands where a relation on the way to a value is null, as JSON. The last two are no values:
# the answer is made without the key, or not by the database at all. No column is written as an
# object with such a key, so they are told apart by where they stand.
NULL = "null"
OMIT = '{"\\u0001matinee":"omit"}'
RAISE = '{"\\u0001matinee":"raise"}'


@dataclass(frozen=True, slots=True)
class Value:
    """One value.

    Attributes:
        key: Its key.
        column: The field of the model, at the end of *path*, by name; or what *expression* or the
            queryset's annotation is called.
        form: How it is written.
        array: Whether the column holds an array, and *form* is that of its elements.
        path: The to-one relations that lead to it.
        broken: The JSON that stands for it where a relation of *path* is null.
        expression: An expression of Django's that is asked for instead of a column.
        annotation: Whether *column* is an annotation that the queryset brings.
    """

    key: str
    column: str
    form: Form | Ranged = Form.PLAIN
    array: bool = False
    path: tuple[Hop, ...] = ()
    broken: str = NULL
    expression: object = None
    annotation: bool = False


@dataclass(frozen=True, slots=True)
class Nested:
    """An object, or a list of objects or of values.

    Attributes:
        key: Its key.
        inside: What each object is made of; a ``Value`` (its key says nothing) for a bare one.
        path: The relations that lead there, () for the same row; all but the last are to-one.
        many: Whether the last one is to-many.
        rows: Which of the rows, where *many*.
        broken: The JSON that stands for it where a relation before the last is null.
    """

    key: str
    inside: "Projection | Value"
    path: tuple[Hop, ...] = ()
    many: bool = False
    rows: Rows = Rows()  # noqa: RUF009  frozen
    broken: str = NULL


@dataclass(frozen=True, slots=True)
class Python:
    """A value that Python code makes of the row's object; see ``Projection.needs``."""

    key: str


Entry = Value | Nested | Python


def attribute(position: int) -> str:
    """Return what the value of the entry at *position* is called in the struct of a row."""
    return f"f{position}"


@dataclass(frozen=True, slots=True)
class Projection:
    """What an object is made of.

    Attributes:
        model: The model of the row.
        entries: Its keys and values, in order.
        needs: What the Python code of this level reads of the row's object; None where there is
            no such code.
        remade: Whether code makes the object anew from what is here.
    """

    model: type
    entries: tuple[Entry, ...]
    needs: Plan | None = None
    remade: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys, in order."""
        return tuple(each.key for each in self.entries)

    @property
    def parsed(self) -> bool:
        """Whether code is to see it or an object inside, or keys may have to go."""
        omitted = (entry.path and entry.broken == OMIT for entry in self.walk())
        return self.needs is not None or any(omitted) or any(each.parsed for each in self.inside())

    @property
    def names(self) -> tuple[str, ...]:
        """What the database calls the values: keys, but for those that no struct is renamed to."""
        if self.parsed and any(map(_ESCAPED.search, self.keys)):
            return tuple(map(attribute, range(len(self.entries))))
        return self.keys

    @property
    def remade_within(self) -> bool:
        """Whether code makes it, or an object inside, anew."""
        return self.remade or any(each.remade_within for each in self.inside())

    def inside(self) -> Iterator["Projection"]:
        """Yield the projection of each object, or list of objects, inside."""
        found = (each.inside for each in self.entries if isinstance(each, Nested))
        return (each for each in found if isinstance(each, Projection))

    def walk(self) -> Iterator["Value | Nested"]:
        """Yield every value and everything nested, whatever it is in."""
        for entry in self.entries:
            if isinstance(entry, Python):
                continue
            yield entry
            inside = entry.inside if isinstance(entry, Nested) else None
            if isinstance(inside, Projection):
                yield from inside.walk()
            elif inside is not None:
                yield inside

    def values(self) -> Iterator[Value]:
        """Yield every value, whatever it is in."""
        return (each for each in self.walk() if isinstance(each, Value))
