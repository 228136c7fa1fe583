"""What one related manager is asked, asked for many instances by one query.

The query is the manager's own with ``= this one`` turned into ``IN (these)`` at the very place
where Django has it, and all that was asked of the manager repeated behind: so its joins are the
same ones. Each row carries the key of the instance it is for.
"""

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, cast

from django.db.models import Count, ExpressionWrapper, F, ForeignKey, Model, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.db.models.query import ModelIterable, ValuesListIterable

__all__ = ["Batch", "Operation", "Tie", "bare", "chosen_by", "tie_of"]

PARENT = "_matinee_parent"

type Operation = tuple[str, tuple[Any, ...], Mapping[str, Any]]


def _same(key: Any) -> Any:
    return key


@dataclass(frozen=True, slots=True)
class Tie:
    """How the rows that a related manager finds are tied to its instance.

    Attributes:
        key: What ties them, of a row, in the ORM's language: "film_id", "films__id".
        attribute: The same of the instance.
        fixed: What is asked of the rows beside, whatever the instance.
        sticky: Whether what is asked next goes by the same join.
        field: The foreign key, whose rows are given the instance they are for, or None.
        parse: Makes an instance's key of a row's.
    """

    key: str
    attribute: str
    fixed: Mapping[str, Any]
    sticky: bool = False
    field: ForeignKey[Any, Any] | None = None
    parse: Callable[[Any], Any] = _same

    def value(self, instance: Model) -> Any:
        """Return the key of *instance*, None where it has no rows."""
        return getattr(instance, self.attribute)


_MAKERS = ("django.db.models.fields.related_descriptors", "django.contrib.contenttypes.fields")


def tie_of(manager: Any) -> Tie | None:
    """Return how *manager* finds its rows; None for one that is not as Django makes them."""
    if type(manager).__module__ not in _MAKERS:
        return None
    if hasattr(manager, "through"):
        pairs = manager.source_field.related_fields
        key = f"{manager.query_field_name}__{pairs[0][1].name}"
        return Tie(key, pairs[0][1].attname, {}, sticky=True) if len(pairs) == 1 else None
    if hasattr(manager, "content_type"):
        kind = f"{manager.content_type_field_name}__pk"
        fixed = {kind: manager.core_filters[kind]}
        parse = manager.instance._meta.pk.to_python
        return Tie(manager.object_id_field_name, "pk", fixed, parse=parse)
    field = manager.field
    if not isinstance(field, ForeignKey):
        return None
    return Tie(field.attname, field.foreign_related_fields[0].attname, {}, field=field)


def bare(manager: Any) -> Any:
    """Return the queryset that a related manager starts from, before its instance comes in."""
    default: Any = super(type(manager), manager)
    return default.get_queryset()


def chosen_by(manager: Any) -> Hashable:
    """Return what a related manager's own rows are chosen by now: the tenant, for one.

    Equal as long as it gives the same rows. The clock may move on meanwhile: moments count by
    how far from now they are, in seconds.

    Raises:
        TypeError: It cannot be told.
    """
    query = bare(manager).query
    if not query.where and not query.annotations:
        return ()
    found = _by_value(query.where), tuple(query.alias_map.items()), tuple(query.annotations.items())
    hash(found)
    return found


def _by_value(node: Any) -> Hashable:
    if hasattr(node, "children"):
        return (node.connector, node.negated, *map(_by_value, node.children))
    moment = getattr(node, "rhs", None)
    if isinstance(moment, dt.datetime):
        ahead = moment - dt.datetime.now(moment.tzinfo)
        return type(node), node.lhs, round(ahead.total_seconds())
    return cast("Hashable", node)


@dataclass(frozen=True, slots=True)
class Batch:
    """One question, for many instances.

    Attributes:
        manager: The related manager of one of them.
        tie: Its tie.
        peers: The instances by key, all of one class.
        operations: What was asked of the manager, in order: method, arguments.
        using: The database.
        planned: Adds what is needed of the rows, where they are instances.
    """

    manager: Any
    tie: Tie
    peers: Mapping[Any, Model]
    operations: Sequence[Operation]
    using: str
    planned: Callable[[QuerySet[Any]], QuerySet[Any]]

    def answers(self, how: str) -> Mapping[Any, Any] | None:
        """Return the answers by key; keys that no row has are not in it.

        Args:
            how: "rows", "count" or "exists".

        Returns:
            None where one query cannot tell.

        Queries: one, and those of *planned*.
        """
        queryset = self._base()
        if queryset is None:
            return None
        for name, args, kwargs in self.operations:
            queryset = _repeated(queryset, name, args, kwargs)
        if queryset.query.is_sliced and (how != "rows" or queryset.query.distinct):
            return None
        match how:
            case "exists":
                return self._existing(queryset.order_by())
            case "count" if not queryset.query.distinct:
                return self._counts(queryset.order_by())
            case "count":
                found = self._rows(queryset.order_by(), planned=False)
                return {key: len(rows) for key, rows in found.items()}
        return self._rows(queryset, planned=True)

    def _base(self) -> Any:
        """Return the manager's own queryset for all the peers, each row with its PARENT."""
        manager, tie = self.manager, self.tie
        queryset = bare(manager)
        if not _is_plain(queryset):
            return None
        queryset = queryset.using(self.using)
        queryset._add_hints(instance=manager.instance)
        mode = getattr(manager.instance._state, "fetch_mode", None)  # Django 6.1
        if mode is not None:
            queryset = queryset.fetch_mode(mode)
        if tie.sticky:
            queryset = queryset._next_is_sticky()
        queryset = queryset.filter(**tie.fixed, **{f"{tie.key}__in": list(self.peers)})
        # In place: annotate() would use up the stickiness that the next filter is due.
        queryset.query.add_annotation(F(tie.key), PARENT)
        return queryset

    def _rows(self, queryset: Any, *, planned: bool) -> dict[Any, list[Any]]:
        if queryset.query.is_sliced:
            queryset = _sliced(queryset)
        if queryset._iterable_class is ValuesListIterable:
            form = _form(self.operations)
            pairs = [(row[-1], form(row[:-1])) for row in queryset]
        else:
            if self.tie.field is not None:
                queryset._known_related_objects = {self.tie.field: dict(self.peers)}
            queryset = self.planned(queryset) if planned else queryset
            pairs = [(row.__dict__.pop(PARENT), row) for row in queryset]
        found: dict[Any, list[Any]] = {}
        for key, row in pairs:
            found.setdefault(self.tie.parse(key), []).append(row)
        return found

    def _counts(self, queryset: Any) -> dict[Any, int]:
        counted = queryset.values(PARENT).annotate(_matinee_count=Count("*"))
        pairs = counted.values_list(PARENT, "_matinee_count")
        return {self.tie.parse(key): count for key, count in pairs}

    def _existing(self, queryset: Any) -> dict[Any, bool]:
        keys = queryset.values_list(PARENT, flat=True).distinct()
        return {self.tie.parse(key): True for key in keys}


def _is_plain(queryset: Any) -> bool:
    query = queryset.query
    odd = query.combinator or query.group_by is not None or query.extra or query.distinct_fields
    return queryset._iterable_class is ModelIterable and not odd


def _repeated(queryset: Any, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    if name == "__getitem__":
        return queryset[args[0]]
    if name in {"values", "values_list"}:
        return queryset.values_list(*args, PARENT)
    return getattr(queryset, name)(*args, **kwargs)


def _form(operations: Sequence[Operation]) -> Callable[[tuple[Any, ...]], Any]:
    """Return what makes of a tuple what the last values() or values_list() makes."""
    name, args, kwargs = next(each for each in reversed(operations) if each[0].startswith("values"))
    if name == "values":
        return lambda row: dict(zip(args, row, strict=True))
    return itemgetter(0) if kwargs.get("flat") else tuple


def _sliced(queryset: Any) -> Any:
    """Take the slice of each parent's rows, as a sliced ``Prefetch`` does."""
    queryset = queryset._chain()
    query = queryset.query
    low, high = query.low_mark, query.high_mark
    order_by = [each for each, _ in query.get_compiler(using=queryset.db).get_order_by()]
    query.clear_limits()
    # Where a window is filtered by, Django takes two equal columns for one.
    parent = query.annotations[PARENT]
    query.annotations[PARENT] = ExpressionWrapper(parent, parent.output_field)
    number = Window(RowNumber(), partition_by=F(PARENT), order_by=order_by)
    wanted = Q(GreaterThan(number, low))
    if high is not None:
        wanted &= Q(LessThanOrEqual(number, high))
    query.add_q(wanted)
    return queryset
