"""``CustomRangeType``: a range type that the project made."""

import dataclasses
import importlib
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from matinee.ranges._types import RangeType, all_types, named

__all__ = ["CustomRangeType", "custom_types", "place_of", "quoted"]


@dataclasses.dataclass(frozen=True, slots=True)
class CustomRangeType(RangeType):
    """A range type that the project made, with the fields of models that hold its ranges.

    What a range is bound to: ``Range("10.0.0.1", "10.0.0.9", range_type=INETRANGE)``.

    Attributes:
        field: The class of the model fields of its ranges.
        multirange_field: The class of the model fields of its multiranges.
        schema: Where it is; "" where the ``search_path`` finds it.
    """

    schema: str = dataclasses.field(default="", compare=False)
    # Both made by range_type(), which knows fields.
    field: Any = dataclasses.field(default=None, compare=False, repr=False)
    multirange_field: Any = dataclasses.field(default=None, compare=False, repr=False)
    multirange_name: str = dataclasses.field(default="", compare=False, repr=False)
    # What PostgreSQL's text of an element says; None where psycopg knows.
    read: Callable[[str], Any] | None = dataclasses.field(default=None, compare=False, repr=False)
    # All that the declaration says, and where it stands; the first that was imported.
    meaning: tuple[Any, ...] = dataclasses.field(default=(), compare=False, repr=False)
    modules: list[str] = dataclasses.field(default_factory=list, compare=False, repr=False)

    @property
    def multirange(self) -> str:
        return self.multirange_name

    @property
    def sql(self) -> str:
        """Its name in SQL."""
        return quoted(self.schema, self.name)

    @property
    def multirange_sql(self) -> str:
        """The name of its multiranges' type in SQL."""
        return quoted(self.schema, self.multirange)

    def __reduce__(self) -> Any:
        return _declared, (self.name, tuple(self.modules))


def custom_types() -> list[CustomRangeType]:
    """Return all that were declared so far."""
    return [each for each in all_types() if isinstance(each, CustomRangeType)]


def place_of(found: CustomRangeType, value: object) -> tuple[str, str]:
    """Return the module that declares a type, and the name that *value* has there; "" if none."""
    for module in filter(None, map(sys.modules.get, found.modules)):
        for name, each in vars(module).items():
            if each is value:
                return module.__name__, name
    return "", ""


def quoted(schema: str, name: str) -> str:
    """Return a name in SQL, with its schema if it has one."""
    return ".".join(f'"{each.replace('"', '""')}"' for each in (schema, name) if each)


def _declared(name: str, modules: tuple[str, ...]) -> RangeType:
    """Return the type *name*, also where nothing has imported its declaration yet."""
    for module in modules:
        with suppress(ImportError):
            importlib.import_module(module)
    return named(name)
