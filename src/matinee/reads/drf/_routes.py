"""What the project's views read: every route that answers GET, with its plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.admindocs.views import simplify_regex
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from matinee.reads._request import answering as for_request
from matinee.reads._slower import slower
from matinee.reads._unneeded import without_unneeded
from matinee.reads.apply import Reader
from matinee.reads.drf import middleware
from matinee.reads.drf._handlers import Handler, handler_of
from matinee.reads.drf._json import answering
from matinee.reads.drf._reader import plan_for
from matinee.reads.drf._serializers import model_serializers
from matinee.reads.drf._served import COUNTING, looks_at_objects, needs_object_alone
from matinee.reads.drf._views import PlannedReads, in_plain_lists
from matinee.reads.projection import Unfit

__all__ = ["Route", "no_queryset", "no_serializer", "routes", "serializers", "views"]


@dataclass(frozen=True, slots=True)
class Route:
    """One way to GET something from a view of Django REST framework's.

    Attributes:
        path: As people write it: "/api/films/<pk>/"; "" for a serializer by itself.
        name: The view and its action: "FilmViewSet.list"; or the serializer: "films.FilmCard".
        reader: The plan, named by its serializer; None where *problem* says why.
        rows: The view's own queryset, without what is *dropped*.
        counted: Whether a paginator asks for the number of rows, one more query.
        looked_at: Whether permissions look at the object before, one more query than *json*.
        dropped: Hand-written loading that nothing reads: "select_related('studio')".
        json: The SQL of the one statement that makes the answer, "" where instances make it.
        json_problem: Why they do although the view says ``json_reads``; "" where it says not.
        problem: Why there is no plan, "" where there is one.
    """

    path: str
    name: str
    reader: Reader | None = None
    rows: QuerySet[Any] | None = None
    counted: bool = False
    looked_at: bool = False
    dropped: tuple[str, ...] = ()
    json: str = ""
    json_problem: str = ""
    problem: str = ""

    @property
    def queries(self) -> int | None:
        """The number of queries of one answer at most, None where it is not planned."""
        if self.reader is None:
            return None
        answer = 1 + self.looked_at if self.json else self.reader.plan.queries
        return self.counted + answer

    def lines(self) -> Iterator[str]:
        """Yield what is to say of it, a line a part, without its SQL."""
        if self.reader is None:
            yield f"not planned: {self.problem}"
            return
        plan = self.reader.plan
        queries = "1 query" if self.queries == 1 else f"{self.queries} queries"
        counted = ", one of them to count the rows" if self.counted else ""
        looked_at = ", one of them for the permissions of the object" if self.looked_at else ""
        yield f"{self.reader.name} reads {plan.model.__name__}: {queries}{counted}{looked_at}"
        yield from plan.branches()
        for each in self.dropped:
            yield f"dropped: {each}, nothing reads it"
        if self.json:
            yield "json: one statement makes the answer"
            yield from (f"json: {each}" for each in slower(plan))
        elif self.json_problem:
            yield f"json: instances make the answer, {self.json_problem}"

    def statements(self) -> Iterator[tuple[str, str]]:
        """Yield (path, SQL) of each query of the answer, that of the count left out."""
        if self.json:
            yield "", self.json
        elif self.reader is not None and self.rows is not None:
            yield from self.reader.statements(self.rows)


def routes(urlconf: str | None = None) -> Iterator[Route]:
    """Yield each GET route of Django REST framework's views, in the URLconf's order.

    Views are made with an empty request of nobody's, as schema generators make them
    (``view.swagger_fake_view`` is True). Plans cost no query; a ``get_queryset`` that runs one
    runs it here too.
    """
    for path, name, view in views(urlconf):
        yield _route(path, name, view)


def views(urlconf: str | None = None) -> Iterator[tuple[str, str, Any]]:
    """Yield each route as its path, its name, and a view that was made for it."""
    everywhere = middleware.is_installed()
    urls = urlconf or getattr(settings, "ROOT_URLCONF", None)
    for pattern, callback in _callbacks(get_resolver(urls).url_patterns, "") if urls else ():
        path = simplify_regex(pattern)
        cls = getattr(callback, "cls", None)
        # The same route with a suffix, /films.json, is not another one.
        if not isinstance(cls, type) or not issubclass(cls, APIView) or "format>" in path:
            continue
        actions = getattr(callback, "actions", None)
        action = actions.get("get") if actions else "get"
        if action and hasattr(cls, action):
            if everywhere:
                middleware.plan(callback)
            name = f"{cls.__name__}.{action}" if actions else cls.__name__
            yield path, name, _view(callback, action if actions else None, path)


def serializers() -> Iterator[Route]:
    """Yield each of the project's model serializers that is imported, with its plan."""
    for cls in model_serializers():
        name = f"{cls.__module__}.{cls.__name__}"
        try:
            reader = plan_for(cls())
        except Exception as error:  # noqa: BLE001  the serializer's own code, run for no request
            yield Route("", name, problem=f"{type(error).__name__}: {error}")
        else:
            model: Any = reader.plan.model
            yield Route("", name, reader, model._default_manager.all())


def _callbacks(patterns: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _callbacks(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


def _view(callback: Any, action: str | None, path: str) -> Any:
    request = HttpRequest()
    request.method = "GET"
    view = callback.cls(**getattr(callback, "initkwargs", {}))
    lookup = getattr(view, "lookup_url_kwarg", None) or getattr(view, "lookup_field", "pk")
    detail = f"<{lookup}>" in path or f":{lookup}>" in path
    kwargs = {str(lookup): "0"} if detail else {}
    view.setup(request, **kwargs)
    view.format_kwarg, view.swagger_fake_view = None, True
    if action:
        view.action = action
    view.request = Request(request)
    nobody: Any = api_settings.UNAUTHENTICATED_USER
    view.request.user = nobody() if nobody else None  # where django.contrib.auth is absent
    return view


def _route(path: str, name: str, view: Any) -> Route:
    if problem := _obstacle(view):
        return Route(path, name, problem=problem)
    handler = handler_of(view)
    try:
        rows = view.get_queryset()
        if problem := no_queryset(rows):
            return Route(path, name, problem=problem)
        serializer = view.get_serializer()
        reader = plan_for(serializer, model=rows.model)
        plain = in_plain_lists(view, handler)
        json, json_problem = _json(view, handler, serializer, rows)
        rows, dropped = without_unneeded(reader.plan, rows) if plain else (rows, ())
    except Exception as error:  # noqa: BLE001  the view's own code, run outside a request
        return Route(path, name, problem=f"{type(error).__name__}: {error}")
    counted = handler.paginates and isinstance(view.paginator, COUNTING)
    looked_at = bool(json) and handler.single and looks_at_objects(view)
    return Route(path, name, reader, rows, counted, looked_at, dropped, json, json_problem)


def _json(view: Any, handler: Handler, serializer: Any, rows: QuerySet[Any]) -> tuple[str, str]:
    """Return the SQL that makes the answer of *view*, or why there is none; "" if not asked for."""
    if not view.json_reads:
        return "", ""
    if not handler.shipped:
        return "", f"{handler.name}() gets hold of the rows"
    if handler.single and looks_at_objects(view) and needs_object_alone(serializer, rows):
        return "", "permissions look at the object, and with it comes all that is read"
    try:
        with for_request(view.request):
            found = answering(serializer, rows).statement.sql(rows, comment=type(view).__name__)
    except Unfit as why:
        return "", str(why)
    return (found[0], "") if found else ("", "the queryset is empty")


def _obstacle(view: Any) -> str:
    """Say why *view* is not planned, "" where nothing stands against it."""
    if problem := no_serializer(view):
        return problem
    if not isinstance(view, PlannedReads):
        return (
            "the view does not inherit from PlannedReads, "
            "and MIDDLEWARE does not have PlannedReadsMiddleware"
        )
    return "" if view.planned_reads else "planned_reads is False"


def no_serializer(view: Any) -> str:
    """Say why *view* has no serializer to plan by, and what to do; "" where it has."""
    if not isinstance(view, GenericAPIView):
        return (
            "no generic view, so no serializer to go by; in its code, "
            "plan_for(FilmSerializer()).apply(queryset) plans"
        )
    handler = handler_of(view)
    if not handler.serializes:
        return f"{handler.name}() does not ask for the view's serializer; get_serializer() plans"
    return ""


def no_queryset(rows: Any) -> str:
    """Say why *rows*, which a view reads, take no plan, and what is done; "" where they do."""
    if isinstance(rows, QuerySet) and not rows.query.combinator:
        return ""
    what = "a union" if isinstance(rows, QuerySet) else f"a {type(rows).__name__}"
    return f"get_queryset() returns {what}; its objects are loaded when serialized"
