"""A process's hold on an embedded server."""

import contextlib
import errno
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from matinee.embedded._url import ENGINE
from matinee.exceptions import EmbeddedError

if TYPE_CHECKING:
    from matinee.embedded._leaving import Membership

__all__ = ["Server", "start"]

_NAME_BYTES = 63  # NAMEDATALEN - 1


class Server:
    """A running server that this process has a share in, as returned by `start`.

    Also a context manager that calls `stop` at its end.

    Attributes:
        host: The folder of the socket, for ``HOST`` or ``psql -h``.
        port: Part of the socket's name; nothing listens on TCP.
        user: The superuser.
        log: The server's log since its last start; the one before is beside it, ``.1`` added.
        stopped: Whether `stop` has been called.
    """

    port = 5432
    user = "postgres"

    def __init__(self, host: Path, log: Path, membership: "Membership") -> None:
        self.host = str(host)
        self.log = log
        self.stopped = False
        self._membership = membership

    @property
    def dsn(self) -> str:
        """The address of the database ``postgres``, as a libpq connection string."""
        from psycopg.conninfo import make_conninfo

        return make_conninfo(host=self.host, port=self.port, user=self.user, dbname="postgres")

    def database(self, name: str, *, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the entry for ``DATABASES``; the database is made if it is missing.

        Raises:
            EmbeddedError: *name* is empty or too long, or the server does not let us in.
        """
        if not 0 < len(name.encode()) <= _NAME_BYTES or "\0" in name:
            raise EmbeddedError(
                f"name must be 1 to {_NAME_BYTES} bytes long, got {name!r}.",
                hint="Give the database a shorter name.",
                code="embedded.bad_name",
            )
        _make_database(self.dsn, name)
        return {
            "ENGINE": ENGINE,
            "NAME": name,
            "USER": self.user,
            "PASSWORD": "",
            "HOST": self.host,
            "PORT": str(self.port),
            "OPTIONS": dict(options or {}),
        }

    def stop(self) -> None:
        """Give up this share; the server stops if it was the last one. Again: nothing happens.

        Raises:
            EmbeddedError: The server does not stop.
        """
        if self.stopped:
            return
        self.stopped = True
        try:
            self._membership.leave()
        except (OSError, TimeoutError) as error:
            raise EmbeddedError(
                f"PostgreSQL could not be stopped: {error}.",
                hint=f"See {self.log}.",
                code="embedded.stop_failed",
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def start(
    directory: str | os.PathLike[str], *, settings: Mapping[str, str] | None = None
) -> Server:
    """Start the server whose data are in *directory*, or join it where it runs already.

    It is shared: with other processes, and with forked children. It stops when the last one has
    called `Server.stop` or has ended, however it ended. ``DATABASE_URL`` plays no part here.

    Args:
        directory: A folder for the data, made if it is missing.
        settings: Server settings such as ``{"fsync": "off"}``; who joins takes it as it is.

    Raises:
        EmbeddedError: See its code.
    """
    if sys.platform == "win32":
        raise EmbeddedError(
            "The embedded PostgreSQL must run on Linux or macOS, got Windows.",
            hint="Set DATABASE_URL to use another server, or work in WSL.",
            code="embedded.platform",
        )
    folder = Path(directory).resolve()
    with _as_embedded_error(folder):
        return _start(folder, settings or {})


def _start(directory: Path, settings: Mapping[str, str]) -> Server:
    from matinee.embedded import _exits, _home
    from matinee.embedded._cluster import running_socket_folder, start_server
    from matinee.embedded._leaving import Membership, locked

    home_asked = directory / "postgresql"
    _home.make_folder(home_asked)
    with locked(home_asked / "settle.lock"):
        home = _home.settle(directory)
    with locked(home.path / "start.lock"):
        membership = Membership(home.path)
        try:
            _exits.watch(home.path)
            host = running_socket_folder(home) or start_server(home, settings)
        except BaseException:
            membership.close()
            raise
    server = Server(host, home.log, membership)
    _exits.register(server)
    return server


def _make_database(dsn: str, name: str) -> None:
    import psycopg
    from psycopg import errors, sql

    try:
        with psycopg.connect(dsn, autocommit=True, connect_timeout=10) as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(query, [name]).fetchone() is None:
                # Somebody else may be at it at the same moment.
                with contextlib.suppress(errors.DuplicateDatabase, errors.UniqueViolation):
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise EmbeddedError(
            f"The database {name!r} cannot be opened or made: {str(error).strip()}",
            hint="See server.log in the folder of the data.",
            code="embedded.no_database",
        ) from error


@contextlib.contextmanager
def _as_embedded_error(directory: Path) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise EmbeddedError(
            f"{error}.",
            hint="Another process is starting or stopping the server and does not come to an end.",
            code="embedded.busy",
        ) from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error)
        raise EmbeddedError(
            f"{directory} must be a folder that can be written, got: {error}.",
            hint="Free some space."
            if full
            else "Choose a folder of your own, or run as its owner.",
            code="embedded.disk_full" if full else "embedded.folder",
        ) from error
