"""A serializer's values are held against the constraints of its model."""

from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, router
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.settings import api_settings

__all__ = ["ConstraintsValidator", "constrain"]


class ConstraintsValidator:
    """Refuses what a constraint of the model refuses, with the constraint's own words.

    Unique constraints are left to Django REST framework. A constraint on what neither the request
    nor the row says, nor a default, is left to the database. A serializer within another one is
    not asked, since it does not know its row.

    Queries: as many as the constraints need; ``NoOverlap`` needs one, two where it is violated.
    """

    requires_context = True

    def __call__(self, attrs: dict[str, Any], serializer: Any) -> None:
        instance, unknown = _filled(serializer, attrs)
        using = router.db_for_write(type(instance), instance=instance)
        errors: dict[str, list[ValidationError]] = {}
        for model, constraints in instance.get_constraints():
            for constraint in filter(_is_ours_to_ask, constraints):
                try:
                    constraint.validate(model, instance, exclude=unknown, using=using)
                except ValidationError as error:
                    error.update_error_dict(errors)
        if errors:
            raise serializers.ValidationError(_details(errors, serializer))


def constrain(serializer: Any) -> None:
    """Have a model's serializer ask its constraints, unless it says which validators it has."""
    if not isinstance(serializer, serializers.ModelSerializer) or not _is_outermost(serializer):
        return
    if getattr(serializer.Meta, "validators", None) is not None:
        return
    if not any(isinstance(each, ConstraintsValidator) for each in serializer.validators):
        serializer.validators.append(ConstraintsValidator())


def _is_outermost(serializer: Any) -> bool:
    root = serializer.root
    if isinstance(root, serializers.ListSerializer):  # one that writes rows knows none of them
        return root is serializer.parent and root.instance is None
    return root is serializer


def _is_ours_to_ask(constraint: models.BaseConstraint) -> bool:
    return not isinstance(constraint, models.UniqueConstraint)


def _filled(serializer: Any, attrs: dict[str, Any]) -> tuple[Any, set[str]]:
    """Return the row as it would be saved, and the fields of it that nobody knows yet."""
    model = serializer.Meta.model
    adding = serializer.instance is None
    instance = model() if adding else copy(serializer.instance)
    unknown = set()
    for field in model._meta.concrete_fields:
        if field.name in attrs and not isinstance(attrs[field.name], dict):
            setattr(instance, field.name, attrs[field.name])
        elif field.name in attrs or (adding and not field.has_default()):
            unknown.add(field.name)
    return instance, unknown


def _details(errors: dict[str, list[ValidationError]], serializer: Any) -> dict[str, Any]:
    """Return errors by the names that the serializer has for the fields."""
    names = {field.source: name for name, field in serializer.fields.items()}
    found: dict[str, Any] = {}
    for name, its_errors in errors.items():
        key = names.get(name, api_settings.NON_FIELD_ERRORS_KEY)
        found.setdefault(key, []).extend(
            ErrorDetail(message, code=error.code or "invalid")
            for error in its_errors
            for message in error.messages
        )
    return found
