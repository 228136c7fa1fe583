"""The one call for a settings file."""

import os
from collections.abc import Mapping
from typing import Any

from matinee.embedded._server import Server, start
from matinee.embedded._url import database_from_url

# Kept for the life of the process: settings can be read twice, the server is joined once.
_servers: dict[str, Server] = {}


def databases(
    directory: str | os.PathLike[str],
    *,
    name: str = "app",
    options: Mapping[str, Any] | None = None,
    settings: Mapping[str, str] | None = None,
) -> dict[str, dict[str, Any]]:
    """Return Django's ``DATABASES``, with a PostgreSQL of one's own behind it.

    The environment variable ``DATABASE_URL`` wins: nothing is started then, *directory* is not
    touched, and the URL's query (``?sslmode=require``) goes into ``OPTIONS``.

    Otherwise the server whose data are in *directory* is started, or joined where another process
    has started it, and the database *name* is made if it is missing. The last process to end
    stops the server.

    Args:
        directory: A folder for the data, made if it is missing. Nobody else's permissions in it
            or above it are changed.
        name: The database's name, at most 63 bytes.
        options: More ``OPTIONS``. The URL's own win over these.
        settings: Server settings such as ``{"fsync": "off"}``, for the process that starts the
            server; who joins takes it as it is.

    Raises:
        EmbeddedError: The URL is malformed, or the server can be neither started nor joined.
    """
    if url := os.environ.get("DATABASE_URL", "").strip():
        return {"default": database_from_url(url, options=options)}
    key = os.path.realpath(directory)
    server = _servers.get(key)
    if server is None or server.stopped:
        server = _servers[key] = start(directory, settings=settings)
    return {"default": server.database(name, options=options)}
