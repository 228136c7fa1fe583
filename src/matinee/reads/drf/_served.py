"""How a request is answered by one statement, from the view's queryset to the response's data."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Model, QuerySet, Value
from django.db.models.functions import Cast
from django.db.models.query import ModelIterable
from django.shortcuts import get_object_or_404
from msgspec import Raw
from msgspec.json import decode
from rest_framework.pagination import LimitOffsetPagination, PageNumberPagination
from rest_framework.permissions import BasePermission
from rest_framework.views import APIView

from matinee import receipts
from matinee.reads.apply import is_unplanned
from matinee.reads.drf._answers import AnswerList, AnswerObject, AnswerRenderer, renders_plainly
from matinee.reads.drf._fingerprint import is_known_fixed
from matinee.reads.drf._handlers import handler_of
from matinee.reads.drf._json import Answering, answering, answering_for
from matinee.reads.drf._reader import plan_for
from matinee.reads.projection import Unfit

__all__ = [
    "COUNTING",
    "Served",
    "ServedSerializer",
    "looks_at_objects",
    "needs_object_alone",
    "only_cuts",
    "served",
]

# Paginators that ask for the number of rows, hand on a slice of them, and look at nothing of it.
COUNTING = (PageNumberPagination, LimitOffsetPagination)
_SLICING = {each.paginate_queryset for each in COUNTING}


def only_cuts(paginator: Any) -> bool:
    """Whether *paginator* looks at nothing of the rows: it is shipped so, or none."""
    return paginator is None or getattr(type(paginator), "paginate_queryset", None) in _SLICING


def served(view: Any, queryset: Any) -> "Served | None":
    """Return how *view* answers its request from *queryset* by one statement.

    None where instances must: the answer is no plain JSON, code of the project's own gets hold of
    the rows, or there is something that one statement cannot do.
    """
    handler = handler_of(view)
    mine = isinstance(queryset, QuerySet) and handler.shipped and handler.serializes
    asked = view.request.method in ("GET", "HEAD")  # and not what OPTIONS tries out
    if not mine or not asked or is_unplanned() or not renders_plainly(view.request):
        return None
    try:
        found = _answering(view, queryset)
        found.statement.check(queryset)
    except Unfit:
        return None
    looked_at = handler.single and looks_at_objects(view)
    if looked_at and needs_object_alone(found.serializer(), queryset):
        return None
    return Served(view, queryset, found, single=handler.single and not looked_at)


def _answering(view: Any, queryset: QuerySet[Any, Any]) -> Answering:
    """Return what answers for the serializer of *view*, which is made only if it must be."""
    cls, make = view.get_serializer_class(), view.get_serializer
    return answering_for(cls, queryset, view.request, make) or answering(make(), queryset)


def looks_at_objects(view: Any) -> bool:
    """Whether the permissions of *view* look at the object that it answers with."""
    if type(view).check_object_permissions is not APIView.check_object_permissions:
        return True
    return any(
        getattr(type(each), "has_object_permission", None)
        is not BasePermission.has_object_permission
        for each in view.get_permissions()
    )


def needs_object_alone(serializer: Any, queryset: QuerySet[Any, Any]) -> bool:
    """Whether the query for the object brings all that *serializer* reads of it."""
    return plan_for(serializer, model=queryset.model).plan.queries == 1


class Served:
    """One request that is answered by one statement.

    Attributes:
        view: The view.
        queryset: Its rows, after the filters.
        answering: What answers for them.
        single: Whether it is answered with one object that nobody looks at before.
    """

    def __init__(
        self, view: Any, queryset: QuerySet[Any, Any], answering: Answering, *, single: bool
    ) -> None:
        self.view = view
        self.queryset = queryset
        self.answering = answering
        self.single = single

    def rows(self) -> QuerySet[Any, Any]:
        """Return what the view goes on with; its ``get()`` gives no object, but the queryset."""
        return _held(self.queryset) if self.single else self.queryset

    def paged(self, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """Return what the paginator is given: rows that run no query, if it only cuts them."""
        paginator = self.view.paginator
        return _held(queryset) if paginator is not None and only_cuts(paginator) else queryset

    def data(self, serializer: "ServedSerializer") -> Any:
        """Return the data of *serializer*, from the database as JSON if that can be."""
        many = serializer.many
        rows = _unheld(serializer.rows)
        found = rows if isinstance(rows, QuerySet) else self.again(rows)
        body = b"[]" if found is None and rows == [] else self.json(serializer, found)
        objects = decode(body, type=list[Raw]) if body and not many else []
        if body is None or (not many and len(objects) != 1):
            # One object there should be; if there is not, Django says so.
            waiting = not many and isinstance(rows, QuerySet)
            serializer.real.instance = get_object_or_404(rows) if waiting else rows
            return serializer.real.data
        self.view.request.accepted_renderer = AnswerRenderer()
        return AnswerList(body) if many else AnswerObject(bytes(objects[0]))

    def json(self, serializer: "ServedSerializer", rows: QuerySet[Any, Any] | None) -> bytes | None:
        """Return the JSON list of *rows*; None where instances must answer after all."""
        if rows is None:
            return None
        try:
            found = self.of(serializer, rows)
            body = found.json(rows, comment=type(self.view).__name__)
        except Unfit:
            return None
        if (receipt := receipts.current()) is not None:
            receipt.mark("reads", found.cls.__name__, detail=found)
        return body

    def of(self, serializer: "ServedSerializer", rows: QuerySet[Any, Any]) -> Answering:
        """Return what answers for *serializer*: what was found before, if its fields are the same.

        Views may name another class as soon as there is a page.
        """
        found = self.answering
        cls = self.view.get_serializer_class()
        if cls is not found.cls or not is_known_fixed(cls):
            return answering(serializer.real, rows)
        return found if found.finish is None else replace(found, serializer=serializer.one)

    def again(self, rows: Any) -> QuerySet[Any, Any] | None:
        """Return a queryset of the same rows, in the same order; None where there is none."""
        if isinstance(rows, Model):
            sliced = self.queryset.query.is_sliced or self.queryset.query.combinator
            return None if sliced else self.queryset.using(rows._state.db).filter(pk=rows.pk)
        keys = [each.pk for each in rows]
        if not keys or len(set(keys)) < len(keys) or self.queryset.query.annotation_select:
            return None
        model = self.queryset.model
        array: Any = ArrayField(model._meta.pk)
        position = Func(Cast(Value(keys, array), array), F("pk"), function="array_position")
        found: QuerySet[Any, Any] = QuerySet(model).using(rows[0]._state.db).filter(pk__in=keys)
        return found.order_by(position)


class ServedSerializer:
    """A serializer whose data the database makes; in everything else the serializer itself.

    Attributes:
        rows: What it was given.
        many: Whether that is a list.
    """

    def __init__(self, served: Served, make: Callable[[], Any], rows: Any, *, many: bool) -> None:
        self.rows = rows
        self.many = many
        self._served = served
        self._make = make

    @cached_property
    def real(self) -> Any:
        """The serializer; most answers do without it."""
        return self._make()

    def one(self) -> Any:
        """Return the serializer of one row."""
        return getattr(self.real, "child", self.real)

    @property
    def data(self) -> Any:
        return self._served.data(self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class _Held(ModelIterable):  # type: ignore[type-arg]
    """In the place of the rows: the queryset that would have run, as the only one."""

    def __iter__(self) -> Iterator[Any]:
        rows = self.queryset.all()
        rows._iterable_class = ModelIterable
        return iter([rows])


def _held(queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    held = queryset.all()
    held._iterable_class = _Held
    return held


def _unheld(rows: Any) -> Any:
    if isinstance(rows, list) and len(rows) == 1 and isinstance(rows[0], QuerySet):
        return rows[0]
    return rows
