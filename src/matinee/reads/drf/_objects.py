"""What a serializer is handed, read by its plan: querysets before they run, objects after."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from inspect import getattr_static
from typing import Any

from django.db.models import Manager, Model, QuerySet
from rest_framework.serializers import ListSerializer

from matinee.reads.drf._attempt import attempt
from matinee.reads.drf._reader import plan_for
from matinee.reads.drf._rendering import rendering

__all__ = ["PlannedSerializer", "fresh", "handed", "loaded", "waits"]


class PlannedSerializer:
    """Put before a serializer's other bases, it reads what it needs of whatever it is handed.

    ``class FilmSerializer(PlannedSerializer, ModelSerializer)``: a queryset is planned, and of a
    list or an instance that lacks something, that is loaded. Only the outermost serializer sees
    to it; it does so for those within.

    Queries: when ``data`` is asked for, at most the plan's.
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make the serializer, or the list serializer, that sees to its rows."""
        return handed(super().__new__(cls, *args, **kwargs), loaded, name=cls.__name__)


def handed(serializer: Any, read: Callable[[Any, Any], Any], *, name: str) -> Any:
    """Have *serializer* represent what ``read(serializer, data)`` makes of the data it is handed.

    Set on the instance, so that its class stays what its author wrote.
    """
    serializer.to_representation = _Handed(serializer, read, name)
    return serializer


@dataclass(frozen=True, slots=True)
class _Handed:
    """``to_representation`` of a serializer that may be the outermost."""

    serializer: Any
    read: Callable[[Any, Any], Any]
    name: str

    def __call__(self, data: Any) -> Any:
        if self.serializer.parent is not None:
            return self.represented(data)
        data = attempt(self.name, lambda: self.read(self.serializer, data), data)
        with rendering(self.serializer, self.name):
            return self.represented(data)

    def represented(self, data: Any) -> Any:
        return type(self.serializer).to_representation(self.serializer, data)


def loaded(serializer: Any, data: Any) -> Any:
    """Return *data*, and see that what *serializer* reads of it is loaded.

    Columns are not narrowed: whoever made the objects may go on with them.
    """
    data = _listed(serializer, data)
    if waits(data):
        return plan_for(serializer, model=data.model).apply(data, narrow=False)
    for (model, _), objects in _groups(serializer, data).items():
        plan_for(serializer, model=model).load(objects, narrow=False)
    return data


def fresh(serializer: Any, data: Any, own: QuerySet[Any] | None) -> Any:
    """Return *data* as the database has it now, read by the plan of *serializer*.

    Rows are looked for in *own*, the view's queryset, for the sake of its annotations and
    prefetches, and where they are no longer among them, in all rows. What is nowhere, or was
    never saved, is returned as it came.
    """
    data = _listed(serializer, data)
    if waits(data):
        return loaded(serializer, data)
    again: dict[int, Model] = {}
    for (model, alias), objects in _groups(serializer, data).items():
        reader = plan_for(serializer, model=model)
        for rows in _sources(model, own):
            missing = [each for each in objects if id(each) not in again]
            again |= _again(missing, reader.apply(_same(missing, rows, alias), narrow=False))
    if isinstance(data, Model):
        return again.get(id(data), data)
    return [again.get(id(each), each) for each in data] if again else data


def waits(data: Any) -> bool:
    """Whether *data* is a queryset that has not run yet, and can be told more."""
    if not isinstance(data, QuerySet) or data.query.combinator:
        return False
    return data._result_cache is None  # noqa: SLF001  bool(data) would run it


def _sources(model: type[Model], own: QuerySet[Any] | None) -> Iterator[QuerySet[Any]]:
    every = model._base_manager.all()
    if own is None or not issubclass(own.model, model):
        yield every
        return
    if not own.query.is_sliced and not own.query.combinator:
        own = own.all()
        own.query.select_for_update = False  # what was to be locked is written
        yield own
    yield every.prefetch_related(*own._prefetch_related_lookups)  # type: ignore[attr-defined]


def _same(objects: list[Any], rows: QuerySet[Any], alias: str | None) -> QuerySet[Any]:
    """Return those *rows* that *objects* were; without an object that is no query."""
    keys = [each.pk for each in objects]
    return rows.using(alias).filter(pk__in=keys) if keys else rows.none()


def _again(objects: list[Any], rows: QuerySet[Any]) -> dict[int, Model]:
    """Return the new objects by the identity of the old ones."""
    found = {each.pk: each for each in rows}
    return {id(each): _carried(each, found[each.pk]) for each in objects if each.pk in found}


def _carried(old: Model, new: Model) -> Model:
    """Give *new* what code has set on *old* beside its fields, a token to show once; return it.

    What was read or worked out from the row as it was is left behind.
    """
    stale = {"_prefetched_objects_cache", *(each.attname for each in old._meta.concrete_fields)}
    for name, value in vars(old).items():
        kept = name not in stale and name not in vars(new)
        if kept and not isinstance(getattr_static(type(old), name, None), cached_property):
            vars(new)[name] = value
    return new


def _listed(serializer: Any, data: Any) -> Any:
    """Return *data* in a form that can be looked through twice."""
    if isinstance(data, Manager):
        return data.all()
    if isinstance(data, Iterator) and isinstance(serializer, ListSerializer):
        return list(data)
    return data


def _groups(serializer: Any, data: Any) -> dict[tuple[type[Model], str | None], list[Any]]:
    """Return the saved instances that *data* is or holds, by class and database."""
    found: dict[tuple[type[Model], str | None], list[Any]] = {}
    for each in data if isinstance(serializer, ListSerializer) else [data]:
        if isinstance(each, Model) and each.pk is not None and not each._state.adding:
            found.setdefault((type(each), each._state.db), []).append(each)
    return found
