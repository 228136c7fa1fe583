"""Querysets that remember what was asked of a related manager, so that others can be told too.

Each is Django's own queryset in all it holds and does; beside, it carries the question. What is
not written down here, a method of Django's or of a project's manager, drops the question, and
Django answers as ever.
"""

import copy
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import BaseExpression

from matinee.reads._batch import Operation

__all__ = ["Asked", "Question", "asked"]

_WITH_VALUE = (
    *(bool, int, float, Decimal, str, bytes, UUID, dt.date, dt.time, dt.timedelta),
    *(BaseExpression, Model),
)


class _UnknownError(Exception):
    """An argument that cannot be compared by value."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a related manager.

    Attributes:
        ask: Answers it for the manager's instance, or returns None where Django should.
        manager: The related manager.
        operations: What was asked of it, in order.
        key: The same by value; equal keys get equal answers, ``None`` is no key.
    """

    ask: Callable[["Question", str, QuerySet[Any]], Any]
    manager: Any
    operations: tuple[Operation, ...] = ()
    key: tuple[Any, ...] = field(default=(), compare=False)

    def then(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> "Question | None":
        """Return the question with one thing more asked, None where it cannot be told by value."""
        if name in {"values", "values_list"} and not _has_names(args, kwargs):
            return None
        if name == "distinct" and args:
            return None
        try:
            key = (name, by_value(args), by_value(kwargs))
        except (_UnknownError, TypeError):  # TypeError: an instance without a key has no hash
            return None
        operation = (name, args, kwargs)
        return replace(self, operations=(*self.operations, operation), key=(*self.key, key))


def _has_names(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return bool(args) and all(isinstance(each, str) for each in args) and not set(kwargs) - {"flat"}


def by_value(argument: Any) -> Any:  # noqa: PLR0911  one for each kind
    """Return something that is equal for equal arguments and has a hash.

    Raises:
        _UnknownError: It is of a type that is not known to be equal by value.
    """
    match argument:
        case None | F():
            return argument
        case Q():
            return (Q, argument.connector, argument.negated, by_value(argument.children))
        case list() | tuple():
            return (type(argument), *map(by_value, argument))
        case slice():
            return (slice, argument.start, argument.stop, argument.step)
        case set() | frozenset():
            return (set, frozenset(map(by_value, argument)))
        case dict():
            return (dict, *((name, by_value(each)) for name, each in sorted(argument.items())))
        case _ if isinstance(argument, _WITH_VALUE):
            hash(argument)
            return (type(argument), argument)
    raise _UnknownError


class Asked:
    """Mixed into the queryset class of a related manager."""

    matinee_question: Question | None = None
    _result_cache: list[Any] | None

    def _clone(self) -> Any:
        clone = super()._clone()  # type: ignore[misc]
        clone.matinee_question = None
        return clone

    def _fetch_all(self) -> None:
        if self._result_cache is None and (answer := self._told("rows")) is not None:
            self._result_cache = answer
            self._prefetch_done = True
        super()._fetch_all()  # type: ignore[misc]

    def count(self) -> int:
        told = self._told("count") if self._result_cache is None else None
        return super().count() if told is None else told  # type: ignore[misc,no-any-return]

    def exists(self) -> bool:
        told = self._told("exists") if self._result_cache is None else None
        return super().exists() if told is None else told  # type: ignore[misc,no-any-return]

    def __getitem__(self, k: Any) -> Any:
        # What Django would run at once is run here, as the slice that it is.
        if self._result_cache is None and isinstance(k, int) and k >= 0:
            return list(self[k : k + 1])[0]  # noqa: RUF015  IndexError, as Django has it
        if self._result_cache is None and isinstance(k, slice) and k.step:
            return list(self[k.start : k.stop])[:: k.step]
        found = super().__getitem__(k)  # type: ignore[misc]
        return _then(self, found, "__getitem__", (k,), {})

    def _told(self, how: str) -> Any:
        question = self.matinee_question
        if question is None or self._for_write or self.query.is_empty():  # type: ignore[attr-defined]
            return None
        return question.ask(question, how, self)  # type: ignore[arg-type]

    def __reduce__(self) -> Any:
        return _itself, (_unasked(self),)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return copy.deepcopy(_unasked(self), memo)


def _recorded(name: str) -> Any:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return _then(self, getattr(super(Asked, self), name)(*args, **kwargs), name, args, kwargs)

    method.__name__ = name
    return method


for _name in (
    "all",
    "defer",
    "distinct",
    "exclude",
    "filter",
    "only",
    "order_by",
    "prefetch_related",
    "reverse",
    "select_related",
    "values",
    "values_list",
):
    setattr(Asked, _name, _recorded(_name))


def _then(before: Any, after: Any, name: str, args: tuple[Any, ...], kwargs: Any) -> Any:
    """Pass the question of *before* on to *after*, which *name* made of it."""
    if isinstance(after, Asked) and after is not before and before.matinee_question is not None:
        after.matinee_question = before.matinee_question.then(name, args, kwargs)
    return after


@cache
def _asked_class(cls: type) -> type:
    return type(cls.__name__, (Asked, cls), {"__module__": cls.__module__})


def asked[Rows: QuerySet[Any]](queryset: Rows, question: Question) -> Rows:
    """Make *queryset*, the one a related manager starts from, carry *question*. In place."""
    if not isinstance(queryset, Asked):
        queryset.__class__ = _asked_class(type(queryset))
    queryset.matinee_question = question  # type: ignore[attr-defined]
    return queryset


def _itself(queryset: Any) -> Any:
    return queryset


def _unasked(queryset: Any) -> Any:
    """Return the same as Django's own queryset, for those who keep it elsewhere."""
    plain = copy.copy(queryset.__dict__)
    plain.pop("matinee_question", None)
    found: Any = object.__new__(type(queryset).__mro__[2])
    found.__dict__.update(plain)
    return found
