"""One reading of a piece of code: what it has asked for so far, and how far it may go on."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from django.db.models import Model

from matinee.reads._analysis.values import (
    Arguments,
    Generic,
    Items,
    Object,
    Rows,
    Value,
    Values,
    contents,
    held,
)
from matinee.reads._facts import obstacle
from matinee.reads.shape import Ask, Draft, Hop, Kind, Note

__all__ = ["Budget", "Framework", "Handler", "Reading"]

MAX_STEPS = 20_000  # expressions looked at, for one field
MAX_DEPTH = 25  # functions that call each other


class Budget(Exception):  # noqa: N818  it is no error
    """The code is longer than is looked at."""


class Framework(Protocol):
    """What is to be known of the framework that calls the code."""

    def is_serializer(self, cls: type) -> bool:
        """Whether instances of *cls* render objects."""

    def render(self, reading: "Reading", cls: type, draft: Draft) -> None:
        """Want all that an instance of the serializer *cls* reads of the object of *draft*."""

    def own(self, cls: type, name: str) -> Values | None:
        """Return what ``self.<name>`` is in the class *cls*, None where its code says so."""

    def known(self, function: Any) -> "Handler | None":
        """Return how a function of the framework is understood, None where it is not known."""


type Handler = Callable[["Reading", Arguments], Values]


@dataclass(slots=True)
class Reading:
    """The state of one reading.

    Attributes:
        root: What is wanted of the object that the code is given.
        ask: For whom the code is read.
        framework: What calls it.
        call: How any value is called.
        how: The function that is being read, "" for the one that *ask* names already.
        file: The file it is in.
        line: The line that is being read.
    """

    root: Draft
    ask: Ask
    framework: Framework
    call: Callable[["Reading", Value, Arguments], Values]
    how: str = ""
    file: str = ""
    line: int = 0
    steps: int = 0
    running: list[tuple[object, ...]] = field(default_factory=list)
    assigned: dict[tuple[int, str], Values] = field(default_factory=dict)
    strays: dict[type[Model], Object] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)

    def asks(self) -> Ask:
        """Return who asks, with the line that is being read."""
        line = f"{self.file}:{self.line}" if self.file else ""
        return Ask(self.ask.owner, self.ask.field, self.how or self.ask.how, line)

    def step(self, line: int) -> None:
        """Count one expression, on *line*."""
        self.line = line
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise Budget(f"more than {MAX_STEPS} expressions")

    @contextmanager
    def inside(self, function: tuple[object, ...], how: str, file: str) -> Iterator[None]:
        """Read another function in this block."""
        if len(self.running) >= MAX_DEPTH:
            raise Budget(f"more than {MAX_DEPTH} functions deep")
        was = self.how, self.file, self.line
        self.running.append(function)
        self.how, self.file = how, file
        try:
            yield
        finally:
            self.running.pop()
            self.how, self.file, self.line = was

    # What the code does.

    def want(self, owner: Object, names: Iterable[str]) -> None:
        """Read columns of *owner*."""
        owner.draft.want(names, self.asks())

    def follow(self, owner: Object, hop: Hop) -> Values:
        """Follow a relation to its object, or to all its rows."""
        if owner.apart:
            self.apart(f"{owner.draft.model.__name__}.{hop.attribute}")
        far = owner.draft.follow(hop, self.asks())
        return self._reached(far, owner) or (Generic(hop.attribute),)

    def question(self, rows: Rows, text: str) -> Values:
        """Ask the manager of a relation what its fetched rows cannot answer."""
        if rows.owner.apart:
            self.apart(f"{rows.owner.draft.model.__name__}.{rows.hop.attribute}{text}")
        far = rows.owner.draft.call(rows.hop, text, self.asks())
        return self._reached(far, rows.owner)

    def _reached(self, far: Draft | None, owner: Object) -> Values:
        if far is None:
            return ()
        if why := obstacle(far.model):
            far.hand_over(replace(self.asks(), how=why))
        return (Object(far, owner.apart),)

    def stray(self, model: Any) -> Values:
        """Return an object that came from a query of the code's own."""
        if not isinstance(model, type) or not issubclass(model, Model):
            return ()
        if model not in self.strays:
            self.strays[model] = Object(Draft(model), apart=True)
        return (self.strays[model],)

    # What a plan cannot do for it.

    def apart(self, text: str) -> None:
        """Note a query that runs for each row."""
        self._note(Kind.APART, text)

    def hint(self, text: str, remedy: str) -> None:
        """Note what could be written better."""
        self._note(Kind.HINT, text, remedy)

    def unseen(self, text: str, values: Iterable[Value] = ()) -> None:
        """Note that *values* go where they are not seen; all of them may be read there."""
        for value in contents(values):
            match value:
                case Object(draft):
                    draft.hand_over(self.asks())
                case Rows(owner, hop, question):
                    far = self.question(value, question) if question else self.follow(owner, hop)
                    self.unseen(text, far)
        where = self.how or f"{self.ask.owner}.{self.ask.field}".rstrip(".")
        remedy = f'@needs("…") on {where}, naming what it reads'
        self._note(Kind.UNSEEN, text, remedy)

    def escape(self, what: str, values: Values) -> None:
        """Note the values that are handed to *what*, if any of them leads to the database."""
        if found := held(values):
            names = ", ".join(dict.fromkeys(map(_named, found)))
            self.unseen(f"{what} is handed {names}", found)

    def _note(self, kind: Kind, text: str, remedy: str = "") -> None:
        self.root.note(Note(kind, self.asks(), text, remedy))


def _named(value: Value) -> str:
    match value:
        case Object(draft):
            return f"the {draft.model.__name__}"
        case Rows(hop=hop, text=text):
            return f"{hop.attribute}{text}"
        case Generic(name):
            return name
        case Items():
            return "a container"
    return "an object"
