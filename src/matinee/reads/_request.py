"""Values that are known only when there is a request."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import Expression, Q, QuerySet, Value

from matinee.exceptions import ReadsError

__all__ = ["RequestValue", "answering", "probing", "request_value", "waits"]

_request: ContextVar[Any] = ContextVar("matinee_reads_request", default=None)
# Stands for a request where an expression is only looked at.
_NOBODY: Any = object()


@contextmanager
def answering(request: Any) -> Iterator[None]:
    """Fill each ``request_value`` from *request* inside this block."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def probing() -> AbstractContextManager[None]:
    """Leave each ``request_value`` empty inside this block, for a look at what it stands in."""
    return answering(_NOBODY)


def current_request() -> Any:
    """Return the request that is being answered, None outside of one."""
    return _request.get()


def waits(node: Any) -> bool:
    """Whether *node*, a ``Q`` or an expression, holds a ``request_value``, subqueries included."""
    if isinstance(node, Q):
        return any(waits(each) for each in node.children)
    if isinstance(node, tuple):
        return any(map(waits, node))
    if isinstance(node, QuerySet):
        node = node.query
    inner = node.get_source_expressions() if hasattr(node, "get_source_expressions") else []
    if hasattr(node, "where"):
        inner = [*inner, *_leaves(node.where), *node.annotations.values()]
    return isinstance(node, RequestValue) or any(map(waits, inner))


def _leaves(where: Any) -> Iterator[Any]:
    for child in where.children:
        if hasattr(child, "children"):
            yield from _leaves(child)
        else:
            yield child


class RequestValue(Expression):
    """A place in an expression that each request fills anew.

    A plan holds it empty, so a plan can be kept and shared; the value is asked for when the plan
    is applied, and is in that one queryset alone.
    """

    def __init__(self, get: Callable[[Any], Any]) -> None:
        super().__init__()
        self.get = get

    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Return what stands for the value of the request that is being answered."""
        request = _request.get()
        if request is None:
            return self  # in a queryset that is written down before there is a request
        value = self.value(request)
        if hasattr(value, "resolve_expression"):
            return value.resolve_expression(query, *args, **kwargs)
        if isinstance(value, list | tuple | set | frozenset):
            return list(value)  # as Django has the right side of __in
        # An object stands for its key, and an anonymous user's key is None. A None that is an
        # expression equals nothing; bare, Django would read it as IS NULL and find rows.
        return Value(value.pk if hasattr(value, "pk") else value)

    def value(self, request: Any) -> Any:
        """Return the value for *request*.

        Raises:
            ReadsError: There is no request.
        """
        if request is None:
            raise ReadsError(
                f"{self} needs the request, and there is none.",
                hint='Pass context={"request": request} to the serializer, '
                "or apply reader.for_request(request).",
                code="reads.no_request",
            )
        return None if request is _NOBODY else self.get(request)

    def as_sql(self, compiler: object, connection: object) -> Any:  # noqa: ARG002  Django's
        """Say that the value is missing: a query runs that nobody filled in."""
        return self.value(None)

    def __repr__(self) -> str:
        return f"request_value({getattr(self.get, '__qualname__', self.get)})"


def request_value(get: Callable[[Any], Any]) -> RequestValue:
    """Stand for a value of the request in a ``Q`` or an expression.

    ``related("reviews", where=Q(author=request_value(lambda request: request.user.pk)))``

    Args:
        get: Given the request, returns the value: a plain one, a model instance (its key is
            meant), or for ``__in`` a list or a queryset. None equals nothing, as in SQL.

    The value is asked for each time a plan is applied and is never kept.
    """
    return RequestValue(get)
