"""What tells one plan from another: a serializer's class, or its fields where those vary."""

from collections.abc import Callable, Hashable
from typing import Any
from weakref import WeakKeyDictionary

from rest_framework import relations, serializers
from rest_framework.fields import empty

from matinee._parts import FIELDS
from matinee.reads.drf._inspect import is_static

__all__ = ["fingerprint", "is_fixed", "is_known_fixed", "read_from", "written_as"]

_MANY = relations.ManyRelatedField
_FROM = ("method_name", "model_field", "slug_field", "lookup_field", "_part")
_AS = (
    *("allow_null", "required", "pk_field", "format", "timezone", "coerce_to_string"),
    *("normalize_output", "rounding", "localize", "max_digits", "decimal_places"),
    *("uuid_format", "binary"),
)
_OWN = ("get_attribute", "to_representation")

# Weak, for serializers that are made while requests are answered.
_fixed: WeakKeyDictionary[type, bool] = WeakKeyDictionary()


def fingerprint(serializer: Any, *, depth: int, telling: Callable[[Any], Hashable]) -> Hashable:
    """Return what any serializer has too of which *telling* says the same.

    The class alone where all its instances have the same fields, which then are not even made:
    that takes longer than all the rest of planning.

    Args:
        serializer: Of one object, as it will be rendered.
        depth: How deep nested serializers are looked into.
        telling: Says what counts of a field: ``read_from`` or ``written_as``.
    """
    cls: Any = type(serializer)
    if is_fixed(serializer):
        return cls  # type: ignore[no-any-return]
    fields = getattr(serializer, "_readable_fields", ()) if depth else ()
    return (
        cls,
        *((field.field_name, _of_field(field, depth - 1, telling)) for field in fields),
    )


def read_from(field: Any) -> Hashable:
    """Return what *field* says, beside its class, of where its value comes from."""
    if type(field) in FIELDS:  # it may have a model field of its own, which is made with it
        return field.source, type(field.model_field)
    return (field.source, *(getattr(field, name, None) for name in _FROM))


def written_as(field: Any) -> Hashable:
    """Return what *field* says of where its value comes from and of how it is written."""
    own = vars(field)
    return (
        read_from(field),
        *(getattr(field, name, empty) for name in _AS),
        # Defaults that are equal may be written differently, and need no hash.
        *(type(field.default), repr(field.default)),
        tuple(getattr(field, "_choices", ())),  # RelatedField.choices would run a query
        *(type(own.get(name)) for name in _OWN),
    )


def _of_field(field: Any, depth: int, telling: Callable[[Any], Hashable]) -> Hashable:
    nested, inner = _nested(field), _inner(field)
    return (
        type(field),
        telling(field),
        _of_field(inner, depth, telling) if inner is not None else None,
        fingerprint(nested, depth=depth, telling=telling) if nested is not None else None,
    )


def _nested(field: Any) -> Any:
    """Return the serializer of one object within *field*, None where there is none."""
    inner = getattr(field, "serializer", field)
    inner = inner.child if isinstance(inner, serializers.ListSerializer) else inner
    return inner if isinstance(inner, serializers.BaseSerializer) else None


def _inner(field: Any) -> Any:
    """Return the field of each value of *field*, None where there is none."""
    if isinstance(field, serializers.ListField) or type(field) in FIELDS:
        return field.child
    return field.child_relation if isinstance(field, _MANY) else None


def is_fixed(serializer: Any) -> bool:
    """Whether every instance of its class has the same fields, and theirs have, and so on."""
    cls: Any = type(serializer)
    if "fields" in vars(serializer):
        return False
    if cls not in _fixed:
        _fixed[cls] = is_static(serializer) and _are_fixed(cls(context=serializer.context))
    return _fixed[cls]


def is_known_fixed(cls: type) -> bool:
    """Whether ``is_fixed`` was true of a serializer of *cls* before its fields were made."""
    return _fixed.get(cls, False)


def _are_fixed(serializer: Any) -> bool:
    fields = getattr(serializer, "fields", {})
    return all(is_fixed(each) for each in map(_nested, fields.values()) if each is not None)
