"""Databases for tests: made once as templates, then cloned in a moment by each worker.

A template's name carries a digest of all it was made from, so the next run finds it again. Every
clone in use is guarded by an advisory lock that its session holds; what nobody holds is left from
a run that was killed, and is dropped by the next.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, urlencode

import django
import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from psycopg import sql

CINEMA = Path(__file__).resolve().parent.parent / "cinema"
SERIES = f"dj{django.VERSION[0]}{django.VERSION[1]}"
CLONES = f"test_matinee_{SERIES}_"
TEMPLATES = f"template_matinee_{SERIES}_"


class Server:
    """A connection to the server's own database that holds the locks of this session."""

    def __init__(self) -> None:
        self.connection = psycopg.connect(server_url("postgres"), autocommit=True)

    def close(self) -> None:
        self.connection.close()

    def names(self, prefix: str) -> list[str]:
        rows = self.connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]
        )
        return [name for (name,) in rows]

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Wait until nobody else works under *name*."""
        self.connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        try:
            yield
        finally:
            self.connection.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])

    def create(self, name: str, *, template: str) -> None:
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)

    def rename(self, name: str, *, to: str) -> None:
        self._run("ALTER DATABASE {} RENAME TO {}", name, to)

    def drop(self, name: str) -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def drop_stale(self, prefix: str) -> None:
        """Drop the clones that no living session holds."""
        for name in self.names(prefix):
            row = self.connection.execute(
                "SELECT pg_try_advisory_lock(hashtext(%s))", [name]
            ).fetchone()
            if row == (True,):
                self.drop(name)
                self.connection.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])

    def _run(self, statement: str, *names: str) -> None:
        self.connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def clone(kind: str, *, template: str) -> Iterator[str]:
    """Yield the name of a database cloned from *template*, and drop it afterwards."""
    server = Server()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"{CLONES}{kind}_{worker}_{os.getpid()}"
    try:
        with server.lock(name):
            server.drop(name)
            with server.lock(TEMPLATES):
                server.drop_stale(CLONES)
                server.create(name, template=template)
            yield name
            server.drop(name)
    finally:
        server.close()


def migrated_template() -> str:
    """Return the name of a template with every table and no row of ours."""
    return _template("empty", _schema_files(), _migrate, base="template1")


def films_template() -> str:
    """Return the name of a template with the real films, and a programme around today."""
    base = migrated_template()
    made_from = sorted(
        path
        for app in ("films", "programme", "reviews")
        for path in (CINEMA / app).rglob("*")
        if path.is_file() and path.suffix in {".py", ".csv", ".json", ".sql"}
    )
    return _template("films", made_from, _load, base=base, salt=f"{base} {timezone.localdate()}")


def server_url(name: str) -> str:
    """Return the libpq URL of a database on the server the tests run on."""
    config = settings.DATABASES["default"]
    login = quote(config.get("USER") or "", safe="")
    if config.get("PASSWORD"):
        login += ":" + quote(config["PASSWORD"], safe="")
    words = {"host": config.get("HOST"), "port": config.get("PORT"), **config.get("OPTIONS", {})}
    query = urlencode(
        {word: value for word, value in words.items() if isinstance(value, str) and value}
    )
    return f"postgresql://{login}{'@' if login else ''}/{quote(name)}{'?' if query else ''}{query}"


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Point Django's default connection at another database of the server."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _template(
    kind: str, made_from: Iterable[Path], fill: Callable[[], None], *, base: str, salt: str = ""
) -> str:
    prefix = f"{TEMPLATES}{kind}_"
    name = prefix + _digest(made_from, salt)
    server = Server()
    try:
        with server.lock(TEMPLATES):
            if name in server.names(prefix):
                return name
            for old in server.names(prefix):
                server.drop(old)
            unfinished = f"{prefix}unfinished"
            server.create(unfinished, template=base)
            with connected_to(unfinished):
                fill()
            server.rename(unfinished, to=name)
        return name
    finally:
        server.close()


def _migrate() -> None:
    # Twice: the tables of apps without migrations may refer to those of apps that have them.
    call_command("migrate", verbosity=0, interactive=False)
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)


def _load() -> None:
    call_command("load_cinema", verbosity=0)


def _schema_files() -> list[Path]:
    """Return every migration, and the models of the apps that have none."""
    loader = MigrationLoader(None)
    modules = [migration.__module__ for migration in loader.disk_migrations.values()]
    origins = {spec.origin for module in modules if (spec := find_spec(module))}
    # Models may be in any module of theirs.
    own = [Path(apps.get_app_config(label).path) for label in loader.unmigrated_apps]
    files = {Path(origin) for origin in origins if origin}
    return sorted(files | {file for folder in own for file in folder.glob("*.py")})


def _digest(files: Iterable[Path], salt: str) -> str:
    digest = hashlib.sha256(f"{django.VERSION} {salt}".encode())
    for path in files:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
