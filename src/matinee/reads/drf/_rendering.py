"""The guard around a serializer of Django REST framework."""

from contextlib import AbstractContextManager, nullcontext
from types import FrameType
from typing import Any

from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer

from matinee.reads._guard import watching
from matinee.reads.apply import is_unplanned
from matinee.reads.drf._finish import FINISHING
from matinee.reads.drf._reader import plan_for

__all__ = ["rendering"]

_FIELDS = Serializer.to_representation.__code__


def rendering(serializer: Any, name: str) -> AbstractContextManager[object]:
    """Watch what *serializer*, and those within, ask of the database inside the block.

    Args:
        serializer: The outermost; its plan is looked at when there is a query.
        name: Whose rendering it is, for the report: "FilmViewSet.list".
    """
    if is_unplanned():
        return nullcontext()
    return watching(name, lambda: plan_for(serializer).plan, field_of)


def field_of(frame: FrameType) -> str | None:
    """Return the field that *frame* renders, None where it is no serializer's."""
    if frame.f_code is FINISHING:
        return f"{type(frame.f_locals['self'].serializer).__name__}.{frame.f_locals['key']}"
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
