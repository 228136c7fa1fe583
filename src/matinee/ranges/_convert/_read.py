"""From the words on the command line to a conversion, or to what is in its way."""

import inspect
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from keyword import iskeyword
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import RangeField
from django.core.exceptions import FieldDoesNotExist
from django.core.management import CommandError
from django.db import connections, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from matinee import _sql
from matinee._project import shown
from matinee.ranges._convert import _meta
from matinee.ranges._convert._conversion import KINDS, Conversion, Kind, Pair, Wishes

__all__ = ["read"]

_ODD = frozenset('%{}"\\')


def read(
    label: str, names: tuple[str, str, str], wishes: Wishes, *, database: str, schema: str
) -> Conversion:
    """Return the conversion of a model's pair of fields.

    Args:
        label: ``app.Model``.
        names: Of the start, of the stop, and of the range to be.
        wishes: What the user chose.
        database: The alias of the database to ask for the table's schema, in one query.
        schema: The table's schema; "" to ask for it.

    Raises:
        CommandError: It cannot be converted; the message says why, and what to do.
    """
    if database not in connections:
        raise CommandError(f"There must be a database {database}, got {', '.join(connections)}.")
    connection = connections[database]
    if connection.vendor != "postgresql":
        raise CommandError(f"Database {database} must be PostgreSQL, got {connection.vendor}.")
    model = _model(label)
    start, stop, during = names
    _check_names(model, start, stop, during)
    loader = MigrationLoader(None)
    leaf = _leaf(model, loader)
    past = _past(model, loader, leaf, during)
    kind = _kind(past, start, stop)
    found = Conversion(
        app=model._meta.app_label,
        model=model.__name__,
        models_file=shown(Path(inspect.getfile(model))),
        leaf=leaf,
        number=_next_number(model, loader),
        schema=schema or _schema(connection, model._meta.db_table),
        table=model._meta.db_table,
        key=tuple(each.column for each in past._meta.pk_fields),
        start=_pair(past, start, connection),
        stop=_pair(past, stop, connection),
        during=during,
        kind=kind,
        wishes=wishes,
    )
    for name in wishes.no_overlap or ():
        _field(model, name)
    _check_identifiers(found)
    return replace(found, **_meta.going(past, found, connection))


def _model(label: str) -> type[models.Model]:
    app, dot, name = label.partition(".")
    if not dot or not name:
        raise CommandError(f"The model must be named as app.Model, got {label!r}.")
    try:
        model = apps.get_model(app, name)
    except LookupError as error:
        known = [each._meta.label for each in apps.get_models()]
        raise CommandError(f"There is no model {label}.{_nearest(label, known)}") from error
    if model._meta.proxy or not model._meta.managed or model._meta.swapped:
        raise CommandError(
            f"{model._meta.label} must have a table that its migrations manage: "
            "it is a proxy, swapped, or has managed = False."
        )
    return model


def _check_names(model: type[models.Model], start: str, stop: str, during: str) -> None:
    if not during.isidentifier() or iskeyword(during) or "__" in during or during[-1] == "_":
        raise CommandError(f"The range's name must be one of a field, got {during!r}.")
    if len({start, stop, during}) < 3:
        raise CommandError(f"Start, stop and range must be three fields, got {start}, {stop}.")
    taken = next((each for each in model._meta.get_fields() if each.name == during), None)
    if isinstance(taken, RangeField):
        raise CommandError(
            f"{model._meta.label} has a range {during} already: it is converted, or about to be. "
            "Look at its migrations."
        )
    if taken is not None or hasattr(model, during):
        raise CommandError(
            f"{model._meta.label} has something called {during} already. Choose another name."
        )


def _check_identifiers(found: Conversion) -> None:
    """Refuse what would not stay itself in Python's and psycopg's strings."""
    names = (found.schema, found.table, found.start.column, found.stop.column, *found.key)
    for name in names:
        if odd := _ODD.intersection(name):
            raise CommandError(f"{name} must have no {min(odd)} in its name to be converted.")


def _leaf(model: type[models.Model], loader: MigrationLoader) -> str:
    """Return the name of the app's last migration."""
    app = model._meta.app_label
    leaves = loader.graph.leaf_nodes(app)
    if not leaves:
        raise CommandError(f"{app} has no migrations. Write them first: makemigrations {app}.")
    if len(leaves) > 1:
        named = ", ".join(name for _, name in leaves)
        raise CommandError(f"{app} has several last migrations: {named}. makemigrations --merge.")
    return str(leaves[0][1])


def _past(model: type[models.Model], loader: MigrationLoader, leaf: str, during: str) -> Any:
    """Return the model as the migrations have it, which is as models.py has it."""
    app, name = model._meta.app_label, model._meta.model_name or ""
    state = loader.project_state((app, leaf))
    past = state.apps.get_model(app, name) if (app, name) in state.models else None
    if past and any(each.name == during for each in past._meta.fields):
        raise CommandError(
            f"The migrations of {model._meta.label} have {during} already: they are written. "
            "Edit the models."
        )
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    if app in detector.changes(graph=loader.graph):
        raise CommandError(
            f"{app} has changes that are in no migration. Write them first: makemigrations {app}. "
            "What convert changes in the models is edited after it has run."
        )
    return past


def _next_number(model: type[models.Model], loader: MigrationLoader) -> int:
    names = [name for app, name in loader.disk_migrations if app == model._meta.app_label]
    return max(MigrationAutodetector.parse_number(name) or 0 for name in names) + 1


def _kind(model: type[models.Model], start: str, stop: str) -> Kind:
    kinds = []
    for name in (start, stop):
        field = _field(model, name)
        kind = KINDS.get(field.get_internal_type())
        if kind is None:
            raise CommandError(
                f"{name} must be a field of dates, datetimes, integers or decimals, "
                f"got {type(field).__name__}."
            )
        if field.unique or field.generated:
            raise CommandError(f"{name} must be neither unique nor generated.")
        kinds.append(kind)
    if kinds[0] != kinds[1]:
        fields = (type(_field(model, name)).__name__ for name in (start, stop))
        raise CommandError(
            f"{start} and {stop} must be of one kind, got {' and '.join(fields)}. "
            "Alter one of them first."
        )
    return kinds[0]


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist as error:
        known = [each.name for each in model._meta.local_fields]
        raise CommandError(
            f"{model._meta.label} has no field {name}.{_nearest(name, known)}"
        ) from error
    if not isinstance(field, models.Field) or field not in model._meta.local_fields:
        raise CommandError(
            f"{name} must be a column of {model._meta.label}'s own table, and is not."
        )
    return field


def _pair(model: type[models.Model], name: str, connection: Any) -> Pair:
    field = _field(model, name)
    facts = field.db_parameters(connection)
    return Pair(name, field.column or name, facts["type"] or "", facts["check"] or "", field.null)


def _schema(connection: Any, table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_sql.load("schema_of"), [connection.ops.quote_name(table)])
        row = cursor.fetchone()
    if row is None:
        raise CommandError(
            f"The database has no table {table} to take the schema from. "
            "Migrate it, or say which: --schema public."
        )
    return str(row[0])


def _nearest(name: str, known: Iterable[str]) -> str:
    found = get_close_matches(name, known, n=1)
    return f" The nearest is {found[0]}." if found else ""
