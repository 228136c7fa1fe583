"""``plan_for``: from a serializer to a reader of its rows."""

from typing import Any

from django.db.models import Model

from matinee import conf
from matinee.reads.apply import Reader
from matinee.reads.drf._inspect import Inspection, is_static
from matinee.reads.plan import plan_of

__all__ = ["plan_for"]

# Static serializers are planned once; classes are as many as the project has, so this is bounded.
_static: dict[tuple[type, type[Model] | None, int, type | None], Reader] = {}


def plan_for(serializer: Any, *, model: type[Model] | None = None) -> Reader:
    """Return the reader of *serializer*: ``plan_for(FilmSerializer()).apply(Film.objects.all())``.

    Args:
        serializer: An instance, with the context it will be rendered with, many or not. Its class
            may be any of Django REST framework's or a subclass. The context's request fills each
            ``request_value``; what its view says in ``reads`` is heeded.
        model: Of the rows; needed where the serializer has no ``Meta.model``.

    Queries: none. A serializer whose fields do not depend on the request is planned once.

    Raises:
        ReadsError: No model is known.
    """
    one = getattr(serializer, "child", serializer)
    depth, request, view = conf.reads.max_depth, one.context.get("request"), _view(one)
    key = (type(one), model, depth, view)
    if key in _static and is_static(one):
        return _static[key].for_request(request)
    inspection = Inspection(one, model, max_depth=depth, view=view)
    reader = Reader(type(one).__name__, plan_of(inspection.shape))
    if inspection.static:
        _static[key] = reader
    return reader.for_request(request)


def _view(serializer: Any) -> type | None:
    """Return the class of the view that *serializer* answers for, if it says what is read."""
    view = type(serializer.context.get("view"))
    return view if getattr(view, "reads", ()) else None
