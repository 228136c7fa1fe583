"""Objects for Python code: what it needs of one, carried as JSON, and the instance made of that.

What the answer shows anyway is taken from there. The rest of an object is carried beside it: an
array of its columns, what is one relation away behind them. Nothing but numbers, text and truth
travels as JSON has it: a decimal would lose its zeros.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import count
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
from matinee.reads.projection import (
    NULL,
    RAISE,
    Entry,
    Form,
    Nested,
    Projection,
    Unfit,
    Value,
    attribute,
)
from matinee.reads.shape import Computed, Hop
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
_TEXT = "({0})::text"
_RESTORED: dict[type, tuple[str, Callable[[Any], Any]]] = {
    models.DecimalField: (_TEXT, Decimal),
    models.FloatField: ("{0}", float),
    models.DateField: ("{0}", dt.date.fromisoformat),
    models.TimeField: ("{0}", dt.time.fromisoformat),
    models.DurationField: (MICROSECONDS, lambda value: dt.timedelta(microseconds=value)),
    models.UUIDField: ("{0}", UUID),
    models.GenericIPAddressField: ("host({0})", str),
}


class Part(NamedTuple):
    """One value as it travels: the attribute, its SQL, and the way back to Python if it has one.

    Attributes:
        expression: What computes it; None for a column.
        annotation: Whether the queryset brings it.
        shown: The attribute of the row that has it already; "" where none has.
    """

    name: str
    pattern: str
    restore: Callable[[Any], Any] | None
    expression: Any = None
    annotation: bool = False
    shown: str = ""


@dataclass(frozen=True, slots=True)
class One:
    """What is one to-one relation away; *shown* is the attribute of the row that has it."""

    step: Step
    carried: "Carried"
    shown: str = ""


@dataclass(slots=True)
class Carried:
    """An object as it travels.

    Attributes:
        model: Its class.
        alias: The database it is read from.
        parts: Its columns, what the queryset adds, and what is computed for it.
        columns: The names of its columns, in the order of the model.
        ones: The to-one relations behind them.
        lists: The to-many relations behind those, and what is carried of each.
        plain: Whether no code runs for new instances.
    """

    model: type[Model]
    alias: str
    parts: list[Part]
    columns: list[str]
    ones: list[One] = field(default_factory=list)
    lists: list[tuple[Step, "Carried"]] = field(default_factory=list)
    plain: bool = True

    @property
    def carries(self) -> bool:
        """Whether anything of it is not shown."""
        shown = all(each.shown for each in self.parts) and not self.lists
        return not shown or any(each.carried.carries for each in self.ones)

    def shown(self) -> Iterator[str]:
        """Yield the attributes of the row that values are taken from."""
        yield from (each.shown for each in self.parts if each.shown)
        for each in self.ones:
            if not each.shown:
                yield from each.carried.shown()

    def through(self, name: str) -> Iterator["Carried"]:
        """Yield the objects made of what the row shows at the attribute *name*."""
        for each in self.ones:
            if each.shown == name:
                yield each.carried
            elif not each.shown:
                yield from each.carried.through(name)

    def maker(self) -> Callable[[Any, Sequence[Any]], Model]:
        """Return what makes the instance of a row and of the values that were carried of it.

        It is written for the object, as dataclasses write ``__init__``: a third of the time that
        loops over what is known beforehand would take.
        """
        names: dict[str, Any] = {
            "new": partial(_orm.blank, self.model, self.alias)
            if self.plain
            else self._by_its_class,
            "point_to": _orm.point_to,
            "put": _put,
        }
        values = (f"values[{position}]" for position in count())
        own = []
        for number, part in enumerate(self.parts):
            value = f"row.{part.shown}" if part.shown else next(values)
            if part.restore:
                names[f"restore_{number}"] = part.restore
                value = f"None if {value} is None else restore_{number}({value})"
            own.append(f"{part.name!r}: {value}")
        lines = ["def make(row, values):", f"    one = new({{{', '.join(own)}}})"]
        for number, one in enumerate(self.ones):
            names[f"make_{number}"] = one.carried.maker()
            way = _orm.way(one.step.hop, self.model)
            lines += [
                f"    behind = {next(values) if one.carried.carries else '()'}",
                f"    seen = row{'.' * bool(one.shown)}{one.shown}",
                f"    if behind is not None{' and seen is not None' if one.shown else ''}:",
                f"        point_to(one, {way!r}, make_{number}(seen, behind))",
            ]
            if one.step.hop.join:  # who follows a key to a row that is hidden is to find out
                lines += ["    else:", f"        point_to(one, {way!r}, None)"]
        for number, (step, other) in enumerate(self.lists):
            names |= {f"item_{number}": other.maker(), f"step_{number}": step}
            rows = f"[item_{number}(None, each) for each in {next(values)}]"
            lines.append(f"    put(one, step_{number}, {rows})")
        lines.append("    return one")
        exec("\n".join(lines), names)  # noqa: S102  names of models, each quoted
        make: Callable[[Any, Sequence[Any]], Model] = names["make"]
        return make

    def _by_its_class(self, own: dict[str, Any]) -> Model:
        instance = self.model.from_db(
            self.alias, self.columns, [own[name] for name in self.columns]
        )
        for part in self.parts[len(self.columns) :]:
            setattr(instance, part.name, own[part.name])
        return instance


def _put(instance: Model, step: Step, rows: list[Model]) -> None:
    if step.rows.place:
        setattr(instance, step.rows.place, rows)
    else:
        _orm.prefetched(instance, step.hop, rows)


def carried(
    plan: Plan,
    alias: str,
    annotations: dict[str, Any] | None = None,
    entries: Sequence[Entry] = (),
    path: tuple[Hop, ...] = (),
) -> Carried:
    """Return how an object travels of which Python code needs what *plan* reads.

    Args:
        plan: What the code needs.
        alias: The database.
        annotations: What the queryset adds.
        entries: What the row shows.
        path: The relations from the row to the object.

    Raises:
        Unfit: The code needs what one statement cannot bring along.
    """
    model = cast("type[Model]", plan.model)
    # Code that runs for each new instance may look at any column.
    whole = plan.columns is None or facts.obstacle(model)
    names = {*facts.identity(model), *(facts.columns(model) if whole else plan.columns or ())}
    # In the order of the model: from_db() takes them so.
    wanted = [each for each in model._meta.concrete_fields if each.name in names]
    parts = [_column(each, alias, entries, path) for each in wanted]
    brought = (annotations or {}).items()
    parts += [Part(name, *_restored(each, alias), annotation=True) for name, each in brought]
    parts += [_computed(each, model, alias) for each in plan.computed]
    found = Carried(
        model, alias, parts, [each.attname for each in wanted], plain=not facts.obstacle(model)
    )
    for step in (*plan.joins, *plan.fetches):
        if step.hop.link is step.hop.link.MANY:
            found.lists.append((step, carried(_followed(step), alias)))
        else:
            found.ones.append(_one(step, alias, entries, path))
    return found


def _one(step: Step, alias: str, entries: Sequence[Entry], path: tuple[Hop, ...]) -> One:
    plan = _followed(step)
    for position, entry in enumerate(entries):
        match entry:
            case Nested(path=(hop,), many=False, inside=Projection() as inside) if (
                not path and hop == step.hop and inside.names == inside.keys
            ):
                shown = carried(plan, alias, entries=inside.entries)
                return One(step, shown, attribute(position))
    found = carried(plan, alias, entries=entries, path=(*path, step.hop))
    # Whether there is an object, what was carried of it says.
    return One(step, found if found.carries else carried(plan, alias))


def _followed(step: Step) -> Plan:
    if step.calls:
        raise Unfit(f"Python code asks {step.hop.attribute}{step.calls[0].text}")
    if step.plan is None:
        raise Unfit(f"Python code follows {step.hop.attribute}, which may lead to any model")
    return step.plan


def _computed(computed: Computed, model: type[Model], alias: str) -> Part:
    pattern, restore = _restored(output_of(computed.expression, model), alias)
    return Part(computed.name, pattern, restore, computed.expression)


def output_of(expression: Any, model: type[Model]) -> Any:
    """Return the model field that says what *expression* is like, computed for *model*."""
    with probing():
        rows = QuerySet(model).annotate(_value=apart(expression, model))
    return rows.query.annotations["_value"].output_field


def _column(
    column: "Field[Any, Any]", alias: str, entries: Sequence[Entry], path: tuple[Hop, ...]
) -> Part:
    end: Any = column
    while isinstance(end, ForeignObject):
        end = end.target_field
    pattern, restore = _restored(end, alias)
    if type(end) in (*_AS_IT_IS, models.DecimalField):
        form = Form.PLAIN if type(end) in _AS_IT_IS else Form.TEXT
        shown = _shown(column.name, form, entries, path)
    else:
        shown = ""
    return Part(column.attname, pattern, restore, shown=shown)


def _shown(name: str, form: Form, entries: Sequence[Entry], path: tuple[Hop, ...]) -> str:
    """Return the attribute of the row that shows a column in a form, "" where none does."""
    for position, entry in enumerate(entries):
        match entry:
            case Value(
                column=column, path=way, form=how, array=False, expression=None, annotation=False
            ) if (column, way, how) == (name, path, form) and entry.broken in (NULL, RAISE):
                return attribute(position)
    return ""


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
