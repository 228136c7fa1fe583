"""From a serializer instance to a projection: what the database writes, and what Python does."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from django.db.models import Model
from rest_framework import relations
from rest_framework import serializers as s
from rest_framework.fields import empty
from rest_framework.utils.encoders import JSONEncoder

from matinee import conf
from matinee._parts import FIELDS
from matinee.reads import _facts as facts
from matinee.reads.drf._forms import formed, stored
from matinee.reads.drf._inspect import Inspection
from matinee.reads.drf._words import ComputedField, PartField, RelatedField
from matinee.reads.plan import Plan, plan_of
from matinee.reads.projection import (
    NULL,
    OMIT,
    RAISE,
    Entry,
    Nested,
    Projection,
    Python,
    Unfit,
    Value,
)
from matinee.reads.shape import Ask, Draft, Hop, Kind, Link, Rows, Shape
from matinee.reads.sqljson import output_of

__all__ = ["project"]


def project(
    serializer: Any, model: type[Model], annotations: Mapping[str, Any] | None = None
) -> Projection:
    """Return what *serializer* answers for rows of *model*.

    Args:
        serializer: Bound to its context, not many.
        model: Of the rows.
        annotations: What the queryset brings beside columns, with the model field each is of.

    Raises:
        Unfit: One statement cannot bring along what its Python code reads.
    """
    inspection = Inspection(serializer, model, max_depth=conf.reads.max_depth)
    root = _Level(inspection, serializer, model, annotations or {}, inspection.shape)
    return root.projection((), of_class=True)


@dataclass(slots=True)
class _Level:
    """One serializer, for the rows of one model.

    Attributes:
        inspection: Knows what Python code reads.
        serializer: The serializer.
        model: Of its rows.
        annotations: What the rows bring beside their columns.
        shape: What is read of the rows, where something is; it says which rows are chosen.
    """

    inspection: Inspection
    serializer: Any
    model: type[Model]
    annotations: Mapping[str, Any]
    shape: Shape | None

    def projection(self, path: tuple[str, ...], *, of_class: bool = False) -> Projection:
        """Return what the serializer makes of a row."""
        cls = type(self.serializer)
        if not isinstance(self.serializer, s.Serializer):
            raise Unfit(f"{cls.__name__} is no serializer with fields")
        draft = Draft(self.model)
        draft.want(facts.identity(self.model))
        remade = not _shipped(self.serializer, "to_representation", of_class=of_class)
        entries: list[Entry] = []
        # Code that runs for each instance may leave other values on it than are in the database.
        odd = facts.obstacle(self.model)
        for field in self.serializer._readable_fields:
            name = str(field.field_name)
            entry = None if odd else self.entry(field, (*path, name))
            if entry is None:
                self.inspection.field(field, draft, Ask(cls.__name__, name), (*path, name))
                entry = Python(name)
            entries.append(entry)
        if remade:
            self.inspection.serializer(self.serializer, draft, path)
        code = remade or any(isinstance(each, Python) for each in entries)
        if code:
            self.declared(draft)
        needs = _needs(draft.freeze()) if code else None
        return Projection(self.model, tuple(entries), needs, remade)

    def declared(self, draft: Draft) -> None:
        """Want what is computed and chosen by hand, which code may find on the object."""
        if self.shape is None:
            return
        fields = self.serializer._readable_fields
        theirs = {each.part.rows.place for each in fields if isinstance(each, PartField)}
        for each in self.shape.computed:
            if each.name not in theirs:
                draft.compute(each.name, each.expression, *each.asks)
        for relation in self.shape.relations:
            if relation.rows != Rows() and relation.place not in theirs:
                draft.merge_relation(relation)

    def entry(self, field: Any, path: tuple[str, ...]) -> Entry | None:
        """Return what the database writes for *field*, None where Python must."""
        if isinstance(field, PartField):
            return self.part(field, path)
        if not _shipped(field, "get_attribute"):
            return None
        match field:
            case s.BaseSerializer():
                return self.nested(field, path)
            case relations.ManyRelatedField() if type(field) is relations.ManyRelatedField:
                return self.related(field, field.child_relation)
            case relations.RelatedField():
                return self.related(field, field)
        return self.value(field)

    def part(self, field: PartField, path: tuple[str, ...]) -> Entry | None:
        """Return what a field brings that says so itself."""
        key, part = str(field.field_name), field.part
        if isinstance(field, ComputedField):
            return self.computed(key, field.represented(self.model), part.expression)
        found = self.walk(part.path.split("__"))
        if not isinstance(field, RelatedField) or found is None or not _untouched(field.serializer):
            return None
        hops, model = found
        _, shape = _read(self.shape, hops, part.rows.place)
        inside = self.within(field.serializer.child, model, path, {}, shape)
        return Nested(key, inside, hops, many=True, rows=_ordered(part.rows, model))

    def computed(self, key: str, field: Any, expression: Any) -> Value | None:
        """Return the value of an expression, as *field* writes it."""
        how = formed(field, stored(output_of(expression, self.model)), computed=True)
        return Value(key, key, *how, expression=expression) if how else None

    def value(self, field: Any) -> Value | None:
        """Return the value of a column."""
        names_its_own = isinstance(field, s.ModelField) and type(field) not in FIELDS
        attributes = [field.model_field.name] if names_its_own else field.source_attrs
        if (field.source == "*" and not names_its_own) or not _untouched(field):
            return None
        *names, last = attributes
        found = self.walk(names)
        if found is None:
            return None
        hops, model = found
        broken = self.broken(field, hops)
        if broken is None:
            return None
        name = _column(model, last)
        for each in self.shape.computed if self.shape and not names else ():
            if each.name == last and name is None:
                return self.computed(str(field.field_name), field, each.expression)
        annotation = name is None and not names and self.brings(last)
        if annotation:
            how = formed(field, stored(self.annotations[last]), computed=True)
        else:
            how = formed(field, stored(model._meta.get_field(name))) if name else None
        # A value that may be any JSON cannot be told from one that stands for a broken path.
        if how is None or (broken != NULL and isinstance(field, s.JSONField)):
            return None
        form, array = how
        key = str(field.field_name)
        return Value(key, name or last, form, array, hops, broken, annotation=annotation)

    def brings(self, name: str) -> bool:
        """Whether the queryset puts *name* on its rows, and nothing else does."""
        return name in self.annotations and not hasattr(self.model, name)

    def related(self, field: Any, relation: Any) -> Nested | Value | None:
        """Return the key or the slug of one related object, or of each of them."""
        many = relation is not field
        inner = _related_name(relation)
        if not field.source_attrs:
            return None
        *names, last = field.source_attrs
        found = self.walk(names)
        if inner is None or found is None:
            return None
        hops, model = found
        broken = self.broken(field, hops)
        if broken is None:
            return None
        hop = facts.attribute(model, last)
        if not isinstance(hop, Hop) or hop.model is None or many is not (hop.link is Link.MANY):
            return None
        far = cast("type[Model]", hop.model)
        key = str(field.field_name)
        if not many and inner == "pk" and hop.link is Link.FORWARD:
            return self.bare(key, model, hop.near[0], path=hops, broken=broken)
        column = _column(far, inner)
        value = self.bare("", far, column) if column else None
        rows, _ = _read(self.shape, (*hops, hop))
        return Nested(key, value, (*hops, hop), many, rows, broken) if value else None

    def bare(self, key: str, model: type[Model], column: str, **more: Any) -> Value | None:
        """Return the value of a column as it is on the instance."""
        how = formed(None, stored(model._meta.get_field(column)))
        return how and Value(key, column, *how, **more)

    def nested(self, field: Any, path: tuple[str, ...]) -> Nested | None:
        """Return the object, or the list of them, that a serializer within makes."""
        many = isinstance(field, s.ListSerializer)
        one = field.child if many else field
        if (many and not _untouched(field)) or len(path) > self.inspection.max_depth:
            return None
        if field.source == "*":
            if many:
                return None
            inside = self.within(field, self.model, path, self.annotations, self.shape)
            return Nested(str(field.field_name), inside)
        found = self.walk(field.source_attrs)
        if found is None:
            return None
        hops, model = found
        broken = self.broken(field, hops[:-1])
        if broken is None or not hops or many is not (hops[-1].link is Link.MANY):
            return None
        rows, shape = _read(self.shape, hops)
        inside = self.within(one, model, path, {}, shape)
        return Nested(str(field.field_name), inside, hops, many, rows, broken)

    def within(
        self,
        serializer: Any,
        model: type[Model],
        path: tuple[str, ...],
        annotations: Mapping[str, Any],
        shape: Shape | None,
    ) -> Projection:
        """Return the projection of a serializer inside this one."""
        return _Level(self.inspection, serializer, model, annotations, shape).projection(path)

    def broken(self, field: Any, hops: Sequence[Hop]) -> str | None:
        """Return the JSON for *field* where one of *hops* starts from null, as ``_broken`` has it.

        What cannot be null is never missed.
        """
        model = self.model
        for hop in hops:
            if facts.nullable(model, hop):
                return _broken(field)
            model = cast("type[Model]", hop.model)
        return NULL

    def walk(self, names: Sequence[str]) -> tuple[tuple[Hop, ...], type[Model]] | None:
        """Follow relations, to-one ones but for the last; None where something else is there."""
        hops: list[Hop] = []
        model = self.model
        for name in names:
            found = facts.attribute(model, name)
            stuck = hops and hops[-1].link is Link.MANY
            if not isinstance(found, Hop) or found.model is None or stuck:
                return None
            hops.append(found)
            model = cast("type[Model]", found.model)
        return tuple(hops), model


def _read(shape: Shape | None, hops: Sequence[Hop], place: str = "") -> tuple[Rows, Shape | None]:
    """Return which rows are read at the end of *hops*, and what of them."""
    rows = Rows()
    for hop in hops:
        name = place if place and hop is hops[-1] else hop.attribute
        found = [each for each in shape.relations if each.place == name] if shape else []
        rows, shape = (found[0].rows, found[0].shape) if found else (Rows(), None)
    return rows, shape


def _ordered(rows: Rows, model: type[Model]) -> Rows:
    """Return *rows* in an order that leaves nothing open where their number is limited."""
    if rows.limit is None:
        return rows
    order = (*(rows.order_by or model._meta.ordering or ()), "pk")
    return replace(rows, order_by=order)


def _column(model: type[Model], attribute: str) -> str | None:
    """Return the field that holds what ``instance.<attribute>`` is, if a single one does."""
    if attribute == "pk":
        (name, *more) = facts.identity(model)
        return None if more else name
    found = facts.attribute(model, attribute)
    return found if isinstance(found, str) else None


def _shipped(thing: Any, name: str, *, of_class: bool = False) -> bool:
    """Whether *thing* does what Django REST framework has it do; its class, if *of_class*."""
    own = None if of_class else thing.__dict__.get(name)
    if own is not None and not type(own).__module__.startswith("matinee."):
        return False
    if type(thing) in FIELDS:
        return True
    found = next((each for each in type(thing).__mro__ if name in each.__dict__), object)
    return found is object or found.__module__.startswith("rest_framework.")


def _untouched(field: Any) -> bool:
    return _shipped(field, "to_representation")


def _related_name(relation: Any) -> str | None:
    """Return the attribute of the related object that *relation* gives, None if it is no column."""
    if not _untouched(relation) or not _shipped(relation, "use_pk_only_optimization"):
        return None
    match relation:
        case relations.PrimaryKeyRelatedField() if relation.pk_field is None:
            return "pk"
        case relations.SlugRelatedField() if "__" not in relation.slug_field:
            return str(relation.slug_field)
    return None


def _broken(field: Any) -> str | None:
    """Return the JSON for a path that a null breaks, as ``Field.get_attribute`` has it.

    None where that is up to code.
    """
    if field.default is not empty:
        if callable(field.default) or isinstance(field, s.BaseSerializer):
            return None
        value = None if field.default is None else field.to_representation(field.default)
        return json.dumps(value, cls=JSONEncoder)
    if field.allow_null:
        return NULL
    return RAISE if field.required else OMIT


def _needs(shape: Shape) -> Plan:
    for note in _notes(shape):
        if note.kind is Kind.UNSEEN:
            raise Unfit(f"{note.ask}: {note.text}")
    return plan_of(shape)


def _notes(shape: Shape) -> Iterator[Any]:
    yield from shape.notes
    for relation in shape.relations:
        if relation.shape is not None:
            yield from _notes(relation.shape)
