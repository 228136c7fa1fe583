"""What the project's views read: every route that answers GET, with its plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admindocs.views import simplify_regex
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from matinee.reads.apply import Reader
from matinee.reads.drf._reader import plan_for
from matinee.reads.drf._views import PlannedReads

__all__ = ["Route", "routes"]


@dataclass(frozen=True, slots=True)
class Route:
    """One way to GET something from a generic view.

    Attributes:
        path: As people write it: "/api/films/<pk>/".
        name: The view and its action: "FilmViewSet.list".
        reader: The plan, named by its serializer; None where *problem* says why.
        rows: The view's own queryset.
        counted: Whether a paginator asks for the number of rows, one more query.
        problem: Why there is no plan, "" where there is one.
    """

    path: str
    name: str
    reader: Reader | None = None
    rows: QuerySet[Any] | None = None
    counted: bool = False
    problem: str = ""

    @property
    def queries(self) -> int | None:
        """The number of queries of one answer at most, None where it is not planned."""
        return self.reader.plan.queries + self.counted if self.reader else None


def routes(urlconf: str | None = None) -> Iterator[Route]:
    """Yield each GET route of a generic view, in the URLconf's order.

    Views are made with an empty request of nobody's, as schema generators make them
    (``view.swagger_fake_view`` is True). Plans cost no query; a ``get_queryset`` that runs one
    runs it here too.
    """
    for pattern, callback in _callbacks(get_resolver(urlconf).url_patterns, ""):
        path = simplify_regex(pattern)
        cls = getattr(callback, "cls", None)
        if not isinstance(cls, type) or not issubclass(cls, GenericAPIView):
            continue
        actions = getattr(callback, "actions", None)
        action = actions.get("get") if actions else "get"
        # The same route with a suffix, /films.json, is not another one.
        if action and hasattr(cls, action) and "format>" not in path:
            name = f"{cls.__name__}.{action}" if actions else cls.__name__
            yield _route(path, name, _view(callback, action, path))


def _callbacks(patterns: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _callbacks(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


def _view(callback: Any, action: str, path: str) -> Any:
    request = HttpRequest()
    request.method = "GET"
    view = callback.cls(**getattr(callback, "initkwargs", {}))
    lookup = view.lookup_url_kwarg or view.lookup_field
    detail = f"<{lookup}>" in path or f":{lookup}>" in path
    view.setup(request, **({lookup: "0"} if detail else {}))
    view.action, view.format_kwarg, view.swagger_fake_view = action, None, True
    view.request = Request(request)
    view.request.user = AnonymousUser()
    return view


def _route(path: str, name: str, view: Any) -> Route:
    if PlannedReads not in type(view).__mro__:
        return Route(path, name, problem="the view does not inherit from PlannedReads")
    try:
        rows = view.get_queryset()
        reader = plan_for(view.get_serializer(), model=rows.model)
    except Exception as error:  # noqa: BLE001  the view's own code, run outside a request
        return Route(path, name, problem=f"{type(error).__name__}: {error}")
    counted = not view.is_detail() and getattr(view.paginator, "django_paginator_class", None)
    return Route(path, name, reader, rows, bool(counted))
