"""From a plan to a queryset: joins, prefetches and ``only()``, beside what is there already."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, cast

from django.db.models import Model, Prefetch, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.db.models.lookups import LessThanOrEqual
from django.db.models.query import ModelIterable

from matinee import conf
from matinee.reads import _written as hand
from matinee.reads._calls import Planned, cache_name, keep_asking, plant
from matinee.reads._expressions import apart, crosses, names
from matinee.reads._facts import columns, manager_of
from matinee.reads._modes import fetching
from matinee.reads._request import answering, current_request
from matinee.reads.plan import Plan, Step
from matinee.reads.shape import Computed, Rows

__all__ = ["annotated", "called", "lookup_of", "planned", "wanted"]


def planned[M: Model](
    plan: Plan, queryset: QuerySet[M], *, narrow: bool, lookups: Sequence[Any] = ()
) -> QuerySet[M]:
    """Return *queryset* with all that *plan* needs, and with the hand-written *lookups*."""
    if not _plannable(queryset):
        return queryset.prefetch_related(*lookups) if lookups else queryset
    queryset = fetching(queryset)
    written = [*queryset._prefetch_related_lookups, *lookups]  # type: ignore[attr-defined]
    mode = getattr(queryset, "_fetch_mode", None)
    # PostgreSQL locks no nullable side of a join.
    work = _Work(narrow=narrow, join=not queryset.query.select_for_update, mode=mode)
    work.node(plan, "", "", written)
    by_hand = set(_followed(queryset))
    if work.joins:
        queryset = queryset.select_related(None) if by_hand else queryset
        queryset = queryset.select_related(*by_hand, *work.joins)
    # What is written by hand beyond the plan is there for a reason; it may need any column.
    beyond = work.left or by_hand - set(work.joins)
    queryset = _narrowed(queryset, work.columns, narrow=narrow and work.narrowed and not beyond)
    queryset = annotated(queryset, plan.computed, cast("type[Model]", plan.model))
    # Each of these copies the queryset, which is most of what a plan costs.
    queryset = queryset.prefetch_related(None) if written else queryset
    fetches = (*work.fetches, *work.left)
    queryset = queryset.prefetch_related(*fetches) if fetches else queryset
    return plant(queryset, work.spots) if any(work.spots.values()) or conf.reads.heals else queryset


def wanted(plan: Plan) -> Sequence[str]:
    """Return the names of the columns that *plan* loads of its model."""
    if plan.columns is not None:
        return plan.columns
    lazy = {each.name for each in plan.lazy}
    return [name for name in columns(cast("type[Model]", plan.model)) if name not in lazy]


def annotated[M: Model](
    queryset: QuerySet[M], computed: Sequence[Computed], model: type[Model]
) -> QuerySet[M]:
    """Add what is *computed* of *model*; what the queryset has under the same name stays."""
    known = queryset.query.annotations
    missing = [each for each in computed if each.name not in known]
    values = {each.name: apart(each.expression, model) for each in missing}
    return queryset.annotate(**values) if values else queryset


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
    spots: dict[str, dict[str, Planned]] = field(default_factory=dict)

    def node(self, plan: Plan, path: str, lookup: str, written: Sequence[Any]) -> None:
        """Add *plan*, which stands at attribute *path* and at *lookup* in the ORM's language.

        *written* are the hand-written prefetches from here on.
        """
        self.narrowed |= plan.columns is not None or bool(plan.lazy)
        self.columns += [lookup + name for name in wanted(plan)]
        by_hand = hand.by_attribute(written)
        self.spots[path] = called(plan, narrow=self.narrow, by_hand=by_hand)
        for step in plan.joins:
            mine = by_hand.pop(step.hop.attribute, [])
            own = hand.own_queryset(mine)
            if own is not None or not self.join:
                self.fetch(step, path, mine, own)
            elif step.plan is not None:
                self.joins.append(lookup + step.hop.lookup)
                further = [hand.shifted(each) for each in mine if hand.further(each)]
                deeper = f"{lookup}{step.hop.lookup}__"
                self.node(step.plan, f"{path}{step.hop.attribute}__", deeper, further)
                self.left += [hand.under(path, each) for each in mine if hand.stays(each)]
        for step in plan.fetches:
            if step.read:
                mine = by_hand.pop(step.place, [])
                self.fetch(step, path, mine, hand.own_queryset(mine))
                self.left += [hand.under(path, each) for each in mine if hand.stays(each)]
        self.left += [hand.under(path, each) for rest in by_hand.values() for each in rest]

    def fetch(self, step: Step, path: str, mine: list[Any], own: Any) -> None:
        """Fetch *step* by a query of its own, into *own*, the queryset written by hand."""
        name = path + step.hop.attribute
        further = [hand.shifted(each) for each in mine if hand.further(each)]
        if step.plan is None:
            self.fetches += [name, *(hand.under(f"{name}__", each) for each in further)]
            return
        lookup = lookup_of(step, narrow=self.narrow, mode=self.mode, own=own, further=further)
        self.fetches.append(hand.under(path, lookup))


def called(
    plan: Plan, *, narrow: bool, by_hand: Mapping[str, list[Any]] = MappingProxyType({})
) -> dict[str, Planned]:
    """Return the relations whose managers are asked more, and what is needed of the answers.

    Not those that are fetched by hand: there, code goes by the rows it is given.
    """
    found: dict[str, Planned] = {}
    for step in plan.fetches:
        attribute = step.hop.attribute
        by_manager = hand.own_queryset(by_hand.get(attribute, [])) is None and _is_all(step)
        if step.calls and step.plan is not None and by_manager:
            name = cache_name(cast("type[Model]", plan.model), attribute)
            found[name] = partial(_answering, step.plan, narrow, current_request())
    return found


def _answering(plan: Plan, narrow: bool, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
    with answering(request):
        return planned(plan, queryset, narrow=narrow)


def _is_all(step: Step) -> bool:
    """Whether the relation's manager, as it is, finds what it finds without the plan."""
    return bool(step.rows.place) or step.rows == Rows()


def lookup_of(
    step: Step, *, narrow: bool, mode: Any, own: Any = None, further: Sequence[Any] = ()
) -> "Prefetch[Any]":
    """Return the prefetch of *step*, whose plan is known.

    Args:
        step: The relation.
        narrow: Load only the columns that are wanted.
        mode: The fetch mode of the level above, None where Django has none.
        own: The queryset written by hand for the relation, used instead of the manager's.
        further: Prefetches written by hand, as seen from the relation's other end.
    """
    rows: Any = own if own is not None else _chosen(step)
    if mode is not None and rows._fetch_mode is not mode and own is None:
        rows = rows.fetch_mode(mode)
    rows = planned(cast("Plan", step.plan), rows, narrow=narrow, lookups=further)
    if own is None and step.rows == Rows():
        if not step.calls and not conf.reads.heals:
            return cast("Prefetch[Any]", hand.own(step.hop.attribute, rows))
        keep_asking(rows)
    if step.rows.limit is not None:
        rows = _limited(rows, step)
    return Prefetch(step.hop.attribute, rows, step.rows.place or None)


def _limited(rows: Any, step: Step) -> Any:
    """Return the first of *rows* for each parent."""
    if "__" in step.hop.inverse:
        return rows[: step.rows.limit]  # which Django's prefetch does for each parent
    # A generic relation's does not: there the rows are numbered by their own two columns.
    number = Window(
        RowNumber(), partition_by=step.hop.far, order_by=cast("Any", step.rows.order_by)
    )
    return rows.filter(LessThanOrEqual(number, step.rows.limit))


def _chosen(step: Step) -> Any:
    """Return the rows that *step* is about, in their order."""
    where: Any = step.rows.where
    rows: Any = step.rows.queryset
    rows = manager_of(step.hop).all() if rows is None else rows.all()
    if where is not None:
        if any(crosses(rows.query, path) for path in names(where)):
            # A join over many would repeat a row, and a repeated row would count as two.
            where = Q(pk__in=rows.filter(where).order_by().values("pk"))
        rows = rows.filter(where)
    return rows.order_by(*step.rows.order_by) if step.rows.order_by else rows


def _narrowed[M: Model](
    queryset: QuerySet[M], names: Sequence[str], *, narrow: bool
) -> QuerySet[M]:
    """Load *names*, and no more where *narrow*; a hand-written only() or defer() is widened."""
    written, deferring = queryset.query.deferred_loading
    if not written:
        return queryset.only(*names) if narrow else queryset
    if not deferring:
        return queryset.only(*written, *names)
    return queryset.defer(None).defer(*sorted(set(written) - set(names)))


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
