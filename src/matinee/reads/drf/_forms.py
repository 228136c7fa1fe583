"""Which fields the database writes as Django REST framework does.

A list of what is known to be equal: serializer field, model field and options, each exactly as
shipped. Whatever is not on it is left to Python.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.signals import setting_changed
from django.db import models
from django.dispatch import receiver
from rest_framework import ISO_8601
from rest_framework import serializers as s
from rest_framework.settings import api_settings

from matinee._parts import FIELDS
from matinee.reads.projection import Form, Ranged

__all__ = ["formed", "output_settings", "stored"]

_TEXTS = {
    *(models.CharField, models.TextField, models.SlugField, models.EmailField, models.URLField),
}
_NUMBERS = {
    *(models.AutoField, models.BigAutoField, models.SmallAutoField, models.IntegerField),
    *(models.BigIntegerField, models.SmallIntegerField, models.PositiveIntegerField),
    *(models.PositiveBigIntegerField, models.PositiveSmallIntegerField),
}
# What the elements of ranges are like.
_ELEMENTS = {
    "int4": models.IntegerField(),
    "int8": models.BigIntegerField(),
    "numeric": models.DecimalField(),
    "date": models.DateField(),
    "timestamptz": models.DateTimeField(),
}
_RAW = {*_TEXTS, *_NUMBERS, models.BooleanField, models.UUIDField, models.DateField}


@cache
def output_settings() -> tuple[object, ...]:
    """Return the settings of Django REST framework that fields are written by."""
    return (
        settings.USE_TZ,
        api_settings.DATETIME_FORMAT,
        api_settings.DATE_FORMAT,
        api_settings.TIME_FORMAT,
        api_settings.DURATION_FORMAT,
        api_settings.COERCE_DECIMAL_TO_STRING,
        api_settings.COERCE_BIGINT_TO_STRING,
    )


@receiver(setting_changed)
def _changed(*, setting: str, **_signal: object) -> None:
    """Ask again where a test has overridden one."""
    if setting in ("USE_TZ", "REST_FRAMEWORK"):
        output_settings.cache_clear()


def stored(column: Any) -> Any:
    """Return the model field whose values *column* holds: a foreign key's are its target's."""
    while True:
        if isinstance(column, models.ForeignKey):
            column = column.target_field
        elif isinstance(column, models.GeneratedField):
            column = column.output_field
        else:
            return column


def formed(field: Any, column: Any, *, computed: bool = False) -> tuple[Form | Ranged, bool] | None:
    """Return how *field* writes *column*, and whether that is an array of such; None if unknown.

    Args:
        field: A serializer field; None for the bare value, as related fields give it.
        column: A model field, ``stored``.
        computed: Whether it is no column but what an expression says it is like.
    """
    # Only a column keeps so many places, and is sure to be of the type that it says.
    if computed and (isinstance(field, s.DecimalField) or type(field) in FIELDS):
        return None
    if type(field) is s.ListField and type(column) is ArrayField:
        form = _form(field.child, stored(column.base_field))
        return None if form is None else (form, True)
    form = _form(field, column)
    return None if form is None else (form, False)


def _form(field: Any, column: Any) -> Form | Ranged | None:
    if type(field) in FIELDS:
        return _ranged(field, column)
    return _single(field, column)


def _ranged(field: Any, column: Any) -> Ranged | None:
    parts = FIELDS[type(field)](field, column)
    if parts is None:
        return None
    form = _single(parts.child, _ELEMENTS[parts.subtype])
    # Python rounds to 28 digits where it takes zeros off.
    if form is None or form is Form.TRIMMED:
        return None
    return Ranged(parts.subtype, form, parts.many)


def _single(field: Any, column: Any) -> Form | None:
    if field is None:
        return Form.PLAIN if type(column) in _RAW else None
    rule = _RULES.get(type(field))
    return rule(field, type(column), column) if rule else None


def _plain(*classes: type) -> Callable[[Any, type, Any], Form | None]:
    return lambda _field, cls, _column: Form.PLAIN if cls in classes else None


def _read_only(_field: Any, cls: type, _column: Any) -> Form | None:
    # The encoder writes a decimal as a float.
    return Form.FLOAT if cls is models.DecimalField else Form.PLAIN if cls in _RAW else None


def _model_field(field: Any, cls: type, column: Any) -> Form | None:
    if cls is models.BinaryField:
        return Form.BASE64
    if field.model_field.is_relation or cls not in _TEXTS | _NUMBERS:
        return None
    return _read_only(field, cls, column)


def _big(field: Any, cls: type, _column: Any) -> Form | None:
    if cls not in _NUMBERS:
        return None
    as_text = getattr(field, "coerce_to_string", api_settings.COERCE_BIGINT_TO_STRING)
    return Form.TEXT if as_text else Form.PLAIN


def _float(_field: Any, cls: type, _column: Any) -> Form | None:
    return Form.FLOAT if cls in {models.FloatField, models.DecimalField, *_NUMBERS} else None


def _decimal(field: Any, cls: type, column: Any) -> Form | None:
    same = cls is models.DecimalField and (field.max_digits, field.decimal_places) == (
        column.max_digits,
        column.decimal_places,
    )
    # PostgreSQL rounds halves up, Python to the even neighbour.
    if not same or field.localize or field.rounding is not None:
        return None
    if not getattr(field, "coerce_to_string", api_settings.COERCE_DECIMAL_TO_STRING):
        return Form.FLOAT
    return Form.TRIMMED if field.normalize_output else Form.TEXT


def _iso(name: str, cls: type, form: Form) -> Callable[[Any, type, Any], Form | None]:
    def rule(field: Any, column_cls: type, _column: Any) -> Form | None:
        how = getattr(field, "format", getattr(api_settings, name))
        iso = isinstance(how, str) and how.lower() == ISO_8601
        return form if iso and column_cls is cls else None

    return rule


def _moment(field: Any, cls: type, column: Any) -> Form | None:
    if not settings.USE_TZ or hasattr(field, "timezone"):
        return None
    return _iso("DATETIME_FORMAT", models.DateTimeField, Form.MOMENT)(field, cls, column)


def _duration(field: Any, cls: type, _column: Any) -> Form | None:
    how = getattr(field, "format", api_settings.DURATION_FORMAT)
    return Form.DURATION if cls is models.DurationField and how == "django" else None


def _uuid(field: Any, cls: type, _column: Any) -> Form | None:
    return Form.PLAIN if cls is models.UUIDField and field.uuid_format == "hex_verbose" else None


def _json(field: Any, cls: type, column: Any) -> Form | None:
    own = field.binary or column.encoder or column.decoder if cls is models.JSONField else True
    return None if own else Form.PLAIN


def _choice(field: Any, cls: type, _column: Any) -> Form | None:
    kind = str if cls in _TEXTS else int if cls in _NUMBERS else ()
    return Form.PLAIN if all(isinstance(each, kind) for each in field.choices) and kind else None


_RULES: dict[type, Callable[[Any, type, Any], Form | None]] = {
    s.CharField: _plain(*_TEXTS),
    s.SlugField: _plain(*_TEXTS),
    s.EmailField: _plain(*_TEXTS),
    s.URLField: _plain(*_TEXTS),
    s.RegexField: _plain(*_TEXTS),
    s.IntegerField: _plain(*_NUMBERS),
    s.BigIntegerField: _big,
    s.BooleanField: _plain(models.BooleanField),
    s.FloatField: _float,
    s.DecimalField: _decimal,
    s.DateTimeField: _moment,
    s.DateField: _iso("DATE_FORMAT", models.DateField, Form.PLAIN),
    s.TimeField: _iso("TIME_FORMAT", models.TimeField, Form.TIME),
    s.DurationField: _duration,
    s.UUIDField: _uuid,
    s.JSONField: _json,
    s.IPAddressField: lambda _f, cls, _c: (
        Form.ADDRESS if cls is models.GenericIPAddressField else None
    ),
    s.ChoiceField: _choice,
    s.ReadOnlyField: _read_only,
    s.ModelField: _model_field,
}
