"""What a name in a function may stand for, as far as the database is concerned.

A value is what is known of it without running anything. One name may stand for several, one for
each way the code can take, so what is passed around is a tuple of them.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from matinee.reads.shape import Draft, Hop

__all__ = [
    "KEEPING",
    "NOTHING",
    "PLAIN",
    "Annotation",
    "Apart",
    "Arguments",
    "Bound",
    "Closure",
    "Foreign",
    "Generic",
    "Items",
    "Live",
    "Made",
    "Method",
    "Nested",
    "Object",
    "Own",
    "Plain",
    "Rows",
    "Super",
    "Value",
    "Values",
    "contents",
    "held",
    "union",
]


class Value:
    """One thing that a name may stand for."""

    __slots__ = ()


type Values = tuple[Value, ...]
NOTHING: Values = ()

# Methods by which containers take something in.
KEEPING = frozenset(
    {"append", "add", "extend", "insert", "update", "setdefault", "appendleft"},
)


@dataclass(frozen=True, slots=True)
class Plain(Value):
    """A value that leads to no query whatever is done with it: a column's, a string, a date."""


PLAIN: Values = (Plain(),)


@dataclass(frozen=True, slots=True, eq=False)
class Object(Value):
    """An instance of a model.

    Attributes:
        draft: What is wanted of it.
        apart: Whether it came from a query of the code's own, which no plan reaches.
    """

    draft: Draft
    apart: bool = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Object) and other.draft is self.draft

    def __hash__(self) -> int:
        return id(self.draft)


@dataclass(frozen=True, slots=True)
class Rows(Value):
    """The manager of a to-many relation, or a question to it that is not asked yet.

    Attributes:
        owner: Whose relation.
        hop: The relation.
        text: The question as written, ".filter(stars=5)"; "" for all the rows.
        manager: Whether it is the manager itself, which can be looked at without a query.
        plain: Whether the answers are values, not objects: ``.values_list(...)``.
    """

    owner: Object
    hop: Hop
    text: str = ""
    manager: bool = False
    plain: bool = False

    def asking(self, text: str, *, plain: bool = False) -> "Rows":
        """Return the question with *text* added."""
        plain = plain or self.plain
        return replace(self, text=self.text + text, manager=False, plain=plain)


@dataclass(frozen=True, slots=True)
class Apart(Value):
    """A query of the code's own: ``Review.objects.filter(...)``; *model* None where not known."""

    model: Any
    text: str
    plain: bool = False

    def asking(self, text: str, *, plain: bool = False) -> "Apart":
        """Return the query with *text* added."""
        return replace(self, text=self.text + text, plain=plain or self.plain)


@dataclass(frozen=True, slots=True, eq=False)
class Items(Value):
    """A container: what is in it, and in which order where that is certain."""

    values: list[Value] = field(default_factory=list)
    order: tuple[Values, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Live(Value):
    """A thing that is the same for all rows and can be looked at: a module, a class, a constant."""

    thing: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Live) and other.thing is self.thing

    def __hash__(self) -> int:
        return id(self.thing)


@dataclass(frozen=True, slots=True)
class Foreign(Value):
    """What code that is not read has made.

    Attributes:
        what: What it is, for a message: "self.context".
        strict: Whether even its methods may lead to queries.
    """

    what: str
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Annotation(Value):
    """An attribute that the class of a model says nothing of: whoever made the queryset adds it.

    Attributes:
        name: The attribute.
        deep: Whether it is something found inside the attribute's value.
    """

    name: str
    deep: bool = False


@dataclass(frozen=True, slots=True)
class Generic(Value):
    """The object at the other end of a generic foreign key, of any model."""

    name: str


@dataclass(frozen=True, slots=True)
class Own(Value):
    """The ``self`` of a class of the framework: a serializer, a field."""

    cls: type


@dataclass(frozen=True, slots=True, eq=False)
class Made(Value):
    """An instance of a class of the project that the code itself makes."""

    cls: type
    attributes: dict[str, Values] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nested(Value):
    """A serializer that the code makes, and what it is made for."""

    cls: type
    given: Values


@dataclass(frozen=True, slots=True)
class Super(Value):
    """``super()``: the classes *after* one, seen with *of* as ``self``."""

    after: type
    of: Value


@dataclass(frozen=True, slots=True)
class Method(Value):
    """A method of a value that is none of the project's code: of a manager, a list, a string."""

    owner: Value
    name: str


@dataclass(frozen=True, slots=True)
class Bound(Value):
    """A function with its first arguments."""

    function: Value
    first: tuple[Values, ...] = ()
    named: tuple[tuple[str, Values], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Closure(Value):
    """A function defined by the code itself; *run* is how it is run where it is defined."""

    node: Any
    run: Callable[["Arguments"], Values]


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a function is called with; *rest* may be any further argument."""

    positional: tuple[Values, ...] = ()
    named: Mapping[str, Values] = field(default_factory=dict)
    rest: Values = NOTHING
    node: ast.Call | None = None

    def all(self) -> Values:
        """Return everything that is handed over."""
        return union(*self.positional, *self.named.values(), self.rest)

    def get(self, position: int, name: str = "") -> Values:
        """Return one argument, () where it is not given."""
        if position < len(self.positional):
            return self.positional[position]
        return self.named.get(name, self.rest)

    def after(self, bound: Bound) -> "Arguments":
        """Return the arguments with those that *bound* has before them."""
        named = {**dict(bound.named), **self.named}
        return replace(self, positional=(*bound.first, *self.positional), named=named)

    @property
    def text(self) -> str:
        """The arguments as written."""
        return self.text_from(0)

    def text_from(self, first: int) -> str:
        """Return the arguments from position *first* on as written."""
        given = [*self.node.args[first:], *self.node.keywords] if self.node else []
        return f"({', '.join(map(ast.unparse, given))})"


def union(*many: Iterable[Value]) -> Values:
    """Return what may be any of *many*, each once."""
    return tuple(dict.fromkeys(value for values in many for value in values))


def contents(values: Iterable[Value]) -> Iterator[Value]:
    """Yield *values* and what is inside their containers, each once."""
    seen: set[int] = set()
    waiting = list(values)
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, Items | Made | Bound | Nested | Method):
            if id(value) in seen:
                continue
            seen.add(id(value))
            waiting += _inside(value)
        yield value


def _inside(value: Items | Made | Bound | Nested | Method) -> Iterable[Value]:
    match value:
        case Items(values):
            return values
        case Made(attributes=attributes):
            return union(*attributes.values())
        case Bound(function, first, named):
            return union((function,), *first, *dict(named).values())
        case Nested(given=given):
            return given
        case Method(owner):
            return (owner,)


def held(values: Iterable[Value]) -> list[Value]:
    """Return what leads to the database among *values*, containers opened."""
    return [each for each in contents(values) if isinstance(each, Object | Rows | Generic)]
