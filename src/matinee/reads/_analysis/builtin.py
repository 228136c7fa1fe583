"""What Python's own functions, and a few of Django's, do with what they are given."""

import collections
import functools
import itertools
import operator
import re
from collections.abc import Callable
from logging import Logger
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.shortcuts import get_list_or_404, get_object_or_404

from matinee.reads._analysis import iteration
from matinee.reads._analysis.objects import attribute, lift, special, user_model
from matinee.reads._analysis.reading import Handler, Reading
from matinee.reads._analysis.values import (
    KEEPING,
    NOTHING,
    PLAIN,
    Apart,
    Arguments,
    Bound,
    Closure,
    Foreign,
    Items,
    Live,
    Made,
    Object,
    Own,
    Rows,
    Value,
    Values,
    union,
)

__all__ = ["container", "getattr_", "handler", "string"]


def handler(thing: Any) -> Handler | None:
    """Return how *thing* is understood, None where it is not known."""
    name = f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', '')}"
    return _KNOWN.get(id(thing)) or _BY_NAME.get(name)


# Lists, dicts and sets that the code makes; strings.


def container(reading: Reading, items: Items, name: str, given: Arguments) -> Values:
    """Call the method *name* of a container."""
    if name in KEEPING:
        more = given.all()
        if name in {"extend", "update"}:
            more = iteration.elements(reading, more)
        items.values[:] = union(items.values, more)
        # groups.setdefault(key, []) is one of the lists, not one of the keys beside them.
        lists = tuple(each for each in items.values if isinstance(each, Items))
        return (lists or tuple(items.values)) if name == "setdefault" else PLAIN
    if name == "sort":
        _keyed(reading, tuple(items.values), given)
    if name in {"get", "pop", "popleft", "popitem"}:
        return union(items.values, given.get(1), (Live(None),))
    if name == "items":
        return (Items([Items(items.values)]),)
    if name in {"index", "count", "remove", "discard", "sort", "clear", "reverse"}:
        return PLAIN
    return (Items(items.values),)


def string(reading: Reading, pattern: str, name: str, given: Arguments) -> Values:
    """Call the method *name* of the string *pattern*, "" where it is not known."""
    if name == "join":
        return iteration.text(reading, iteration.elements(reading, given.all()))
    if name.startswith("format") and (not pattern or _FOLLOWS.search(pattern)):
        reading.escape("format", given.all())
        return PLAIN
    return iteration.text(reading, given.all())


_FOLLOWS = re.compile(r"\{[^}]*[.\[]")  # "{0.author}": attributes that a format string follows


# What is looped over.


def _list(reading: Reading, given: Arguments) -> Values:
    """Copy into a container: ``list``, ``set``, ``reversed``, ``chain``."""
    return (Items(list(iteration.elements(reading, given.all()))),)


def _dict(reading: Reading, given: Arguments) -> Values:
    inside = iteration.elements(reading, given.get(0))
    pairs = iteration.elements(reading, inside)
    return (Items(list(union(inside, pairs, *given.named.values()))),)


def _defaultdict(reading: Reading, given: Arguments) -> Values:
    made = union(*(reading.call(reading, each, Arguments()) for each in given.get(0)))
    return (Items(list(made)),)


def _chained(reading: Reading, given: Arguments) -> Values:
    inside = iteration.elements(reading, given.all())
    return (Items(list(iteration.elements(reading, inside))),)


def _enumerate(reading: Reading, given: Arguments) -> Values:
    each = iteration.elements(reading, given.get(0))
    return (Items([Items([*PLAIN, *each], (PLAIN, each))]),)


def _zip(reading: Reading, given: Arguments) -> Values:
    parts = tuple(iteration.elements(reading, each) for each in given.positional)
    return (Items([Items(list(union(*parts)), parts)]),)


def _sorted(reading: Reading, given: Arguments) -> Values:
    inside = iteration.elements(reading, given.get(0))
    _keyed(reading, inside, given)
    return (Items(list(inside)),)


def _extreme(reading: Reading, given: Arguments) -> Values:
    """Return one of several: ``min``, ``max``."""
    many = len(given.positional) > 1
    inside = union(*given.positional) if many else iteration.elements(reading, given.get(0))
    _keyed(reading, inside, given)
    return union(inside, given.named.get("default", NOTHING))


def _next(reading: Reading, given: Arguments) -> Values:
    return union(iteration.elements(reading, given.get(0)), given.get(1))


def _keyed(reading: Reading, inside: Values, given: Arguments) -> None:
    keys = _apply(reading, given.named.get("key", NOTHING), inside)
    for each in union(keys, inside):
        if isinstance(each, Object | Made):
            special(reading, each, "__lt__", inside)


def _apply(reading: Reading, functions: Values, *given: Values) -> Values:
    called = (each for each in functions if each != Live(None))
    return union(*(reading.call(reading, each, Arguments(given)) for each in called))


def _map(reading: Reading, given: Arguments) -> Values:
    parts = [iteration.elements(reading, each) for each in given.positional[1:]]
    return (Items(list(_apply(reading, given.get(0), *parts))),)


def _filter(reading: Reading, given: Arguments) -> Values:
    inside = iteration.elements(reading, given.get(1))
    iteration.test(reading, union(_apply(reading, given.get(0), inside), inside))
    return (Items(list(inside)),)


def _groupby(reading: Reading, given: Arguments) -> Values:
    inside = iteration.elements(reading, given.get(0))
    keys = _apply(reading, given.get(1, "key"), inside) or inside
    group: Values = (Items(list(inside)),)
    return (Items([Items([*keys, *group], (keys, group))]),)


def _reduce(reading: Reading, given: Arguments) -> Values:
    inside = iteration.elements(reading, given.get(1))
    start = union(inside, given.get(2))
    return union(start, _apply(reading, given.get(0), start, inside))


def _consume(reading: Reading, given: Arguments) -> Values:
    """Loop over, and keep nothing: ``any``, ``all``."""
    iteration.test(reading, iteration.elements(reading, given.all()))
    return PLAIN


def _sum(reading: Reading, given: Arguments) -> Values:
    inside = union(iteration.elements(reading, given.get(0)), given.get(1, "start"))
    for each in inside:
        special(reading, each, "__add__", inside)
    lists = [item for each in inside if isinstance(each, Items) for item in each.values]
    return (Items(lists),) if lists else PLAIN


def _len(reading: Reading, given: Arguments) -> Values:
    for each in given.get(0):
        if special(reading, each, "__len__") is None:
            iteration.elements(reading, (each,))
    return PLAIN


def _bool(reading: Reading, given: Arguments) -> Values:
    iteration.test(reading, given.all())
    return PLAIN


def _printed(method: str) -> Handler:
    return lambda reading, given: iteration.text(reading, given.all(), method)


def _hash(reading: Reading, given: Arguments) -> Values:
    for each in given.all():
        special(reading, each, "__hash__")
    return PLAIN


# Names and classes.


def getattr_(reading: Reading, given: Arguments) -> Values:
    """``getattr`` and ``hasattr``: a name that is written is an attribute like any other."""
    names = _names(given.get(1))
    fallback = given.get(2)
    if len(names) != len(given.get(1)):
        reading.escape("getattr with a name that is worked out", given.get(0))
        return (Foreign("getattr"), *fallback)
    found = [attribute(reading, value, name) for value in given.get(0) for name in names]
    return union(*found, fallback)


def _hasattr(reading: Reading, given: Arguments) -> Values:
    getattr_(reading, given)
    return PLAIN


def _setattr(reading: Reading, given: Arguments) -> Values:
    for owner in given.get(0):
        for name in _names(given.get(1)):
            assign(reading, owner, name, given.get(2))
    return PLAIN


def assign(reading: Reading, owner: Value, name: str, values: Values) -> None:
    """Set an attribute."""
    match owner:
        case Made(attributes=attributes):
            attributes[name] = union(attributes.get(name, NOTHING), values)
        case Object(draft):
            _keep(reading, draft, name, values)
        case Own(cls):
            _keep(reading, cls, name, values)
        case _:
            reading.escape(f"an attribute {name} elsewhere", values)


def _keep(reading: Reading, owner: object, name: str, values: Values) -> None:
    known = reading.assigned.get((id(owner), name), NOTHING)
    reading.assigned[id(owner), name] = union(known, values)


def _type(_reading: Reading, given: Arguments) -> Values:
    found = [Live(each.draft.model) for each in given.get(0) if isinstance(each, Object)]
    found += [Live(each.cls) for each in given.get(0) if isinstance(each, Made)]
    return tuple(found) or (Foreign("type"),)


def _partial(_reading: Reading, given: Arguments) -> Values:
    first, named = given.positional[1:], tuple(given.named.items())
    return tuple(Bound(each, first, named) for each in given.get(0))


def _getter(reading: Reading, given: Arguments) -> Values:
    """``attrgetter("a.b")``, as the lambda it stands for."""
    paths = _names(*given.positional)

    def run(called: Arguments) -> Values:
        found = NOTHING
        for path in paths:
            values = called.get(0)
            for name in path.split("."):
                values = union(*(attribute(reading, each, name) for each in values))
            found = union(found, values)
        return found

    return (Closure(given.node, run),)


def _itemgetter(reading: Reading, given: Arguments) -> Values:
    return (Closure(given.node, lambda called: iteration.elements(reading, called.get(0))),)


def _methodcaller(reading: Reading, given: Arguments) -> Values:
    names = _names(given.get(0))
    further = Arguments(given.positional[1:], given.named)

    def run(called: Arguments) -> Values:
        found = [attribute(reading, each, name) for each in called.get(0) for name in names]
        return union(*(reading.call(reading, each, further) for each in union(*found)))

    return (Closure(given.node, run),)


# Django's.


def _looked_up(look: Callable[..., Any]) -> Handler:
    """Look at once for a class that the code looks up."""

    def look_up(reading: Reading, given: Arguments) -> Values:
        names = _names(*given.positional)
        if len(names) != len(given.positional):
            return (Foreign("get_model"),)
        return lift(reading, look(*names))

    return look_up


def _names(*many: Values) -> list[str]:
    live = [each.thing for values in many for each in values if isinstance(each, Live)]
    return [each for each in live if isinstance(each, str)]


def _fetched(reading: Reading, given: Arguments) -> Values:
    """``get_object_or_404``: a query for an object."""
    found: list[Value] = []
    for each in given.get(0):
        match each:
            case Rows():
                found += iteration.elements(reading, (each.asking(f".get{given.text_from(1)}"),))
            case Apart(model, text):
                reading.apart(f"{text}.get{given.text_from(1)}")
                found += reading.stray(model)
            case Live(type() as cls) if issubclass(cls, Model):
                reading.apart(f"get_object_or_404{given.text}")
                found += reading.stray(cls)
    return tuple(found) or (Foreign("get_object_or_404"),)


def _permitted(reading: Reading, given: Arguments) -> Values:
    """``has_perm``: asked once for each user; for an object, whatever the backends like."""
    reading.escape("has_perm", given.get(2, "obj"))
    return PLAIN


def _opaque(reading: Reading, given: Arguments) -> Values:
    """``eval``, ``locals``: whatever is in sight may be read."""
    reading.unseen("code or names are worked out", (Object(reading.root), *given.all()))
    return (Foreign("eval"),)


def _writes(reading: Reading, given: Arguments) -> Values:
    reading.unseen("an object is saved, deleted or read again", given.all())
    return PLAIN


def _first(reading: Reading, given: Arguments) -> Values:
    return (Items(list(iteration.elements(reading, given.get(0)))),)


def _neighbour(reading: Reading, given: Arguments) -> Values:
    """``get_next_by_created``: the next row of the same model."""
    for each in given.get(0):
        if isinstance(each, Object):
            reading.apart(f"the next or previous {each.draft.model.__name__}")
    return union(*(reading.stray(e.draft.model) for e in given.get(0) if isinstance(e, Object)))


def _nothing(_reading: Reading, _given: Arguments) -> Values:
    return PLAIN


_KNOWN_CALLS: list[tuple[Handler, tuple[Any, ...]]] = [
    (_list, (list, set, tuple, frozenset, reversed, iter, itertools.chain)),
    (_list, (collections.Counter, collections.deque)),
    (_first, (itertools.islice,)),
    (_dict, (dict, collections.OrderedDict)),
    (_defaultdict, (collections.defaultdict,)),
    # As it is found on the class; each access by name makes another.
    (_chained, (itertools.chain.__dict__["from_iterable"],)),
    (_enumerate, (enumerate,)),
    (_zip, (zip,)),
    (_sorted, (sorted,)),
    (_map, (map,)),
    (_extreme, (min, max)),
    (_next, (next,)),
    (_filter, (filter,)),
    (_groupby, (itertools.groupby,)),
    (_reduce, (functools.reduce,)),
    (_sum, (sum,)),
    (_consume, (any, all)),
    (_len, (len,)),
    (_bool, (bool,)),
    (_printed("__str__"), (str, print)),
    (_printed("__repr__"), (repr, ascii)),
    (_printed("__format__"), (format,)),
    (_hash, (hash,)),
    (_opaque, (eval, exec, compile, globals, locals, vars)),
    (_type, (type,)),
    (getattr_, (getattr,)),
    (_hasattr, (hasattr,)),
    (_setattr, (setattr,)),
    (_nothing, (isinstance, issubclass, id, callable, range)),
    (_partial, (functools.partial,)),
    (_getter, (operator.attrgetter,)),
    (_itemgetter, (operator.itemgetter,)),
    (_methodcaller, (operator.methodcaller,)),
    (_fetched, (get_object_or_404, get_list_or_404)),
    (_printed("__str__"), (Logger.debug, Logger.info, Logger.warning, Logger.error)),
    (_printed("__str__"), (Logger.exception, Logger.critical, Logger.log)),
    (_writes, (Model.save, Model.asave, Model.delete, Model.adelete)),
    (_writes, (Model.refresh_from_db, Model.arefresh_from_db)),
    (_neighbour, (Model._get_next_or_previous_by_FIELD,)),  # type: ignore[attr-defined]  # noqa: SLF001
    (_nothing, (Model.__str__, Model.__repr__, Model.__eq__, Model.__hash__)),
]
_KNOWN = {id(thing): how for how, things in _KNOWN_CALLS for thing in things}
# By name where importing is too early, or each access makes another object.
_BY_NAME: dict[str, Handler] = {
    "django.contrib.auth.get_user_model": _looked_up(user_model),
    "django.apps.registry.Apps.get_model": _looked_up(apps.get_model),
    "django.contrib.auth.models.PermissionsMixin.has_perm": _permitted,
    "django.contrib.auth.models.PermissionsMixin.has_perms": _permitted,
    "django.contrib.auth.models.PermissionsMixin.has_module_perms": _permitted,
}
