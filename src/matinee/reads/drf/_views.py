"""``PlannedReads``: a view whose serializer says what is read."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework.permissions import SAFE_METHODS

from matinee.reads.drf._reader import plan_for

__all__ = ["PlannedReads"]


class PlannedReads:
    """Put before a generic view or viewset, it reads what the view's serializer needs.

    ``class FilmViewSet(PlannedReads, ModelViewSet)`` is all there is to it. Lists load the
    columns they need; single objects are loaded with all their columns, since permissions and
    signals may look at any. Writes are left alone until they answer: then the object is read
    again by the plan, so that the answer is what the database holds.
    """

    def filter_queryset(self, queryset: Any) -> Any:
        """Plan what is left after the filters, for requests that only read."""
        queryset = super().filter_queryset(queryset)  # type: ignore[misc]
        if self.request.method not in SAFE_METHODS or not isinstance(queryset, QuerySet):  # type: ignore[attr-defined]
            return queryset
        reader = plan_for(self.get_serializer(), model=queryset.model)
        return reader.apply(queryset, narrow=not self.is_detail())

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Return the serializer; one that answers a write reads its object anew."""
        serializer = super().get_serializer(*args, **kwargs)  # type: ignore[misc]
        if self.request.method not in SAFE_METHODS:  # type: ignore[attr-defined]
            target = getattr(serializer, "child", serializer)
            # Set on the instance: the answer is made by whoever calls it, after every save.
            target.to_representation = _Fresh(self, target)
        return serializer

    def is_detail(self) -> bool:
        """Whether the URL names one object."""
        name = self.lookup_url_kwarg or self.lookup_field  # type: ignore[attr-defined]
        return name in self.kwargs  # type: ignore[attr-defined]


class _Fresh:
    """``to_representation`` over the row as the database has it now."""

    def __init__(self, view: Any, serializer: Any) -> None:
        self.view = view
        self.serializer = serializer
        self.render = serializer.to_representation

    def __call__(self, instance: Any) -> Any:
        if isinstance(instance, Model) and instance.pk is not None:
            instance = self.read(instance) or instance
        return self.render(instance)

    def read(self, instance: Model) -> Model | None:
        """Read *instance* again; from all rows where the view's own no longer include it."""
        reader = plan_for(self.serializer, model=type(instance))
        for rows in self.rows(instance):
            mine = rows.using(instance._state.db).filter(pk=instance.pk)
            found: Model | None = reader.apply(mine, narrow=False).first()
            if found is not None:
                return found
        return None

    def rows(self, instance: Model) -> Iterator[QuerySet[Any]]:
        own = self.view.get_queryset()
        if isinstance(own, QuerySet) and not own.query.is_sliced and not own.query.combinator:
            yield own
        yield type(instance)._base_manager.all()
