"""Django REST framework answers what the database refuses: 409 or 400, with a code."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from rest_framework import serializers, views
from rest_framework.response import Response

from matinee.conflicts import attempt, problem
from matinee.exceptions import ConflictError

__all__ = ["AnswersConflicts", "exception_handler"]

if TYPE_CHECKING:
    from rest_framework.viewsets import ModelViewSet

    _View = ModelViewSet[Any]
else:
    _View = object


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer what the database refuses, ``{"detail": …, "code": "conflict.overlap"}``.

    Django's ``ValidationError``, which :func:`matinee.conflicts.save` raises, is answered by
    field. To be named in the settings; all else is answered as Django REST framework does::

        REST_FRAMEWORK = {"EXCEPTION_HANDLER": "matinee.conflicts.drf.exception_handler"}
    """
    if isinstance(error, ValidationError):
        cause = error.__cause__
        status = cause.status if isinstance(cause, ConflictError) else 400
        views.set_rollback()
        return Response(serializers.as_serializer_error(error), status=status)
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
