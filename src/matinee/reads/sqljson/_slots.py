"""What each request fills in: its time zone, what it says of itself, keys of content types."""

import datetime as dt
from typing import Any

from django.db.models import Model, Q
from django.utils import timezone

from matinee.reads._request import RequestValue, current_request, waits
from matinee.reads.projection import Unfit
from matinee.reads.sqljson._expressions import Filled, Slot

__all__ = ["ZONE", "content_type", "slotted"]


def _zone(_alias: str) -> str:
    zone: dt.tzinfo = timezone.get_current_timezone()
    if (name := getattr(zone, "key", None)) is not None:
        return str(name)
    if not isinstance(zone, dt.timezone):
        raise Unfit(f"the time zone {zone} has no name")
    offset = zone.utcoffset(None)
    # POSIX names count westwards.
    sign, size = ("+", -offset) if offset < dt.timedelta(0) else ("-", offset)
    return f"<{zone.tzname(None)}>{sign}{size}"


ZONE = Filled(Slot("time zone", _zone), "text")


def content_type(model: type[Model], field: Any) -> Filled:
    """Return the key of the content type that rows of *model* have in the generic *field*."""

    def fill(alias: str) -> int:
        # Not every project has content types.
        from django.contrib.contenttypes.models import ContentType

        types = ContentType.objects.db_manager(alias)
        key: int = types.get_for_model(model, for_concrete_model=field.for_concrete_model).pk
        return key

    return Filled(Slot(f"content type of {model.__name__}", fill), "bigint")


def slotted(node: Any) -> Any:
    """Return *node*, a ``Q`` or an expression, with a slot for each ``request_value`` in it.

    Raises:
        Unfit: One stands where a slot cannot.
    """
    if not waits(node):
        return node
    found = _slotted(node)
    if waits(found):
        raise Unfit(f"{node!r} holds a request_value in a query of its own")
    return found


def _slotted(node: Any) -> Any:
    if isinstance(node, RequestValue):
        return _asked(node)
    if isinstance(node, Q):
        children = [_child(each) for each in node.children]
        return Q.create(children=children, connector=node.connector, negated=node.negated)
    if hasattr(node, "get_source_expressions") and not hasattr(node, "query"):
        copied = node.copy()
        copied.set_source_expressions([_slotted(each) for each in node.get_source_expressions()])
        return copied
    return node


def _child(child: Any) -> Any:
    if not isinstance(child, tuple):
        return _slotted(child)
    lookup, value = child
    if isinstance(value, RequestValue) and lookup.endswith("__in"):
        raise Unfit(f"{value} is a list, whose length is part of the SQL")
    return lookup, _slotted(value)


def _asked(asked: RequestValue) -> Filled:
    def fill(_alias: str) -> Any:
        value = asked.value(current_request())
        if hasattr(value, "resolve_expression") or isinstance(value, list | tuple | set):
            raise Unfit(f"{asked} gives more than one value")
        return value.pk if hasattr(value, "pk") else value

    return Filled(Slot(repr(asked), fill))
