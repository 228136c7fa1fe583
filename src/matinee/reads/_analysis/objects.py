"""What the attributes of a value are: of instances, classes, modules, and of the code's own."""

import inspect
from collections.abc import Mapping
from enum import Enum
from functools import cached_property, partialmethod
from types import FunctionType, ModuleType
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.db.models.base import ModelBase
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.db.models.manager import BaseManager, ManagerDescriptor
from django.utils import functional
from django.utils.module_loading import import_string

from matinee.reads import _facts as facts
from matinee.reads._analysis.reading import Reading
from matinee.reads._analysis.values import (
    KEEPING,
    NOTHING,
    PLAIN,
    Annotation,
    Apart,
    Arguments,
    Bound,
    Closure,
    Foreign,
    Generic,
    Items,
    Live,
    Made,
    Method,
    Nested,
    Object,
    Own,
    Plain,
    Rows,
    Super,
    Value,
    Values,
    union,
)
from matinee.reads.shape import Hop, Link

__all__ = ["attribute", "called_if_simple", "items", "lift", "special", "user_model"]

_CACHED = (cached_property, functional.cached_property)
_CONTAINERS = (Mapping, list, tuple, set, frozenset)
MOST_BRANCHES = 64  # entries of a constant table that are looked at
_MISSING = object()


def lift(reading: Reading, thing: Any, text: str = "") -> Values:
    """Return a thing that is in memory as a value."""
    if isinstance(thing, BaseManager | QuerySet):
        return (Apart(thing.model, text or type(thing).__name__),)
    if isinstance(thing, Model):
        return reading.stray(type(thing))
    return (Live(thing),)


def attribute(reading: Reading, value: Value, name: str) -> Values:  # noqa: C901, PLR0911, PLR0912  one for each kind
    """Return what ``value.<name>`` may be, and want what reading it takes."""
    match value:
        case Object():
            return _of_object(reading, value, name)
        case Rows():
            return _of_rows(value, name)
        case Live(thing):
            return _of_live(reading, thing, name)
        case Super(after, of):
            classes = _class(of).__mro__
            found = _among(classes[classes.index(after) + 1 :], name)
            return NOTHING if found is _MISSING else _bound(reading, of, found, name)
        case Own(cls):
            return _of_own(reading, value, cls, name)
        case Made(cls, attributes):
            return _of_made(reading, value, cls, attributes, name)
        case Nested(cls):
            return _of_nested(reading, value, cls, name)
        case Generic(what):
            reading.unseen(f"{what} may be of any model, and its {name} is read")
            return (Foreign(f"{what}.{name}"),)
        case Annotation(what, deep):
            if deep:
                reading.unseen(f"{what} is made elsewhere, and {name} of what is in it is read")
            return (Annotation(f"{what}.{name}", deep=True), Method(value, name))
        case Foreign(what, strict):
            return _of_foreign(reading, what, name, strict=strict)
        case Apart() if name in {"objects", "_default_manager"}:
            return (value.asking(f".{name}"),)
        case Plain() if name in {"objects", "_default_manager"}:
            return (Apart(None, name),)
    return (Method(value, name),)


def special(reading: Reading, value: Value, name: str, *given: Values) -> Values | None:
    """Call a ``__special__`` method as Python does; None where the class has Django's or none."""
    if not isinstance(value, Object | Made):
        return None
    cls = _class(value)
    found = _among(cls.__mro__, name)
    owner = next((each for each in cls.__mro__ if name in each.__dict__), object)
    if not isinstance(found, FunctionType) or owner in (Model, object):
        return None
    return reading.call(reading, Bound(Live(found), ((value,),)), Arguments(given))


# Instances of models.


def _of_object(reading: Reading, owner: Object, name: str) -> Values:  # noqa: PLR0911
    model = owner.draft.model
    if name == "__class__":
        return (Live(model),)
    if name == "__dict__":
        reading.unseen(f"the __dict__ of the {model.__name__} is read", (owner,))
        return (Foreign("__dict__"),)
    found = facts.attribute(model, name)
    match found:
        case str():
            reading.want(owner, [found])
            return PLAIN
        case Hop(link=Link.MANY):
            return (Rows(owner, found, manager=True),)
        case Hop():
            _warn_of_descriptor(reading, owner, name)
            return reading.follow(owner, found)
        case facts.Code():
            reading.want(owner, found.columns)
            return PLAIN if found.known else _code(reading, owner, name)
    if (id(owner.draft), name) in reading.assigned:
        return reading.assigned[id(owner.draft), name]
    return _beside_fields(reading, owner, name)


def _code(reading: Reading, owner: Object, name: str) -> Values:
    """Read an attribute that is computed."""
    static = inspect.getattr_static(owner.draft.model, name)
    if isinstance(static, (property, *_CACHED, FunctionType, partialmethod)):
        return _bound(reading, owner, static, name)
    getter = getattr(type(static), "__get__", None)
    arguments = ((Live(static),), (owner,), (Live(owner.draft.model),))
    return reading.call(reading, Live(getter), Arguments(arguments))


def _beside_fields(reading: Reading, owner: Object, name: str) -> Values:
    """Return an attribute that is no field: of the class, made up, or put on by a queryset."""
    model = owner.draft.model
    if name in {"_state", "_prefetched_objects_cache"}:
        return PLAIN
    static = inspect.getattr_static(model, name, _MISSING)
    if static is not _MISSING:
        return _bound(reading, owner, static, name)
    if (made := special(reading, owner, "__getattr__", (Live(name),))) is not None:
        return made
    return (Annotation(name),)


def _warn_of_descriptor(reading: Reading, owner: Object, name: str) -> None:
    """Note a relation whose descriptor is not Django's: it may do more than follow."""
    cls = type(inspect.getattr_static(owner.draft.model, name, None))
    getter = getattr(cls, "__get__", None)
    if not getattr(getter, "__module__", "").startswith("django."):
        where = f"{owner.draft.model.__name__}.{name}"
        reading.unseen(f"{where} is followed by {cls.__name__}, which may write or query")


def _of_rows(rows: Rows, name: str) -> Values:
    match name:
        case "model":
            return (Live(rows.hop.model),)
        case "through":
            return (Apart(None, f"{rows.hop.attribute}.through"),)
        case "instance":
            return (rows.owner,)
        case "query" | "db" | "ordered":
            return PLAIN
    return (Method(rows, name),)


# Things in memory.


def _of_live(reading: Reading, thing: Any, name: str) -> Values:
    if isinstance(thing, ModuleType):
        found = getattr(thing, name, _MISSING)
        text = f"{thing.__name__}.{name}"
        return (Foreign(text),) if found is _MISSING else lift(reading, found, text)
    if isinstance(thing, type):
        return _of_class(reading, thing, name)
    if isinstance(thing, str):
        return (Method(Live(thing), name),)
    if isinstance(thing, _CONTAINERS):
        # What is put where other code finds it is seen no more.
        held = Live(thing) if name in KEEPING else Items(list(items(reading, thing)))
        return (Method(held, name),)
    found = inspect.getattr_static(thing, name, _MISSING)
    if found is _MISSING:
        return (Method(Live(thing), name),)
    if isinstance(thing, Enum) or name in getattr(thing, "__dict__", ()):
        found = getattr(thing, name)
    return _bound(reading, Live(thing), found, name)


def _of_class(reading: Reading, cls: type, name: str) -> Values:  # noqa: PLR0911
    static = inspect.getattr_static(cls, name, _MISSING)
    if isinstance(cls, ModelBase) and (
        isinstance(static, ManagerDescriptor) or name in {"_default_manager", "_base_manager"}
    ):
        return (Apart(cls, f"{cls.__name__}.{name}"),)
    if name == "__subclasses__":
        return (Method(Live(cls), name),)
    if name in {"__name__", "_meta", "__module__", "__qualname__", "__doc__"}:
        return lift(reading, getattr(cls, name, None))
    match static:
        case classmethod():
            return (Bound(Live(static.__func__), ((Live(cls),),)),)
        case staticmethod():
            return (Live(static.__func__),)
        case _ if static is _MISSING:
            return (Foreign(f"{cls.__name__}.{name}"),)
    return lift(reading, getattr(cls, name, static) if isinstance(cls, type(Enum)) else static)


def user_model() -> Any:
    """Return the class of ``request.user``."""
    return import_string("django.contrib.auth.get_user_model")()


def _of_foreign(reading: Reading, what: str, name: str, *, strict: bool) -> Values:
    text = f"{what}.{name}"
    if name in {"objects", "_default_manager", "_base_manager"}:
        return (Apart(None, text),)
    if name == "user" and strict and apps.is_installed("django.contrib.auth"):
        return reading.stray(user_model())
    return (Foreign(text, strict),)


# What the code makes, and its own self.


def _of_own(reading: Reading, value: Own, cls: type, name: str) -> Values:
    if (id(cls), name) in reading.assigned:
        return reading.assigned[id(cls), name]
    if (known := reading.framework.own(cls, name)) is not None:
        return known
    if name == "__class__":
        return (Live(cls),)
    found = _among(cls.__mro__, name)
    if found is _MISSING:
        return (Foreign(f"self.{name}", strict=True),)
    return _bound(reading, value, found, name)


def _of_made(
    reading: Reading, value: Made, cls: type, attributes: Mapping[str, Values], name: str
) -> Values:
    if name in attributes:
        return attributes[name]
    found = _among(cls.__mro__, name)
    if found is not _MISSING:
        return _bound(reading, value, found, name)
    if name == "__class__":
        return (Live(cls),)
    made = special(reading, value, "__getattr__", (Live(name),))
    return made if made is not None else (Foreign(name),)


def _of_nested(reading: Reading, value: Nested, cls: type, name: str) -> Values:
    if name == "data":
        return reading.call(reading, Method(value, name), Arguments())
    if name == "to_representation":
        return (Method(value, name),)
    return _of_own(reading, Own(cls), cls, name)


# Classes.


def _class(value: Value) -> type:
    match value:
        case Object(draft):
            return draft.model
        case Own(cls) | Made(cls) | Nested(cls):
            return cls
        case Live(thing):
            return thing if isinstance(thing, type) else type(thing)
    return object


def _among(classes: tuple[type, ...], name: str) -> Any:
    return next((each.__dict__[name] for each in classes if name in each.__dict__), _MISSING)


def _bound(reading: Reading, of: Value, static: Any, name: str) -> Values:  # noqa: PLR0911  one for each kind
    """Return what an attribute found on the class of *of* gives for it, as descriptors do."""
    match static:
        case property():
            return reading.call(reading, Live(static.fget), Arguments(((of,),)))
        case cached_property() | functional.cached_property():
            return reading.call(reading, Live(static.func), Arguments(((of,),)))
        case FunctionType():
            return (Bound(Live(static), ((of,),)),)
        case classmethod():
            return (Bound(Live(static.__func__), ((Live(_class(of)),),)),)
        case staticmethod():
            return (Live(static.__func__),)
        case partialmethod(func=function, args=args, keywords=keywords):
            first = tuple(lift(reading, each) for each in args)
            named = tuple((key, lift(reading, each)) for key, each in keywords.items())
            return (Bound(Live(function), ((of,), *first), named),)
    if hasattr(static, "__wrapped__") and callable(static):  # lru_cache and its like
        return (Bound(Live(static), ((of,),)),)
    if isinstance(static, ForwardManyToOneDescriptor):
        return (Foreign(name, strict=True),)
    return lift(reading, static, name)


def called_if_simple(reading: Reading, values: Values) -> Values:
    """Call what can be called, as templates and serializer sources do."""
    return union(
        *(
            reading.call(reading, each, Arguments())
            if isinstance(each, Bound | Closure | Method)
            or (isinstance(each, Live) and inspect.isroutine(each.thing))
            else (each,)
            for each in values
        )
    )


def items(reading: Reading, thing: Any) -> Values:
    """Return what is in a constant container."""
    if isinstance(thing, Mapping):
        thing = list(thing.values())
    if isinstance(thing, (*_CONTAINERS, type(Enum))):
        return union(*(lift(reading, each) for each in list(thing)[:MOST_BRANCHES]))
    return PLAIN if isinstance(thing, str | bytes | range) else (Foreign("items"),)
