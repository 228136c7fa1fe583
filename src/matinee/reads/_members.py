"""One field of a typed shape: what it reads, how its value is got, and what JSON writes for it."""

import datetime as dt
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from operator import attrgetter
from typing import Any, Never, Union, cast, get_args, get_origin
from uuid import UUID

from django.db import models
from django.db.models import Model

from matinee.exceptions import ReadsError
from matinee.reads import words
from matinee.reads._facts import attribute
from matinee.reads.projection import Entry, Form, Nested, Projection, Unfit, Value
from matinee.reads.shape import Ask, Draft, Hop, Link
from matinee.reads.sqljson import output_of
from matinee.reads.words import Part

__all__ = ["Member", "bad_shape", "member"]

# What a column holds in Python, and how the database writes the same.
_KINDS: dict[type, tuple[type, Form]] = {
    models.BooleanField: (bool, Form.PLAIN),
    models.IntegerField: (int, Form.PLAIN),
    models.FloatField: (float, Form.FLOAT),
    models.DecimalField: (Decimal, Form.TEXT),
    models.DateTimeField: (dt.datetime, Form.MOMENT),
    models.DateField: (dt.date, Form.PLAIN),
    models.TimeField: (dt.time, Form.TIME),
    models.UUIDField: (UUID, Form.PLAIN),
    models.CharField: (str, Form.PLAIN),
    models.TextField: (str, Form.PLAIN),
    models.FileField: (str, Form.PLAIN),
}
_PLAIN = {kind for kind, _ in _KINDS.values()}
# A decimal of more places may come to be written with an exponent by Python.
_PLACES = 6


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a shape, looked up.

    Attributes:
        ask: Who asks: the shape and the field's name.
        key: Its key in JSON.
        part: What it reads.
        model: The model it starts from.
        hops: The relations that lead to it; the last may be to-many.
        column: The column at their end, "" where the objects there are meant.
        shape: The shape of these objects.
    """

    ask: Ask
    key: str
    part: Part
    model: type[Model]
    hops: tuple[Hop, ...] = ()
    column: str = ""
    shape: Any = None

    @property
    def many(self) -> bool:
        """Whether it is a list."""
        return bool(self.hops) and self.hops[-1].link is Link.MANY

    def declare(self, draft: Draft) -> None:
        """Want what it reads."""
        far = words.declare(draft, self.part, self.ask)
        if far is not None:
            self.shape.declare(far)

    def getter(self) -> Callable[[Any], Any]:
        """Return what takes the value from an instance."""
        if self.part.expression is not None:
            return attrgetter(self.part.rows.place)
        *way, last = [hop.attribute for hop in self.hops] or [""]
        if self.many:
            make = self.shape.maker() if self.shape else _of_column(self.far, self.column)
            return _over(way, _list(self.part.rows.place or last, make))
        if self.shape:
            return _over([*way, last], self.shape.maker())
        return _over([*way, last] if last else [], _of_column(self.far, self.column))

    @property
    def far(self) -> type[Model]:
        """The model at the end of the way."""
        return cast("type[Model]", self.hops[-1].model) if self.hops else self.model

    def entry(self) -> Entry:
        """Return what JSON is made of it.

        Raises:
            Unfit: The database does not write it as Python would.
        """
        rows = self.part.rows
        if (expression := self.part.expression) is not None:
            form = _form(output_of(expression, self.model))
            return Value(self.key, rows.place, form, expression=expression)
        rows = words.rows_of(self.hops[-1], self.part, self.ask) if self.hops else rows
        if not self.shape:
            value = Value(self.key, self.column, _form(self.far._meta.get_field(self.column)))
            if self.many:
                return Nested(self.key, value, self.hops, many=True, rows=rows)
            return replace(value, path=self.hops)
        inside: Projection = self.shape.projection()
        return Nested(self.key, inside, self.hops, many=self.many, rows=rows)


def member(ask: Ask, key: str, part: Part, hint: Any, *, model: type[Model]) -> Member:
    """Return the field that *ask* names, annotated *hint*.

    Raises:
        ReadsError: What the annotation says and what the model has do not go together.
    """
    words.declare(Draft(model), part, ask)  # which has words for a name that is not there
    kind, optional = _stripped(hint)
    if part.expression is not None:
        return Member(ask, key, part, model)
    hops, column = _looked_up(part.path, model, ask)
    many = bool(hops) and hops[-1].link is Link.MANY
    _check_many(ask, hint, kind, many)
    element = get_args(kind)[0] if many else kind
    shape = element if hasattr(element, "maker") else None
    if (shape is None) is not bool(column):
        what = f"is {hops[-1].model.__name__}" if not column and hops[-1].model else "is a column"
        bad_shape(f"{ask} {what}, got {hint}.", "Annotate it with a Shape of that model.")
    if shape is not None and not issubclass(cast("type", hops[-1].model), shape.model()):
        other = cast("type", hops[-1].model).__name__
        bad_shape(f"{ask} leads to {other}, got {shape.__name__}.", f"Use a shape of {other}.")
    if not optional and _may_be_none(model, hops[:-1] if many else hops, column * (not many)):
        bad_shape(f"{ask} may be None, got {hint}.", f"Write {_name(hint)} | None.")
    found = Member(ask, key, part, model, hops, column, shape)
    _check_kind(found, element)
    return found


def bad_shape(message: str, hint: str) -> Never:
    """Refuse a declaration."""
    raise ReadsError(message, hint=hint, code="reads.bad_shape")


def _looked_up(path: str, model: type[Model], ask: Ask) -> tuple[tuple[Hop, ...], str]:
    hops: list[Hop] = []
    *way, last = path.split("__")
    for name in (*way, last):
        found = attribute(cast("type[Model]", hops[-1].model) if hops else model, name)
        if isinstance(found, str) and len(hops) == len(way):
            return tuple(hops), found
        if not isinstance(found, Hop) or found.model is None:
            bad_shape(f"{ask} must lead to a column or a model, got {name}.", "Compute it instead.")
        if hops and hops[-1].link is Link.MANY:
            bad_shape(f"{ask} goes on beyond many {hops[-1].attribute}.", "Nest a Shape there.")
        hops.append(found)
    return tuple(hops), ""


def _stripped(hint: Any) -> tuple[Any, bool]:
    """Return *hint* without None, and whether that was in it."""
    if get_origin(hint) not in (Union, types.UnionType):
        return hint, False
    rest = [each for each in get_args(hint) if each is not type(None)]
    return (rest[0] if len(rest) == 1 else Union[tuple(rest)]), len(rest) < len(get_args(hint))  # noqa: UP007  made here


def _check_many(ask: Ask, hint: Any, kind: Any, many: bool) -> None:
    if many is not (get_origin(kind) is list):
        must = "a list: it leads to many" if many else "no list: it leads to one"
        bad_shape(f"{ask} must be {must}, got {_name(hint)}.", "Correct the annotation.")


def _check_kind(found: Member, kind: Any) -> None:
    """Compare plain types; what is made of literals, enums and the like is taken at its word."""
    if not found.column or kind not in _PLAIN:
        return
    column = _stored(found.far._meta.get_field(found.column))
    held = next((each for cls in type(column).__mro__ if (each := _KINDS.get(cls))), None)
    if held is not None and held[0] is not kind and not (held[0] is int and kind is float):
        bad_shape(
            f"{found.ask} must be {held[0].__name__}, as the column is, got {_name(kind)}.",
            "Correct the annotation.",
        )


def _may_be_none(model: type[Model], hops: tuple[Hop, ...], column: str) -> bool:
    for hop in hops:
        field = model._meta.get_field(hop.lookup)
        if hop.link is Link.REVERSE_ONE or getattr(field, "null", False):
            return True
        model = cast("type[Model]", hop.model)
    return bool(column) and bool(getattr(model._meta.get_field(column), "null", False))


def _stored(column: Any) -> Any:
    while isinstance(column, models.ForeignKey):
        column = column.target_field
    return column


def _form(column: Any) -> Form:
    column = _stored(column)
    if type(column) is models.JSONField and column.encoder is None and column.decoder is None:
        return Form.PLAIN
    known = next((cls for cls in type(column).__mro__ if cls in _KINDS), None)
    shipped = type(column).__module__.startswith("django.db.models.")
    places = getattr(column, "decimal_places", 0)
    unsure = places is None or places > _PLACES
    if known is None or not shipped or unsure or (known is models.FileField and column.null):
        raise Unfit(f"{column} is written by Python")
    return _KINDS[known][1]


def _of_column(model: type[Model], column: str) -> Callable[[Any], Any]:
    field = cast("models.Field[Any, Any]", model._meta.get_field(column))
    if isinstance(field, models.FileField):
        return lambda row: str(getattr(row, field.attname))
    return attrgetter(field.attname)


def _over(way: list[str], get: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return *get* at the end of *way*, None where that is broken."""
    if not way:
        return get

    def reach(row: Any) -> Any:
        for name in way:
            row = getattr(row, name, None)
            if row is None:
                return None
        return get(row)

    return reach


def _list(place: str, make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def rows(row: Any) -> Iterable[Any]:
        found = getattr(row, place)
        return cast("Iterable[Any]", found if isinstance(found, list) else found.all())

    return lambda row: [make(each) for each in rows(row)]


def _name(hint: Any) -> str:
    return getattr(hint, "__name__", None) if isinstance(hint, type) else str(hint)  # type: ignore[return-value]
