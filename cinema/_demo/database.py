"""What the database needs to be, looked at before Django is set up."""

import os

import psycopg

from cinema._demo.places import free_space, var_directory
from cinema._demo.problems import Problem, no_room
from matinee import embedded

_OLDEST = 150000
_ROOM = 200 * 1024 * 1024  # bytes a first start needs: the cluster, its log of changes, the films
_REMEDY = "leave DATABASE_URL out to use the PostgreSQL that comes with the demo."


def check() -> None:
    """See that the server DATABASE_URL names will do, or that there is room for one of our own.

    Raises:
        Problem: Nobody answers within five seconds, the server is too old, or the disk is full.
        EmbeddedError: DATABASE_URL is malformed.
    """
    var = var_directory()
    if url := os.environ.get("DATABASE_URL", "").strip():
        embedded.databases(var)  # with a URL it starts nothing: it says what is wrong with it
        _check_server(url)
    elif not any(var.iterdir()) and free_space() < _ROOM:
        raise no_room()


def check_version(version: int) -> None:
    """See that a server is new enough; *version* as libpq gives it: 150004 is 15.4.

    Raises:
        Problem: The server is older than PostgreSQL 15.
    """
    if version < _OLDEST:
        major, minor = divmod(version, 10000)
        raise Problem(
            f"PostgreSQL must be 15 or newer, got {major}.{minor} at DATABASE_URL.",
            f"Upgrade the server, name a newer one, or {_REMEDY}",
        )


def _check_server(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            check_version(connection.info.server_version)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise Problem(
            f"No database can be used at DATABASE_URL: {reason}",
            f"Start the server or correct the URL, or {_REMEDY}",
        ) from error
