"""The models whose instances the rows of series are: one for each kind, made when it is needed.

They are of no app: nothing lists, checks or migrates them.
"""

import copyreg
from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any, NoReturn, cast

from django.apps import apps
from django.apps.registry import Apps
from django.db import models
from django.db.models.base import ModelBase

from matinee.exceptions import RangesError
from matinee.ranges._series._generated import TABLE
from matinee.ranges._series._terms import AnyField

__all__ = ["SeriesQuerySet", "row_model"]

# What of a field's options says what is in it; its place in a table is the series' business.
_KEPT = ("decimal_places", "default_bounds", "max_digits", "max_length")
_COUNTED = {
    "AutoField": models.IntegerField,
    "BigAutoField": models.BigIntegerField,
    "SmallAutoField": models.SmallIntegerField,
}


class _Registry(Apps):
    """The models of series, of which nobody knows, and which may refer to the project's."""

    def get_registered_model(self, app_label: str, model_name: str) -> Any:
        try:
            return super().get_registered_model(app_label, model_name)
        except LookupError:
            return apps.get_registered_model(app_label, model_name)


class _Made(ModelBase):
    """The class of the models: one is pickled as what it was made of."""


class SeriesQuerySet(models.QuerySet[Any]):
    """Rows of a series: a queryset that cannot write."""

    def bulk_create(self, *_args: object, **_options: object) -> NoReturn:
        raise _read_only()

    def create(self, **_values: object) -> NoReturn:
        raise _read_only()

    def delete(self) -> NoReturn:
        raise _read_only()


class Row:
    """What the models have in common."""

    term: Any

    def save_base(self, *_args: object, **_options: object) -> NoReturn:
        raise _read_only()

    def delete(self, *_args: object, **_options: object) -> NoReturn:
        raise _read_only()

    def __str__(self) -> str:
        return str(self.term)

    def __reduce__(self) -> Any:
        # Django's way to say which model it is would look among the apps'.
        return _empty, (type(self),), super().__reduce__()[2]


def row_model(
    field: AnyField,
    *,
    numbered: bool = False,
    value: AnyField | None = None,
    each: type[models.Model] | None = None,
) -> type[models.Model]:
    """Return the model of rows whose term is in *field*, or in one like it.

    Args:
        field: What says the type of the term.
        numbered: Rows have an ``id``, which is the primary key; otherwise the term is.
        value: What says the type of ``value``, if there is one.
        each: The model of ``each``, if there is one: a foreign key.
    """
    return _model(_alike(field), numbered, value and _alike(value), each)


# A class and its options, as what can be looked up.
type _Spec = tuple[type[AnyField], tuple[tuple[str, Any], ...]]


def _alike(field: AnyField) -> _Spec:
    kind = _COUNTED.get(field.get_internal_type(), type(field))
    options = field.deconstruct()[3]
    return kind, tuple((name, options[name]) for name in _KEPT if name in options)


@cache
def _model(
    term: _Spec, numbered: bool, value: _Spec | None, each: type[models.Model] | None
) -> type[models.Model]:
    meta = {"managed": False, "app_label": "matinee", "db_table": TABLE, "apps": _Registry(())}
    attributes: dict[str, Any] = {
        "__module__": __name__,
        "Meta": type("Meta", (), meta),
        "objects": SeriesQuerySet.as_manager(),
        "made_of": (term, numbered, value, each),
    }
    if numbered:
        attributes["id"] = models.BigAutoField(primary_key=True, editable=False)
    attributes["term"] = term[0](**dict(term[1]), primary_key=not numbered)
    if value is not None:
        attributes["value"] = value[0](**dict(value[1]))
    if each is not None:
        attributes["each"] = models.ForeignKey(
            each, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
        )
    model = cast("type[models.Model]", _Made("Series", (Row, models.Model), attributes))
    for field in model._meta.local_fields:
        # A field is pickled by where it stands, which Django would look up among the apps' models.
        vars(field)["__reduce_ex__"] = partial(_found, model, field.name)
    return model


def _found(model: type[models.Model], name: str, _protocol: object) -> Any:
    return _field, (model, name)


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _again(made_of: Iterable[Any]) -> type[models.Model]:
    return _model(*made_of)


def _empty(model: type[models.Model]) -> models.Model:
    return model.__new__(model)


def _pickled(model: Any) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    return _again, (model.made_of,)


copyreg.pickle(_Made, _pickled)


def _read_only() -> RangesError:
    return RangesError(
        "A series must be read, got an attempt to write it.", code="ranges.read_only"
    )
