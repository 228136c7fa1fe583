"""A connection with the driver's own types: none of ours, nor of Django's."""

from typing import Any

import psycopg
from django.db import connection

__all__ = ["connect"]


def connect() -> psycopg.Connection[tuple[Any, ...]]:
    """Return a new connection to the benchmarks' database; points in time are UTC's."""
    parameters = connection.get_connection_params()
    parameters = {
        name: value
        for name, value in parameters.items()
        if name not in {"context", "cursor_factory", "prepare_threshold"}
    }
    return psycopg.connect(**parameters, options="-c timezone=UTC")
