"""What an answer is made of: a tree of columns and relations, and who asked for each.

A shape is data. It knows nothing of serializers, and of Django only the model classes that it
carries as labels. Shapes are written by drafts and read by ``plan``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

__all__ = ["Ask", "Column", "Draft", "Hop", "Link", "Relation", "Shape"]


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
    """

    owner: str
    field: str
    how: str = ""

    def __str__(self) -> str:
        name = f"{self.owner}.{self.field}" if self.field else self.owner
        return f"{name} ({self.how})" if self.how else name


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
class Relation:
    """One relation of a shape; *shape* is what is wanted of the other end."""

    hop: Hop
    shape: "Shape | None"
    asks: tuple[Ask, ...] = ()


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
    """

    model: type
    columns: tuple[Column, ...] = ()
    relations: tuple[Relation, ...] = ()
    whole: tuple[Ask, ...] = ()
    cut: tuple[Ask, ...] = ()


@dataclass(slots=True)
class Draft:
    """A shape while it is written. Asking twice for one thing is asking once, by two."""

    model: type
    columns: dict[str, list[Ask]] = field(default_factory=dict)
    relations: dict[str, tuple[Hop, "Draft | None", list[Ask]]] = field(default_factory=dict)
    whole: list[Ask] = field(default_factory=list)
    cut: list[Ask] = field(default_factory=list)

    def want(self, names: Iterable[str], *asks: Ask) -> None:
        """Want the fields *names*."""
        for name in names:
            _extend(self.columns.setdefault(name, []), asks)

    def follow(self, hop: Hop, *asks: Ask) -> "Draft | None":
        """Follow *hop*; return the draft of its other end, None where its model is not known."""
        self.want(hop.near, *asks)
        if hop.attribute not in self.relations:
            far = Draft(hop.model) if hop.model else None
            if far is not None:
                far.want(hop.far)
            self.relations[hop.attribute] = (hop, far, [])
        _, far, known = self.relations[hop.attribute]
        _extend(known, asks)
        return far

    def hand_over(self, ask: Ask) -> None:
        """Note that *ask* is handed the object itself."""
        _extend(self.whole, [ask])

    def merge(self, shape: Shape) -> None:
        """Want all that *shape* wants."""
        for column in shape.columns:
            self.want([column.name], *column.asks)
        for relation in shape.relations:
            far = self.follow(relation.hop, *relation.asks)
            if far is not None and relation.shape is not None:
                far.merge(relation.shape)
        _extend(self.whole, shape.whole)
        _extend(self.cut, shape.cut)

    def freeze(self) -> Shape:
        """Return the shape as it stands."""
        return Shape(
            self.model,
            tuple(Column(name, tuple(asks)) for name, asks in self.columns.items()),
            tuple(
                Relation(hop, far.freeze() if far else None, tuple(asks))
                for hop, far, asks in self.relations.values()
            ),
            tuple(self.whole),
            tuple(self.cut),
        )


def _extend(known: list[Ask], asks: Iterable[Ask]) -> None:
    known.extend(ask for ask in asks if ask not in known)
