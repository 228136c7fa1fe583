"""``plan_for``: from a serializer to a reader of its rows."""

from typing import Any

from django.db.models import Model

from matinee import conf
from matinee.reads.apply import Reader
from matinee.reads.drf._fingerprint import fingerprint, read_from
from matinee.reads.drf._inspect import Inspection
from matinee.reads.drf._kept import Kept
from matinee.reads.plan import plan_of

__all__ = ["plan_for"]

# As many as a large project has serializers.
_kept: Kept[Reader] = Kept(2_000)


def plan_for(serializer: Any, *, model: type[Model] | None = None) -> Reader:
    """Return the reader of *serializer*: ``plan_for(FilmSerializer()).apply(Film.objects.all())``.

    Args:
        serializer: An instance, with the context it will be rendered with, many or not. Its class
            may be any of Django REST framework's or a subclass. The context's request fills each
            ``request_value``; what its view says in ``reads`` is heeded.
        model: Of the rows; needed where the serializer has no ``Meta.model``.

    Queries: none. A serializer is planned once for its class; where its fields depend on the
    request, once for each set of fields.

    Raises:
        ReadsError: No model is known.
    """
    one = getattr(serializer, "child", serializer)
    depth, request, view = conf.reads.max_depth, one.context.get("request"), _view(one)
    key = (fingerprint(one, depth=depth, telling=read_from), model, depth, view)

    def reader() -> Reader:
        shape = Inspection(one, model, max_depth=depth, view=view).shape
        return Reader(type(one).__name__, plan_of(shape))

    return _kept.get(key, reader).for_request(request)


def _view(serializer: Any) -> type | None:
    """Return the class of the view that *serializer* answers for, if it says what is read."""
    view = type(serializer.context.get("view"))
    return view if getattr(view, "reads", ()) else None
