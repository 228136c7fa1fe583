"""Each database: reachable, new enough, safe, migrated, and how its connections are kept."""

from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError

from matinee import _sql
from matinee._doctor._finding import Finding, Level, guarded

__all__ = ["findings"]

OLDEST = 15
# Minor releases below these lose or leak data: https://www.postgresql.org/support/security/
SAFE_MINORS = {18: 4}
PATIENCE_S = 5


def findings() -> Iterator[Finding]:
    for alias in connections:
        yield from guarded(f"database {alias}", partial(_findings_of, alias))


def _findings_of(alias: str) -> Iterator[Finding]:
    item = f"database {alias}"
    shared = connections[alias]
    if shared.vendor != "postgresql":
        yield _foreign(item, alias, shared.vendor)
        return
    yield _keeping(f"connections {alias}", shared.settings_dict)
    connection = _own(shared)
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield _unreachable(item, str(error), shared.settings_dict)
        return
    try:
        yield from _server(item, connection)
        yield from guarded(f"extensions {alias}", partial(_extensions, alias, connection))
        yield from guarded(f"migrations {alias}", partial(_migrations, alias, connection))
    finally:
        connection.close()


def _own(shared: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    """Return a plain connection of the doctor's own, which gives up in seconds."""
    connection = shared.copy()
    options = {**connection.settings_dict["OPTIONS"]}
    options.pop("pool", None)
    options.setdefault("connect_timeout", PATIENCE_S)
    connection.settings_dict["OPTIONS"] = options
    return connection


def _foreign(item: str, alias: str, vendor: str) -> Finding:
    if alias == DEFAULT_DB_ALIAS:
        remedy = 'Set its ENGINE to "django.db.backends.postgresql".'
        return Finding(item, Level.FAILED, f"{vendor}, not PostgreSQL", remedy)
    return Finding(item, Level.ABSENT, f"{vendor}: Matinee leaves it alone")


def _unreachable(item: str, error: str, config: dict[str, Any]) -> Finding:
    reason = (error.strip() or "no reason given").splitlines()[0]
    if config["PASSWORD"]:
        reason = reason.replace(config["PASSWORD"], "***")
    where = f"{config['HOST'] or 'the local socket'}:{config['PORT'] or 5432}"
    return Finding(
        item,
        Level.FAILED,
        f"{config['NAME']} on {where} cannot be reached: {reason}",
        "Start the server, or correct DATABASES (or DATABASE_URL).",
    )


def _server(item: str, connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(_sql.load("server"))
        number, version, fsync, full_page_writes, encoding = cursor.fetchone()
    yield version_finding(item, number, version)
    off = [
        name
        for name, value in [("fsync", fsync), ("full_page_writes", full_page_writes)]
        if value == "off"
    ]
    if off:
        found = f"{' and '.join(off)} off: a crash may destroy the database"
        yield Finding(item, Level.WARNING, found, "Turn it on unless the data can be made again.")
    if encoding != "UTF8":
        remedy = "Create the database with ENCODING 'UTF8'."
        yield Finding(item, Level.FAILED, f"its encoding is {encoding}, not UTF8", remedy)


def version_finding(item: str, number: int, version: str) -> Finding:
    """Judge a ``server_version_num`` such as 180004."""
    major, minor = divmod(number, 10_000)
    found = f"PostgreSQL {version}"
    if major < OLDEST:
        return Finding(item, Level.FAILED, found, f"Upgrade to PostgreSQL {OLDEST} or newer.")
    safe = SAFE_MINORS.get(major, 0)
    if minor < safe:
        remedy = f"{major}.{minor} has known holes. Upgrade to {major}.{safe} or newer."
        return Finding(item, Level.WARNING, found, remedy)
    return Finding(item, Level.OK, found)


def _extensions(alias: str, connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(_sql.load("extensions"))
        found = ", ".join(f"{name} {version}" for name, version in cursor.fetchall())
    yield Finding(f"extensions {alias}", Level.OK, found or "none")


def _migrations(alias: str, connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    item = f"migrations {alias}"
    executor = MigrationExecutor(connection)
    if alias != DEFAULT_DB_ALIAS and not executor.loader.applied_migrations:
        yield Finding(item, Level.ABSENT, "none of this project's tables are here")
        return
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        yield Finding(item, Level.OK, f"all {len(executor.loader.disk_migrations)} applied")
        return
    named = ", ".join(f"{each.app_label}.{each.name}" for each, _ in plan[:3])
    more = f" and {len(plan) - 3} more" if len(plan) > 3 else ""
    which = "" if alias == DEFAULT_DB_ALIAS else f" --database {alias}"
    yield Finding(
        item, Level.FAILED, f"{named}{more} not applied", f"Run manage.py migrate{which}."
    )


def _keeping(item: str, config: dict[str, Any]) -> Finding:
    """Judge how connections are kept: under ASGI each request would open one of its own.

    https://docs.djangoproject.com/en/stable/ref/databases/#persistent-connections
    """
    pool, max_age = config["OPTIONS"].get("pool"), config["CONN_MAX_AGE"]
    if pool and find_spec("psycopg_pool") is None:
        remedy = 'pip install "psycopg[pool]"'
        return Finding(item, Level.FAILED, "pool wanted, psycopg_pool not installed", remedy)
    if pool and max_age != 0:
        remedy = "Set CONN_MAX_AGE to 0: the pool keeps connections."
        return Finding(item, Level.FAILED, f"pool and CONN_MAX_AGE={max_age}", remedy)
    if pool:
        return Finding(item, Level.OK, "pool")
    if getattr(settings, "ASGI_APPLICATION", None) is None:
        return Finding(item, Level.OK, f"CONN_MAX_AGE={max_age}")
    remedy = 'Set CONN_MAX_AGE to 0 and OPTIONS to {"pool": True} (pip install "psycopg[pool]").'
    found = f"no pool under ASGI, CONN_MAX_AGE={max_age}"
    return Finding(item, Level.WARNING, found, remedy)
