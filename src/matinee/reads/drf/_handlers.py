"""What the code that answers a request does with the view: read, not run."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

__all__ = ["Handler", "handler_of"]

# What a generic view reads rows by; the search for calls ends at these.
_ROWS = frozenset(
    {"get_object", "get_queryset", "filter_queryset", "paginate_queryset", "queryset"}
)
_ENDS = _ROWS | {"get_serializer"}
# Those that are given rows, or make them; overridden, they may look at any.
_HANDED = frozenset({"get_object", "paginate_queryset", "get_serializer"})
_SHIPPED = ("rest_framework.", "matinee.")


@dataclass(frozen=True, slots=True)
class Handler:
    """One method of a view that answers requests, and what it calls of the view.

    Attributes:
        name: Of the method: "list", "get".
        calls: The names of the view's own that it mentions, through other methods of the view.
        shipped: Whether only Django REST framework's own code gets hold of the rows.
    """

    name: str
    calls: frozenset[str]
    shipped: bool

    @property
    def serializes(self) -> bool:
        """Whether it answers with the view's own serializer."""
        return "get_serializer" in self.calls

    @property
    def single(self) -> bool:
        """Whether it answers with one object."""
        return "get_object" in self.calls

    @property
    def paginates(self) -> bool:
        """Whether it asks the view's paginator."""
        return "paginate_queryset" in self.calls


def handler_of(view: Any) -> Handler:
    """Return the handler of the request that *view* answers."""
    action = getattr(view, "action", None)
    name = action if action and hasattr(view, action) else view.request.method.lower()
    cls: Any = type(view)
    if name == "head" and not hasattr(cls, name):
        name = "get"  # as Django has it
    return _handler(cls, name)


@lru_cache(maxsize=4096)
def _handler(cls: type, name: str) -> Handler:
    calls: set[str] = set()
    shipped = True
    waiting, seen = [(name, 0)], set()
    while waiting:
        step = waiting.pop()
        if step in seen:
            continue
        seen.add(step)
        method, position = step
        found = _defined(cls, method, position)
        if found is None:
            continue
        owner, function = found
        mentioned = set(_names(function.__code__))
        calls |= mentioned & _ENDS
        if not function.__module__.startswith(_SHIPPED):
            shipped = shipped and not mentioned & _ROWS
        if "super" in mentioned:
            waiting.append((method, owner + 1))
        waiting += [(each, 0) for each in mentioned - _ENDS - {method}]
    shipped = shipped and all(_is_shipped(cls, each) for each in calls & _HANDED)
    return Handler(name, frozenset(calls), shipped)


def _is_shipped(cls: type, name: str) -> bool:
    found = [vars(each)[name] for each in cls.__mro__ if name in vars(each)]
    return all(inspect.unwrap(each).__module__.startswith(_SHIPPED) for each in found)


def _defined(cls: type, name: str, position: int) -> tuple[int, FunctionType] | None:
    """Return where in the order of resolution a method is found, from *position* on, and it."""
    for index, each in enumerate(cls.__mro__[position:], position):
        if name in vars(each):
            function = inspect.unwrap(vars(each)[name])
            return (index, function) if isinstance(function, FunctionType) else None
    return None


def _names(code: CodeType) -> Iterator[str]:
    """Yield the attributes and globals that *code* mentions, and the functions within it."""
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _names(each)
