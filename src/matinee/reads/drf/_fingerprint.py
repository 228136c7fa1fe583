"""What tells one plan from another: a serializer's class, or its fields where those vary."""

from collections.abc import Hashable
from typing import Any
from weakref import WeakKeyDictionary

from rest_framework import relations, serializers

from matinee.reads.drf._inspect import is_static

__all__ = ["fingerprint"]

# Of a field beside its class and source: what it says of where its value comes from.
_TELLING = ("method_name", "model_field", "slug_field", "lookup_field", "_part")
_MANY = relations.ManyRelatedField

# Weak, for serializers that are made while requests are answered.
_fixed: WeakKeyDictionary[type, bool] = WeakKeyDictionary()


def fingerprint(serializer: Any, *, depth: int) -> Hashable:
    """Return what any serializer that reads the same has too.

    The class alone where all its instances have the same fields, which then are not even made:
    that takes longer than all the rest of planning.

    Args:
        serializer: Of one object, as it will be rendered.
        depth: How deep nested serializers are looked into.
    """
    cls: Any = type(serializer)
    if _is_fixed(serializer):
        return cls  # type: ignore[no-any-return]
    fields = getattr(serializer, "_readable_fields", ()) if depth else ()
    return (
        cls,
        *((field.field_name, _of_field(field, depth - 1)) for field in fields),
    )


def _of_field(field: Any, depth: int) -> Hashable:
    nested = _nested(field)
    return (
        type(field),
        field.source,
        *(getattr(field, name, None) for name in _TELLING),
        _of_field(field.child_relation, depth) if isinstance(field, _MANY) else None,
        fingerprint(nested, depth=depth) if nested is not None else None,
    )


def _nested(field: Any) -> Any:
    """Return the serializer of one object within *field*, None where there is none."""
    inner = getattr(field, "serializer", field)
    inner = inner.child if isinstance(inner, serializers.ListSerializer) else inner
    return inner if isinstance(inner, serializers.BaseSerializer) else None


def _is_fixed(serializer: Any) -> bool:
    """Whether every instance of its class has the same fields, and theirs have, and so on."""
    cls: Any = type(serializer)
    if not is_static(serializer):
        return False
    if cls not in _fixed:
        fields = getattr(cls(context=serializer.context), "fields", {})
        nested = filter(None, map(_nested, fields.values()))
        _fixed[cls] = all(map(_is_fixed, nested))
    return _fixed[cls]
