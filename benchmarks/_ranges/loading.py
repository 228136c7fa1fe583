"""How long it takes to get ranges from the database, beside two columns."""

from typing import Any

import sqlalchemy
from django.db import connection
from sqlalchemy.dialects.postgresql import TSTZRANGE as SQLALCHEMYS_TYPE

from benchmarks._harness import Contender, Context, Timings
from benchmarks._ranges.driver import connect

__all__ = ["measure"]

ROWS = 5_000
_SQL = f"SELECT during FROM benchmarks_booking ORDER BY id LIMIT {ROWS}"
_TWO = f"SELECT start, stop FROM benchmarks_slot ORDER BY id LIMIT {ROWS}"


def measure(context: Context) -> Timings:
    """Measure the rows of drivers, no models' instances."""
    engine = sqlalchemy.create_engine("postgresql+psycopg://", creator=connect)
    during = sqlalchemy.column("during", SQLALCHEMYS_TYPE)
    statement = sqlalchemy.text(_SQL).columns(during)
    with connect() as own, engine.connect() as theirs, connection.cursor() as ours:
        return context.measure(
            Contender("Matinee", lambda: _ends(ours.execute(_SQL) or ours.fetchall())),
            Contender("psycopg", lambda: _ends(own.execute(_SQL).fetchall())),
            Contender("SQLAlchemy", lambda: _ends(theirs.execute(statement).fetchall())),
            Contender("no range, start and stop", lambda: own.execute(_TWO).fetchall()),
            title=f"Loading {ROWS:,} ranges",
        )


def _ends(rows: Any) -> list[tuple[Any, Any]]:
    return [(each.lower, each.upper) for (each,) in rows]
