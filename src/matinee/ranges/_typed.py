"""What type checkers are told of the attributes that fields of ranges make."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.expressions import Combinable
from psycopg.types.multirange import Multirange as PsycopgMultirange

from matinee.ranges._multirange import MultiRange
from matinee.ranges._range import Bounds, PsycopgRange
from matinee.ranges._types import Infinity

__all__ = ["Field", "Get", "Ranges", "Set", "Settable"]

# What is assigned to a field of ranges of T, whose elements are made of S: PostgreSQL's text too.
type Settable[T, S] = (
    PsycopgRange[T]
    | tuple[S | Infinity | None, S | Infinity | None]
    | tuple[S | Infinity | None, S | Infinity | None, Bounds]
    | str
    | Combinable
)
type Ranges[T, S] = (
    MultiRange[T]
    | PsycopgMultirange[T]
    | list[Settable[T, S]]
    | tuple[Settable[T, S], ...]
    | Settable[T, S]
)

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    # Where neither is said, django-stubs takes a field's _pyi_private_set_type and …_get_type.
    Set = TypeVar("Set", default=Any)
    Get = TypeVar("Get", default=Any)

    class Field(models.Field[Set, Get]): ...
else:
    Set = Get = None

    class Field(models.Field):
        """A field whose class takes types in brackets, as Django's do for type checkers alone."""

        def __class_getitem__(cls, _types: Any) -> Any:
            return cls
