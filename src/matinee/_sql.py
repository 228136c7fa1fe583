"""Named statements: each in a file of its own under ``matinee/sql``, the file's name its name."""

from functools import cache
from importlib.resources import files

from psycopg.sql import SQL

__all__ = ["load"]


@cache
def load(name: str) -> SQL:
    """Return the statement in ``sql/<name>.sql``.

    A Django cursor executes it as it is. Where it has ``{places}`` for identifiers, fill them
    with ``load(name).format(table=psycopg.sql.Identifier(...))``.
    """
    text = files("matinee").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    return SQL(text)
