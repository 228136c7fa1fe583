"""``PlannedReads``: a view whose serializer says what is read."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.query import get_prefetcher
from rest_framework.permissions import SAFE_METHODS

from matinee.reads._unneeded import without_unneeded
from matinee.reads.apply import Reader
from matinee.reads.drf._attempt import attempt
from matinee.reads.drf._handlers import Handler, handler_of
from matinee.reads.drf._objects import fresh, handed, loaded, waits
from matinee.reads.drf._reader import plan_for
from matinee.reads.drf._served import Served, ServedSerializer, only_cuts, served

__all__ = ["PlannedReads", "in_plain_lists"]


class PlannedReads:
    """Put before a generic view or viewset, it reads what the view's serializer needs.

    ``class FilmViewSet(PlannedReads, ModelViewSet)`` is all there is to it. Lists load the
    columns they need; single objects are loaded with all their columns, since permissions and
    signals may look at any. Writes are left alone until they answer: then the object is read
    again by the plan, so that the answer is what the database holds. Where planning fails, the
    view answers as it would without, and the logger ``matinee.reads`` says so once.

    Attributes:
        planned_reads: False leaves the view alone, ``@action(planned_reads=False)`` an action.
        json_reads: True answers GET requests for JSON by one statement that makes it, where that
            can be; ``manage.py reads`` says where not, and why.
        planned_query: The reader and the queryset of this request, once there are any.
    """

    planned_reads = True
    planned_query: "tuple[Reader, QuerySet[Any]] | None" = None
    json_reads = False
    _served: Served | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let what any base class says stand before the defaults, wherever it is among them."""
        super().__init_subclass__(**kwargs)
        for name in ("planned_reads", "json_reads"):
            said = [base for base in cls.__mro__ if name in vars(base) and base is not PlannedReads]
            if said:
                setattr(cls, name, getattr(said[0], name))

    def filter_queryset(self, queryset: Any) -> Any:
        """Plan what is left after the filters, for requests that only read."""
        queryset = super().filter_queryset(queryset)  # type: ignore[misc]
        if not self.planned_reads or not _only_reads(self):
            return queryset
        if self.json_reads:
            self._served = attempt(_name(self), lambda: served(self, queryset), None)
        if self._served is None and waits(queryset):
            return attempt(_name(self), lambda: _planned(self, queryset), queryset)
        return queryset if self._served is None else self._served.rows()

    def paginate_queryset(self, queryset: Any) -> Any:
        """Return the page, which holds no rows yet where the database answers."""
        queryset = queryset if self._served is None else self._served.paged(queryset)
        return super().paginate_queryset(queryset)  # type: ignore[misc]

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Return the serializer, which sees to the rows that it is handed in the end."""

        def make() -> Any:
            serializer = super(PlannedReads, self).get_serializer(*args, **kwargs)  # type: ignore[misc]
            planned = self.planned_reads
            return handed(serializer, _View(self), name=_name(self)) if planned else serializer

        if self._served is None or len(args) != 1 or kwargs.keys() - {"many"}:
            return make()
        return ServedSerializer(self._served, make, args[0], many=kwargs.get("many", False))


def in_plain_lists(view: Any, handler: Handler) -> bool:
    """Whether nothing but the serializer sees the rows, so that they may be as narrow as it likes.

    Permissions look at single objects, handlers of the project's own at any, and cursors at the
    columns that rows are ordered by.
    """
    return handler.shipped and not handler.single and only_cuts(view.paginator)


def _planned(view: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
    handler = handler_of(view)
    if not handler.serializes:
        return queryset
    reader = plan_for(view.get_serializer(), model=queryset.model)
    plain = in_plain_lists(view, handler)
    if plain:
        queryset, _ = without_unneeded(reader.plan, queryset)
    queryset = reader.apply(queryset, narrow=plain)
    view.planned_query = reader, queryset
    return queryset


class _View:
    """How a view reads the rows of a serializer it made."""

    def __init__(self, view: Any) -> None:
        self.view = view

    def __call__(self, serializer: Any, data: Any) -> Any:
        if not _only_reads(self.view):
            rows = attempt(_name(self.view), self.view.get_queryset, None)
            return fresh(serializer, data, rows if isinstance(rows, QuerySet) else None)
        return data if self.has_read(data) else loaded(serializer, data)

    def has_read(self, data: Any) -> bool:
        """Whether *data* comes from the queryset that the view has planned."""
        if self.view.planned_query is None or self.view.request.method not in SAFE_METHODS:
            return False  # a form shows every field, the page around it maybe not
        reader, queryset = self.view.planned_query
        if data is queryset:
            return True
        first = data if not isinstance(data, list | tuple) else data[0] if data else None
        return isinstance(first, reader.plan.model) and _has(reader, first)


def _has(reader: Reader, instance: Any) -> bool:
    """Whether *instance* has all that the reader's plan starts with."""
    for step in (*reader.plan.joins, *reader.plan.fetches):
        prefetcher: Any = get_prefetcher(instance, step.hop.attribute, step.place)
        *_, is_loaded = prefetcher
        if step.read and not is_loaded(instance):
            return False
    return True


def _only_reads(view: Any) -> bool:
    # The method that was sent: to draw its forms, the browsable API shows views another one.
    return view.request._request.method in SAFE_METHODS  # noqa: SLF001  documented


def _name(view: Any) -> str:
    return f"{type(view).__name__}.{getattr(view, 'action', None) or view.request.method.lower()}"
