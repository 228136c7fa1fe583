"""Django REST framework answers what the database refuses: 409 or 400, with a code."""

from typing import TYPE_CHECKING, Any

from rest_framework import views
from rest_framework.response import Response

from matinee.conflicts import attempt, problem

__all__ = ["AnswersConflicts", "exception_handler"]

if TYPE_CHECKING:
    from rest_framework.viewsets import ModelViewSet

    _View = ModelViewSet[Any]
else:
    _View = object


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer what the database refuses, ``{"detail": …, "code": "conflict.overlap"}``.

    To be named in the settings. All else is answered as Django REST framework does::

        REST_FRAMEWORK = {"EXCEPTION_HANDLER": "matinee.conflicts.drf.exception_handler"}
    """
    found = problem(error)
    if found is None:
        return views.exception_handler(error, context)
    views.set_rollback()
    return Response(found.body, status=found.status)


class AnswersConflicts(_View):
    """A mixin for views that write: each write in a transaction, once more after a deadlock."""

    def perform_create(self, serializer: Any) -> None:
        attempt(super().perform_create, serializer)

    def perform_update(self, serializer: Any) -> None:
        attempt(super().perform_update, serializer)

    def perform_destroy(self, instance: Any) -> None:
        attempt(super().perform_destroy, instance)
