"""What Django knows of a model, as facts: which attribute is a column, which a relation.

Names are Python attributes, as a serializer's ``source`` names them. ``Model._meta.get_field``
names reverse relations by their query name, which is another name as soon as ``related_name`` or
``related_query_name`` is given.
"""

import inspect
from collections.abc import Mapping
from functools import cache, partialmethod
from typing import Any, cast

from django.db.models import (
    CompositePrimaryKey,
    Field,
    FileField,
    ForeignKey,
    ForeignObject,
    ForeignObjectRel,
    Manager,
    ManyToManyField,
    ManyToManyRel,
    Model,
    OneToOneField,
    OneToOneRel,
)
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init

from matinee.reads.shape import Hop, Link

__all__ = [
    "Code",
    "attribute",
    "columns",
    "identity",
    "manager_of",
    "nullable",
    "obstacle",
    "relations",
]


class Code:
    """An attribute that is computed: a property, a method, a descriptor of its own.

    Attributes:
        columns: What is known to be read by it, () where nothing is known.
        known: True where *columns* is all that it reads.
    """

    __slots__ = ("columns", "known")

    def __init__(self, columns: tuple[str, ...] = (), *, known: bool = False) -> None:
        self.columns = columns
        self.known = known


def attribute(model: type[Model], name: str) -> Hop | str | Code | None:
    """Tell what ``instance.<name>`` is.

    Returns:
        The field's name where it is a column, a ``Hop`` where it is a relation, ``Code`` where it
        is computed, and None where the class says nothing of it: an annotation, a constant.
    """
    if name == "pk":
        return Code(identity(model), known=True)
    found = _attributes(model).get(name)
    if isinstance(found, str):
        return found if _plain(model, name) else Code((found,))
    return found if found is not None else _computed(model, name)


@cache
def columns(model: type[Model]) -> tuple[str, ...]:
    """Return the names of the fields that are columns, parents' included."""
    return tuple(field.name for field in model._meta.concrete_fields if _is_column(field))


@cache
def relations(model: type[Model]) -> tuple[str, ...]:
    """Return the attributes that follow a relation."""
    found = _attributes(model).items()
    return tuple(name for name, each in found if isinstance(each, Hop) and name)


@cache
def identity(model: type[Model]) -> tuple[str, ...]:
    """Return the fields of the primary key."""
    return tuple(field.name for field in model._meta.pk_fields)


def manager_of(hop: Hop) -> "Manager[Any]":
    """Return a manager that gives the rows which Django looks through over *hop*."""
    model = cast("type[Model]", hop.model)
    if hop.link is not Link.MANY:
        return model._base_manager
    # Related managers are made of the default one's class, without what that was given.
    manager: Manager[Any] = type(model._default_manager)()
    manager.model = model
    return manager


def nullable(model: type[Model], hop: Hop) -> bool:
    """Whether a row of *model* may have null where *hop* starts from a column of its own."""
    if hop.link is not Link.FORWARD:
        return False
    return any(cast("Field[Any, Any]", model._meta.get_field(name)).null for name in hop.near)


def obstacle(model: type[Model]) -> str:
    """Say why instances of *model* must be loaded whole, "" where nothing stands against it.

    Code that runs for each new instance may touch any column; each one that was left out would
    be a query a row.
    """
    if model.__init__ is not Model.__init__:
        return f"{model.__name__}.__init__"
    if model.from_db.__func__ is not Model.from_db.__func__:  # type: ignore[attr-defined]
        return f"{model.__name__}.from_db"
    if hasattr(model, "__getattr__"):
        return f"{model.__name__}.__getattr__"
    if pre_init.has_listeners(model) or post_init.has_listeners(model):
        return f"a receiver of {model.__name__}'s init signals"
    return ""


@cache
def _attributes(model: type[Model]) -> Mapping[str, str | Hop]:
    found: dict[str, str | Hop] = {}
    for field in model._meta.get_fields():
        hop = _hop(model, field)
        if hop is not None:
            found[hop.attribute] = hop
        if isinstance(field, Field) and _is_column(field):
            found.setdefault(field.name, field.name)
            found.setdefault(field.attname, field.name)
    return found


def _is_column(field: "Field[Any, Any]") -> bool:
    return field.concrete and not isinstance(field, CompositePrimaryKey)


def _hop(model: type[Model], field: Any) -> Hop | None:
    """Return the relation that *field*, a field or a reverse relation, is of *model*."""
    return _generic_hop(model, field) or _keyed_hop(field)


def _generic_hop(model: type[Model], field: Any) -> Hop | None:
    # By their attributes: the classes cannot be imported where contenttypes is not installed.
    if hasattr(field, "ct_field"):
        near = (field.ct_field, field.fk_field)
        return Hop(field.name, field.name, "", Link.GENERIC, None, near, ())
    if hasattr(field, "object_id_field_name"):
        far = (field.object_id_field_name, field.content_type_field_name)
        other = field.related_model
        return Hop(field.name, field.name, far[0], Link.MANY, other, identity(model), far)
    return None


def _keyed_hop(field: Any) -> Hop | None:
    other = field.related_model
    match field:
        case ManyToManyField():
            near, far = _through(field)
            inverse = f"{field.related_query_name()}__{near[0]}"
            return Hop(field.name, field.name, inverse, Link.MANY, other, near, far)
        case ManyToManyRel():
            far, near = _through(field.field)
            inverse = f"{field.field.name}__{near[0]}"
            return Hop(_accessor(field), field.name, inverse, Link.MANY, other, near, far)
        case ForeignObject():
            back = _accessor(field.remote_field) if isinstance(field, OneToOneField) else ""
            near, far = _ends(field)
            join = _can_join(field.remote_field, other)
            return Hop(field.name, field.name, far[0], Link.FORWARD, other, near, far, back, join)
        case ForeignObjectRel():
            back = field.field.name
            far, near = _ends(field.field)
            inverse = f"{back}__{near[0]}"
            one = isinstance(field, OneToOneRel)
            link = Link.REVERSE_ONE if one else Link.MANY
            join = one and _can_join(field, other)
            return Hop(_accessor(field), field.name, inverse, link, other, near, far, back, join)
    return None


def _can_join(relation: ForeignObjectRel, other: type[Model]) -> bool:
    """Whether a join makes the objects that following the attribute makes.

    Not between a child model and its parent, whose columns Django takes from one another; nor
    where the base manager, which attributes go by, may leave rows out or make other objects.
    """
    plain = type(other._base_manager).get_queryset is Manager.get_queryset
    return plain and not getattr(relation, "parent_link", False)


def _accessor(relation: Any) -> str:
    return "" if relation.hidden else relation.get_accessor_name() or ""


def _ends(field: "ForeignObject[Any, Any]") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the field names that a forward relation goes from, and those it goes to."""
    near = tuple(each.name for each in field.local_related_fields)
    return near, tuple(each.name for each in field.foreign_related_fields)


def _through(field: "ManyToManyField[Any, Any]") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fields of both models that the through table points to."""
    meta = cast("type[Model]", field.remote_field.through)._meta
    source = cast("ForeignObject[Any, Any]", meta.get_field(field.m2m_field_name()))
    target = cast("ForeignObject[Any, Any]", meta.get_field(field.m2m_reverse_field_name()))
    return _ends(source)[1], _ends(target)[1]


def _plain(model: type[Model], name: str) -> bool:
    """Whether reading the column costs nothing but the column."""
    if name not in {field.attname for field in model._meta.concrete_fields}:
        return True
    descriptor = inspect.getattr_static(model, name, None)
    if getattr(type(descriptor), "__get__", None) is DeferredAttribute.__get__:
        return True  # whatever is done with what is assigned
    known = (DeferredAttribute, ForeignKey.descriptor_class, FileField.descriptor_class)
    return isinstance(descriptor, known) and type(descriptor).__module__.startswith("django.")


def _computed(model: type[Model], name: str) -> Code | None:
    descriptor = inspect.getattr_static(model, name, None)
    if isinstance(descriptor, partialmethod):  # get_status_display
        choices = name.removeprefix("get_").removesuffix("_display")
        if descriptor.func.__name__ == "_get_FIELD_display" and choices in _attributes(model):
            return Code((choices,), known=True)
    if isinstance(descriptor, (staticmethod, classmethod)) or not hasattr(descriptor, "__get__"):
        return None
    return Code()
