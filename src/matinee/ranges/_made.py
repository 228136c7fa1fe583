"""Whether the project's migrations make a range type before they use it."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.db import connections, router
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader

from matinee.ranges.operations import CreateRangeType

__all__ = ["problems"]


def problems(
    field: Any, name: str, databases: Iterable[str] | None
) -> Iterator[checks.CheckMessage]:
    """Yield what is wrong with the migrations that *field*, of the range type *name*, needs.

    Nothing is said of models that are not migrated, or on none of *databases*. No query.
    """
    model = getattr(field, "model", None)
    if model is None or not _is_migrated(model, databases):
        return
    loader = _loader(
        tuple(each.name for each in apps.get_app_configs()),
        tuple(settings.MIGRATION_MODULES.items()),
    )
    label = model._meta.app_label
    if label not in loader.migrated_apps:
        return
    made, used = _found(loader, label, name, type(field))
    operation = _operation(name)
    if made is None:
        # Before makemigrations has written what uses it, an error would stop makemigrations.
        message = f"A migration must make the range type {name}, got none that does."
        hint = (
            f"Put {operation} of matinee.ranges.operations before what uses it, in a migration "
            f"of {label} or in one that those depend on."
        )
        if used is None:
            yield checks.Warning(message, hint, field, "matinee.W234")
        else:
            yield checks.Error(message, hint, field, "matinee.E231")
    elif used is not None and used < made:
        yield checks.Error(
            f"The range type {name} must be made before it is used, got {operation} after that.",
            hint="Move it to the front, or into a migration that this one depends on.",
            obj=field,
            id="matinee.E232",
        )


def _is_migrated(model: Any, databases: Iterable[str] | None) -> bool:
    found = [*connections] if databases is None else [*databases]
    return any(
        connections[alias].vendor == "postgresql"
        and model._meta.can_migrate(connections[alias])
        and router.allow_migrate_model(alias, model)
        for alias in found
    )


@lru_cache(maxsize=1)
def _loader(_apps: tuple[str, ...], _modules: tuple[Any, ...]) -> Any:
    """Return the migrations on disk: read once for all fields."""
    return MigrationLoader(None, ignore_no_migrations=True)


def _found(loader: Any, label: str, name: str, field_class: Any) -> tuple[int | None, int | None]:
    """Return which of an app's operations makes the type, and which is the first to use it.

    Those that the app's migrations depend on come before them, and are as good.
    """
    made = used = None
    for nth, operation in enumerate(_plan(loader, label)):
        if made is None and isinstance(operation, CreateRangeType) and operation.name == name:
            made = nth
        if used is None and any(isinstance(each, field_class) for each in _fields(operation)):
            used = nth
    return made, used


def _plan(loader: Any, label: str) -> Iterator[Any]:
    """Yield the operations of an app's migrations, and of those before them, in order."""
    seen = set()
    for leaf in loader.graph.leaf_nodes(label):
        for key in loader.graph.forwards_plan(leaf):
            if key not in seen and key in loader.graph.nodes:
                seen.add(key)
                yield from _flat(loader.graph.nodes[key].operations)


def _flat(found: Iterable[Any]) -> Iterator[Any]:
    for each in found:
        if isinstance(each, operations.SeparateDatabaseAndState):
            yield from _flat(each.database_operations)
            yield from _flat(each.state_operations)
        else:
            yield each


def _fields(operation: Any) -> Iterator[Any]:
    """Yield the fields that an operation adds, those within arrays too."""
    found: list[Any] = [getattr(operation, "field", None)]
    if isinstance(operation, operations.CreateModel):
        found = [each for _, each in operation.fields]
    for each in found:
        yield each
        yield getattr(each, "base_field", None)


def _operation(name: str) -> str:
    shipped = {"inetrange": "CreateInetRange()", "timerange": "CreateTimeRange()"}
    return shipped.get(name, f'CreateRangeType("{name}", …)')
