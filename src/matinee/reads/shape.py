"""What an answer is made of: a tree of columns and relations, and who asked for each.

A shape is data. It knows nothing of serializers, and of Django only the model classes that it
carries as labels. Shapes are written by drafts and read by ``plan``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Never

from matinee.exceptions import ReadsError

__all__ = [
    "Ask",
    "Call",
    "Column",
    "Computed",
    "Draft",
    "Hop",
    "How",
    "Kind",
    "Link",
    "Note",
    "Relation",
    "Rows",
    "Shape",
]


class Link(Enum):
    """How a relation gets from one model to the other."""

    FORWARD = "forward"  # a foreign key or one-to-one of the model's own
    REVERSE_ONE = "reverse one-to-one"
    MANY = "to-many"  # a reverse foreign key, a many-to-many, a generic relation
    GENERIC = "generic foreign key"


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asked for a part of a shape.

    Attributes:
        owner: The serializer class, "FilmSerializer".
        field: Its field, "genre"; "" where the class as a whole asks.
        how: What about the field asks, where the name does not say it: "Genre.__str__".
        line: Where in the source it asks, "films/models.py:41"; "" where a declaration does.
    """

    owner: str
    field: str
    how: str = ""
    line: str = ""

    def __str__(self) -> str:
        name = f"{self.owner}.{self.field}" if self.field else self.owner
        how = " at ".join(each for each in (self.how, self.line) if each)
        return f"{name} ({how})" if how else name


@dataclass(frozen=True, slots=True)
class Hop:
    """One relation of a model, as facts.

    Attributes:
        attribute: The Python attribute that follows it, and the name for ``prefetch_related``.
        lookup: Its name in the ORM's language, for ``select_related`` and ``only``.
        inverse: The way back in the ORM's language, for the filter of a separate query.
        link: What kind of relation it is.
        model: The model at the other end; None for a generic foreign key.
        near: The fields of this end that the link is made by.
        far: The fields of the other end that the link is made by.
        back: The attribute of the other end that Django fills with this end by itself, or "".
        join: Whether a join finds the same rows as following the attribute. It does not where
            the base manager of the other end's model hides some, or makes them of other classes.
    """

    attribute: str
    lookup: str
    inverse: str
    link: Link
    model: type | None
    near: tuple[str, ...]
    far: tuple[str, ...]
    back: str = ""
    join: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a model, and who asked for it."""

    name: str
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class Computed:
    """A value the database computes for each row, put on the instance as the attribute *name*.

    Attributes:
        name: The attribute.
        expression: Any expression of Django's; here it is carried, not looked into.
        asks: Who asked for it.
    """

    name: str
    expression: object
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows of a to-many relation, in what order, how many for each parent.

    Attributes:
        place: The attribute they are put on, as a list; "" for the relation's own manager.
        where: A condition of Django's (``Q``), or None.
        order_by: As for ``QuerySet.order_by``; () for the relation's own order.
        limit: The most rows for one parent, or None.
        queryset: The rows to begin with, instead of all that the manager has, or None.
    """

    place: str = ""
    where: object = None
    order_by: tuple[object, ...] = ()
    limit: int | None = None
    queryset: object = None

    def __str__(self) -> str:
        parts = ["of a queryset given"] if self.queryset is not None else []
        parts += [f"where {self.where}"] if self.where is not None else []
        parts += [f"ordered by {', '.join(map(str, self.order_by))}"] if self.order_by else []
        parts += [f"at most {self.limit} each"] if self.limit is not None else []
        return ", ".join(parts)


_ALL = Rows()


@dataclass(frozen=True, slots=True)
class Call:
    """A question that code asks of a related manager, which fetched rows do not answer.

    Attributes:
        text: As it is written: ".filter(stars__gte=4).order_by('-created')". Each of the same
            text is one query, for all the rows at once.
        asks: Who asks.
    """

    text: str
    asks: tuple[Ask, ...] = ()


class How(Enum):
    """How a relation is loaded, where it is said by hand."""

    JOINED = "joined"  # in the query of the level above
    FETCHED = "fetched"  # by a query of its own
    LAZY = "lazy"  # when somebody asks


class Kind(Enum):
    """What there is to note about code that was read."""

    UNSEEN = "not seen"  # it may need more than the plan has
    APART = "a query of its own for each row"  # no plan can change that
    HINT = "hint"  # it works, and could be written better


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a plan cannot do for the code it was made for.

    Attributes:
        kind: What kind of thing.
        ask: Whose code, and where.
        text: What was met there: "obj is handed to json.dumps".
        remedy: The line to write: '@needs("studio__name")'; "" where there is none.
    """

    kind: Kind
    ask: Ask
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of a shape.

    Attributes:
        hop: The relation.
        shape: What is wanted of the other end; None where its model is not known.
        asks: Who asked for it.
        rows: Which of its rows, if it is to-many.
        calls: What else is asked of its manager.
        read: Whether its rows are wanted, not only what *calls* find.
        how: How it is loaded; None where the plan decides.
    """

    hop: Hop
    shape: "Shape | None"
    asks: tuple[Ask, ...] = ()
    rows: Rows = _ALL
    calls: tuple[Call, ...] = ()
    read: bool = True
    how: How | None = None

    @property
    def place(self) -> str:
        """The attribute that the rows are found at."""
        return self.rows.place or self.hop.attribute


@dataclass(frozen=True, slots=True)
class Shape:
    """What is wanted of one model and what hangs on it.

    Attributes:
        model: The model class.
        columns: The fields wanted, primary key included.
        relations: What is followed from here.
        whole: Who is handed the object itself, so that any field may be touched: every column is
            loaded where there is one.
        cut: Who asked for more below here than the depth limit allows; that part stays lazy.
        computed: What the database computes for each row.
        notes: What a plan cannot do for the code that reads these objects.
        lazy: The columns that are left out by hand, whoever asked for them.
    """

    model: type
    columns: tuple[Column, ...] = ()
    relations: tuple[Relation, ...] = ()
    whole: tuple[Ask, ...] = ()
    cut: tuple[Ask, ...] = ()
    computed: tuple[Computed, ...] = ()
    notes: tuple[Note, ...] = ()
    lazy: tuple[Column, ...] = ()


@dataclass(slots=True)
class _Edge:
    """A relation while it is written."""

    hop: Hop
    far: "Draft | None"
    rows: Rows
    asks: list[Ask] = field(default_factory=list)
    calls: dict[str, list[Ask]] = field(default_factory=dict)
    read: bool = False
    how: How | None = None

    def freeze(self) -> Relation:
        return Relation(
            self.hop,
            self.far.freeze() if self.far else None,
            tuple(self.asks),
            self.rows,
            tuple(Call(text, tuple(asks)) for text, asks in self.calls.items()),
            self.read,
            self.how,
        )


@dataclass(slots=True)
class Draft:
    """A shape while it is written. Asking twice for one thing is asking once, by two."""

    model: type
    columns: dict[str, list[Ask]] = field(default_factory=dict)
    relations: dict[str, _Edge] = field(default_factory=dict)
    whole: list[Ask] = field(default_factory=list)
    cut: list[Ask] = field(default_factory=list)
    computed: dict[str, tuple[object, list[Ask]]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    lazy: dict[str, list[Ask]] = field(default_factory=dict)

    def want(self, names: Iterable[str], *asks: Ask) -> None:
        """Want the fields *names*."""
        for name in names:
            _extend(self.columns.setdefault(name, []), asks)

    def follow(
        self, hop: Hop, *asks: Ask, rows: Rows = _ALL, how: How | None = None
    ) -> "Draft | None":
        """Follow *hop*; return the draft of its other end, None where its model is not known."""
        edge = self._edge(hop, rows)
        edge.read, edge.how = True, how or edge.how
        _extend(edge.asks, asks)
        return edge.far

    def call(self, hop: Hop, text: str, *asks: Ask) -> "Draft | None":
        """Ask the manager of *hop* a question; return the draft of the rows that answer it."""
        edge = self._edge(hop, _ALL)
        _extend(edge.calls.setdefault(text, []), asks)
        return edge.far

    def _edge(self, hop: Hop, rows: Rows) -> _Edge:
        self.want(hop.near)
        place = rows.place or hop.attribute
        if place in self.computed:
            _two(self.model, place)
        if place not in self.relations:
            far = Draft(hop.model) if hop.model else None
            if far is not None:
                far.want(hop.far)
            self.relations[place] = _Edge(hop, far, rows)
        edge = self.relations[place]
        if rows not in (edge.rows, _ALL):
            # Which rows is said once; whoever takes the relation as it comes takes these.
            edge.rows = rows if edge.rows == _ALL else _two(self.model, place)
        return edge

    def compute(self, name: str, expression: object, *asks: Ask) -> None:
        """Want the value of *expression* as the attribute *name*."""
        known, known_asks = self.computed.setdefault(name, (expression, []))
        if known != expression or name in self.relations:
            _two(self.model, name)
        _extend(known_asks, asks)

    def leave(self, name: str, *asks: Ask) -> None:
        """Leave the column *name* out, whoever asks for it."""
        _extend(self.lazy.setdefault(name, []), asks)

    def hand_over(self, ask: Ask) -> None:
        """Note that *ask* is handed the object itself."""
        _extend(self.whole, [ask])

    def note(self, *notes: Note) -> None:
        """Note what a plan cannot do."""
        _extend(self.notes, notes)

    def merge(self, shape: Shape) -> None:
        """Want all that *shape* wants."""
        self.merge_own(shape)
        for relation in shape.relations:
            self.merge_relation(relation)

    def merge_own(self, shape: Shape) -> None:
        """Want what *shape* wants of the object itself, not of what hangs on it."""
        for column in shape.columns:
            self.want([column.name], *column.asks)
        for computed in shape.computed:
            self.compute(computed.name, computed.expression, *computed.asks)
        for column in shape.lazy:
            self.leave(column.name, *column.asks)
        _extend(self.whole, shape.whole)
        _extend(self.cut, shape.cut)
        self.note(*shape.notes)

    def merge_relation(self, relation: Relation) -> "Draft | None":
        """Want all that *relation* wants; return the draft of its other end."""
        edge = self._edge(relation.hop, relation.rows)
        edge.read |= relation.read
        edge.how = relation.how or edge.how
        _extend(edge.asks, relation.asks)
        for call in relation.calls:
            _extend(edge.calls.setdefault(call.text, []), call.asks)
        if edge.far is not None and relation.shape is not None:
            edge.far.merge(relation.shape)
        return edge.far

    def freeze(self) -> Shape:
        """Return the shape as it stands."""
        return Shape(
            self.model,
            tuple(Column(name, tuple(asks)) for name, asks in self.columns.items()),
            tuple(edge.freeze() for edge in self.relations.values()),
            tuple(self.whole),
            tuple(self.cut),
            tuple(
                Computed(name, each, tuple(asks)) for name, (each, asks) in self.computed.items()
            ),
            tuple(self.notes),
            tuple(Column(name, tuple(asks)) for name, asks in self.lazy.items()),
        )


def _two(model: type, place: str) -> Never:
    raise ReadsError(
        f"{model.__name__}.{place} is to hold two different things in one plan.",
        hint="Give one of them another to_attr.",
        code="reads.two_in_one",
    )


def _extend[T](known: list[T], more: Iterable[T]) -> None:
    known.extend(each for each in more if each not in known)
