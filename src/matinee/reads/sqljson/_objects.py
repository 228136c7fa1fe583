"""Objects for Python code: what it needs of one, carried as JSON, and the instance made of that.

An object is an array of its columns, what is one relation away behind them. Nothing but numbers,
text and truth travels as JSON has it: a decimal would lose its zeros.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connections, models
from django.db.models import Field, ForeignObject, Model, QuerySet

from matinee.reads import _facts as facts
from matinee.reads._expressions import apart
from matinee.reads._request import probing
from matinee.reads.plan import Plan, Step
from matinee.reads.projection import Unfit
from matinee.reads.shape import Computed
from matinee.reads.sqljson import _orm
from matinee.reads.sqljson._forms import MICROSECONDS

__all__ = ["Carried", "carried", "output_of"]

_AS_IT_IS = (
    *(models.AutoField, models.BigAutoField, models.SmallAutoField, models.IntegerField),
    *(models.BigIntegerField, models.SmallIntegerField, models.PositiveIntegerField),
    *(models.PositiveBigIntegerField, models.PositiveSmallIntegerField, models.BooleanField),
    *(models.CharField, models.TextField, models.SlugField, models.EmailField, models.URLField),
    *(models.FileField, models.ImageField, models.FilePathField),
)
_RESTORED: dict[type, tuple[str, Callable[[Any], Any]]] = {
    models.DecimalField: ("({0})::text", Decimal),
    models.FloatField: ("{0}", float),
    models.DateField: ("{0}", dt.date.fromisoformat),
    models.TimeField: ("{0}", dt.time.fromisoformat),
    models.DurationField: (MICROSECONDS, lambda value: dt.timedelta(microseconds=value)),
    models.UUIDField: ("{0}", UUID),
    models.GenericIPAddressField: ("host({0})", str),
}


class Part(NamedTuple):
    """One value as it travels: the attribute, its SQL, and the way back to Python if it has one.

    It is of the column of that name if there is no *expression*.
    """

    name: str
    pattern: str
    restore: Callable[[Any], Any] | None
    expression: Any = None


@dataclass(slots=True)
class Carried:
    """An object as it travels.

    Attributes:
        model: Its class.
        alias: The database it is read from.
        columns: Its columns.
        annotations: What the queryset adds.
        computed: What is computed for it.
        ones: The to-one relations behind the columns, and what is carried of each.
        lists: The to-many relations behind them.
        plain: Whether no code runs for new instances.
    """

    model: type[Model]
    alias: str
    columns: list[Part]
    annotations: list[Part] = field(default_factory=list)
    computed: list[Part] = field(default_factory=list)
    ones: list[tuple[Step, "Carried"]] = field(default_factory=list)
    lists: list[tuple[Step, "Carried"]] = field(default_factory=list)
    plain: bool = True

    def maker(self) -> Callable[[list[Any]], Model]:
        """Return what makes the instance of the values that were carried of it."""
        parts = (*self.columns, *self.annotations, *self.computed)
        names = [part.name for part in parts]
        restored = [(part.name, part.restore) for part in parts if part.restore]
        new = self._plainly if self.plain else self._by_its_class
        ones = [
            (_orm.way(step.hop, self.model), step.hop.join, other.maker())
            for step, other in self.ones
        ]
        lists = [(step, other.maker()) for step, other in self.lists]

        def make(values: list[Any]) -> Model:
            # What is behind the columns is longer than the names, and left over.
            own = dict(zip(names, values, strict=False))
            for name, restore in restored:
                if own[name] is not None:
                    own[name] = restore(own[name])
            instance = new(own)
            position = len(names)
            for way, joined, other in ones:
                inner = values[position]
                position += 1
                # Who follows a key to a row that is hidden is to find out.
                if inner is not None or joined:
                    _orm.point_to(instance, way, None if inner is None else other(inner))
            for step, other in lists:
                _put(instance, step, [other(each) for each in values[position]])
                position += 1
            return instance

        return make

    def _plainly(self, own: dict[str, Any]) -> Model:
        return _orm.blank(self.model, self.alias, own)

    def _by_its_class(self, own: dict[str, Any]) -> Model:
        names = [part.name for part in self.columns]
        instance = self.model.from_db(self.alias, names, [own[name] for name in names])
        for part in (*self.annotations, *self.computed):
            setattr(instance, part.name, own[part.name])
        return instance


def _put(instance: Model, step: Step, rows: list[Model]) -> None:
    if step.rows.place:
        setattr(instance, step.rows.place, rows)
    else:
        _orm.prefetched(instance, step.hop, rows)


def carried(plan: Plan, alias: str, annotations: dict[str, Any] | None = None) -> Carried:
    """Return how an object travels of which Python code needs what *plan* reads.

    Raises:
        Unfit: The code needs what one statement cannot bring along.
    """
    model = cast("type[Model]", plan.model)
    # Code that runs for each new instance may look at any column.
    whole = plan.columns is None or facts.obstacle(model)
    names = {*facts.identity(model), *(facts.columns(model) if whole else plan.columns or ())}
    found = Carried(
        model,
        alias,
        # In the order of the model: from_db() takes them so.
        [_column(each, alias) for each in model._meta.concrete_fields if each.name in names],
        [Part(name, *_restored(each, alias)) for name, each in (annotations or {}).items()],
        [_computed(each, model, alias) for each in plan.computed],
        plain=not facts.obstacle(model),
    )
    for step in (*plan.joins, *plan.fetches):
        inner = _followed(step, alias)
        if step.hop.link is step.hop.link.MANY:
            found.lists.append((step, inner))
        else:
            found.ones.append((step, inner))
    return found


def _followed(step: Step, alias: str) -> Carried:
    if step.calls:
        raise Unfit(f"Python code asks {step.hop.attribute}{step.calls[0].text}")
    if step.plan is None:
        raise Unfit(f"Python code follows {step.hop.attribute}, which may lead to any model")
    return carried(step.plan, alias)


def _computed(computed: Computed, model: type[Model], alias: str) -> Part:
    pattern, restore = _restored(output_of(computed.expression, model), alias)
    return Part(computed.name, pattern, restore, computed.expression)


def output_of(expression: Any, model: type[Model]) -> Any:
    """Return the model field that says what *expression* is like, computed for *model*."""
    with probing():
        rows = QuerySet(model).annotate(_value=apart(expression, model))
    return rows.query.annotations["_value"].output_field


def _column(column: "Field[Any, Any]", alias: str) -> Part:
    end: Any = column
    while isinstance(end, ForeignObject):
        end = end.target_field
    return Part(column.attname, *_restored(end, alias))


def _restored(column: Any, alias: str) -> tuple[str, Callable[[Any], Any] | None]:
    """Return the pattern that takes a value along, and what makes it again."""
    cls = type(column)
    if cls in _AS_IT_IS:
        return "{0}", None
    if cls in _RESTORED:
        return _RESTORED[cls]
    if cls is models.DateTimeField:
        return _moment(alias)
    if cls is models.JSONField and column.decoder is None:
        return "{0}", None
    if cls is ArrayField and type(column.base_field) in _AS_IT_IS:
        return "{0}", None
    raise Unfit(f"Python code needs {column}, a {cls.__name__}, which is not restored from JSON")


def _moment(alias: str) -> tuple[str, Callable[[Any], Any]]:
    zone = connections[alias].timezone
    if not settings.USE_TZ or zone is None:
        return "{0}", dt.datetime.fromisoformat
    if zone is dt.UTC:
        return "{0} AT TIME ZONE 'UTC'", lambda v: dt.datetime.fromisoformat(v).replace(tzinfo=zone)
    return (
        "{0} AT TIME ZONE 'UTC'",
        lambda v: dt.datetime.fromisoformat(v).replace(tzinfo=dt.UTC).astimezone(zone),
    )
