"""How a shape is read: pure functions from a shape to a plan, and the plan as text.

To-one relations are joined, to-many ones are fetched by one query each, and of every model only
the columns that are wanted are loaded. The number of queries is known before any of them runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from matinee.reads.shape import (
    Ask,
    Call,
    Column,
    Computed,
    Draft,
    Hop,
    How,
    Note,
    Relation,
    Rows,
    Shape,
)

__all__ = ["Plan", "Step", "plan_of"]

OVERRIDDEN = " (overridden)"


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one model, and all that hangs on them, are read.

    Attributes:
        model: The model class.
        columns: The fields loaded; None for every one.
        joins: The to-one relations that come in the same query.
        fetches: The relations that take a query of their own.
        whole: Who is handed the object itself; the reason where *columns* is None.
        cut: Who asked for more than the depth limit allows; that part stays lazy.
        computed: What the database computes for each row.
        notes: What the plan cannot do for the code it was made for.
        lazy: The columns and relations that are left out by hand.
    """

    model: type
    columns: tuple[str, ...] | None
    joins: tuple["Step", ...] = ()
    fetches: tuple["Step", ...] = ()
    whole: tuple[Ask, ...] = ()
    cut: tuple[Ask, ...] = ()
    computed: tuple[Computed, ...] = ()
    notes: tuple[Note, ...] = ()
    lazy: tuple[Column, ...] = ()

    @property
    def queries(self) -> int:
        """The number of queries at most; fewer where a level has no rows to go on from.

        A generic foreign key counts as one, and takes one for each model its rows point to.
        """
        fetched = sum(step.queries for step in self.fetches)
        return 1 + fetched + sum(step.plan.queries - 1 for step in self.joins if step.plan)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """Yield the plan as a tree, a line a part, each with who asked for it."""
        count = f"{self.queries} {'query' if self.queries == 1 else 'queries'}"
        yield f"{self.model.__name__}: {count}"
        yield from self.branches()

    def branches(self, indent: str = "") -> Iterator[str]:
        """Yield what is below the plan's own line."""
        leaves = [f"columns {_names(self.columns)}{_by(self.whole)}"]
        leaves += [f"compute {each.name}{_by(each.asks)}" for each in self.computed]
        leaves += [f"lazy {each.name}{OVERRIDDEN}{_by(each.asks)}" for each in self.lazy]
        leaves += [f"left lazy below the depth limit{_by(self.cut)}"] if self.cut else []
        leaves += [f"{each.kind.value}: {each.text}{_by((each.ask,))}" for each in self.notes]
        steps = [("join", step) for step in self.joins] + [("fetch", step) for step in self.fetches]
        for leaf in leaves:
            yield f"{indent}{'├' if steps or leaf is not leaves[-1] else '└'}─ {leaf}"
        for number, (verb, step) in enumerate(steps, 1):
            last = number == len(steps)
            first, *more = step.lines(verb)
            yield f"{indent}{'└' if last else '├'}─ {first}"
            deeper = indent + ("   " if last else "│  ")
            yield from (deeper + line for line in more)
            if step.plan:
                yield from step.plan.branches(deeper)


@dataclass(frozen=True, slots=True)
class Step:
    """One relation of a plan; *plan* is None where the other end's model is not known."""

    hop: Hop
    plan: Plan | None
    asks: tuple[Ask, ...] = ()
    rows: Rows = Rows()  # noqa: RUF009  frozen
    calls: tuple[Call, ...] = ()
    read: bool = True
    overridden: bool = False

    @property
    def place(self) -> str:
        """The attribute of the instance that the rows are found at."""
        return self.rows.place or self.hop.attribute

    @property
    def queries(self) -> int:
        """The number of queries, those of what is fetched below included."""
        return (self.read + len(self.calls)) * (self.plan.queries if self.plan else 1)

    def lines(self, verb: str) -> Iterator[str]:
        """Yield what is read, without what is read of it."""
        model = self.hop.model.__name__ if self.hop.model else "any model"
        if self.read:
            which = f" {self.rows}" if str(self.rows) else ""
            place = f" as {self.rows.place}" if self.rows.place else ""
            by_hand = OVERRIDDEN if self.overridden else ""
            yield f"{verb} {self.hop.attribute}{place}: {model}{which}{by_hand}{_by(self.asks)}"
        for call in self.calls:
            yield f"{verb} {self.hop.attribute}{call.text}: {model}, when asked{_by(call.asks)}"


def plan_of(shape: Shape) -> Plan:
    """Return the plan that reads *shape*. Pure: no query, no settings."""
    return _plan(_turned_back(shape))


def _plan(shape: Shape) -> Plan:
    lazy = {column.name for column in shape.lazy}
    columns = tuple(each.name for each in shape.columns if each.name not in lazy)
    relations = [each for each in shape.relations if each.how is not How.LAZY]
    left = tuple(Column(each.place, each.asks) for each in shape.relations if each.how is How.LAZY)
    return Plan(
        shape.model,
        None if shape.whole else columns,
        tuple(_step(each) for each in relations if _is_joined(each)),
        tuple(_step(each) for each in relations if not _is_joined(each)),
        shape.whole,
        shape.cut,
        shape.computed,
        shape.notes,
        (*shape.lazy, *left),
    )


def _step(relation: Relation) -> Step:
    rows = relation.rows
    return Step(
        relation.hop,
        _plan(relation.shape) if relation.shape else None,
        relation.asks,
        rows,
        relation.calls,
        relation.read,
        overridden=bool(relation.how or (rows != Rows() and not rows.place)),
    )


def _is_joined(relation: Relation) -> bool:
    # Nothing can be computed for what a join brings: annotations are of the query's own model.
    if relation.shape is not None and relation.shape.computed:
        return False
    if relation.how is not None:
        return relation.how is How.JOINED
    return relation.hop.join and relation.read


def _turned_back(shape: Shape) -> Shape:
    """Take from the parent what a child wants of its parent.

    Django gives every row that was fetched over a reverse foreign key the object it was fetched
    for. Following that way back again would read the parent twice, so the child's wishes are
    merged into the parent's and the child's relation goes.
    """
    draft = Draft(shape.model)
    draft.merge_own(shape)
    waiting = list(shape.relations)
    while waiting:
        relation = waiting.pop(0)
        if relation.shape is None:
            draft.merge_relation(relation)
            continue
        inner, back = _split(_turned_back(relation.shape), relation.hop.back)
        far = draft.merge_relation(replace(relation, shape=inner))
        if far is not None and back is not None and back.shape is not None:
            far.want(back.hop.near, *back.asks)
            draft.merge_own(back.shape)
            waiting.extend(back.shape.relations)
    return draft.freeze()


def _split(shape: Shape, back: str) -> tuple[Shape, Relation | None]:
    """Return *shape* without its relation *back*, and that relation if there is one."""
    found = next((each for each in shape.relations if back and each.hop.attribute == back), None)
    kept = tuple(each for each in shape.relations if each is not found)
    return replace(shape, relations=kept), found


def _names(columns: tuple[str, ...] | None) -> str:
    return "all" if columns is None else ", ".join(columns)


def _by(asks: tuple[Ask, ...]) -> str:
    return f"  ← {', '.join(map(str, asks))}" if asks else ""
