"""The guard around a serializer of Django REST framework."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import FrameType

from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer

from matinee.reads._guard import Watch, watching
from matinee.reads.plan import Plan

__all__ = ["rendering"]

_FIELDS = Serializer.to_representation.__code__


def rendering(name: str, plan: Callable[[], Plan]) -> AbstractContextManager[Watch]:
    """Watch what serializers ask of the database inside the block.

    Args:
        name: Whose plan it is: "FilmViewSet.list".
        plan: Returns the plan; called when there is a query it may not have foreseen.
    """
    return watching(name, plan, field_of)


def field_of(frame: FrameType) -> str | None:
    """Return the field that *frame* renders, None where it is no serializer's."""
    if frame.f_code is _FIELDS:
        field = frame.f_locals.get("field")
        return f"{_owner(frame)}.{getattr(field, 'field_name', 'fields')}"
    if frame.f_code.co_name == "to_representation":
        serializer = frame.f_locals.get("self")
        if isinstance(serializer, BaseSerializer) and not isinstance(serializer, ListSerializer):
            return f"{_owner(frame)}.to_representation"
    return None


def _owner(frame: FrameType) -> str:
    return type(frame.f_locals["self"]).__name__
