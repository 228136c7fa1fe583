"""Calls: which are read, which are known, and which lead out of sight."""

import inspect
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import partial
from types import FunctionType, MethodType
from typing import Any, cast

from django.db.models import Model

from matinee.reads._analysis import builtin, managers, stated
from matinee.reads._analysis.interpreter import interpret
from matinee.reads._analysis.iteration import elements
from matinee.reads._analysis.objects import lift, special
from matinee.reads._analysis.reading import Reading
from matinee.reads._analysis.source import is_project, source_of
from matinee.reads._analysis.values import (
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
    Value,
    Values,
    contents,
    held,
    union,
)
from matinee.reads._needs import Needs, needs_of

__all__ = ["call", "rendered"]

HARMLESS = frozenset(  # of what came from outside: dicts, strings, the request
    [
        "build_absolute_uri",
        "capitalize",
        "copy",
        "endswith",
        "format",
        "get",
        "get_full_path",
        "getlist",
        "isdigit",
        "items",
        "join",
        "keys",
        "lower",
        "lstrip",
        "pop",
        "replace",
        "rstrip",
        "setdefault",
        "split",
        "startswith",
        "strip",
        "title",
        "upper",
        "values",
    ]
)


def call(reading: Reading, function: Value, given: Arguments) -> Values:  # noqa: C901, PLR0911  one for each kind
    """Call *function*; return what it may return."""
    match function:
        case Bound():
            return call(reading, function.function, given.after(function))
        case Closure():
            return function.run(given)
        case Live(None):
            return NOTHING  # it would raise
        case Live(thing):
            return _live(reading, thing, given)
        case Method(owner, name):
            return _method(reading, owner, name, given)
        case Made() | Object():
            found = special(reading, function, "__call__", *given.positional)
            return _outside(reading, "an object", given) if found is None else found
        case Own(cls):
            return _outside(reading, cls.__name__, given)
        case Foreign(what, strict):
            return _foreign(reading, what, given, strict=strict)
        case Plain():
            return _outside(reading, "a value", given, PLAIN)
        case Annotation(name):
            return _outside(reading, name, given)
    return _outside(reading, "what is called", given)


# Functions and classes in memory.


def _live(reading: Reading, thing: Any, given: Arguments) -> Values:  # noqa: PLR0911
    if (said := needs_of(thing)) is not None:
        return _stated(reading, said, given)
    handler = builtin.handler(thing) or reading.framework.known(thing)
    if handler is not None:
        return handler(reading, given)
    match thing:
        case type():
            return _made(reading, thing, given)
        case MethodType():
            owner = lift(reading, thing.__self__)
            return call(reading, Bound(Live(thing.__func__), (owner,)), given)
        case partial():
            first = tuple(lift(reading, each) for each in thing.args)
            named = tuple((key, lift(reading, each)) for key, each in thing.keywords.items())
            return call(reading, Bound(Live(thing.func), first, named), given)
    called = inspect.getattr_static(type(thing), "__call__", None)
    if isinstance(called, FunctionType) and not inspect.isroutine(thing):
        return call(reading, Bound(Live(called), ((Live(thing),),)), given)
    return _function(reading, thing, given)


def _function(reading: Reading, function: Any, given: Arguments) -> Values:
    """Read a function of the project, or one that a model has."""
    plain = _readable(function, given)
    if plain is not None:
        return interpret(reading, plain, given)
    name = _name(function)
    if is_project(function):
        first = given.get(0)
        reading.unseen(f"the source of {name} is not found", held((*first, *given.all())))
        return (Foreign(name),)
    return _outside(reading, name, given)


def _readable(function: Any, given: Arguments) -> FunctionType | None:
    """Return the function whose source is to be read, decorators that are not ours left out."""
    while True:
        found = isinstance(function, FunctionType) and source_of(function.__code__)
        if found and (is_project(function) or _is_of_model(function, given.get(0))):
            return cast("FunctionType", function)
        if not hasattr(function, "__wrapped__"):
            return None
        function = function.__wrapped__


def _is_of_model(function: FunctionType, owner: Values) -> bool:
    """Whether it is a method that the model of its first argument inherits, from whomever."""
    if len(owner) != 1 or not isinstance(owner[0], Object | Rows | Apart):
        return False
    if not isinstance(owner[0], Object):
        return True
    name = function.__name__
    classes = [cls for cls in owner[0].draft.model.__mro__ if cls not in (Model, object)]
    return any(function in _functions(cls.__dict__.get(name)) for cls in classes)


def _functions(static: Any) -> tuple[Any, ...]:
    return static, getattr(static, "fget", None), getattr(static, "func", None)


def _stated(reading: Reading, said: Needs, given: Arguments) -> Values:
    """Want what ``@needs`` says, of the first object among the arguments."""
    for values in (*given.positional, *given.named.values()):
        owners = [each for each in contents(values) if isinstance(each, Object | Rows)]
        for each in owners:
            found: Values = (each,) if isinstance(each, Object) else elements(reading, (each,))
            for owner in found:
                if isinstance(owner, Object):
                    stated.want(reading, owner, said)
        if owners:
            break
    return (Foreign("what @needs leaves unread"),)


def _made(reading: Reading, cls: type, given: Arguments) -> Values:
    """Make an instance of *cls*."""
    if reading.framework.is_serializer(cls):
        return (Nested(cls, given.get(0, "instance")),)
    if issubclass(cls, Model):
        reading.escape(f"a new {cls.__name__}", given.all())
        return reading.stray(cls)
    if issubclass(cls, BaseException):
        reading.escape(cls.__name__, given.all())
        return PLAIN
    if issubclass(cls, Enum):
        return union(*(lift(reading, member) for member in cls))
    if not is_project(cls):
        return _outside(reading, cls.__name__, given)
    made = Made(cls)
    _start(reading, made, given)
    return (made,)


def _start(reading: Reading, made: Made, given: Arguments) -> None:
    """Run ``__init__``, or what stands for it in a dataclass or a named tuple."""
    cls = made.cls
    if is_dataclass(cls) or issubclass(cls, tuple):
        names = [f.name for f in fields(cls)] if is_dataclass(cls) else getattr(cls, "_fields", ())
        for position, name in enumerate(names):
            made.attributes[name] = given.get(position, name) or PLAIN
        special(reading, made, "__post_init__")
        return
    init = inspect.getattr_static(cls, "__init__")
    if isinstance(init, FunctionType):
        call(reading, Bound(Live(init), ((made,),)), given)
    elif init is not object.__init__ or cls.__new__ is not object.__new__:
        reading.escape(cls.__name__, given.all())


# Methods of what is no code of the project.


def _method(reading: Reading, owner: Value, name: str, given: Arguments) -> Values:  # noqa: PLR0911
    match owner:
        case Rows() | Apart():
            return managers.ask(reading, owner, name, given)
        case Items():
            return builtin.container(reading, owner, name, given)
        case Nested(cls, inside):
            found = given.get(0) if name == "to_representation" else inside
            return rendered(reading, cls, found)
        case Live(thing) if name == "__subclasses__" and isinstance(thing, type):
            return (Items(list(map(Live, thing.__subclasses__()))),)
        case Live(thing) if isinstance(thing, str):
            return builtin.string(reading, thing, name, given)
        case Live(thing) if name in managers.QUESTIONS:
            return _foreign(reading, f"{_name(thing)}.{name}", given, strict=False)
        case Plain():
            return _of_plain(reading, name, given)
    return _outside(reading, f".{name}", given)


def _of_plain(reading: Reading, name: str, given: Arguments) -> Values:
    if name in {"join", "format"}:
        return builtin.string(reading, "", name, given)
    return _outside(reading, f".{name}()", given, PLAIN)


def rendered(reading: Reading, cls: type, values: Values) -> Values:
    """Render *values* by a serializer."""
    for value in values:
        match value:
            case Object(draft):
                reading.framework.render(reading, cls, draft)
            case Rows() | Apart() | Items():
                rendered(reading, cls, elements(reading, (value,)))
            case Annotation() | Generic():
                what = f"{cls.__name__} renders {value.name}, which is made elsewhere"
                reading.unseen(what)
    return PLAIN


# What is not read.


def _foreign(reading: Reading, what: str, given: Arguments, *, strict: bool) -> Values:
    """Call what came from outside."""
    name = what.rsplit(".", 1)[-1]
    if name in managers.QUESTIONS and "." in what:
        reading.apart(f"{what}{given.text}")
        return (Foreign(what),)
    if strict and name not in HARMLESS:
        reading.unseen(f"{what}{given.text} is not known", held(given.all()))
        return (Foreign(what, strict=True),)
    return _outside(reading, what, given, (Foreign(what, strict),))


def _outside(reading: Reading, name: str, given: Arguments, answer: Values | None = None) -> Values:
    """Call what is not read: what it is handed is seen no more."""
    values = given.all()
    for value in contents(values):
        match value:
            case Closure():
                value.run(Arguments(rest=(Foreign("an argument"),)))
            case Live(FunctionType() as function) if is_project(function):
                call(reading, value, Arguments(rest=(Foreign("an argument"),)))
            case Apart(_, text):
                reading.apart(f"{name}({text})")
            case Live(type() as cls) if issubclass(cls, Model):
                reading.apart(f"{name}({cls.__name__})")
    reading.escape(name, values)
    return (Foreign(name),) if answer is None else answer


def _name(function: Any) -> str:
    name: str = getattr(function, "__qualname__", None) or type(function).__name__
    return name.rsplit("<locals>.", 1)[-1]
