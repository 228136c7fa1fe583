"""What code asks of a related manager, asked once for all instances that were loaded together.

Every related manager of Django's looks into ``instance._prefetched_objects_cache`` first. Planned
instances have a dict there that hands out, for the relations which are asked questions, the very
queryset Django would have made, only that it carries what is asked. When it is run, one query
answers for all the peers, and the next peer that asks the same is told.
"""

import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, cast
from weakref import ref

from django.db.models import Model, QuerySet
from django.db.models.fields.related_descriptors import ManyToManyDescriptor
from django.db.models.query import ModelIterable

from matinee.reads import _guard
from matinee.reads._asked import Asked, Question, asked
from matinee.reads._batch import Batch, Tie, bare, chosen_by, tie_of
from matinee.reads._writes import Stamp, stamp

__all__ = ["Planned", "adopt", "cache_name", "keep_asking", "plant"]

type Planned = Callable[[QuerySet[Any]], QuerySet[Any]]
type Spot = tuple[Sequence[str], Mapping[str, Planned]]


class _Spots(tuple[Spot, ...]):
    """Stay behind where a queryset is pickled: its rows are then read, and none will be again."""

    __slots__ = ()

    def __reduce__(self) -> Any:
        return _Spots, ()


def plant[M: Model](queryset: QuerySet[M], spots: Mapping[str, Mapping[str, Planned]]) -> Any:
    """Have the managers of the instances at *spots* answer for all of them at once.

    Args:
        queryset: Of instances; of another kind of rows, it comes back as it is.
        spots: By the path that leads there over what is joined, "" or "author__country__": the
            relations by their name in the cache, each with what its rows need.
    """
    if queryset._iterable_class is not ModelIterable:
        return queryset
    queryset = queryset.all()
    queryset._iterable_class = Planted
    split = (([name for name in path.split("__") if name], names) for path, names in spots.items())
    # On the query, which clones take along.
    cast("Any", queryset.query).matinee_spots = _Spots(split)
    return queryset


def keep_asking(queryset: QuerySet[Any]) -> None:
    """Mark *queryset*, for a prefetch: its rows are those that the related manager finds."""
    cast("Any", queryset.query).matinee_own = True


def cache_name(model: type[Model], attribute: str) -> str:
    """Return the name under which the manager at *attribute* looks for prefetched rows."""
    descriptor = getattr(model, attribute)
    if isinstance(descriptor, ManyToManyDescriptor) and descriptor.reverse:
        return descriptor.field.related_query_name()
    return attribute


class Planted(ModelIterable):  # type: ignore[type-arg]
    """Makes instances whose related managers answer for all of them."""

    def __iter__(self) -> Iterator[Any]:
        query: Any = self.queryset.query
        spots = [(path, Family(names)) for path, names in query.matinee_spots]
        for instance in super().__iter__():
            for path, family in spots:
                family.adopt(_joined(instance, path))
            yield instance


def _joined(instance: Any, path: Sequence[str]) -> Any:
    for name in path:
        if instance is None:
            return None
        instance = instance._state.fields_cache.get(name)
    return instance


def _unplanned(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Have the rows that answer a question no plan foresaw be asked questions in turn."""
    return cast("QuerySet[Any]", plant(queryset, {"": {}}))


class Known(dict[str, Any]):
    """An instance's prefetched rows, of which more can be asked than what was fetched.

    Where nothing was fetched, the manager gets the queryset that Django would have made.
    """

    __slots__ = ("family",)

    def __init__(self, family: "Family") -> None:
        super().__init__()
        self.family = family

    def __getitem__(self, name: str) -> Any:
        if not self.family.answers_for(name):
            return super().__getitem__(name)
        found = self.get(name)
        if isinstance(found, Asked) or not _is_own(found):
            return found
        # The manager that asks; it may be another one than the attribute's own:
        # film.reviews(manager="everything").
        manager: Any = sys._getframe(1).f_locals.get("self")  # noqa: SLF001
        instance = getattr(manager, "instance", None)
        if getattr(instance, "_prefetched_objects_cache", None) is not self or not tie_of(manager):
            return super().__getitem__(name)
        if found is None:
            found = manager._apply_rel_filters(bare(manager))
        return asked(found, Question(partial(self.family.ask, name), manager))

    def __reduce__(self) -> Any:
        return dict, (dict(self),)


def _is_own(found: Any) -> bool:
    return found is None or getattr(found.query, "matinee_own", False)


@dataclass(slots=True, weakref_slot=True)
class Family:
    """Instances that were loaded together, and what was asked of their managers so far.

    A question is asked for all of them where the first of them asks it, or where two ask alike.
    What differs from row to row is left to Django. Answers hold as long as nothing is written.

    Attributes:
        planned: What the rows of a relation need, by its name in the cache.
        peers: The instances.
    """

    planned: Mapping[str, Planned]
    peers: list["ref[Model]"] = field(default_factory=list)
    _answers: dict[Any, tuple[Container[Any], Mapping[Any, Any] | None]] = field(
        default_factory=dict
    )
    _first: dict[Any, Any] = field(default_factory=dict)
    _once: set[Any] = field(default_factory=set)
    _stamps: dict[str, Stamp] = field(default_factory=dict)

    def adopt(self, instance: Any) -> None:
        """Count *instance*, None for none, among the peers."""
        if instance is not None:
            self.peers.append(ref(instance))
            known = Known(self)
            known.update(getattr(instance, "_prefetched_objects_cache", ()))
            instance._prefetched_objects_cache = known

    def answers_for(self, name: str) -> bool:
        """Whether the managers of the relation *name* may ask here."""
        return name in self.planned or _guard.heals()

    def ask(self, name: str, question: Question, how: str, queryset: QuerySet[Any]) -> Any:
        """Answer *question* for its manager's instance; None where Django should."""
        tie = cast("Tie", tie_of(question.manager))
        mine, alias = tie.value(question.manager.instance), queryset.db
        if mine is None or not self.answers_for(name) or not self._is_unwritten(alias):
            return None
        try:
            chosen = chosen_by(question.manager)
        except TypeError:
            return None
        signature = (name, how, *(operation for operation, _, _ in question.operations))
        key = (name, type(question.manager).__mro__[1], chosen, alias, how, question.key)
        keys, _ = self._answers.get(key, _NOT_YET)
        if mine not in keys:
            if self._first.setdefault(signature, mine) != mine and key not in self._once:
                self._once.add(key)
                return None
            self._answers[key] = self._ask_all(name, question, tie, alias, how)
        keys, found = self._answers[key]
        return _ANSWER[how](found.get(mine)) if found is not None and mine in keys else None

    def _ask_all(
        self, name: str, question: Question, tie: Tie, alias: str, how: str
    ) -> tuple[Container[Any], Mapping[Any, Any] | None]:
        """Return for whom *question* was asked, and the answers; None where it cannot be."""
        alive = [peer for each in self.peers if (peer := each()) is not None]
        peers = {value: peer for peer in alive if (value := tie.value(peer)) is not None}
        planned = self.planned.get(name, _unplanned)
        batch = Batch(question.manager, tie, peers, question.operations, alias, planned)
        with _guard.foreseen():
            found = batch.answers(how)
        if name not in self.planned and found is not None:
            _guard.healed(question.manager.instance, name, len(peers))
        return peers.keys(), found

    def _is_unwritten(self, alias: str) -> bool:
        """Whether what was answered still holds; where not, all further is left to Django."""
        now = stamp(alias)
        if self._stamps.setdefault(alias, now) == now:
            return True
        self._answers.clear()
        return False


def adopt(instances: Iterable[Any], planned: Mapping[str, Planned] = MappingProxyType({})) -> None:
    """Count *instances*, which are there already, as loaded together; each class by itself."""
    families: dict[type, Family] = {}
    for each in instances:
        known = getattr(each, "_prefetched_objects_cache", None)
        if not isinstance(known, Known) or not planned.keys() <= known.family.planned.keys():
            families.setdefault(type(each), Family(planned)).adopt(each)


_NOT_YET: tuple[Container[Any], Mapping[Any, Any] | None] = ((), None)
_ANSWER: Mapping[str, Callable[[Any], Any]] = {
    "rows": lambda rows: list(rows or ()),
    "count": lambda count: count or 0,
    "exists": bool,
}
