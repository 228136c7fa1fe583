"""DATABASE_URL to Django's settings, read by libpq itself."""

import re
from collections.abc import Mapping
from typing import Any

from matinee.exceptions import EmbeddedError

__all__ = ["ENGINE", "database_from_url"]

ENGINE = "django.db.backends.postgresql"
_SHAPE = "Write it as postgresql://user:password@host:5432/name?sslmode=require."


def database_from_url(url: str, *, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return one entry of ``DATABASES``.

    Everything libpq accepts is accepted: several hosts, percent-encoding, a socket folder as host,
    any connection parameter in the query.

    Raises:
        EmbeddedError: The URL is not PostgreSQL's or names no database. The message never quotes
            the URL, which may hold a password.
    """
    found = _parse(url)
    database = {
        key: found.pop(word, "")
        for key, word in [
            ("NAME", "dbname"),
            ("USER", "user"),
            ("PASSWORD", "password"),
            ("HOST", "host"),
            ("PORT", "port"),
        ]
    }
    if not database["NAME"] and "service" not in found:
        raise _bad("names no database")
    _check_ports(database["PORT"])
    return {"ENGINE": ENGINE, **database, "OPTIONS": {**(options or {}), **found}}


def _parse(url: str) -> dict[str, Any]:
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    if not re.match(r"postgres(ql)?://", url):
        scheme = re.match(r"[a-z][a-z0-9+.-]*://", url, re.IGNORECASE)
        raise _bad(f"begins with {scheme.group()}" if scheme else "has no postgresql:// in front")
    try:
        return dict(conninfo_to_dict(url))
    except ProgrammingError as error:
        # libpq quotes pieces of the URL; only a parameter's name is sure to hold no secret.
        parameter = re.search(r'query parameter: "(\w+)"', str(error))
        reason = f"has an unknown parameter {parameter.group(1)}" if parameter else "is malformed"
        raise _bad(reason) from None


def _check_ports(ports: str) -> None:
    for port in filter(None, ports.split(",")):
        if not (port.isdecimal() and 0 < int(port) < 65536):
            raise _bad("has a port that is no number between 1 and 65535")


def _bad(reason: str) -> EmbeddedError:
    return EmbeddedError(
        f"DATABASE_URL must be a PostgreSQL address, but it {reason}.",
        hint=_SHAPE,
        code="embedded.bad_url",
    )
