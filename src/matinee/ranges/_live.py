"""What each connection is told of custom range types: how they are read, and as what."""

from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.signals import connection_created
from psycopg.adapt import Loader
from psycopg.pq import TransactionStatus
from psycopg.types import TypeInfo

from matinee.exceptions import RangesError
from matinee.ranges._adapt import loaders
from matinee.ranges._custom_type import CustomRangeType, custom_types, place_of
from matinee.ranges._elements import TIME

__all__ = ["field_place", "refresh", "tell", "tell_all"]

# Which of the types there are in this database: oids differ between databases, and a type that was
# made anew, by whatever process, has another one. So each connection to the server asks once.
# What is compared is of one type, so that no operator of another schema fits better.
# By name, for PostgreSQL 15 has an error where to_regtype() is asked for what is not made yet.
_QUERY = """
SELECT r.rngtypid, t.typarray, r.rngmultitypid, m.typarray, r.rngsubtype, wanted.nth
FROM ROWS FROM (pg_catalog.unnest(%s::pg_catalog.name[]), pg_catalog.unnest(%s::pg_catalog.name[]))
WITH ORDINALITY AS wanted (name, schema, nth)
JOIN pg_catalog.pg_type AS t ON t.typname = wanted.name
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
AND CASE wanted.schema WHEN '' THEN pg_catalog.pg_type_is_visible(t.oid)
ELSE n.nspname = wanted.schema END
JOIN pg_catalog.pg_range AS r ON r.rngtypid = t.oid
JOIN pg_catalog.pg_type AS m ON m.oid = r.rngmultitypid
"""

# The names that each of psycopg's connections was asked for: a pool lends the same one out again.
_asked: WeakKeyDictionary[Any, frozenset[str]] = WeakKeyDictionary()


def refresh(connection: Any) -> None:
    """Tell an open connection of all custom types anew, as after one was made. One query."""
    _asked.pop(connection.connection, None)
    tell(connection)


def tell(connection: Any, **_signal: object) -> None:
    """Tell an open connection of all custom types, unless it knows them. One query at most."""
    if connection.vendor != "postgresql" or connection.alias == NO_DB_ALIAS:
        return
    server, types = connection.connection, custom_types()
    names = frozenset(each.name for each in types)
    if not names or names == _asked.get(server) or _is_failed(server):
        return
    for *oids, nth in _rows(server, types):
        _register(connection, types[nth - 1], oids)
    _asked[server] = names


def tell_all() -> None:
    """Tell those connections of this thread that are open already."""
    if settings.configured:
        for connection in connections.all(initialized_only=True):
            if connection.connection is not None and not connection.connection.closed:
                tell(connection)


def _is_failed(server: Any) -> bool:
    found: bool = server.info.transaction_status == TransactionStatus.INERROR
    return found


def _rows(server: Any, types: list[CustomRangeType]) -> list[Any]:
    asked = [[each.name for each in types], [each.schema for each in types]]
    if server.autocommit or server.info.transaction_status != TransactionStatus.IDLE:
        return psycopg.ClientCursor(server).execute(_QUERY, asked).fetchall()
    with server.transaction():  # which the query would begin and leave open
        return psycopg.ClientCursor(server).execute(_QUERY, asked).fetchall()


def _register(connection: Any, found: CustomRangeType, oids: list[int]) -> None:
    one, array, many, many_array, subtype = oids
    adapters = connection.connection.adapters
    # Not as psycopg's RangeInfo, which would send all ranges of such elements as of this type.
    TypeInfo(found.name, one, array, regtype=found.sql).register(connection.connection)
    TypeInfo(found.multirange, many, many_array, regtype=found.multirange_sql).register(
        connection.connection
    )
    for oid, loader in _loaders(found, (one, many, subtype)):
        adapters.register_loader(oid, loader)
    if found.read is TIME.read:  # and so are the ends of ranges, by themselves
        adapters.register_loader("time", _TimeLoader)
    # What inspectdb writes: of this database alone, since the next one's oids are others.
    fields = {one: found.field, many: found.multirange_field}
    places = {oid: place for oid, each in fields.items() if (place := _place_if_any(each))}
    introspection = connection.introspection
    introspection.data_types_reverse = introspection.data_types_reverse.copy()
    introspection.data_types_reverse.update(places)


@lru_cache(maxsize=64)
def _loaders(found: CustomRangeType, oids: tuple[int, int, int]) -> tuple[tuple[int, type], ...]:
    return tuple(loaders(found, oids))


class _TimeLoader(Loader):
    """Reads times of day, 24:00 too, which psycopg has no value for."""

    def load(self, data: Any) -> Any:
        return TIME.read and TIME.read(bytes(data).decode())


def field_place(field_class: Any) -> str:
    """Return where a class of fields can be imported from, as migrations write it.

    Raises:
        RangesError: No module that declares the type has a name for it.
    """
    range_type = field_class.declared
    module, name = place_of(range_type, field_class)
    if name:
        return f"{module}.{name}"
    raise RangesError(
        f"The fields of {range_type.name} must have a name in {range_type.modules[0]}, got none.",
        hint=f"Write there: {field_class.__name__} = {range_type.name.upper()}"
        f".{'multirange_' if field_class is range_type.multirange_field else ''}field.",
        code="ranges.declaration",
    )


def _place_if_any(field_class: Any) -> str:
    try:
        return field_place(field_class)
    except RangesError:
        return ""


connection_created.connect(tell, dispatch_uid="matinee.ranges.custom")
