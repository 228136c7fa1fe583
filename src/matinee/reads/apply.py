"""From a plan to a queryset: joins, prefetches and ``only()``, beside what is there already."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import Func, Model, Prefetch, QuerySet
from django.db.models.fields.related_descriptors import ManyToManyDescriptor
from django.db.models.query import ModelIterable

from matinee import conf, receipts
from matinee.reads._facts import attribute, columns
from matinee.reads.plan import Plan, Step
from matinee.reads.shape import Hop, Link

__all__ = ["Reader", "unplanned"]

_unplanned: ContextVar[bool] = ContextVar("matinee_unplanned", default=False)


@contextmanager
def unplanned() -> Iterator[None]:
    """Read the naive way inside this block: every ``apply`` returns its queryset as it came.

    For comparing, and for finding out whether a plan is to blame.
    """
    token = _unplanned.set(True)
    try:
        yield
    finally:
        _unplanned.reset(token)


@dataclass(frozen=True, slots=True)
class Reader:
    """A plan with a name, ready to be applied.

    Attributes:
        name: Whose plan it is, for receipts and prints: "FilmSerializer".
        plan: The plan.
    """

    name: str
    plan: Plan

    def apply[M: Model](self, queryset: QuerySet[M], *, narrow: bool = True) -> QuerySet[M]:
        """Return *queryset* with all that the plan needs; nothing is run yet.

        What the queryset says already is kept: filters, order, slices, annotations, its own
        ``select_related``, ``prefetch_related``, ``only`` and ``defer``. A queryset that cannot
        be planned (``values()``, a union, a raw query) comes back as it is.

        Args:
            queryset: Of the plan's model, or of a model that inherits from it.
            narrow: Load only the columns that are wanted. Pass False where the instances will be
                saved, or handed to code that reads other columns.

        Queries: none here; ``plan.queries`` when the queryset is run.
        """
        if _unplanned.get():
            return queryset
        if (receipt := receipts.current()) is not None:
            receipt.mark("reads", self.name, detail=self.plan)
        return _applied(self.plan, queryset, narrow=narrow and conf.reads.narrow)

    def statements(self, queryset: QuerySet[Any]) -> Iterator[tuple[str, str]]:
        """Yield (path, SQL) of each query the plan will run, the queryset's own first.

        ``…`` stands for the keys that are known only once the level above has been read.
        """
        yield from _statements(_applied(self.plan, queryset, narrow=conf.reads.narrow), "")

    def __str__(self) -> str:
        return str(self.plan)


def _applied[M: Model](
    plan: Plan, queryset: QuerySet[M], *, narrow: bool, lookups: Sequence[Any] = ()
) -> QuerySet[M]:
    if not _plannable(queryset):
        return queryset.prefetch_related(*lookups) if lookups else queryset
    written = [*queryset._prefetch_related_lookups, *lookups]  # type: ignore[attr-defined]
    mode = getattr(queryset, "_fetch_mode", None)
    # PostgreSQL locks no nullable side of a join.
    work = _Work(narrow=narrow, join=not queryset.query.select_for_update, mode=mode)
    work.node(plan, "", "", written)
    by_hand = set(_followed(queryset))
    if work.joins:
        queryset = queryset.select_related(None).select_related(*by_hand, *work.joins)
    # What is written by hand beyond the plan is there for a reason; it may need any column.
    beyond = work.left or by_hand - set(work.joins)
    queryset = _narrowed(queryset, work.columns, narrow=narrow and work.narrowed and not beyond)
    return queryset.prefetch_related(None).prefetch_related(*work.fetches, *work.left)


def _plannable(queryset: QuerySet[Any]) -> bool:
    rows = getattr(queryset, "_iterable_class", object)  # raw querysets have none
    return issubclass(rows, ModelIterable) and not queryset.query.combinator


@dataclass(slots=True)
class _Work:
    """What one queryset is to be told, collected over a plan and all that it joins."""

    narrow: bool
    join: bool
    mode: Any
    joins: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    narrowed: bool = False
    fetches: list[Any] = field(default_factory=list)
    left: list[Any] = field(default_factory=list)

    def node(self, plan: Plan, path: str, lookup: str, written: Sequence[Any]) -> None:
        """Add *plan*, which stands at attribute *path* and at *lookup* in the ORM's language.

        *written* are the hand-written prefetches from here on.
        """
        self.narrowed |= plan.columns is not None
        wanted = columns(cast("type[Model]", plan.model)) if plan.columns is None else plan.columns
        self.columns += [lookup + name for name in wanted]
        by_hand = _by_attribute(written)
        for step in plan.joins:
            mine = by_hand.pop(step.hop.attribute, [])
            own = _own_queryset(mine)
            if own is not None or not self.join:
                self.fetch(step, path, mine, own)
            elif step.plan is not None:
                self.joins.append(lookup + step.hop.lookup)
                further = [_shifted(each) for each in mine if _further(each)]
                deeper = f"{lookup}{step.hop.lookup}__"
                self.node(step.plan, f"{path}{step.hop.attribute}__", deeper, further)
                self.left += [_under(path, each) for each in mine if _stays(each)]
        for step in plan.fetches:
            mine = by_hand.pop(step.hop.attribute, [])
            self.fetch(step, path, mine, _own_queryset(mine))
            self.left += [_under(path, each) for each in mine if _stays(each)]
        self.left += [_under(path, each) for rest in by_hand.values() for each in rest]

    def fetch(self, step: Step, path: str, mine: list[Any], own: Any) -> None:
        """Fetch *step* by a query of its own, into *own*, the queryset written by hand."""
        name = path + step.hop.attribute
        further = [_shifted(each) for each in mine if _further(each)]
        if step.plan is None:
            self.fetches += [name, *(_under(f"{name}__", each) for each in further)]
            return
        inner = own if own is not None else _manager(step).all()
        if self.mode is not None and inner._fetch_mode is not self.mode and own is None:
            inner = inner.fetch_mode(self.mode)
        inner = _applied(step.plan, inner, narrow=self.narrow, lookups=further)
        self.fetches.append(Prefetch(name, inner))


def _manager(step: Step) -> Any:
    """Return the manager Django would use: the base one for a forward relation."""
    model = cast("type[Model]", step.hop.model)
    return model._default_manager if step.hop.link is Link.MANY else model._base_manager


def _narrowed[M: Model](
    queryset: QuerySet[M], wanted: Sequence[str], *, narrow: bool
) -> QuerySet[M]:
    """Load *wanted*, and no more where *narrow*; a hand-written only() or defer() is widened."""
    names, deferring = queryset.query.deferred_loading
    if not names:
        return queryset.only(*wanted) if narrow else queryset
    if not deferring:
        return queryset.only(*names, *wanted)
    return queryset.defer(None).defer(*sorted(set(names) - set(wanted)))


def _followed(queryset: QuerySet[Any]) -> Iterator[str]:
    """Yield the paths that a hand-written select_related() follows."""
    followed = queryset.query.select_related
    if followed is True:
        return _required(cast("type[Model]", queryset.model), queryset.query.max_depth)
    return _paths(followed) if isinstance(followed, dict) else iter(())


def _paths(tree: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name, below in tree.items():
        yield path + name
        yield from _paths(below, f"{path}{name}__")


def _required(model: type[Model], depth: int, path: str = "") -> Iterator[str]:
    """Yield what select_related() follows when it is given no names: what cannot be null."""
    for each in model._meta.concrete_fields if depth else ():
        if each.remote_field and not each.null and not each.remote_field.parent_link:
            yield path + each.name
            other = cast("type[Model]", each.related_model)
            yield from _required(other, depth - 1, f"{path}{each.name}__")


# Hand-written prefetches, as strings or Prefetch objects.


def _by_attribute(lookups: Sequence[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in lookups:
        found.setdefault(_through(each).split("__", 1)[0], []).append(each)
    return found


def _through(lookup: Any) -> str:
    return lookup.prefetch_through if isinstance(lookup, Prefetch) else str(lookup)


def _further(lookup: Any) -> bool:
    return "__" in _through(lookup)


def _stays(lookup: Any) -> bool:
    """Whether it puts its rows elsewhere than where the plan does."""
    return isinstance(lookup, Prefetch) and lookup.to_attr is not None and not _further(lookup)


def _own_queryset(lookups: Sequence[Any]) -> Any:
    """Return the queryset written by hand for the very relation, None where there is none."""
    for each in lookups:
        if isinstance(each, Prefetch) and not _further(each) and each.to_attr is None:
            return each.queryset
    return None


def _shifted(lookup: Any) -> Any:
    """Return *lookup* as seen from the other end of its first relation."""
    rest = _through(lookup).split("__", 1)[1]
    return Prefetch(rest, lookup.queryset, lookup.to_attr) if isinstance(lookup, Prefetch) else rest


def _under(path: str, lookup: Any) -> Any:
    """Return *lookup* as seen from the root, which is *path* away."""
    if isinstance(lookup, Prefetch):
        return Prefetch(path + lookup.prefetch_through, lookup.queryset, lookup.to_attr)
    return path + lookup


def _statements(queryset: QuerySet[Any], path: str) -> Iterator[tuple[str, str]]:
    yield path, queryset.query.sql_with_params()[0]
    for lookup in queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
        name = (f"{path}." if path else "") + _through(lookup).replace("__", ".")
        if isinstance(lookup, Prefetch) and lookup.queryset is not None:
            owner, hop = _last_hop(queryset.model, _through(lookup))
            yield from _statements(_keyed(lookup.queryset, owner, hop), name)
        else:
            yield name, "-- left to Django"


def _last_hop(model: Any, path: str) -> tuple[Any, Hop | None]:
    """Return the last relation of *path*, and the model it starts from."""
    owner, hop = model, None
    for name in path.split("__"):
        owner, found = model, attribute(model, name) if model else None
        if not isinstance(found, Hop):
            return owner, None
        hop, model = found, found.model
    return owner, hop


def _keyed(queryset: QuerySet[Any], owner: Any, hop: Hop | None) -> QuerySet[Any]:
    """Return the query as Django's prefetch runs it, ``…`` for the keys from the level above."""
    if hop is None or queryset.query.is_sliced:
        return queryset
    queryset = queryset.filter(**{f"{hop.inverse}__in": [_Keys()]})
    descriptor = getattr(owner, hop.attribute)
    if isinstance(descriptor, ManyToManyDescriptor):
        field, through = descriptor.field, descriptor.through._meta
        name = field.m2m_reverse_field_name() if descriptor.reverse else field.m2m_field_name()
        end = through.get_field(name)
        column = f'"{through.db_table}"."{end.column}"'
        queryset = queryset.extra(select={f"_prefetch_related_val_{end.attname}": column})  # noqa: S610  as Django does
    return queryset


class _Keys(Func):
    template = "…"
    arity = 0
